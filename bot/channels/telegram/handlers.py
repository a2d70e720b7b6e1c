"""aiogram's handlers: they translate, hand on and decide nothing.

Each returns the future of its answer and does not wait for it, so that updates are handed on in
the order they came.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiogram import Dispatcher, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update

from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.groups import Groups
from bot.channels.telegram.reading import read_edit, read_message, read_press
from bot.channels.telegram.visitors import Visitors

Answered = asyncio.Future[None] | None
Now = Callable[[], datetime]


def make_dispatcher(visitors: Visitors, groups: Groups, buttons: Buttons, now: Now) -> Dispatcher:
    """A dispatcher without storage: what is remembered is the conversation's own affair."""
    dispatcher = Dispatcher(
        disable_fsm=True, visitors=visitors, groups=groups, buttons=buttons, now=now
    )
    dispatcher.include_router(_make_router())
    return dispatcher


def _make_router() -> Router:
    router = Router()
    router.message.register(on_message, is_private)
    router.edited_message.register(on_edit, is_private)
    router.callback_query.register(on_press, is_pressed_in_private)
    router.my_chat_member.register(on_membership)
    router.message.register(on_group)
    return router


# Not aiogram's magic filters: they run in threads, which would mix up the order of updates.


async def is_private(message: Message) -> bool:
    return message.chat.type == ChatType.PRIVATE


async def is_pressed_in_private(query: CallbackQuery) -> bool:
    return query.message is not None and query.message.chat.type == ChatType.PRIVATE


async def on_message(
    message: Message, event_update: Update, visitors: Visitors, now: Now
) -> Answered:
    parcel = read_message(event_update, message, now())
    return visitors.submit(parcel) if parcel else None


async def on_edit(message: Message, event_update: Update, visitors: Visitors, now: Now) -> Answered:
    parcel = read_edit(event_update, message, now())
    return visitors.submit(parcel) if parcel else None


async def on_press(
    query: CallbackQuery, event_update: Update, visitors: Visitors, buttons: Buttons
) -> Answered:
    parcel = read_press(event_update, query, buttons)
    return visitors.submit(parcel) if parcel else None


async def on_membership(change: ChatMemberUpdated, visitors: Visitors, groups: Groups) -> Answered:
    """Added to a group, or blocked by a visitor."""
    is_here = change.new_chat_member.status == ChatMemberStatus.MEMBER
    is_private = change.chat.type == ChatType.PRIVATE
    if is_private:
        return None if is_here else visitors.forget(change.chat.id)
    return groups.leave(change.chat) if is_here else None


async def on_group(message: Message, groups: Groups) -> Answered:
    return groups.leave(message.chat)
