"""Which language a visitor writes in, and which of them Betro answers in.

Danish unless it is clear: a wrong guess would leave a Danish child with words it cannot read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

SURE = 0.8
"""From this confidence on the detector's guess counts (issue 5)."""
FEWEST_WORDS = 3
FEWEST_LETTERS = 12
"""Below these a message tells its language only by a phrase or a safety-net rule."""


class Lang(StrEnum):
    """ISO 639-1. Danish and English have all texts, the others an emergency card."""

    DA = "da"
    EN = "en"
    AR = "ar"
    UK = "uk"
    PL = "pl"
    TR = "tr"
    SO = "so"
    DE = "de"
    KL = "kl"
    NO = "no"
    SV = "sv"


FULL = frozenset({Lang.DA, Lang.EN})
"""Every text exists in these."""
NEIGHBOURS = frozenset({Lang.NO, Lang.SV})
"""Read Danish well enough: Danish texts and an offer of English."""
CARD_ONLY = frozenset(Lang) - FULL - NEIGHBOURS
RIGHT_TO_LEFT = frozenset({Lang.AR})
NEAREST = {"nb": Lang.NO, "nn": Lang.NO, "ru": Lang.UK}
"""The detector's other names. Russian is read in Ukrainian homes: the nearest card there is."""

Guess = tuple[str, float]
"""ISO 639-1 code and confidence in [0, 1]."""


@dataclass(frozen=True)
class Known:
    """What tells a language, from ``flows/languages.yml``; all in the form of ``normalise``.

    ``words``: whole messages that ask for it. ``phrases``: anywhere in a message, they tell it.
    ``marks``: words that only this Nordic language has.
    """

    name: str
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Languages:
    """``danish``: words that are Danish (or Norwegian) and nothing else."""

    danish: frozenset[str] = frozenset()
    known: Mapping[Lang, Known] = field(default_factory=dict)


def find_asked(words: str, languages: Languages) -> Lang | None:
    """The language that a whole normalised message asks for, by its name or ``/sprog xx``."""
    code = words.removeprefix("/sprog ")
    if code != words:
        return Lang(code) if code in set(Lang) else None
    return next((lang for lang, known in languages.known.items() if words in known.words), None)


def recognise(
    words: str, guesses: Sequence[Guess], by_rule: str | None, languages: Languages
) -> Lang | None:
    """The language of a normalised message; None when it is too short or too unclear to tell.

    Args:
        words: lower case, no punctuation.
        guesses: the detector's, most likely first; empty when it could not answer.
        by_rule: the language of a safety-net rule that fired.
        languages: what tells each language.
    """
    tokens = words.split()
    if neighbour := _neighbour(tokens, guesses, languages):
        return neighbour
    danish = sum(token in languages.danish for token in tokens)
    if danish:
        return Lang.DA if danish > 1 or _is_long(tokens) else None
    padded = f" {words} "
    for lang, known in languages.known.items():
        if any(f" {phrase} " in padded for phrase in known.phrases):
            return lang
    if by_rule in set(Lang):
        return Lang(by_rule or "")
    return _guessed(guesses) if _is_long(tokens) else None


def _guessed(guesses: Sequence[Guess]) -> Lang | None:
    if not guesses or guesses[0][1] < SURE:
        return None
    code = guesses[0][0]
    if code in NEIGHBOURS or NEAREST.get(code) in NEIGHBOURS:
        return None  # Danish, misspelt, far more often than not
    return NEAREST.get(code) or (Lang(code) if code in set(Lang) else Lang.EN)


def _neighbour(
    tokens: Iterable[str], guesses: Sequence[Guess], languages: Languages
) -> Lang | None:
    """Norwegian or Swedish, by words that Danish lacks: guesses alone are too often wrong."""
    seen = set(tokens)
    sure = {NEAREST.get(code, code) for code, confidence in guesses if confidence >= SURE}
    for lang in (Lang.SV, Lang.NO):
        known = languages.known.get(lang)
        marks = len(seen & known.marks) if known else 0
        if marks > 1 or (marks and lang in sure):
            return lang
    return None


def _is_long(tokens: Sequence[str]) -> bool:
    letters = sum(character.isalpha() for token in tokens for character in token)
    return len(tokens) >= FEWEST_WORDS and letters >= FEWEST_LETTERS


def mark_of(text: str, titles: Iterable[str] = ()) -> str:
    """Eight hex digits that change with the Danish words: they bind a translation to them."""
    words = "\n".join([text.strip(), *(title.strip() for title in titles)])
    return hashlib.sha256(words.encode()).hexdigest()[:8]
