"""One WebSocket: reads frames, hands turns on, confirms. Decides nothing."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, WSMsgType, web

from bot.app.turn import Incoming
from bot.channels.web.connection import Connection
from bot.channels.web.limits import Limits, Now, TokenBucket
from bot.channels.web.protocol import (
    GREETING_ID,
    Ack,
    Bye,
    CloseCode,
    ErrorCode,
    FromPage,
    Hello,
    Message,
    Press,
    Received,
    Unreadable,
    parse,
)
from bot.channels.web.turns import START, Turns
from bot.channels.web.visit import Asked, Visit
from bot.channels.web.visits import Visits

RETRY_SECONDS = 4
CLOSE_SECONDS = 3.0


class Socket:
    """Serves ``/ws``."""

    def __init__(self, visits: Visits, turns: Turns, limits: Limits, now: Now) -> None:
        self._visits, self._turns, self._limits, self._now = visits, turns, limits, now
        self._open: set[web.WebSocketResponse] = set()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Hold one page's socket from hello to goodbye."""
        # aiohttp would log the address of a client that asks for a sub-protocol.
        if not is_same_origin(request) or "Sec-WebSocket-Protocol" in request.headers:
            raise web.HTTPForbidden
        ws = web.WebSocketResponse(
            heartbeat=self._limits.heartbeat_seconds,
            max_msg_size=self._limits.frame_bytes,
            timeout=CLOSE_SECONDS,
            compress=False,
        )
        await ws.prepare(request)
        connection = Connection(ws)
        if len(self._open) >= self._limits.connections:
            connection.report(ErrorCode.FULL)
            connection.leave(CloseCode.TRY_LATER)
        self._open.add(ws)
        writer = asyncio.create_task(connection.write())
        dialogue = Dialogue(ws, connection, self._visits, self._turns, self._frames())
        try:
            await dialogue.listen(hello_seconds=self._limits.hello_seconds)
            if connection.leaving:
                await writer
        finally:
            self._open.discard(ws)
            dialogue.end()
            writer.cancel()
        return ws

    async def close(self) -> None:
        """Close every socket; pages come back to the next process by themselves."""
        closing = [ws.close(code=WSCloseCode.GOING_AWAY) for ws in self._open]
        await asyncio.gather(*closing, return_exceptions=True)

    def _frames(self) -> TokenBucket:
        limits = self._limits
        return TokenBucket(limits.frames_burst, limits.frames_per_second, now=self._now)


class Dialogue:
    """What one socket says, and the visit it speaks for."""

    def __init__(
        self,
        ws: web.WebSocketResponse,
        connection: Connection,
        visits: Visits,
        turns: Turns,
        frames: TokenBucket,
    ) -> None:
        self._ws, self._connection = ws, connection
        self._visits, self._turns, self._frames = visits, turns, frames
        self._visit: Visit | None = None

    async def listen(self, *, hello_seconds: float) -> None:
        """Read until the socket closes."""
        while True:
            try:
                frame = await self._ws.receive(None if self._visit else hello_seconds)
            except TimeoutError:
                self._connection.leave(CloseCode.HELLO_EXPECTED)
                continue
            if frame.type is WSMsgType.TEXT:
                self._hear(str(frame.data))
            elif frame.type is WSMsgType.BINARY:
                self._connection.leave(CloseCode.UNSUPPORTED)
            else:
                return

    def end(self) -> None:
        """The socket is gone; the visit waits for the page to come back."""
        if self._visit is not None:
            self._visit.detach(self._connection)

    def _hear(self, frame: str) -> None:
        if self._connection.leaving:
            return
        if not self._frames.take():
            self._connection.report(ErrorCode.FLOOD)
            self._connection.leave(CloseCode.FLOOD)
            return
        try:
            message = parse(frame)
        except Unreadable as problem:
            self._connection.report(problem.code)
            if problem.code is ErrorCode.VERSION:
                self._connection.leave(CloseCode.WRONG_VERSION)
            return
        if isinstance(message, Hello) is (self._visit is not None):
            self._connection.leave(CloseCode.HELLO_EXPECTED)
        else:
            self._obey(message)

    def _obey(self, message: FromPage) -> None:
        if isinstance(message, Hello):
            self._greet(message)
        elif self._visit is None:
            return
        elif isinstance(message, Ack):
            self._visit.outbox.confirm(message.seq)
        elif isinstance(message, Bye):
            self._turns.leave(self._visit)
        else:
            self._take(self._visit, message)

    def _greet(self, hello: Hello) -> None:
        visit = self._visits.find(hello.resume)
        if visit is not None:
            visit.outbox.confirm(hello.last_seen)
            visit.attach(self._connection, resumed=True)
        else:
            visit = self._visits.open()
            visit.attach(self._connection, resumed=False)
            self._turns.submit(visit, Asked(GREETING_ID, START))
        self._visit = visit

    def _take(self, visit: Visit, message: Message | Press) -> None:
        """Queue a message for its turn, once; a repeated one is answered from the outbox."""
        if visit.outbox.knows(message.id):
            self._connection.tell(Received(id=message.id))
            if (seq := visit.outbox.seq_for(message.id)) is not None:
                self._connection.tell(visit.outbox.message(seq))
        elif visit.pace.take() and self._turns.submit(visit, Asked(message.id, said(message))):
            self._connection.tell(Received(id=message.id))
        else:
            self._connection.report(ErrorCode.SLOW_DOWN, message_id=message.id, retry=RETRY_SECONDS)


def said(message: Message | Press) -> Incoming:
    """The visitor's message as the conversation takes it."""
    if isinstance(message, Press):
        return Incoming(payload=message.payload, turn=message.turn)
    return Incoming(text=message.text)


def is_same_origin(request: web.Request) -> bool:
    """Whether a page of this very host opens the socket; browsers always send ``Origin``."""
    try:
        origin = urlsplit(request.headers.get("Origin", ""))
    except ValueError:
        return False
    return origin.scheme in {"http", "https"} and origin.netloc.lower() == request.host.lower()
