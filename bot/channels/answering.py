"""A turn that fails or takes too long still gives the visitor words and numbers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable

from bot.app.last_resort import LAST_RESORT
from bot.app.turn import TurnResult
from bot.domain.taxonomy import Urgency

_log = logging.getLogger(__name__)


async def answer_in_time(
    turn: Awaitable[TurnResult], *, seconds: float, number: int, urgency: Urgency
) -> TurnResult:
    """The turn's result, or the last resort under ``number`` and ``urgency``."""
    try:
        async with asyncio.timeout(seconds):
            return await turn
    except Exception as error:  # noqa: BLE001 - whatever went wrong, a visitor gets numbers
        # Only the type: message, cause and traceback may quote the visitor.
        _log.error("A turn failed (%s).", type(error).__name__)
    return TurnResult(replies=(LAST_RESORT,), turn=number, urgency=urgency, flow=None, step=None)
