"""The files of ``resources/`` as entries: each a checked model that knows where it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from bot.adapters.content_models import read_file, read_model
from bot.adapters.yaml_lines import Document, Located, Place, Plain, read_text, read_yaml
from bot.domain.directory import Service
from bot.domain.issue import Issue, Severity
from bot.domain.language import mark_of
from bot.domain.law import LawText
from bot.domain.municipality import Municipality
from bot.domain.municipality_contact import MunicipalityContact, MunicipalWords
from bot.domain.provenance import EnglishFile, Source
from bot.domain.taxonomy import Audience, Concern

Model = TypeVar("Model", bound=BaseModel)
COLUMNS = ["code", "name", "region", "domain"]
EVERYONE: dict[str, type[StrEnum]] = {"serves": Audience, "concerns": Concern}
"""Keys where ``all`` stands for every id."""


@dataclass(frozen=True)
class Entry(Generic[Model]):
    """One entry of a file; ``name`` is what issues call it, ``place`` where it stands."""

    model: Model
    name: str
    document: Located
    place: Place

    def issue(
        self, *loc: str | int, problem: str, mend: str, severity: Severity = Severity.ERROR
    ) -> Issue:
        """A problem with the part of the entry at ``loc``."""
        at = ".".join([self.name, *map(str, loc)])
        line = self.document.line(*self.place, *loc)
        return Issue(self.document.path, at, problem, mend, severity, line)


@dataclass(frozen=True)
class Table:
    """A CSV file; row 0 stands on line 2."""

    path: Path

    def line(self, *place: str | int) -> int | None:
        return place[0] + 2 if place and isinstance(place[0], int) else None


class Reader:
    """Reads a folder; what cannot be read lands in ``issues``, the rest goes on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.issues: list[Issue] = []

    def services(self) -> Iterator[Entry[Service]]:
        paths = sorted((self.folder / "services").glob("*.yml"))
        if not paths:
            path = self.folder / "services"
            self.issues.append(Issue(path, "folder", "no service file", "Put *.yml files there."))
        for path in paths:
            document = self._document(path)
            for index, data in enumerate(self._list(document, ())):
                name = _name(data, "id", index)
                yield from self._entry(Service, document, (index,), _write_out_all(data), name)

    def sources(self) -> Iterator[Entry[Source]]:
        document = self._document(self.folder / "sources.yml")
        for name, data in self._mapping(document).items():
            yield from self._entry(Source, document, (name,), data, name)

    def law(self) -> Iterator[Entry[LawText]]:
        document = self._document(self.folder / "law.yml")
        for index, data in enumerate(self._list(document, ())):
            yield from self._entry(LawText, document, (index,), data, _name(data, "id", index))

    def municipalities(self) -> Iterator[Entry[Municipality]]:
        path = self.folder / "municipalities.csv"
        text = read_text(path)
        if isinstance(text, Issue):
            self.issues.append(text)
            return
        rows = csv.DictReader(io.StringIO(text))
        if rows.fieldnames != COLUMNS:
            mend = f"The first line is '{','.join(COLUMNS)}'."
            self.issues.append(Issue(path, "columns", "the columns are not these", mend, line=1))
            return
        for index, row in enumerate(rows):
            data: Plain = {str(key): value or None for key, value in row.items()}
            name = str(row.get("name") or index)
            yield from self._entry(Municipality, Table(path), (index,), data, name)

    def contacts(self) -> Iterator[Entry[MunicipalityContact]]:
        for index, data in enumerate(self._list(self._contacts, ("contacts",))):
            place, name = ("contacts", index), _name(data, "code", index)
            yield from self._entry(MunicipalityContact, self._contacts, place, data, name)

    def words(self) -> Entry[MunicipalWords] | None:
        data = self._contacts.data
        if not isinstance(data, dict):  # told by `contacts`
            return None
        words = data.get("words")
        return next(self._entry(MunicipalWords, self._contacts, ("words",), words, "words"), None)

    def _in_english(self, data: Plain) -> Plain:
        """The data with the English of every Danish text that has its words still."""
        if isinstance(data, list):
            return [self._in_english(each) for each in data]
        if not isinstance(data, dict):
            return data
        known = data.get("da")
        english = self._english.get(mark_of(known)) if isinstance(known, str) else None
        added: dict[str, Plain] = {"en": english} if english and "en" not in data else {}
        return {**{key: self._in_english(value) for key, value in data.items()}, **added}

    @cached_property
    def _english(self) -> dict[str, str]:
        path = self.folder / "english.yml"
        file = read_file(path, EnglishFile) if path.is_file() else EnglishFile(texts=())
        if isinstance(file, list):
            self.issues += file
            return {}
        return {each.of: each.en for each in file.texts}

    @cached_property
    def _contacts(self) -> Document:
        return self._document(self.folder / "municipality_contacts.yml")

    def _document(self, path: Path) -> Document:
        document = read_yaml(path)
        if isinstance(document, Document):
            return document
        self.issues.append(document)
        return Document(path, None, is_read=False)

    def _list(self, document: Document, place: Place) -> list[Plain]:
        """The entries at the top of a file or under one key; none of a file already reported."""
        data = document.data
        for step in place:
            data = data.get(str(step)) if isinstance(data, dict) else None
        if isinstance(data, list) and data:
            return data
        if document.is_read:
            self._misshapen(document, place, "a list of entries", "Begin each with '- '.")
        return []

    def _mapping(self, document: Document) -> dict[str, Plain]:
        if isinstance(document.data, dict) and document.data:
            return document.data
        if document.is_read:
            self._misshapen(document, (), "a mapping", "Write 'id:' and the entry below it.")
        return {}

    def _misshapen(self, document: Document, place: Place, wanted: str, mend: str) -> None:
        at = ".".join(map(str, place)) or "file"
        self.issues.append(Issue(document.path, at, f"{wanted} is expected here", mend))

    def _entry(
        self, model: type[Model], document: Located, place: Place, data: Plain, name: str
    ) -> Iterator[Entry[Model]]:
        read = read_model(model, self._in_english(data), document, place, name)
        if isinstance(read, list):
            self.issues += read
        else:
            yield Entry(read, name, document, place)


def _write_out_all(data: Plain) -> Plain:
    """Replace ``all`` by every id."""
    if not isinstance(data, dict):
        return data
    every: dict[str, Plain] = {
        key: [item.value for item in ids] for key, ids in EVERYONE.items() if data.get(key) == "all"
    }
    return {**data, **every}


def _name(data: Plain, key: str, index: int) -> str:
    """What to call an entry in issues: its id, or its number when it has none."""
    name = data.get(key) if isinstance(data, dict) else None
    return name if isinstance(name, str) and name else f"entry {index + 1}"
