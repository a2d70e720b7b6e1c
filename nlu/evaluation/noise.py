"""The same message, written as people write in a hurry, on another keyboard or by ear.

Written by hand: training has augmenty for it, in an environment of its own, and what is measured
with should not be what was trained with.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

SEED = 0
SLIPS = 0.05
"""Of the letters, how many hit a neighbour on the keyboard."""
SWAPS = 0.08
"""Of the words of four letters and more, in how many two letters change places."""
ROWS = ("qwertyuiopå", "asdfghjklæø", "zxcvbnm")
DIALECT = {
    "jeg": "a", "ikke": "it", "også": "osse", "hvad": "hva", "hvor": "wor", "hvordan": "hwodden",
    "det": "de", "er": "æ", "at": "å", "og": "å", "mig": "mæ", "dig": "dæ", "sig": "sæ",
    "ved": "ve", "med": "mæ", "til": "te", "siger": "sejer", "hjemme": "hjem", "nogen": "nowen",
    "noget": "nowet", "når": "nå", "kan": "ka", "vil": "vel", "skal": "ska", "have": "ha",
    "selv": "sæl", "mor": "mower", "far": "fa",
}  # fmt: skip
"""Words as somebody from Jutland may write them by ear; checked by no speaker."""


def vary(text: str, kind: str, id_: str) -> str:
    """The text with one of ``KINDS`` done to it; the same for the same message each time."""
    return KINDS[kind](text, random.Random(f"{SEED} {kind} {id_}"))


def _slip(text: str, chance: random.Random) -> str:
    return "".join(
        chance.choice(NEIGHBOURS[letter])
        if letter in NEIGHBOURS and chance.random() < SLIPS
        else letter
        for letter in text
    )


def _swap(text: str, chance: random.Random) -> str:
    def turn(match: re.Match[str]) -> str:
        word = match.group()
        if chance.random() >= SWAPS:
            return word
        at = chance.randrange(len(word) - 1)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return re.sub(r"[^\W\d_]{4,}", turn, text)


def _shout(text: str, _: random.Random) -> str:
    return text.upper()


def _mumble(text: str, _: random.Random) -> str:
    """No capitals, no stops."""
    return " ".join(re.sub(r"[.,!?;:\"»«]", " ", text.lower()).split())


def _without_danish_letters(text: str, _: random.Random) -> str:
    return text.translate(
        str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})
    )


def _by_ear(text: str, _: random.Random) -> str:
    return re.sub(r"\w+", lambda word: DIALECT.get(word.group().lower(), word.group()), text)


def _neighbours() -> dict[str, str]:
    """Letter -> the letters beside it and in the rows above and below."""
    places = {letter: (row, at) for row, keys in enumerate(ROWS) for at, letter in enumerate(keys)}
    return {
        letter: "".join(
            other
            for other, (r, a) in places.items()
            if other != letter and abs(r - row) <= 1 and abs(a - at) <= 1
        )
        for letter, (row, at) in places.items()
    }


NEIGHBOURS = _neighbours()
KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "typos": _slip,
    "swapped_letters": _swap,
    "upper_case": _shout,
    "no_capitals_no_stops": _mumble,
    "without_danish_letters": _without_danish_letters,
    "dialect": _by_ear,
}
