"""Changes one value of a YAML file and leaves every other character as it is.

A value that others share by an anchor is changed alone: the anchor moves to the next that uses it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.events import AliasEvent, Event
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from bot.adapters.yaml_lines import Place

_ALIAS = re.compile(r"\s*:\s*(\*[\w-]+)")
_ANCHOR = re.compile(r"&(?P<name>[\w-]+)[ \t]*(?P<body>.*)", re.DOTALL)
INDENT = 2


class CannotEdit(Exception):
    """The value is written in a way this cannot change; the message says how to mend by hand."""


@dataclass(frozen=True)
class _Value:
    """Where a value stands in the file; ``indent`` is that of its key, in characters."""

    start: int
    end: int
    indent: int
    is_alias: bool


def set_value(source: str, place: Place, value: str) -> str:
    """Put ``value`` (YAML) at ``place``, whose last step is a key of a mapping.

    Lines of ``value`` after the first are indented here.

    Raises:
        CannotEdit: there is no such value, or its surroundings are shared with others.
    """
    found = _find(source, place)
    new = _indented(value, found.indent + INDENT)
    if "\n" in new and source[found.end :].split("\n", 1)[0].strip():
        raise CannotEdit("a comment follows it on its line. Move that above.")
    if found.is_alias:
        return source[: found.start] + new + source[found.end :]
    shared = _ANCHOR.fullmatch(source[found.start : found.end])
    heir = _next_alias(source, shared["name"], found.end) if shared else None
    if shared and heir:
        start, end = heir
        kept = f"&{shared['name']} {_moved(shared['body'], source, start)}"
        source = source[:start] + kept + source[end:]
    return source[: found.start] + new + source[found.end :]


def literal(text: str) -> str:
    """A text as a literal block, ready for ``set_value``; one line stays one line."""
    if "\n" not in text:
        return "'" + text.replace("'", "''") + "'"
    indicator = "" if text[:1] not in (" ", "\t", "\n") else str(INDENT)
    return f"|{indicator}-\n" + text.rstrip("\n")


def _find(source: str, place: Place) -> _Value:
    node = YAML(typ="safe", pure=False).compose(source)
    for step in place[:-1]:
        node = _inside(node, step)
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == place[-1]:
                return _place_value(source, node, key, value)
    raise CannotEdit(f"'{place[-1]}' is missing there. Write it by hand.")


def _inside(node: Node, step: str | int) -> Node:
    found: Node | None = None
    if isinstance(node, MappingNode):
        found = next((value for key, value in node.value if key.value == step), None)
    elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        found = node.value[step]
    if found is None:
        raise CannotEdit(f"'{step}' is not there any more.")
    if not node.start_mark.index <= found.start_mark.index < node.end_mark.index:
        raise CannotEdit(f"'{step}' is shared with another text. Write it out first.")
    return found


def _place_value(source: str, parent: Node, key: Node, value: Node) -> _Value:
    indent = key.start_mark.column
    alias = _ALIAS.match(source, key.end_mark.index)
    if alias:
        return _Value(alias.start(1), alias.end(1), indent, is_alias=True)
    start, end = value.start_mark.index, value.end_mark.index
    if not key.end_mark.index <= start < parent.end_mark.index:
        raise CannotEdit(f"'{key.value}' is shared with another text. Write it out first.")
    return _Value(start, start + len(_own(source[start:end])), indent, is_alias=False)


def _own(written: str) -> str:
    """The value without the empty lines and comments that follow it."""
    lines = written.rstrip().split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return "\n".join(lines).rstrip()


def _next_alias(source: str, name: str, after: int) -> tuple[int, int] | None:
    """The next place that uses the anchor, before another takes its name."""
    for event in _events(source):
        anchor = getattr(event, "anchor", None)
        if anchor != name or event.start_mark.index < after:
            continue
        if not isinstance(event, AliasEvent):
            return None
        return event.start_mark.index, event.end_mark.index
    return None


def _events(source: str) -> Iterator[Event]:
    yield from YAML(typ="safe", pure=False).parse(source)


def _moved(body: str, source: str, start: int) -> str:
    """The shared value as it stands at its heir's place."""
    first, newline, rest = body.partition("\n")
    if not newline:
        return body
    line = source[source.rfind("\n", 0, start) + 1 : start]
    indent = len(line) - len(re.sub(r"^[\s-]*", "", line))
    return f"{first}\n{textwrap.indent(textwrap.dedent(rest), ' ' * (indent + INDENT))}"


def _indented(value: str, indent: int) -> str:
    first, newline, rest = value.partition("\n")
    return f"{first}{newline}{textwrap.indent(rest, ' ' * indent)}" if newline else first
