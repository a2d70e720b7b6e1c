"""Where each text is written, and how its state of review is changed there."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ruamel.yaml.error import YAMLError

from bot.adapters.yaml_edit import CannotEdit, literal, set_value
from bot.adapters.yaml_lines import Document, Place, Plain, line_of, parse_plain, read_yaml
from bot.domain.review import DANISH

RESPONSES = "responses"
READING = ("review", "reviewed_by", "reviewed_on", "reviewed_text")
_PLAIN = re.compile(r"[A-Za-zÆØÅæøå_][\w.ÆØÅæøå/-]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_READ_AS_OTHERS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


@dataclass(frozen=True)
class Change:
    """What is to be written at one variant: metadata, and other words by language."""

    name: str
    variant: int
    metadata: Mapping[str, str]
    """``review`` and the like; whatever of these is not named is taken away."""
    words: Mapping[str, str]


class TextFiles:
    """The files below ``flows/responses`` of a folder of content."""

    def __init__(self, content_dir: Path) -> None:
        self._documents = {
            path: document
            for path in sorted((content_dir / "flows" / RESPONSES).glob("*.yml"))
            if isinstance(document := read_yaml(path), Document)
        }
        self._path_of = {
            name: path
            for path, document in self._documents.items()
            for name in _responses(document.data)
        }

    def variants(self) -> Iterator[tuple[str, int]]:
        """Every variant that is written, as (text, index)."""
        for name, path in self._path_of.items():
            entries = _at(self._documents[path].data, (RESPONSES, name))
            for index in range(len(entries) if isinstance(entries, list) else 0):
                yield name, index

    def metadata(self, name: str, variant: int, key: str) -> str:
        """One word of a variant's metadata; empty when it is not there."""
        return str(self._metadata(name, variant, key) or "")

    def sources(self, name: str, variant: int) -> tuple[str, ...]:
        found = self._metadata(name, variant, "source")
        return tuple(map(str, found)) if isinstance(found, list) else ()

    def _metadata(self, name: str, variant: int, key: str) -> Plain:
        data = self._documents[self.path_of(name)].data
        return _at(data, (RESPONSES, name, variant, "metadata", key))

    def path_of(self, name: str) -> Path:
        return self._path_of[name]

    def line_of(self, name: str, variant: int) -> int | None:
        return line_of(self.path_of(name), (RESPONSES, name, variant))

    def recheck_by(self, name: str, variant: int) -> date | None:
        """When somebody should look again: the text's own date, or its file's."""
        data = self._documents[self.path_of(name)].data
        own = self._metadata(name, variant, "recheck_by")
        general = data.get("recheck_by") if isinstance(data, dict) else None
        found = own or general
        return date.fromisoformat(found) if isinstance(found, str) else None

    def change(self, changes: Iterable[Change]) -> tuple[dict[Path, str], list[tuple[str, str]]]:
        """The files as they would be, and (text, why) for what cannot be written.

        Nothing is written. Each new file holds what the old one held, but for the changes:
        that is read back and compared.
        """
        new: dict[Path, str] = {}
        refused: list[tuple[str, str]] = []
        for change in changes:
            path = self.path_of(change.name)
            source = new.get(path) or path.read_text("utf-8")
            try:
                new[path] = _edit(source, change)
            except CannotEdit as error:
                refused.append((f"{change.name}.{change.variant}", str(error)))
        return new, refused


def write_all(files: Mapping[Path, str]) -> None:
    """Write each file whole: beside it first, then in its place."""
    for path, text in files.items():
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(text, "utf-8")
        beside.replace(path)


def _edit(source: str, change: Change) -> str:
    place: Place = (RESPONSES, change.name, change.variant)
    before = parse_plain(source)
    metadata = _metadata(_at(before, (*place, "metadata")), change)
    after = set_value(source, (*place, "metadata"), _inline(metadata))
    wanted = copy.deepcopy(before)
    _put(wanted, (*place, "metadata"), metadata)
    for lang, words in change.words.items():
        where: Place = ("text",) if lang == DANISH else ("translation", lang)
        after = set_value(after, (*place, *where), literal(words))
        _put(wanted, (*place, *where), words)
    if _parse_or_nothing(after) != wanted:
        raise CannotEdit("the file is written in a way that cannot be changed. Write it by hand.")
    return after


def _parse_or_nothing(source: str) -> Plain:
    """None for what is no YAML any more, as when an anchor stood within what was changed."""
    try:
        return parse_plain(source)
    except YAMLError:
        return None


def _metadata(old: Plain, change: Change) -> dict[str, Plain]:
    kept = {k: v for k, v in old.items() if k not in READING} if isinstance(old, dict) else {}
    return {**{key: change.metadata[key] for key in READING if key in change.metadata}, **kept}


def _responses(data: Plain) -> Iterator[str]:
    found = data.get(RESPONSES) if isinstance(data, dict) else None
    yield from found if isinstance(found, dict) else ()


def _at(data: Plain, place: Place) -> Plain:
    for step in place:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def _put(data: Plain, place: Place, value: Plain) -> None:
    inner = _at(data, place[:-1])
    if isinstance(inner, dict):
        inner[str(place[-1])] = value


def _inline(metadata: Mapping[str, Plain]) -> str:
    return "{" + ", ".join(f"{key}: {_written(value)}" for key, value in metadata.items()) + "}"


def _written(value: Plain) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_written(each) for each in value) + "]"
    if isinstance(value, str) and _DATE.fullmatch(value):
        return value
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _READ_AS_OTHERS:
        return value
    return json.dumps(value, ensure_ascii=False)
