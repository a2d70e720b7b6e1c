"""Calls to Telegram that wait when told to, try again when it is worth it, and never raise.

No error is printed as it came: Telegram's quote the chat, the library's the token in the address.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod

from bot.app.ports import Tally

_log = logging.getLogger(__name__)
HOPELESS = (TelegramBadRequest, TelegramNotFound, TelegramUnauthorizedError)
"""The same call would be refused again."""


class Outcome(StrEnum):
    DONE = "done"
    GONE = "gone"
    """The visitor blocked the bot or deleted the account."""
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take. Seconds, or plain counts."""

    call: int = 10
    tries: int = 5
    first_pause: float = 0.5
    """Before the second try; doubled before each further one."""
    flood: float = 120.0
    """Longest wait Telegram may ask for, all waits of a call together. A reply that comes later
    would light up a phone that its owner has put away."""


@dataclass(frozen=True)
class Post:
    bot: Bot
    tally: Tally
    patience: Patience

    async def attempt(self, method: TelegramMethod[Any]) -> None:
        """Make a call once whose failing does not matter."""
        with suppress(Exception):
            await self.bot(method, request_timeout=self.patience.call)

    async def call(self, method: TelegramMethod[Any]) -> Outcome:
        """Make the call. After a time-out it is made again, so that it may happen twice."""
        pause, waited, left = self.patience.first_pause, 0.0, self.patience.tries
        while True:
            try:
                await self.bot(method, request_timeout=self.patience.call)
            except TelegramRetryAfter as flood:
                waited += flood.retry_after
                if waited > self.patience.flood:
                    return self._give_up(flood)
                await asyncio.sleep(flood.retry_after)
            except TelegramForbiddenError:
                return Outcome.GONE
            except HOPELESS as refusal:
                return Outcome.GONE if _is_gone(refusal) else self._give_up(refusal)
            except Exception as error:  # noqa: BLE001 - the library raises what the network does
                left -= 1
                if left < 1:
                    return self._give_up(error)
                await asyncio.sleep(pause)
                pause *= 2
            else:
                return Outcome.DONE

    def _give_up(self, error: Exception) -> Outcome:
        kind = type(error).__name__
        self.tally.count("telegram_given_up", why=kind)
        _log.warning("A call to Telegram was given up (%s).", kind)
        return Outcome.GIVEN_UP


def _is_gone(refusal: TelegramAPIError) -> bool:
    return "chat not found" in refusal.message.lower()
