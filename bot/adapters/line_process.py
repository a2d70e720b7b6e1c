"""A child process that answers every line of its input with one line of output."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.adapters.processes import Child, start
from bot.domain.errors import PartEnded

ANSWER_BYTES = 2**20
"""Longest answer; ten times what an explained judgement takes."""


class LineProcess:
    """Any number of lines may be asked at the same time; they are answered in the order asked."""

    def __init__(self, child: Child, process: asyncio.subprocess.Process) -> None:
        self._child, self._process = child, process
        self._owed: deque[asyncio.Future[bytes]] = deque()
        self._ended = False

    @property
    def owed(self) -> int:
        """Lines that it has been asked and not answered yet."""
        return len(self._owed)

    def ask(self, line: bytes) -> asyncio.Future[bytes]:
        """The answer to one line, both without their line end.

        The future raises ``PartEnded`` if the program ends without an answer to this line.
        """
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        if self._ended or self._process.stdin is None:
            answer.set_exception(self._problem())
        else:
            self._owed.append(answer)
            self._process.stdin.write(line + b"\n")
        return answer

    async def attend(self, on_line: Callable[[str], None] | None) -> None:
        """Hand out its answers until it ends; then whoever still waits is told so."""
        try:
            await asyncio.gather(
                self._child.listen(self._process.stderr, on_line), self._hand_out_answers()
            )
        finally:
            self._ended = True
            for answer in self._owed:
                if not answer.done():
                    answer.set_exception(self._problem())

    async def _hand_out_answers(self) -> None:
        stdout = self._process.stdout
        try:
            while stdout and (line := await stdout.readline()):
                if self._owed and not (answer := self._owed.popleft()).done():
                    answer.set_result(line.rstrip(b"\n"))
        except ValueError:  # a line over the limit: what follows would answer the wrong question
            await self._child.stop()

    def _problem(self) -> PartEnded:
        said = self._child.last_lines[-1] if self._child.last_lines else "It gave no reason."
        return PartEnded(f"{self._child.name} ended by itself. {said}")


@asynccontextmanager
async def line_process(
    name: str,
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
) -> AsyncIterator[LineProcess]:
    """Start such a child, end it on leaving.

    ``environment`` is added to ours. ``on_line`` gets every line of its standard error.

    Raises:
        StartupError: the program does not exist or cannot be run.
    """
    pipe = asyncio.subprocess.PIPE
    process = await start(
        name, command, environment=environment, stdin=pipe, stderr=pipe, limit=ANSWER_BYTES
    )
    child = Child(name, process)
    asked = LineProcess(child, process)
    attending = asyncio.create_task(asked.attend(on_line))
    try:
        yield asked
    finally:
        await child.stop()
        attending.cancel()
        await asyncio.gather(attending, return_exceptions=True)
