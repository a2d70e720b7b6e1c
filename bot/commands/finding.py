"""What `betro doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence on one part; ``mend`` says what to do, empty when nothing is."""

    part: str
    level: Level
    said: str
    mend: str = ""


def ok(part: str, said: str) -> Finding:
    return Finding(part, Level.OK, said)
