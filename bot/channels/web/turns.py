"""Runs each visitor's turns one after another, whether or not the page still listens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from bot.app.turn import Channel, Incoming, Pseudonym, TurnResult
from bot.channels.answering import answer_in_time
from bot.channels.lanes import Lane, Tasks
from bot.channels.web.limits import Limits
from bot.channels.web.protocol import Typing
from bot.channels.web.visit import Asked, Visit
from bot.channels.web.visits import Visits

TakeTurn = Callable[[Pseudonym, Incoming], Awaitable[TurnResult]]

START = Incoming(text="/start")
ERASE = Incoming(text="/slet")


class Turns:
    """Order within a visit is kept; different visits never wait for each other."""

    def __init__(self, take_turn: TakeTurn, visits: Visits, limits: Limits) -> None:
        self._take_turn, self._visits, self._limits = take_turn, visits, limits
        self._tasks = Tasks()

    def submit(self, visit: Visit, asked: Asked) -> bool:
        """Queue a message, cut to the longest text handed on. False: too many wait, none taken."""
        lane = self._lane(visit)
        if len(lane.waiting) >= self._limits.waiting:
            return False
        visit.outbox.begin(asked.id)
        self._visits.touch(visit)
        lane.put(Asked(asked.id, self._cut(asked.incoming)))
        return True

    async def settle(self, visit: Visit) -> None:
        """Wait until everything submitted so far is answered."""
        await self._lane(visit).settle()

    def leave(self, visit: Visit) -> None:
        """The page went away: the token is dead at once, the stored state soon after."""
        self._visits.drop(visit)
        self._tasks.spawn(self._erase(visit))

    async def finish(self, *, seconds: float) -> None:
        """Let running turns end; cancel what is left after ``seconds``."""
        await self._tasks.finish(seconds=seconds)

    def _lane(self, visit: Visit) -> Lane[Asked]:
        return visit.lane_for(partial(self._serve, visit), self._tasks)

    async def _serve(self, visit: Visit, asked: Asked) -> None:
        visit.tell(Typing())
        result = await self._answer(visit, asked.incoming)
        self._visits.touch(visit)
        if result.forgotten:
            self._visits.renew(visit)
        visit.turn, visit.urgency = result.turn, max(visit.urgency, result.urgency)
        visit.tell(visit.outbox.message(visit.outbox.put(asked.id, result)))

    async def _erase(self, visit: Visit) -> None:
        await self.settle(visit)
        await self._answer(visit, ERASE)

    async def _answer(self, visit: Visit, incoming: Incoming) -> TurnResult:
        return await answer_in_time(
            self._take_turn(visit.visitor, replace(incoming, channel=Channel.WEB)),
            seconds=self._limits.turn_seconds,
            number=visit.turn,
            urgency=visit.urgency,
        )

    def _cut(self, incoming: Incoming) -> Incoming:
        if incoming.text is None:
            return incoming
        return replace(incoming, text=incoming.text[: self._limits.text_chars])
