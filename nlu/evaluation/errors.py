"""What stops an evaluation."""

from __future__ import annotations

from pathlib import Path


class EvaluationError(Exception):
    """The evaluation cannot go on; the message says what to do."""


class FileError(EvaluationError):
    """A file cannot be used; the message says where and how to mend it."""

    def __init__(self, path: Path, line: int | None, problem: str, mend: str) -> None:
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: {problem}. {mend}")
