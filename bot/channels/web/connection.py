"""The writing side of one WebSocket."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from bot.channels.web.protocol import CloseCode, ErrorCode, FromServer, Problem
from bot.channels.web.words import ERRORS

OUTGOING = 256
"""Messages queued for one socket; a page that reads slower than that is cut off and resumes."""


class Connection:
    """One writer per socket keeps the order and never lets a slow page hold up a turn."""

    def __init__(self, ws: web.WebSocketResponse) -> None:
        self._ws = ws
        self._outgoing: asyncio.Queue[FromServer | CloseCode] = asyncio.Queue(OUTGOING)
        self.leaving = False
        """Whether the socket is about to close: nothing more is read or queued."""

    def tell(self, message: FromServer) -> None:
        """Queue a message; never waits and never fails."""
        if self._outgoing.full():
            self.leave(CloseCode.TRY_LATER)
        if not self.leaving:
            self._outgoing.put_nowait(message)

    def leave(self, code: CloseCode) -> None:
        """Close once what is queued is sent; the first reason counts."""
        if self.leaving:
            return
        self.leaving = True
        if self._outgoing.full():
            self._outgoing.get_nowait()
        self._outgoing.put_nowait(code)

    def report(
        self, code: ErrorCode, *, message_id: str | None = None, retry: int | None = None
    ) -> None:
        """Tell the page about a problem, in words for the visitor."""
        self.tell(Problem(code=code, text=ERRORS[code], id=message_id, retry=retry))

    async def write(self) -> None:
        """Send until told to leave or the page is gone."""
        with contextlib.suppress(ConnectionError):
            while not isinstance(message := await self._outgoing.get(), CloseCode):
                await self._ws.send_str(message.model_dump_json())
            await self._ws.close(code=message)
