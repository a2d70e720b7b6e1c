"""YAML files as plain data that remembers on which line each entry stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.domain.issue import Issue

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
Place = tuple[str | int, ...]
"""Keys and indexes from the top of the file down to a value."""


class Located(Protocol):
    """A file whose entries stand on known lines."""

    @property
    def path(self) -> Path: ...

    def line(self, *place: str | int) -> int | None: ...


@dataclass(frozen=True)
class Document:
    """One YAML file: its content as plain JSON-like data, and its lines."""

    path: Path
    data: Plain
    is_read: bool = True
    """False for the stand-in of a file that could not be read."""

    def line(self, *place: str | int) -> int | None:
        """The line (from 1) of the deepest part of ``place`` the file has."""
        node, line = self._tree, None
        for step in place:
            if isinstance(node, CommentedMap) and step in node:
                line = node.lc.key(step)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                line = node.lc.item(step)[0] + 1
            else:
                break
            node = node[step]
        return line

    @cached_property
    def _tree(self) -> object:
        """The form that knows its lines; slow to read, so only when something is wrong."""
        return _parse_with_lines(self.path.read_text(encoding="utf-8")) if self.is_read else None


def line_of(path: Path, place: Sequence[str | int]) -> int | None:
    """The line (from 1) of the deepest part of ``place`` the file has; None if there is none."""
    document = read_yaml(path)
    return None if isinstance(document, Issue) else document.line(*place)


def read_yaml(path: Path) -> Document | Issue:
    """Read one file, or say why it cannot be read. Never raises for what is in the file."""
    text = read_text(path)
    if isinstance(text, Issue):
        return text
    try:
        return Document(path, _parse(text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        return _broken(path, error.problem or "it is no YAML", line)
    # Tags, dates and deep nesting fail inside the library in ways of their own.
    except (YAMLError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        return _broken(path, f"it is no YAML that can be used ({type(error).__name__})", None)


# Reading YAML is slow; a reload finds most files as they were. Nobody changes what is returned.
@lru_cache(maxsize=256)
def _parse(text: str) -> Plain:
    return _plain(YAML(typ="safe").load(text))


@lru_cache(maxsize=64)
def _parse_with_lines(text: str) -> object:
    return YAML(typ="rt").load(text)


def read_text(path: Path) -> str | Issue:
    """The text of a content file, or why it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Issue(path, "file", "the file is missing", "Put it back.")
    except UnicodeDecodeError:
        return Issue(path, "file", "the file is not UTF-8 text", "Save it as UTF-8.")
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror})"
        return Issue(path, "file", problem, "Check that it is a readable file.")


def _broken(path: Path, problem: str, line: int | None) -> Issue:
    mend = "Mend the line; indentation, quotes and brackets are the usual causes."
    return Issue(path, "file", problem.splitlines()[0], mend, line=line)


def _plain(node: object) -> Plain:
    """Turn the library's own types into JSON's; dates become ISO strings."""
    if isinstance(node, Mapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str | bytes):
        return [_plain(item) for item in node]
    if node is None or isinstance(node, bool | int | float | str):
        return node
    if isinstance(node, date):
        return node.isoformat()
    raise TypeError(type(node).__name__)
