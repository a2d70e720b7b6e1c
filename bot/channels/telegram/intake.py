"""Where updates come in, from polling and webhook alike."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError

from bot.channels.telegram.paring import pare

_log = logging.getLogger(__name__)


class Intake:
    def __init__(self, bot: Bot, dispatcher: Dispatcher) -> None:
        self._bot, self._dispatcher = bot, dispatcher

    async def receive(self, raw: Any) -> asyncio.Future[None] | None:
        """Hand one update on; the future is done when it is answered, None: it needs no answer.

        Total: an update that cannot be read is passed over, for it will not get better.
        """
        try:
            pared = pare(raw)
            if pared is None:
                return None
            update = Update.model_validate(pared, context={"bot": self._bot})
            answered = await self._dispatcher.feed_update(self._bot, update)
        except (ValidationError, LookupError, TypeError, ValueError, AttributeError) as error:
            # Only the type: pydantic's message quotes what it read.
            _log.warning("An update of Telegram cannot be read (%s).", type(error).__name__)
            return None
        return answered if isinstance(answered, asyncio.Future) else None
