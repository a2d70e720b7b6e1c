"""Requests that go wrong are answered with the numbers, and logged without content."""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.app.last_resort import LAST_RESORT

_log = logging.getLogger(__name__)


@web.middleware
async def answer_mishaps(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever fails, a visitor reads words and numbers, not an error page of the library."""
    try:
        return await handler(request)
    except web.HTTPException as refusal:
        return web.Response(text=LAST_RESORT.text, status=refusal.status)
    except Exception as error:  # noqa: BLE001 - the library would log the peer's address
        _log.error("A page failed (%s).", type(error).__name__)
        return web.Response(text=LAST_RESORT.text, status=500)
