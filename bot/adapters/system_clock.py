"""The present in Denmark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(COPENHAGEN)


@dataclass(frozen=True)
class FixedClock:
    """Stands still, for ``betro chat --now`` and for tests."""

    at: datetime

    def now(self) -> datetime:
        return self.at.astimezone(COPENHAGEN)
