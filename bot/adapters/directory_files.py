"""Loads ``resources/``: services, sources, law, municipalities and their contacts.

Everything wrong is listed at once, with file, line and mend; nothing broken gets further.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

from bot.adapters.directory_check import Found, check_found
from bot.adapters.directory_reader import Reader
from bot.adapters.opening_hours import COPENHAGEN
from bot.domain.directory import Directory
from bot.domain.errors import ContentError
from bot.domain.issue import Issue, Severity
from bot.domain.provenance import SourceId


def load_directory(folder: Path) -> Directory:
    """Read and check the directory in ``folder`` (the one called ``resources``).

    Raises:
        ContentError: it cannot be used; carries every error, warnings left out.
    """
    directory, issues = _read(folder, date.min)
    errors = [issue for issue in issues if issue.severity is Severity.ERROR]
    if errors:
        raise ContentError(errors)
    return directory


def check_directory(folder: Path, *, today: date | None = None) -> list[Issue]:
    """List everything wrong with the directory in ``folder``, file by file, line by line.

    Facts past their recheck date are warnings. ``today`` is for them (None: today in Denmark).
    """
    return _read(folder, today or datetime.now(COPENHAGEN).date())[1]


def find_entries(reader: Reader) -> Found:
    """Every entry that can be read, with file and line; the rest is in the reader's issues."""
    return Found(
        services=tuple(reader.services()),
        sources={SourceId(entry.name): entry for entry in reader.sources()},
        law=tuple(reader.law()),
        municipalities=tuple(reader.municipalities()),
        contacts=tuple(reader.contacts()),
        words=reader.words(),
    )


def _read(folder: Path, today: date) -> tuple[Directory, list[Issue]]:
    reader = Reader(folder)
    found = find_entries(reader)
    directory = Directory(
        services=MappingProxyType({entry.model.id: entry.model for entry in found.services}),
        sources=MappingProxyType({name: entry.model for name, entry in found.sources.items()}),
        law=MappingProxyType({entry.model.id: entry.model for entry in found.law}),
        municipalities=tuple(entry.model for entry in found.municipalities),
        contacts=MappingProxyType({entry.model.code: entry.model for entry in found.contacts}),
        municipal_words=found.words.model if found.words else None,
    )
    issues = [*reader.issues, *check_found(found, directory, today, complete=not reader.issues)]
    return directory, sorted(issues, key=lambda i: (str(i.path), i.line or 0, i.at, i.problem))
