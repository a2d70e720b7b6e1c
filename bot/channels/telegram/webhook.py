"""The webhook, for several processes: Telegram delivers to the visitors' own server.

Telegram is told that an update arrived when it is answered, so that it delivers again what a
crash interrupts, and delivers a chat's next message after the one before.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import Final

from aiohttp import web

from bot.channels.telegram.intake import Intake
from bot.channels.telegram.visitors import Visitors

BODY_BYTES: Final = 256 * 1024
"""Far more than Telegram's longest update."""
BODY_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 25.0
"""After it the update counts as arrived; the answer goes on. Telegram gives up after a minute."""
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - where it stands


def make_secret(token: str) -> str:
    """What Telegram says in each delivery: the same in every process, and known to nobody else.

    Made from the bot's token, so that no further secret has to be kept and shared.
    """
    return hmac.new(token.encode(), b"betro webhook", hashlib.sha256).hexdigest()


class Webhook:
    def __init__(self, intake: Intake, visitors: Visitors, *, secret: str) -> None:
        self._intake, self._visitors, self._secret = intake, visitors, secret.encode()

    async def answer(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=403)
        if self._visitors.are_many:
            return web.Response(status=503, headers={"Retry-After": "1"})
        try:
            async with asyncio.timeout(BODY_SECONDS):
                update = await request.clone(client_max_size=BODY_BYTES).json()
        except (ValueError, RecursionError, TimeoutError):
            return web.Response(status=400)
        answered = await self._intake.receive(update)
        if answered is not None:
            await asyncio.wait({answered}, timeout=ANSWER_SECONDS)
        return web.Response()
