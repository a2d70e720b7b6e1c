"""A group that Betro was added to: it says why it cannot stay, once, and leaves."""

from __future__ import annotations

import asyncio

from aiogram.enums import ChatType
from aiogram.methods import LeaveChat, SendMessage
from aiogram.types import Chat

from bot.app.ports import DeliveryLog, Standing
from bot.channels.lanes import Tasks
from bot.channels.telegram.post import Post
from bot.channels.telegram.words import GROUP
from bot.domain.errors import StoreUnavailable


class Groups:
    """What people write to Betro is private, and nothing that is said in a group is."""

    def __init__(self, deliveries: DeliveryLog, post: Post) -> None:
        self._deliveries, self._post = deliveries, post
        self._tasks = Tasks()

    def leave(self, chat: Chat) -> asyncio.Future[None]:
        return self._tasks.spawn(self._leave(chat))

    async def _leave(self, chat: Chat) -> None:
        if chat.type != ChatType.CHANNEL and await self._is_first(f"group {chat.id}"):
            await self._post.call(SendMessage(chat_id=chat.id, text=GROUP))
        await self._post.attempt(LeaveChat(chat_id=chat.id))

    async def _is_first(self, group: str) -> bool:
        """Joining is told by several updates, perhaps to several processes."""
        try:
            return await self._deliveries.begin(group) is Standing.NEW
        except StoreUnavailable:
            return True
