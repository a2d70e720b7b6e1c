"""What one visitor, one socket and all of them together may ask of this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Now = Callable[[], float]
"""Seconds on a clock that never goes back; only differences mean anything."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of the web channel. Bytes, characters, seconds, or plain counts."""

    connections: int = 2_000
    """Open sockets, and no-script requests being answered, each."""
    visits: int = 20_000
    """Visits held in memory; beyond, the one longest silent and not connected is forgotten."""
    frame_bytes: int = 640 * 1024
    """Room for ``text_chars``, JSON-escaped Danish too; a longer frame closes the socket (1009)."""
    form_bytes: int = 2 * 1024 * 1024
    """The same text percent-encoded is up to three times as long."""
    text_chars: int = 100_000
    """What is handed on of one message; the conversation answers long ones kindly."""
    waiting: int = 16
    """Messages of one visitor that wait while an earlier one is answered."""
    unconfirmed: int = 32
    """Answers kept until the page confirms them; beyond, the oldest is dropped."""
    remembered_ids: int = 256
    """Message ids remembered so that a repeated one is not answered twice."""
    turns_burst: int = 12
    turns_per_second: float = 1.0
    frames_burst: int = 120
    frames_per_second: float = 20.0
    hello_seconds: float = 10.0
    turn_seconds: float = 20.0
    heartbeat_seconds: float = 25.0
    body_seconds: float = 20.0
    sweep_seconds: float = 30.0


class TokenBucket:
    """Allows bursts, and a steady rate after them."""

    def __init__(self, burst: int, per_second: float, *, now: Now) -> None:
        self._burst, self._per_second, self._now = float(burst), per_second, now
        self._left, self._at = self._burst, now()

    def take(self) -> bool:
        """Take one if there is one."""
        at = self._now()
        self._left = min(self._burst, self._left + (at - self._at) * self._per_second)
        self._at = at
        if self._left < 1:
            return False
        self._left -= 1
        return True
