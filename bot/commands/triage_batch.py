"""Many messages at once: one worker and one NLU process a core, answers in the order of the lines.

A worker is a `betro triage` of its own that judges line after line. It and its NLU take turns, so
together they keep one core busy, safety net included.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.adapters.line_process import LineProcess, line_process
from bot.adapters.processes import Child
from bot.commands.explanation import prepare_nearest
from bot.commands.standard_lines import read_lines, say_line
from bot.commands.understanding import (
    Report,
    free_ports,
    limit_threads,
    own_nlu,
    reporting,
    train_nlu,
    wait_until_ready,
)
from bot.domain.errors import PartEnded
from bot.settings import Settings

AHEAD = 16
"""Lines a worker that wait for it or were answered out of turn; more would only fill memory."""
PAIR_MIB = 600
"""What a worker with its NLU and its search for the nearest messages takes at most."""
MEMORY = Path("/proc/meminfo")
Environment = Mapping[str, str]


async def triage_batch(settings: Settings, *, explain: bool, jsonl: bool) -> None:
    """Judge standard input to its end.

    Raises:
        StartupError: the NLU cannot be trained or started.
        PartEnded: a worker or an NLU ended by itself.
    """
    report = reporting(quiet=not sys.stderr.isatty())
    options = [*(["--explain"] if explain else []), *(["--jsonl"] if jsonl else [])]
    command = (sys.executable, "-m", "bot", "triage", *options)
    async with AsyncExitStack() as stack:
        places = [limit_threads(1)] * count_pairs()
        servers: Sequence[Child] = ()
        if settings.nlu_start and not settings.nlu_urls:
            places, servers = await _start_nlus(stack, settings, len(places), report)
        if explain:
            await prepare_nearest(settings, report)
        workers = [
            await stack.enter_async_context(line_process("A worker", command, environment=place))
            for place in places
        ]
        with _progress() as advance:
            async for answer in deal(read_lines(sys.stdin.fileno()), workers):
                _need_all(servers)
                say_line(answer)
                advance()


def count_pairs() -> int:
    """As many workers with an NLU each as there are cores for us and memory for all."""
    cores = len(os.sched_getaffinity(0))
    (available,) = (
        int(line.split()[1]) // 1024
        for line in MEMORY.read_text("ascii").splitlines()
        if line.startswith("MemAvailable:")
    )
    return max(1, min(cores, available // PAIR_MIB))


async def _start_nlus(
    stack: AsyncExitStack, settings: Settings, count: int, report: Report
) -> tuple[list[dict[str, str]], list[Child]]:
    """Start so many at once; return where each worker finds its own, and the processes."""
    await train_nlu(settings, report)
    report(f"starting the understanding, {count} times")
    token = secrets.token_urlsafe(32)
    settings = settings.model_copy(update={"nlu_token": token})
    ports = free_ports(count)
    started = [
        await stack.enter_async_context(own_nlu(settings, port=port, threads=1)) for port in ports
    ]
    await asyncio.gather(*(wait_until_ready(nlu, child) for nlu, child in started))
    places = [
        {
            "BETRO_NLU_URLS": f"http://127.0.0.1:{port}",
            "BETRO_NLU_TOKEN": token,
            **limit_threads(1),
        }
        for port in ports
    ]
    return places, [child for _, child in started]


def _need_all(servers: Sequence[Child]) -> None:
    """Without its NLU a worker would call every further line an error."""
    for server in servers:
        if not server.running:
            raise PartEnded("An NLU ended by itself. Is there memory enough? See `betro doctor`.")


async def deal(lines: AsyncIterator[bytes], workers: Sequence[LineProcess]) -> AsyncIterator[bytes]:
    """Each line's answer, in order; a line goes to the worker that has fewest to do.

    Raises:
        PartEnded: a worker ended by itself.
    """
    room = asyncio.Semaphore(AHEAD * len(workers))
    answers: asyncio.Queue[asyncio.Future[bytes] | None] = asyncio.Queue()

    async def hand_out() -> None:
        async for line in lines:
            await room.acquire()
            worker = min(workers, key=lambda each: each.owed)
            answers.put_nowait(worker.ask(line))

    handing_out = asyncio.create_task(hand_out())
    handing_out.add_done_callback(lambda _: answers.put_nowait(None))
    try:
        while (answer := await answers.get()) is not None:
            yield await answer
            room.release()
        await handing_out
    finally:
        handing_out.cancel()


@contextmanager
def _progress() -> Iterator[Callable[[], None]]:
    """Count the lines on standard error, where a person looks on and sees no answers there."""
    seen = sys.stderr.isatty() and not sys.stdout.isatty()
    columns = (TextColumn("judged"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=Console(stderr=True), disable=not seen, redirect_stdout=False
    ) as shown:
        task = shown.add_task("judged", total=None)
        yield lambda: shown.advance(task)
