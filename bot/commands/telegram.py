"""Telegram as a part of `betro run`: whether it may start as it is set, and how it is joined.

aiogram takes seconds to import, so it is imported only with a token, and after the page is open.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from bot.app.release import TRIAL
from bot.bootstrap import App
from bot.channels.telegram.access import Access
from bot.domain.errors import SettingsError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.channels.telegram.channel import Telegram

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
TAKEN = ("", "/", "/ws", "/plain", "/bye")
"""Paths of the page, where the webhook cannot be; nor below /static."""


@dataclass(frozen=True)
class TelegramPlan:
    """How Telegram is reached; ``path`` is where it delivers on the visitors' port, if it does."""

    access: Access
    path: str | None


def plan_telegram(settings: Settings) -> TelegramPlan | None:
    """None without a token.

    Raises:
        SettingsError: the settings make no sense together; says what to do.
    """
    if settings.telegram_token is None:
        if settings.telegram_webhook is not None:
            raise SettingsError(
                "BETRO_TELEGRAM_WEBHOOK is set without BETRO_TELEGRAM_TOKEN. Set the token that "
                "@BotFather gave, or unset the webhook."
            )
        return None
    token = settings.telegram_token.get_secret_value()
    if not TOKEN.fullmatch(token):
        raise SettingsError(
            "BETRO_TELEGRAM_TOKEN is no token of Telegram. It looks like 123456:ABC-DEF; ask "
            "@BotFather for it."
        )
    path = _webhook_path(settings) if settings.telegram_webhook is not None else None
    return TelegramPlan(Access(token, settings.telegram_api, settings.telegram_webhook), path)


def _webhook_path(settings: Settings) -> str:
    url = urlsplit(settings.telegram_webhook or "")
    is_own_server = settings.telegram_api != Settings.model_fields["telegram_api"].default
    if not url.hostname or url.scheme not in (("https", "http") if is_own_server else ("https",)):
        raise SettingsError(
            "BETRO_TELEGRAM_WEBHOOK must be the public https address under which Telegram "
            "reaches this page, e.g. https://betro.example/telegram."
        )
    if url.path in TAKEN or url.path.startswith("/static") or url.query:
        raise SettingsError(
            "BETRO_TELEGRAM_WEBHOOK needs a path of its own that the page does not use, "
            "e.g. https://betro.example/telegram."
        )
    if settings.key_file is None or settings.redis_url is None:
        # One process may be one too few: a second one would not know the first one's visitors.
        raise SettingsError(
            "BETRO_TELEGRAM_WEBHOOK is for several processes, which must share key and sessions. "
            "Set BETRO_KEY_FILE and BETRO_REDIS_URL, or unset BETRO_TELEGRAM_WEBHOOK: one "
            "process needs none, it uses long polling."
        )
    return url.path


class TelegramPart:
    """Telegram beside the page: joins when its library is loaded, and ends nothing but itself."""

    def __init__(self, plan: TelegramPlan, app: App) -> None:
        self._plan, self._app = plan, app
        self._telegram: Telegram | None = None

    async def run(self, say: Callable[[str], None]) -> None:
        """For ever. ``say`` gets a line whenever Telegram joins or leaves."""
        try:
            # In a thread: the page answers meanwhile.
            await asyncio.to_thread(import_module, "bot.channels.telegram.channel")
            async with self._open() as telegram:
                self._telegram = telegram
                await telegram.run(say)
        except Exception as error:  # noqa: BLE001 - page and safety net go on
            say(f"telegram could not start ({type(error).__name__}); the page carries on")
        finally:
            self._telegram = None

    def _open(self) -> AbstractAsyncContextManager[Telegram]:
        from bot.channels.telegram import channel  # noqa: PLC0415 - see above
        from bot.channels.telegram.buttons import Buttons  # noqa: PLC0415 - see above

        app = self._app
        return channel.open_telegram(
            self._plan.access,
            partial(app.take_turn, "telegram"),
            app.deliveries,
            Buttons(app.payloads, app.seals),
            app.tally,
            trial=TRIAL if app.library.is_trial else None,
        )

    async def is_well(self) -> bool:
        return self._telegram is not None and await self._telegram.is_well()

    async def deliver(self, request: web.Request) -> web.Response:
        """Telegram's own delivery; until the channel is there, Telegram is to come again."""
        if self._telegram is None:
            return web.Response(status=503)
        return await self._telegram.webhook.answer(request)
