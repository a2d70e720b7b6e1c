"""The pattern language of the rule files, described for authors in flows/safety_net/README.md.

In short: ``word <family> {set} a|b x? ..3 (a b | c) @phrase ^ $``
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product

from bot.adapters.safety_net.lexicon import Lexicon
from bot.adapters.safety_net.text import BREAK

MAX_VARIANTS = 600
"""Most plain sequences one pattern may stand for, so that start-up stays quick."""
MAX_GAP = 8

_PIECE = re.compile(r"\(|\)\??|\.\.\d+|[^\s()]+")
_WORD = re.compile(r"[^\W_]+|<[^<>{}|]+>|\{[^<>{}|]+\}|\^|\$")


class BadPattern(Exception):
    """A pattern cannot be read; ``args[0]`` says why, without a final stop."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One word out of ``forms``; ``lemma`` is set when they are exactly one family."""

    forms: frozenset[str]
    lemma: str | None = None
    optional: bool = False

    @property
    def required(self) -> bool:
        """Whether a text needs one of the words; the break that '^' and '$' mean is no word."""
        return not self.optional and BREAK not in self.forms


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to ``most`` words of any kind inside the same sentence."""

    most: int


Element = OneOf | Gap
Sequence = tuple[Element, ...]


def read_pattern(source: str, lexicon: Lexicon) -> list[Sequence]:
    """Read one pattern into the plain sequences it stands for.

    Raises:
        BadPattern: it cannot be read, or stands for too many sequences.
        UnknownName: it speaks of a family, set or phrase that is not defined.
    """
    variants = _Reader(source, lexicon).read()
    for variant in variants:
        if not any(isinstance(element, OneOf) and element.required for element in variant):
            raise BadPattern("at least one word must be required")
    return variants


class _Reader:
    def __init__(self, source: str, lexicon: Lexicon) -> None:
        self._pieces = _PIECE.findall(source)
        self._at = 0
        self._lexicon = lexicon
        self._depth = 0

    def read(self) -> list[Sequence]:
        variants = self._alternatives()
        if self._at < len(self._pieces):
            raise BadPattern("')' closes nothing")
        return variants

    def _alternatives(self) -> list[Sequence]:
        """Read up to ')' or the end: sequences with '|' standing alone between them."""
        found: list[Sequence] = []
        branch: list[str] = []
        parts: list[list[Sequence]] = []
        while self._at < len(self._pieces) and not self._pieces[self._at].startswith(")"):
            piece = self._pieces[self._at]
            self._at += 1
            if piece == "|":
                found += _joined(parts)
                branch, parts = [], []
                continue
            branch.append(piece)
            parts.append(self._piece(piece))
            if self._depth and len(branch) > 1 and any("|" in other for other in branch):
                # '(i mod|over for)' would mean 'i (mod|over) for', which nobody means.
                raise BadPattern("inside a group, write 'a (b|c)' or 'a b | c', not 'a b|c'")
        return found + _joined(parts)

    def _piece(self, piece: str) -> list[Sequence]:
        if piece == "(":
            return self._group()
        if piece.startswith(".."):
            return [(_gap(piece),)]
        optional = piece.endswith("?")
        body = piece.removesuffix("?")
        if body.startswith("@"):
            inner = _Reader(self._lexicon.phrase(body[1:]), self._lexicon).read()
            return [*inner, ()] if optional else inner
        return [(self._word(body, optional=optional),)]

    def _group(self) -> list[Sequence]:
        self._depth += 1
        inner = _merged(self._alternatives())
        self._depth -= 1
        if self._at >= len(self._pieces):
            raise BadPattern("'(' is never closed")
        closing = self._pieces[self._at]
        self._at += 1
        if not closing.endswith("?"):
            return inner
        if len(inner) == 1 and len(inner[0]) == 1 and isinstance(inner[0][0], OneOf):
            return [(replace(inner[0][0], optional=True),)]
        return [*inner, ()]

    def _word(self, body: str, *, optional: bool) -> OneOf:
        if body.startswith("|") or body.endswith("|"):
            raise BadPattern("put a space on both sides of a '|' beside a group or several words")
        items = body.split("|")
        for item in items:
            if not _WORD.fullmatch(item):
                raise BadPattern(f"'{item}' is no word, <family>, {{set}}, gap or phrase")
        forms = frozenset[str]().union(*(self._forms(item) for item in items))
        single = items[0][1:-1] if len(items) == 1 and items[0].startswith("<") else None
        return OneOf(forms, single, optional)

    def _forms(self, item: str) -> frozenset[str]:
        return frozenset({BREAK}) if item in {"^", "$"} else self._lexicon.alternatives(item)


def _gap(piece: str) -> Gap:
    most = int(piece[2:])
    if not 1 <= most <= MAX_GAP:
        raise BadPattern(f"a gap is '..1' to '..{MAX_GAP}'")
    return Gap(most)


def _merged(variants: list[Sequence]) -> list[Sequence]:
    """Put the alternatives that are one word each into one element, which keeps matchers small."""
    words = [v[0] for v in variants if len(v) == 1 and isinstance(v[0], OneOf)]
    if len(words) < 2 or any(word.optional for word in words):
        return variants
    forms = frozenset[str]().union(*(word.forms for word in words))
    return [(OneOf(forms),), *(v for v in variants if len(v) != 1 or isinstance(v[0], Gap))]


def _joined(branch: list[list[Sequence]]) -> list[Sequence]:
    """Every way to take one sequence from each part, one after the other."""
    if not branch:
        raise BadPattern("an alternative is empty")
    variants = [sum(parts, ()) for parts in product(*branch)]
    if len(variants) > MAX_VARIANTS:
        raise BadPattern(f"it stands for more than {MAX_VARIANTS} sequences; split it")
    return variants
