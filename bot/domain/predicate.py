"""The conditions in ``if:``, in the syntax Rasa's flows use (pypred), parsed by a grammar.

Understood: ``slots.name = "value"`` (also ``is``, ``!=``, ``is not``), ``slots.name is null``,
``{"a" "b"} contains slots.name``, ``not``, ``and``, ``or``, parentheses and ``true``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from lark import Lark, Token, Transformer, UnexpectedInput

ReadSlot = Callable[[str], str | None]
Test = Callable[[ReadSlot], bool]

GRAMMAR = r"""
    ?start: disjunction
    ?disjunction: conjunction ("or" conjunction)*
    ?conjunction: term ("and" term)*
    ?term: "not" term -> negation
         | "(" disjunction ")"
         | "true" -> always
         | slot ("is" "not" | "!=") "null" -> is_filled
         | slot ("is" | "=") "null" -> is_empty
         | slot ("is" "not" | "!=") value -> differs
         | slot ("is" | "=") value -> equals
         | "{" value (","? value)* "}" "contains" slot -> among
    slot: "slots." NAME
    value: ESCAPED_STRING | NAME
    NAME: /(?!(null|not|and|or|is|true|contains)\b)[a-z][a-z0-9_]*/
    %import common.ESCAPED_STRING
    %import common.WS
    %ignore WS
"""


class PredicateError(ValueError):
    """The condition cannot be read; the message says where."""


@dataclass(frozen=True)
class Predicate:
    """A parsed condition.

    ``compared`` are the (slot, value) pairs it compares, so that lint can check the values;
    ``slots`` all slots it reads.
    """

    source: str
    slots: frozenset[str]
    compared: frozenset[tuple[str, str]]
    _test: Test = field(repr=False, compare=False)

    def holds(self, read: ReadSlot) -> bool:
        """Whether it is true, given a function from slot name to value (None: not filled)."""
        return self._test(read)


@lru_cache(maxsize=4096)
def parse_predicate(source: str) -> Predicate:
    """Parse a condition. Raises ``PredicateError`` with the place of the mistake."""
    try:
        tree = _PARSER.parse(source)
    except UnexpectedInput as error:
        column = getattr(error, "column", None)
        where = f" at character {column}" if isinstance(column, int) and column > 0 else ""
        raise PredicateError(f"the condition '{source}' cannot be read{where}") from None
    build = _Build()
    test: Test = build.transform(tree)
    return Predicate(source, frozenset(build.slots), frozenset(build.compared), test)


class _Build(Transformer[Token, Test]):
    """Turns the parse tree into one function and notes what it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.slots: set[str] = set()
        self.compared: set[tuple[str, str]] = set()

    def slot(self, children: list[Token]) -> str:
        self.slots.add(str(children[0]))
        return str(children[0])

    def value(self, children: list[Token]) -> str:
        return str(children[0]).strip('"')

    def equals(self, children: list[str]) -> Test:
        name, value = children
        self.compared.add((name, value))
        return lambda read: read(name) == value

    def differs(self, children: list[str]) -> Test:
        name, value = children
        self.compared.add((name, value))
        return lambda read: read(name) != value

    def is_filled(self, children: list[str]) -> Test:
        name = children[0]
        return lambda read: read(name) is not None

    def is_empty(self, children: list[str]) -> Test:
        name = children[0]
        return lambda read: read(name) is None

    def among(self, children: list[str]) -> Test:
        *values, name = children
        self.compared.update((name, value) for value in values)
        allowed = frozenset(values)
        return lambda read: read(name) in allowed

    def always(self, _: list[Token]) -> Test:
        return lambda _read: True

    def negation(self, children: list[Test]) -> Test:
        inner = children[0]
        return lambda read: not inner(read)

    def conjunction(self, children: list[Test]) -> Test:
        tests = tuple(children)
        return lambda read: all(test(read) for test in tests)

    def disjunction(self, children: list[Test]) -> Test:
        tests = tuple(children)
        return lambda read: any(test(read) for test in tests)


_PARSER = Lark(GRAMMAR, parser="lalr")
