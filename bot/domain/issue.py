"""Content problems as data. The checks list them; the caller decides what fails."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem in a content file.

    ``at`` names the place inside the file (``violence_at_home.steps.safe_now``), ``mend``
    says in one sentence what the author should do.
    """

    path: Path
    at: str
    problem: str
    mend: str
    severity: Severity = Severity.ERROR
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else f"{self.path}"
        return f"{where}, at {self.at}: {self.problem}. {self.mend}"


def near(name: str, known: Collection[str]) -> str:
    """A suggestion when a known name is close, else an empty string."""
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else ""
