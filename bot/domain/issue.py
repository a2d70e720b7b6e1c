"""Content problems as data. The checks list them; the caller decides what fails."""

from __future__ import annotations

from dataclasses import dataclass
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
