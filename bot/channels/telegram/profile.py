"""What Telegram shows of the bot before a word is written: commands and descriptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiogram.methods import (
    SetMyCommands,
    SetMyDescription,
    SetMyShortDescription,
    TelegramMethod,
)
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats

from bot.channels.telegram.post import Post
from bot.channels.telegram.words import COMMANDS, DESCRIPTION, SHORT_DESCRIPTION

LANGUAGES = {None: "da", "da": "da", "en": "en"}
"""Telegram's language of the visitor -> ours; None: every other."""


async def show_profile(post: Post) -> None:
    """What fails is left as it was: it stops nothing."""
    for method in _methods():
        await post.call(method)


def _methods() -> Iterator[TelegramMethod[Any]]:
    for theirs, ours in LANGUAGES.items():
        commands = [BotCommand(command=name, description=d) for name, d in COMMANDS[ours].items()]
        scope = BotCommandScopeAllPrivateChats()
        yield SetMyCommands(commands=commands, scope=scope, language_code=theirs)
        yield SetMyDescription(description=DESCRIPTION[ours], language_code=theirs)
        yield SetMyShortDescription(short_description=SHORT_DESCRIPTION[ours], language_code=theirs)
