"""The Telegram channel as a whole: builds its parts, connects, and stays connected."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook, GetMe, GetWebhookInfo, SetWebhook

from bot.app.ports import DeliveryLog, Tally
from bot.channels.lanes import Tasks
from bot.channels.telegram.access import Access
from bot.channels.telegram.answers import Answers
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.groups import Groups
from bot.channels.telegram.handlers import make_dispatcher
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.paring import READ
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.post import Patience, Post
from bot.channels.telegram.profile import show_profile
from bot.channels.telegram.visitors import TakeTurn, Visitors
from bot.channels.telegram.webhook import Webhook, make_secret

FINISH_SECONDS: Final = 5.0
"""How long running answers may take to end when the process stops."""
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
WATCH_SECONDS: Final = 60.0
"""Between two looks at whether the webhook is still ours."""
WELL_SECONDS: Final = 2 * WATCH_SECONDS
CALL_SECONDS: Final = 10
ELSEWHERE: Final = "the page carries on"
Say = Callable[[str], None]


def silence_library() -> None:
    """Aiogram's own lines name updates, chats, the bot, and quote what failed."""
    logging.getLogger("aiogram").setLevel(logging.CRITICAL + 1)


def make_bot(access: Access) -> Bot:
    return Bot(access.token, session=AiohttpSession(api=TelegramAPIServer.from_base(access.api)))


class Telegram:
    """Made by ``open_telegram``. ``run`` goes on for ever; ``webhook`` is for the web server."""

    def __init__(
        self, access: Access, bot: Bot, post: Post, intake: Intake, visitors: Visitors
    ) -> None:
        self._access, self._bot, self._post = access, bot, post
        self._polling = Polling(bot, intake, visitors)
        self.webhook = Webhook(intake, visitors, secret=make_secret(access.token))
        self._beside = Tasks()
        self._was_well_at: float | None = None
        self._trouble: str | None = None

    async def is_well(self) -> bool:
        """Whether Telegram answered lately."""
        at = self._was_well_at
        return at is not None and time.monotonic() - at < WELL_SECONDS

    async def run(self, say: Say) -> None:
        """Connect, and again whenever that breaks; says each change, and nothing of a visitor."""
        pause, is_connected = FIRST_PAUSE, False
        while True:
            try:
                if not is_connected:
                    await self._connect()
                    is_connected = True
                    self._note(say, None)
                await self._listen()
                self._note(say, None)
                pause = FIRST_PAUSE
            except Exception as error:  # noqa: BLE001 - Telegram being away stops nothing else
                self._note(say, _explain(error))
                wait = error.retry_after if isinstance(error, TelegramRetryAfter) else pause
                await asyncio.sleep(min(wait, LONGEST_PAUSE))
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _connect(self) -> None:
        await self._bot(GetMe(), request_timeout=CALL_SECONDS)
        if self._access.webhook is None:
            await self._bot(DeleteWebhook(), request_timeout=CALL_SECONDS)
        else:
            await self._bot(self._set_webhook(self._access.webhook), request_timeout=CALL_SECONDS)
        self._beside.spawn(show_profile(self._post))

    async def finish(self, *, seconds: float) -> None:
        await self._beside.finish(seconds=seconds)

    def _set_webhook(self, url: str) -> SetWebhook:
        secret = make_secret(self._access.token)
        return SetWebhook(url=url, secret_token=secret, allowed_updates=READ)

    async def _listen(self) -> None:
        if self._access.webhook is None:
            await self._polling.poll()
            return
        await asyncio.sleep(WATCH_SECONDS)
        info = await self._bot(GetWebhookInfo(), request_timeout=CALL_SECONDS)
        if info.url != self._access.webhook:
            webhook = self._set_webhook(self._access.webhook)
            await self._bot(webhook, request_timeout=CALL_SECONDS)

    def _note(self, say: Say, trouble: str | None) -> None:
        if trouble is None:
            if self._was_well_at is None or self._trouble is not None:
                way = "webhook" if self._access.webhook else "long polling"
                say(f"telegram ready ({way})")
            self._was_well_at = time.monotonic()
        elif trouble != self._trouble:
            say(f"telegram: {trouble}; {ELSEWHERE}")
        if trouble is not None:
            self._was_well_at = None
        self._trouble = trouble


def _explain(error: Exception) -> str:
    """The kind of trouble. The error itself may quote the token or a chat."""
    if isinstance(error, TelegramUnauthorizedError | TelegramNotFound):
        return "the token of BETRO_TELEGRAM_TOKEN is refused"
    if isinstance(error, TelegramConflictError):
        return (
            "another process uses the same token; stop it, or set BETRO_TELEGRAM_WEBHOOK for "
            "several"
        )
    return f"it does not answer ({type(error).__name__})"


@asynccontextmanager
async def open_telegram(
    access: Access,
    take_turn: TakeTurn,
    deliveries: DeliveryLog,
    buttons: Buttons,
    tally: Tally,
    *,
    patience: Patience | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    trial: str | None = None,
) -> AsyncIterator[Telegram]:
    """The channel, not yet connected.

    ``now`` tells how old a message is; ``trial`` is said below a conversation's first message.
    """
    silence_library()
    bot = make_bot(access)
    post = Post(bot, tally, patience or Patience())
    visitors = Visitors(take_turn, deliveries, Answers(post, buttons, trial))
    groups = Groups(deliveries, post)
    intake = Intake(bot, make_dispatcher(visitors, groups, buttons, now))
    telegram = Telegram(access, bot, post, intake, visitors)
    try:
        yield telegram
    finally:
        await telegram.finish(seconds=0)
        await visitors.finish(seconds=FINISH_SECONDS)
        await bot.session.close()
