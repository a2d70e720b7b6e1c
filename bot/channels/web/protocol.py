"""The messages of the WebSocket, version 1.

Both directions speak JSON objects with ``v`` and ``type``. Every message of the visitor has an
id chosen by the page; a repeated id is never answered twice. Answers carry ``seq``, rising by
one, and are repeated after a reconnect until the page has confirmed them with ``ack``.
"""

from __future__ import annotations

import re
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Final, Literal

import pydantic_core
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.app.turn import Reply, TurnResult

VERSION: Final = 1
GREETING_ID: Final = "hello"
"""The client message id that the greeting answers."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 random bits, base64url without padding."""

Token = Annotated[str, Field(pattern=rf"^{TOKEN.pattern}$")]
MessageId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Seq = Annotated[int, Field(ge=0, le=2**53 - 1)]
TurnNumber = Annotated[int, Field(ge=0, le=2**31 - 1)]


class CloseCode(IntEnum):
    """Why the server closes a socket (4000-4999 are an application's own)."""

    UNSUPPORTED = 1003
    TRY_LATER = 1013
    WRONG_VERSION = 4000
    REPLACED = 4001
    HELLO_EXPECTED = 4002
    ERASED = 4003
    FLOOD = 4008


class ErrorCode(StrEnum):
    UNREADABLE = "unreadable"
    VERSION = "version"
    SLOW_DOWN = "slow_down"
    FLOOD = "flood"
    FULL = "full"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)
    v: Literal[1] = VERSION


class Hello(_Wire):
    """First message of a socket. ``resume`` is the token of a visit that lost its socket."""

    type: Literal["hello"]
    resume: Token | None = None
    last_seen: Seq = 0


class Message(_Wire):
    type: Literal["message"]
    id: MessageId
    text: str


class Press(_Wire):
    """A button was pressed; ``turn`` is the turn that offered it, maybe an old one."""

    type: Literal["button"]
    id: MessageId
    payload: Annotated[str, Field(min_length=1, max_length=512)]
    turn: TurnNumber


class Ack(_Wire):
    """Every answer up to and with ``seq`` is on the page."""

    type: Literal["ack"]
    seq: Seq


class Bye(_Wire):
    """The page goes away: erase the conversation."""

    type: Literal["bye"]


FromPage = Hello | Message | Press | Ack | Bye
_FROM_PAGE: TypeAdapter[FromPage] = TypeAdapter(Annotated[FromPage, Field(discriminator="type")])


class Welcome(_Wire):
    type: Literal["welcome"] = "welcome"
    token: str
    resumed: bool


class Received(_Wire):
    type: Literal["received"] = "received"
    id: str


class Typing(_Wire):
    type: Literal["typing"] = "typing"


class Replies(_Wire):
    """The answer to the visitor's message ``id``."""

    type: Literal["replies"] = "replies"
    seq: int
    id: str
    turn: int
    urgency: str
    ended: bool
    forgotten: bool
    replies: tuple[Reply, ...]


class Problem(_Wire):
    """``id`` names the message that was not taken; send it again after ``retry`` seconds."""

    type: Literal["error"] = "error"
    code: ErrorCode
    text: str
    id: str | None = None
    retry: int | None = None


FromServer = Welcome | Received | Typing | Replies | Problem


class Unreadable(Exception):
    """A frame is not a message of this protocol. Never quotes the frame."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.value)
        self.code = code


def parse(frame: str) -> FromPage:
    """Read one text frame. Raises ``Unreadable``."""
    try:
        raw: Any = pydantic_core.from_json(frame, allow_inf_nan=False)
    except (ValueError, RecursionError):
        raise Unreadable(ErrorCode.UNREADABLE) from None
    if not isinstance(raw, dict):
        raise Unreadable(ErrorCode.UNREADABLE)
    if type(raw.get("v")) is not int or raw["v"] != VERSION:
        raise Unreadable(ErrorCode.VERSION)
    try:
        return _FROM_PAGE.validate_python(raw)
    except ValidationError:
        raise Unreadable(ErrorCode.UNREADABLE) from None


def replies(seq: int, message_id: str, result: TurnResult) -> Replies:
    """Put one turn's result on the wire; flow and step stay inside."""
    return Replies(
        seq=seq,
        id=message_id,
        turn=result.turn,
        urgency=result.urgency.id,
        ended=result.ended,
        forgotten=result.forgotten,
        replies=result.replies,
    )
