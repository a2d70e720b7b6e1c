"""Remembers for ten minutes, in memory, what is answered once only."""

from __future__ import annotations

import time
from collections import OrderedDict

SECONDS = 600.0
KEPT = 4_096
Key = tuple[int, str, int | str]
"""Chat, kind, and what tells one of the kind from another."""


class Once:
    def __init__(self) -> None:
        self._until: OrderedDict[Key, float] = OrderedDict()

    def was_answered(self, key: Key) -> bool:
        """Whether its like was answered lately; from now on it was."""
        now = time.monotonic()
        was = self._until.pop(key, now) > now
        self._until[key] = now + SECONDS
        while len(self._until) > KEPT or next(iter(self._until.values())) <= now:
            self._until.popitem(last=False)
        return was

    def forget(self, key: Key) -> None:
        self._until.pop(key, None)
