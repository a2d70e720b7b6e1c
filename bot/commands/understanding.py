"""The NLU for a command: the one that is running, or one of our own for as long as we run."""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.adapters.nlu_client import HttpNlu, http_nlu
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
) -> AsyncIterator[HttpNlu]:
    """A client of the NLU at ``nlu_url`` if one answers there, else of one started here.

    ``timeout`` is that of each later call, in seconds (None: the setting's).

    Raises:
        StartupError: it cannot be trained or started; the message says what to do.
    """
    seconds = timeout or settings.nlu_timeout
    report: Report = _silent if quiet else _on_stderr
    async with http_nlu(
        settings.nlu_url,
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
    command = (_python(settings), settings.nlu_dir / "train.py")
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
) -> AsyncIterator[tuple[HttpNlu, Child]]:
    """Serve the NLU on loopback with a token of its own; ended on leaving, and with us."""
    port = port or free_port()
    token = settings.nlu_token or secrets.token_urlsafe(32)
    command = (_python(settings), settings.nlu_dir / "serve.py", "--port", str(port))
    environment = {"BETRO_NLU_TOKEN": token, "BETRO_DIE_WITH_PARENT": "1"}
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


async def wait_until_ready(nlu: HttpNlu, child: Child) -> None:
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _python(settings: Settings) -> str:
    python = settings.nlu_dir / ".venv" / "bin" / "python"
    if not python.exists():
        raise StartupError(
            f"The NLU's environment {python.parent.parent} is missing. Run: make setup"
        )
    return str(python)


def _silent(line: str) -> None:
    del line


def _on_stderr(line: str) -> None:
    print(line, file=sys.stderr)
