"""The NLU for a command: the one that is running, or one of our own for as long as we run."""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from bot.adapters.nlu_balance import BalancedNlu, http_nlu
from bot.adapters.processes import Child, child_process
from bot.domain.errors import StartupError
from bot.settings import Settings

START_SECONDS = 120.0
POLL_SECONDS = 0.2
Report = Callable[[str], None]


@asynccontextmanager
async def join_or_start_nlu(
    settings: Settings,
    *,
    quiet: bool,
    timeout: float | None = None,  # noqa: ASYNC109 - of each later call, not of this function
) -> AsyncIterator[BalancedNlu]:
    """A client of the NLU at its addresses if one answers there, else of one started here.

    ``timeout`` is that of each later call, in seconds (None: the setting's).

    Raises:
        StartupError: it cannot be trained or started; the message says what to do.
    """
    seconds = timeout or settings.nlu_timeout
    report = reporting(quiet=quiet)
    async with http_nlu(
        *settings.nlu_addresses,
        token=settings.nlu_token,
        timeout=seconds,
        in_flight=settings.nlu_in_flight,
    ) as running:
        if await running.is_ready():
            yield running
            return
    await train_nlu(settings, report)
    report("starting the understanding")
    async with own_nlu(settings, timeout=seconds) as (nlu, child):
        await wait_until_ready(nlu, child)
        yield nlu


async def train_nlu(settings: Settings, report: Report) -> None:
    """Train the model if its data, code or settings changed. Raises ``StartupError``."""
    command = nlu_command(settings, "train.py")
    async with child_process("The training", command, on_line=report) as child:
        if await child.wait() != 0:
            await asyncio.sleep(POLL_SECONDS)  # lets its last line arrive
            said = child.last_lines[-1] if child.last_lines else "It gave no reason."
            raise StartupError(f"The understanding cannot be trained. {said}")


@asynccontextmanager
async def own_nlu(
    settings: Settings,
    *,
    port: int | None = None,
    timeout: float | None = None,  # noqa: ASYNC109 - of each later call, not of this function
    threads: int | None = None,
) -> AsyncIterator[tuple[BalancedNlu, Child]]:
    """Serve the NLU on loopback with a token of its own; ended on leaving, and with us.

    ``threads``: of its encoder; None leaves the choice to the NLU.
    """
    port = port or free_ports(1)[0]
    token = settings.nlu_token or secrets.token_urlsafe(32)
    command = (*nlu_command(settings, "serve.py"), "--port", str(port))
    environment = {"BETRO_NLU_TOKEN": token, "BETRO_DIE_WITH_PARENT": "1", **limit_threads(threads)}
    async with (
        child_process("The NLU", command, environment=environment) as child,
        http_nlu(
            f"http://127.0.0.1:{port}",
            token=token,
            timeout=timeout or settings.nlu_timeout,
            in_flight=settings.nlu_in_flight,
        ) as nlu,
    ):
        yield nlu, child


def limit_threads(threads: int | None) -> dict[str, str]:
    """The environment under which a program of the NLU computes with so many threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {} if threads is None else dict.fromkeys(names, str(threads))


async def wait_until_ready(nlu: BalancedNlu, child: Child) -> None:
    """Return when it answers. Raises ``StartupError`` when it ends or takes too long."""
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await nlu.is_ready():
                if not child.running:
                    said = child.last_lines[-1] if child.last_lines else "It gave no reason."
                    raise StartupError(f"The NLU does not start. {said}")
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise StartupError(
            f"The NLU does not answer after {START_SECONDS:.0f} s. See `betro doctor`."
        ) from None


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on, all different."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def nlu_command(settings: Settings, program: str) -> tuple[str, Path]:
    """How a program of the NLU is started. Raises ``StartupError`` without its environment."""
    python = settings.nlu_dir / ".venv" / "bin" / "python"
    if not python.exists():
        raise StartupError(
            f"The NLU's environment {python.parent.parent} is missing. Run: make setup"
        )
    return str(python), settings.nlu_dir / program


def reporting(*, quiet: bool) -> Report:
    """Says what goes on, on standard error, or nothing at all."""
    return _silent if quiet else _on_stderr


def _silent(line: str) -> None:
    del line


def _on_stderr(line: str) -> None:
    print(line, file=sys.stderr)
