"""Long polling, for one process.

A message stays with Telegram until it is answered: what a crash interrupts comes again.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiogram import Bot
from aiogram.methods import TelegramMethod

from bot.channels.telegram.intake import Intake
from bot.channels.telegram.paring import READ
from bot.channels.telegram.visitors import Visitors

POLL_SECONDS = 25
CALL_SECONDS = 10
"""Beyond ``POLL_SECONDS``, until a poll that does not return has failed."""
LEFT_WITH_TELEGRAM = 50
"""Messages that are not yet confirmed. Telegram shows the first hundred unconfirmed, so more would
hide those of other visitors behind one that takes long."""
GLANCE_SECONDS = 0.25
"""Pause between looks for new messages while others, already in hand, are still unconfirmed."""


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """aiogram's own method fails on a whole batch when it cannot read one update of it."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None
    timeout: int
    allowed_updates: list[str]


class Polling:
    """Asks for updates and hands them on; ``poll`` is one round."""

    def __init__(self, bot: Bot, intake: Intake, visitors: Visitors) -> None:
        self._bot, self._intake, self._visitors = bot, intake, visitors
        self._in_hand: dict[int, asyncio.Future[None] | None] = {}
        """Unconfirmed updates; None: needs no answer."""
        self._next: int | None = None

    async def poll(self) -> None:
        """Raises what aiogram raises when Telegram does not answer."""
        offset = self._confirmed_up_to()
        method = GetRawUpdates(offset=offset, timeout=POLL_SECONDS, allowed_updates=READ)
        updates = await self._bot(method, request_timeout=POLL_SECONDS + CALL_SECONDS)
        numbered = {int(update["update_id"]): update for update in updates}
        fresh = sorted(numbered.keys() - self._in_hand.keys())
        for number in fresh:
            self._in_hand[number] = await self._intake.receive(numbered[number])
            self._next = max(number + 1, self._next or 0)
        if (updates and not fresh) or self._visitors.are_many:
            await self._wait_a_little()

    def _confirmed_up_to(self) -> int | None:
        """The lowest number that Telegram should show again: the first not yet answered."""
        while self._in_hand:
            number = min(self._in_hand)
            answered = self._in_hand[number]
            waits = answered is not None and not answered.done()
            if waits and len(self._in_hand) <= LEFT_WITH_TELEGRAM:
                return number
            del self._in_hand[number]
        return self._next

    async def _wait_a_little(self) -> None:
        waiting = [answered for answered in self._in_hand.values() if answered is not None]
        if waiting:
            await asyncio.wait(waiting, timeout=GLANCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
