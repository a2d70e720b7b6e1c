"""What goes back to a visitor: messages, the sign of typing, the end of a button."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram.enums import ChatAction
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    SendChatAction,
    SendMessage,
)
from aiogram.types import LinkPreviewOptions

from bot.app.turn import TurnResult
from bot.channels.telegram.bubbles import to_bubbles
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.parcel import Press
from bot.channels.telegram.post import Outcome, Post

TYPING_SECONDS = 4.5
"""Telegram shows it for five."""


class Answers:
    def __init__(self, post: Post, buttons: Buttons, trial: str | None = None) -> None:
        """``trial`` stands below the first message of a conversation; None: nothing does."""
        self._post, self._buttons, self._trial = post, buttons, trial

    async def send(self, chat: int, result: TurnResult) -> Outcome:
        """In order, up to the first message that does not arrive."""
        for bubble in to_bubbles(result, chat, self._buttons, trial=self._trial):
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
            if outcome is not Outcome.DONE:
                return outcome
        return Outcome.DONE

    async def acknowledge(self, chat: int, press: Press) -> None:
        """Stop the button's clock and take the choices away; links stay."""
        await self._post.attempt(AnswerCallbackQuery(callback_query_id=press.query))
        await self._post.attempt(
            EditMessageReplyMarkup(chat_id=chat, message_id=press.message, reply_markup=press.links)
        )

    @asynccontextmanager
    async def typing(self, chat: int) -> AsyncIterator[None]:
        """Shown while the answer is found, never waited for."""

        async def show() -> None:
            while True:
                await self._post.attempt(SendChatAction(chat_id=chat, action=ChatAction.TYPING))
                await asyncio.sleep(TYPING_SECONDS)

        showing = asyncio.create_task(show())
        try:
            yield
        finally:
            showing.cancel()
