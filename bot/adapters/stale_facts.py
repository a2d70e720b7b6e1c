"""Facts and texts that somebody must look at again, with file, line and where to look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bot.adapters.directory_check import facts_of
from bot.adapters.directory_files import find_entries
from bot.adapters.directory_reader import Reader
from bot.adapters.text_files import TextFiles
from bot.domain.law import LawText
from bot.domain.municipality_contact import MunicipalityContact


@dataclass(frozen=True, slots=True)
class Stale:
    """One thing to look at again. ``days`` is how long ago it was due; negative: to come."""

    kind: str
    """service, law, municipality or text"""
    id: str
    field: str
    recheck_by: str
    days: int
    state: str
    file: str
    line: int | None
    sources: tuple[str, ...]
    """Addresses to look at; of a text, the ids of what it builds on."""


def find_stale(content_dir: Path, today: date, *, within: int = 0) -> list[Stale]:
    """What is past its recheck date, or will be in ``within`` days; the longest due first."""
    last = today + timedelta(days=within)
    found = [*_facts(content_dir / "resources", today, last), *_texts(content_dir, today, last)]
    return sorted(found, key=lambda each: (each.recheck_by, each.kind, each.id, each.field))


def _facts(folder: Path, today: date, last: date) -> Iterator[Stale]:
    entries = find_entries(Reader(folder))
    for entry, place, fact, _ in facts_of(entries):
        if not fact.is_due(last) or fact.recheck_by is None:
            continue
        kind = {LawText: "law", MunicipalityContact: "municipality"}.get(type(entry.model))
        pages = (entries.sources.get(source) for source in fact.sources)
        yield Stale(
            kind=kind or "service",
            id=entry.name,
            field=".".join(map(str, place)).removeprefix("facts."),
            recheck_by=fact.recheck_by.isoformat(),
            days=(today - fact.recheck_by).days,
            state=fact.state.value,
            file=str(entry.document.path),
            line=entry.document.line(*entry.place, *place),
            sources=tuple(page.model.url for page in pages if page is not None),
        )


def _texts(content_dir: Path, today: date, last: date) -> Iterator[Stale]:
    files = TextFiles(content_dir)
    for name, variant in files.variants():
        recheck_by = files.recheck_by(name, variant)
        if recheck_by is None or recheck_by >= last:
            continue
        yield Stale(
            kind="text",
            id=f"{name}.{variant}",
            field="text",
            recheck_by=recheck_by.isoformat(),
            days=(today - recheck_by).days,
            state=files.metadata(name, variant, "review"),
            file=str(files.path_of(name)),
            line=files.line_of(name, variant),
            sources=files.sources(name, variant),
        )
