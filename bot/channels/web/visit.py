"""One visitor's page as this process remembers it: a token, answers on their way, a listener."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.app.turn import Incoming, Pseudonym, TurnResult
from bot.channels.lanes import Lane, Tasks
from bot.channels.web.limits import TokenBucket
from bot.channels.web.protocol import CloseCode, FromServer, Welcome, replies
from bot.domain.taxonomy import Urgency


class Listener(Protocol):
    """The open socket of a visit."""

    def tell(self, message: FromServer) -> None:
        """Queue a message; never waits and never fails."""

    def leave(self, code: CloseCode) -> None:
        """Close once everything queued is sent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A visitor's message that waits for its turn; ``id`` was chosen by the page."""

    id: str
    incoming: Incoming


class Outbox:
    """Answers kept until the page confirms them, and the ids that were answered.

    Holds at most ``size`` answers and ``ids`` ids; the oldest go first. Process memory only.
    """

    def __init__(self, *, size: int, ids: int) -> None:
        self._size, self._ids = size, ids
        self._answers: OrderedDict[int, tuple[str, TurnResult]] = OrderedDict()
        self._seq_of: OrderedDict[str, int | None] = OrderedDict()
        self._last = 0

    def begin(self, message_id: str) -> None:
        """Remember the id, so that the same message is not taken twice."""
        self._seq_of[message_id] = None
        while len(self._seq_of) > self._ids:
            self._seq_of.popitem(last=False)

    def knows(self, message_id: str) -> bool:
        return message_id in self._seq_of

    def put(self, message_id: str, result: TurnResult) -> int:
        """Keep an answer; return its number."""
        self._last += 1
        self._answers[self._last] = (message_id, result)
        self._seq_of[message_id] = self._last
        while len(self._answers) > self._size:
            self._answers.popitem(last=False)
        return self._last

    def confirm(self, seq: int) -> None:
        """Drop every answer up to and with ``seq``."""
        for number in [number for number in self._answers if number <= seq]:
            del self._answers[number]

    def unconfirmed(self) -> list[int]:
        return list(self._answers)

    def message(self, seq: int) -> FromServer:
        """The answer as it goes over the wire. ``KeyError`` once confirmed."""
        message_id, result = self._answers[seq]
        return replies(seq, message_id, result)

    def seq_for(self, message_id: str) -> int | None:
        """The number of the answer to a message, if it is still kept."""
        seq = self._seq_of.get(message_id)
        return seq if seq in self._answers else None

    def result_for(self, message_id: str) -> TurnResult | None:
        """The answer to a message, if it is still kept."""
        seq = self.seq_for(message_id)
        return None if seq is None else self._answers[seq][1]

    def clear(self) -> None:
        """Forget answers and ids; numbers go on rising."""
        self._answers.clear()
        self._seq_of.clear()


class Visit:
    """Everything known of one open page. The token is the only way to it."""

    def __init__(
        self, token: str, visitor: Pseudonym, *, outbox: Outbox, pace: TokenBucket, at: float
    ) -> None:
        self.token, self.visitor = token, visitor
        self.outbox, self.pace = outbox, pace
        self.touched = at
        self.turn = 0
        self.urgency = Urgency.NONE
        """The highest so far: a failing turn must not look less urgent than the one before."""
        self.lane: Lane[Asked] | None = None
        self.listener: Listener | None = None

    @property
    def is_acute(self) -> bool:
        """Whether 112 must stay in sight."""
        return self.urgency is Urgency.ACUTE

    def lane_for(self, serve: Callable[[Asked], Awaitable[None]], tasks: Tasks) -> Lane[Asked]:
        """The messages that wait for their turn."""
        if self.lane is None:
            self.lane = Lane(serve, tasks)
        return self.lane

    def tell(self, message: FromServer) -> None:
        """Send to the page if it is connected; answers are in the outbox in any case."""
        if self.listener is not None:
            self.listener.tell(message)

    def attach(self, listener: Listener, *, resumed: bool) -> None:
        """Take a new socket, close the one before, and send what is not confirmed, in order."""
        if self.listener is not None:
            self.listener.leave(CloseCode.REPLACED)
        self.listener = listener
        listener.tell(Welcome(token=self.token, resumed=resumed))
        for seq in self.outbox.unconfirmed():
            listener.tell(self.outbox.message(seq))

    def detach(self, listener: Listener) -> None:
        """The socket is gone; a newer one stays."""
        if self.listener is listener:
            self.listener = None

    def forget(self, token: str, visitor: Pseudonym) -> None:
        """Erase what this process holds and go on under a fresh name."""
        self.token, self.visitor = token, visitor
        self.turn, self.urgency = 0, Urgency.NONE
        self.outbox.clear()
