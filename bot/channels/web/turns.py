"""Runs each visitor's turns one after another, whether or not the page still listens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

from bot.app.last_resort import LAST_RESORT
from bot.app.turn import Incoming, Pseudonym, TurnResult
from bot.channels.web.limits import Limits
from bot.channels.web.protocol import Typing
from bot.channels.web.visit import Asked, Visit
from bot.channels.web.visits import Visits

TakeTurn = Callable[[Pseudonym, Incoming], Awaitable[TurnResult]]

START = Incoming(text="/start")
ERASE = Incoming(text="/slet")

_log = logging.getLogger(__name__)


class Turns:
    """Order within a visit is kept; different visits never wait for each other."""

    def __init__(self, take_turn: TakeTurn, visits: Visits, limits: Limits) -> None:
        self._take_turn, self._visits, self._limits = take_turn, visits, limits
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, visit: Visit, asked: Asked) -> bool:
        """Queue a message, cut to the longest text handed on. False: too many wait, none taken."""
        if len(visit.waiting) >= self._limits.waiting:
            return False
        visit.outbox.begin(asked.id)
        visit.waiting.append(Asked(asked.id, self._cut(asked.incoming)))
        self._visits.touch(visit)
        if visit.worker is None or visit.worker.done():
            visit.worker = self._spawn(self._work(visit))
        return True

    async def settle(self, visit: Visit) -> None:
        """Wait until everything submitted so far is answered."""
        if visit.worker is not None:
            await asyncio.shield(visit.worker)

    def leave(self, visit: Visit) -> None:
        """The page went away: the token is dead at once, the stored state soon after."""
        self._visits.drop(visit)
        self._spawn(self._erase(visit))

    async def finish(self, *, seconds: float) -> None:
        """Let running turns end; cancel what is left after ``seconds``."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()

    async def _work(self, visit: Visit) -> None:
        while visit.waiting:
            asked = visit.waiting.popleft()
            visit.tell(Typing())
            result = await self._answer(visit, asked.incoming)
            self._visits.touch(visit)
            if result.forgotten:
                self._visits.renew(visit)
            visit.turn, visit.urgency = result.turn, max(visit.urgency, result.urgency)
            visit.tell(visit.outbox.message(visit.outbox.put(asked.id, result)))

    async def _erase(self, visit: Visit) -> None:
        if visit.worker is not None:
            await visit.worker
        await self._answer(visit, ERASE)

    async def _answer(self, visit: Visit, incoming: Incoming) -> TurnResult:
        """One turn, or the last resort when it fails or takes too long."""
        try:
            async with asyncio.timeout(self._limits.turn_seconds):
                return await self._take_turn(visit.visitor, incoming)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, a visitor gets numbers
            # Only the type: message, cause and traceback may quote the visitor.
            _log.error("A turn failed (%s).", type(error).__name__)
        return TurnResult(
            replies=(LAST_RESORT,),
            turn=visit.turn,
            urgency=visit.urgency,
            flow=None,
            step=None,
        )

    def _cut(self, incoming: Incoming) -> Incoming:
        if incoming.text is None:
            return incoming
        return replace(incoming, text=incoming.text[: self._limits.text_chars])

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
