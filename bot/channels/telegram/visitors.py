"""Answers each visitor in order, once, and different visitors at the same time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TypeVar

from aiogram.enums import ChatAction
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    SendChatAction,
    SendMessage,
)
from aiogram.types import LinkPreviewOptions

from bot.app.ports import DeliveryLog, Standing
from bot.app.turn import Channel, Incoming, TurnResult
from bot.channels.answering import answer_in_time
from bot.channels.lanes import Lane, Tasks
from bot.channels.telegram.bubbles import to_bubbles
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.parcel import Parcel, Press
from bot.channels.telegram.post import Outcome, Post
from bot.domain.errors import StoreUnavailable
from bot.domain.heard import Odd
from bot.domain.taxonomy import Urgency

TakeTurn = Callable[[str, Incoming], Awaitable[TurnResult]]
Result = TypeVar("Result")

WAITING = 32
"""Messages of one visitor that wait while an earlier one is answered; more are joined."""
IN_HAND = 2_000
"""Messages of all visitors together; beyond, Telegram keeps them for us."""
TURN_SECONDS = 20.0
TYPING_SECONDS = 4.5
"""Telegram shows it for five."""
ONCE_SECONDS = 600.0
"""How long it is remembered that something was answered that is answered once only."""
ONCE_KEPT = 4_096
ERASE = Incoming(text="/slet", channel=Channel.TELEGRAM)
_log = logging.getLogger(__name__)


class Visitors:
    """Holds chat ids in memory only: while a message of that chat is in hand, and for ten minutes
    after something that is answered once.
    """

    def __init__(
        self, take_turn: TakeTurn, deliveries: DeliveryLog, post: Post, buttons: Buttons
    ) -> None:
        self._take_turn, self._deliveries = take_turn, deliveries
        self._post, self._buttons = post, buttons
        self._lanes: dict[int, Lane[Parcel]] = {}
        self._once: OrderedDict[tuple[int, str, int | str], float] = OrderedDict()
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
        is_repeat = self._was_answered(parcel)
        if parcel.press is not None:
            self._tasks.spawn(self._acknowledge(parcel.chat, parcel.press))
        if parcel.has_words or not is_repeat:
            async with self._typing(parcel.chat):
                result = await answer_in_time(
                    self._take_turn(str(parcel.chat), _as_it_stands(parcel, standing)),
                    seconds=TURN_SECONDS,
                    number=0,
                    urgency=Urgency.NONE,
                )
            if not is_repeat or result.told >= Urgency.HIGH:
                await self._send(parcel.chat, result)
        await self._finish(parcel)

    async def _send(self, chat: int, result: TurnResult) -> None:
        for bubble in to_bubbles(result, chat, self._buttons):
            outcome = await self._post.call(
                SendMessage(
                    chat_id=chat,
                    text=bubble.text,
                    reply_markup=bubble.keyboard,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                    disable_notification=True,  # whoever wrote is looking; others need not hear it
                    # Not protected from being saved: a number or a plan may be worth keeping.
                )
            )
            if outcome is Outcome.GONE:
                await self._forget(chat)
            if outcome is not Outcome.DONE:
                return

    async def _acknowledge(self, chat: int, press: Press) -> None:
        """Stop the button's clock and take the choices away; links stay."""
        await self._post.attempt(AnswerCallbackQuery(callback_query_id=press.query))
        await self._post.attempt(
            EditMessageReplyMarkup(chat_id=chat, message_id=press.message, reply_markup=press.links)
        )

    @asynccontextmanager
    async def _typing(self, chat: int) -> AsyncIterator[None]:
        async def show() -> None:
            while True:
                await self._post.attempt(SendChatAction(chat_id=chat, action=ChatAction.TYPING))
                await asyncio.sleep(TYPING_SECONDS)

        showing = self._tasks.spawn(show())
        try:
            yield
        finally:
            showing.cancel()

    async def _forget(self, chat: int) -> None:
        with suppress(Exception):
            await self._take_turn(str(chat), ERASE)

    def _was_answered(self, parcel: Parcel) -> bool:
        """Whether its like was answered before; from now on it was."""
        now = time.monotonic()
        if not parcel.is_stale:
            self._once.pop((parcel.chat, "stale", parcel.chat), None)
        if parcel.once is None:
            return False
        key = (parcel.chat, *parcel.once)
        was = self._once.pop(key, now) > now
        self._once[key] = now + ONCE_SECONDS
        while len(self._once) > ONCE_KEPT or next(iter(self._once.values())) <= now:
            self._once.popitem(last=False)
        return was

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
