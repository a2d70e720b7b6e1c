"""Answers each visitor in order, once, and different visitors at the same time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from bot.app.ports import DeliveryLog, Standing
from bot.app.turn import Channel, Incoming, TurnResult
from bot.channels.answering import answer_in_time
from bot.channels.lanes import Lane, Tasks
from bot.channels.telegram.answers import Answers
from bot.channels.telegram.once import Once
from bot.channels.telegram.parcel import Parcel
from bot.channels.telegram.post import Outcome
from bot.domain.errors import StoreUnavailable
from bot.domain.heard import Odd
from bot.domain.taxonomy import Urgency

TakeTurn = Callable[[str, Incoming], Awaitable[TurnResult]]

WAITING = 32
"""Messages of one visitor that wait while an earlier one is answered; more are joined."""
IN_HAND = 2_000
"""Messages of all visitors together; beyond, Telegram keeps them for us."""
TURN_SECONDS = 20.0
NO_TURN = 0
"""The number of a turn that failed and gave the last resort."""
ERASE = Incoming(text="/slet", channel=Channel.TELEGRAM)
_log = logging.getLogger(__name__)


class Visitors:
    """Holds chat ids in memory only: while a message of that chat is in hand, and for ten minutes
    after something that is answered once.
    """

    def __init__(self, take_turn: TakeTurn, deliveries: DeliveryLog, answers: Answers) -> None:
        self._take_turn, self._deliveries, self._answers = take_turn, deliveries, answers
        self._lanes: dict[int, Lane[Parcel]] = {}
        self._once = Once()
        self._tasks = Tasks()
        self._in_hand = 0

    @property
    def are_many(self) -> bool:
        """Whether no more should be taken for now."""
        return self._in_hand >= IN_HAND

    def submit(self, parcel: Parcel) -> asyncio.Future[None]:
        """Queue it; the future is done when it is answered."""
        lane = self._lanes.setdefault(parcel.chat, Lane(self._serve, self._tasks))
        for index, waiting in enumerate(lane.waiting):
            as_one = waiting.corrected_by(parcel) or waiting.joined_by(parcel)
            if as_one is not None:
                lane.waiting[index] = as_one
                return as_one.answered
        if len(lane.waiting) >= WAITING and (parcel.press or not lane.waiting[-1].press):
            # Too many: words are judged with those before them, a press is let go.
            lane.waiting[-1] = lane.waiting[-1].followed_by(parcel)
            return lane.waiting[-1].answered
        self._in_hand += 1
        lane.put(parcel)
        return parcel.answered

    def forget(self, chat: int) -> asyncio.Future[None]:
        """The visitor blocked the bot: what is remembered goes at once."""
        return self._tasks.spawn(self._forget(chat))

    async def finish(self, *, seconds: float) -> None:
        await self._tasks.finish(seconds=seconds)

    async def _serve(self, parcel: Parcel) -> None:
        try:
            await self._answer(parcel)
        except Exception as error:  # noqa: BLE001 - the next message must still be answered
            _log.error("A message on Telegram was not answered (%s).", type(error).__name__)
        finally:
            self._in_hand -= 1
            if not self._lanes[parcel.chat].waiting:
                del self._lanes[parcel.chat]
            if not parcel.answered.done():
                parcel.answered.set_result(None)

    async def _answer(self, parcel: Parcel) -> None:
        standing = await self._begin(parcel)
        if standing is Standing.DONE:
            return
        is_repeat = self._is_repeat(parcel)
        if parcel.press is not None:
            self._tasks.spawn(self._answers.acknowledge(parcel.chat, parcel.press))
        if parcel.has_words or not is_repeat:
            result = await self._find_answer(parcel, standing)
            # Of what was answered already only danger is answered again, or what was not judged.
            is_due = result.told >= Urgency.HIGH or result.turn == NO_TURN
            if is_due or not is_repeat:
                outcome = await self._answers.send(parcel.chat, result)
                if outcome is Outcome.GONE:
                    await self._forget(parcel.chat)
        await self._finish(parcel)

    async def _find_answer(self, parcel: Parcel, standing: Standing) -> TurnResult:
        async with self._answers.typing(parcel.chat):
            return await answer_in_time(
                self._take_turn(str(parcel.chat), _as_it_stands(parcel, standing)),
                seconds=TURN_SECONDS,
                number=NO_TURN,
                urgency=Urgency.NONE,
            )

    async def _forget(self, chat: int) -> None:
        with suppress(Exception):
            await self._take_turn(str(chat), ERASE)

    def _is_repeat(self, parcel: Parcel) -> bool:
        if not parcel.is_stale:  # the visitor is back: the next outage gets an answer of its own
            self._once.forget((parcel.chat, "stale", parcel.chat))
        return parcel.once is not None and self._once.was_answered((parcel.chat, *parcel.once))

    async def _begin(self, parcel: Parcel) -> Standing:
        """Without the store everything is new: better answered twice than never."""
        try:
            found = {await self._deliveries.begin(str(update)) for update in parcel.updates}
        except StoreUnavailable:
            return Standing.NEW
        return next(s for s in (Standing.BEGUN, Standing.NEW, Standing.DONE) if s in found)

    async def _finish(self, parcel: Parcel) -> None:
        with suppress(StoreUnavailable):
            for update in parcel.updates:
                await self._deliveries.finish(str(update))


def _as_it_stands(parcel: Parcel, standing: Standing) -> Incoming:
    """Words that were perhaps taken before a crash must not answer the question after theirs."""
    incoming = parcel.incoming
    if standing is Standing.BEGUN and incoming.payload is None and incoming.odd is None:
        return replace(incoming, odd=Odd.INTERRUPTED)
    return incoming
