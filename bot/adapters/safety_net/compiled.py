"""Rules and guards as spaCy matchers, with an index of the words that can wake them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from bot.adapters.safety_net.model import Effect, Look, RuleEntry
from bot.adapters.safety_net.pattern import Gap, OneOf, Sequence
from bot.adapters.safety_net.spacy_parts import STOP_WORDS, Doc, Matcher, Span, Vocab
from bot.adapters.safety_net.text import BREAK, fold

UNKNOWN = "·"
"""Stands in for every word that no rule speaks of: spaCy never sees, or keeps, a visitor's word."""

COMMON = frozenset(fold(word) for word in STOP_WORDS)
"""Words in every other message: no rule is woken by them if it requires a rarer one."""

Stretch = tuple[int, int]


class PatternSet:
    """Patterns that are looked for together; the matcher is built when first needed.

    ``anchors`` holds, for every sequence, the rarest word it requires: a text without any of
    them cannot match.
    """

    def __init__(self, sequences: Iterable[Sequence], vocab: Vocab) -> None:
        self._sequences = tuple(dict.fromkeys(sequences))
        self._vocab = vocab
        words = [e for seq in self._sequences for e in seq if isinstance(e, OneOf)]
        self.forms: frozenset[str] = frozenset().union(*(word.forms for word in words))
        required = [_required(seq) for seq in self._sequences]
        self._keys = tuple(dict.fromkeys(required))
        self.anchors = frozenset[str]().union(*(key[0] for key in required))

    def may_match(self, forms: AbstractSet[str]) -> bool:
        """Whether every required word of some sequence is among ``forms``. Cheap, never wrong."""
        return any(not any(word.isdisjoint(forms) for word in key) for key in self._keys)

    @cached_property
    def _matcher(self) -> Matcher:
        matcher = Matcher(self._vocab)
        matcher.add("patterns", [_token_patterns(seq) for seq in self._sequences])
        return matcher

    def find(self, part: Span) -> list[Stretch]:
        """Return the (start, end) of every match, counted in the document of ``part``."""
        offset = part.start
        return [(offset + start, offset + end) for _, start, end in self._matcher(part)]


@dataclass(frozen=True)
class Guard:
    name: str
    look: frozenset[Look]
    effect: Effect
    patterns: PatternSet
    not_when: PatternSet | None


@dataclass(frozen=True)
class Rule:
    entry: RuleEntry
    patterns: PatternSet
    near: PatternSet | None
    guards: tuple[Guard, ...]


@dataclass(frozen=True)
class Compiled:
    """``index`` leads from a folded word to the numbers of the rules it can wake."""

    rules: tuple[Rule, ...]
    index: Mapping[str, tuple[int, ...]]
    lemmas: Mapping[str, str]
    vocab: Vocab

    def document(self, forms: Iterable[str]) -> Doc:
        """Build the spaCy document of folded words; unknown ones become ``UNKNOWN``."""
        words = [form if form in self._known else UNKNOWN for form in forms]
        return Doc(self.vocab, words=words, lemmas=[self.lemmas.get(word, word) for word in words])

    def knows(self, word: str) -> bool:
        """Whether a rule speaks of the word, or every other message."""
        return word in self._words or fold(word) in self._words

    @cached_property
    def _words(self) -> frozenset[str]:
        return self._known | COMMON

    @cached_property
    def _known(self) -> frozenset[str]:
        parts = [part for rule in self.rules for part in (rule.patterns, rule.near)]
        guards = {guard.name: guard for rule in self.rules for guard in rule.guards}
        parts += [part for guard in guards.values() for part in (guard.patterns, guard.not_when)]
        return frozenset({BREAK}).union(*(part.forms for part in parts if part))


def _required(sequence: Sequence) -> tuple[frozenset[str], ...]:
    """The forms of each required word, the rarest word first."""
    words = {e.forms for e in sequence if isinstance(e, OneOf) and e.required}
    return tuple(sorted(words, key=lambda forms: (len(forms & COMMON), len(forms), min(forms))))


def _token_patterns(sequence: Sequence) -> list[dict[str, object]]:
    tokens: list[dict[str, object]] = []
    for element in sequence:
        if isinstance(element, Gap):
            tokens += [{"IS_PUNCT": False, "OP": "?"}] * element.most
        else:
            tokens.append(_token_pattern(element))
    return tokens


def _token_pattern(element: OneOf) -> dict[str, object]:
    token: dict[str, object]
    if element.lemma:
        token = {"LEMMA": element.lemma}
    elif len(element.forms) == 1:
        token = {"ORTH": next(iter(element.forms))}
    else:
        token = {"ORTH": {"IN": sorted(element.forms)}}
    return {**token, "OP": "?"} if element.optional else token
