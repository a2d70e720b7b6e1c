"""Child processes that never outlive us and whose output is read but not repeated."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bot.domain.errors import StartupError

PR_SET_PDEATHSIG = 1
LINE_LENGTH = 500
"""Longer lines of output are cut; nothing a child prints is worth more."""
LAST_LINES = 15
GRACE_SECONDS = 5.0
"""Between SIGTERM and SIGKILL."""

_libc = ctypes.CDLL(None, use_errno=True)


class Child:
    """One running child process, the leader of its own process group.

    Its group does not get the terminal's Ctrl-C, so that we decide in which order parts end.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    async def wait(self) -> int:
        """Wait for its end; return the exit status, negative for the signal that ended it."""
        return await self._process.wait()

    async def feed(self, given: bytes) -> None:
        """Give it its whole standard input."""
        stdin = self._process.stdin
        if stdin is None:
            raise ValueError(f"{self.name} was started without an input")
        with suppress(BrokenPipeError, ConnectionResetError):
            stdin.write(given)
            await stdin.drain()
        stdin.close()

    async def stop(self, *, grace: float = GRACE_SECONDS) -> None:
        """End the whole group: SIGTERM, after ``grace`` seconds SIGKILL."""
        self._signal(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await self._process.wait()
        self._signal(signal.SIGKILL)  # also for what the leader started and left
        await self._process.wait()

    async def listen(
        self, stream: asyncio.StreamReader | None, on_line: Callable[[str], None] | None = None
    ) -> None:
        """Read what it says for people to the end, line by line."""
        if stream is None:
            return
        async for line in _lines(stream):
            self.last_lines.append(line)
            if on_line:
                on_line(line)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)


@asynccontextmanager
async def child_process(
    name: str,
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    on_line: Callable[[str], None] | None = None,
    with_input: bool = False,
) -> AsyncIterator[Child]:
    """Start a child, read its output while it runs, end it on leaving.

    ``environment`` is added to ours. ``on_line`` gets every line of output; without it the output
    is only kept as ``last_lines``.

    Raises:
        StartupError: the program does not exist or cannot be run.
    """
    process = await start(
        name,
        command,
        environment=environment,
        folder=folder,
        stdin=asyncio.subprocess.PIPE if with_input else asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.STDOUT,
    )
    child = Child(name, process)
    listening = asyncio.create_task(child.listen(process.stdout, on_line))
    try:
        yield child
    finally:
        await child.stop()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def start(
    name: str,
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stdin: int,
    stderr: int,
    limit: int = 64 * 1024,
) -> asyncio.subprocess.Process:
    """Start a program in a process group of its own that dies with us; its output is piped.

    ``limit`` is the longest line, in bytes, that can be read from it in one go.

    Raises:
        StartupError: the program does not exist or cannot be run.
    """
    parent = os.getpid()
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, **(environment or {})},
            cwd=folder,
            process_group=0,
            preexec_fn=lambda: _bind_to(parent),
            limit=limit,
        )
    except OSError as error:
        raise StartupError(f"{name} cannot be started: {error.strerror} ({command[0]}).") from error


def _bind_to(parent: int) -> None:
    """In the child, before its program: die with the parent, leave no memory image."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Lines as a terminal shows them: a carriage return ends one too. Never fails."""
    rest = b""
    while chunk := await stream.read(4096):
        *whole, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
        rest = rest[:LINE_LENGTH]
        for line in whole:
            if shown := line[:LINE_LENGTH].decode(errors="replace").strip():
                yield shown
    if shown := rest.decode(errors="replace").strip():
        yield shown
