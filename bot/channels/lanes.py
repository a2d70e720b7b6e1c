"""One visitor's work is done in the order it came; different visitors never wait for each other."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


class Tasks:
    """Work that goes on beside what started it, kept from being forgotten half done."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def finish(self, *, seconds: float) -> None:
        """Let what runs end; cancel what is left after ``seconds``."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()


class Lane(Generic[Item]):
    """What one visitor asked for and how it is served. ``serve`` must not raise."""

    def __init__(self, serve: Callable[[Item], Awaitable[None]], tasks: Tasks) -> None:
        self.waiting: deque[Item] = deque()
        self._serve, self._tasks = serve, tasks
        self._worker: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        return self._worker is None or self._worker.done()

    def put(self, item: Item) -> None:
        self.waiting.append(item)
        if self.is_idle:
            self._worker = self._tasks.spawn(self._work())

    async def settle(self) -> None:
        """Wait until everything put so far is served."""
        if self._worker is not None:
            await asyncio.shield(self._worker)

    async def _work(self) -> None:
        while self.waiting:
            await self._serve(self.waiting.popleft())
