"""The 98 municipalities, and finding one in what somebody typed.

People write 'Greev', 'KBH', 'hoje tastrup' or 'jeg bor i odense'. A name is taken only when it
is close to one municipality and to no other; else up to three are offered; an ordinary sentence
finds nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import StringConstraints
from rapidfuzz.distance import OSA

from bot.domain.provenance import Strict, Text, Web

LONGEST_ANSWER = 200
"""Characters; a longer text is a message, not the name of a place."""
LONGEST_NAME = 3
"""Words."""
MOST_CANDIDATES = 3
SHORT_NAME, LONG_NAME = 5, 10
"""Letters; a short name is soon another word, a long one stays itself with two slips."""
MOST_SLIPS = 3
SHORTEST_PART = 5
"""Letters; shorter parts of a name (``djur``) say too little to offer names by."""

# Short forms people write that no part of the official name gives.
ALIASES = {"0101": ("kbh", "cph", "copenhagen"), "0320": ("fakse",)}
FULL_NAMES = {"0101": "Københavns Kommune", "0400": "Bornholms Regionskommune"}


class Municipality(Strict):
    """One municipality; ``code`` as in Statistics Denmark's lists, four digits.

    ``domain`` is its web domain where a page of it was seen, else None.
    """

    code: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    name: Text
    region: Text
    domain: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")] | None = None

    @property
    def full_name(self) -> str:
        """As people say it, e.g. ``"Greve Kommune"``, ``"Københavns Kommune"``."""
        return FULL_NAMES.get(self.code, f"{self.name} Kommune")

    @property
    def web(self) -> Web | None:
        """Its front page, when the domain is known."""
        return f"https://{self.domain}" if self.domain else None


@dataclass(frozen=True, slots=True)
class Match:
    """What a text named: exactly one (``found``), up to three (``candidates``), or nothing."""

    found: Municipality | None = None
    candidates: tuple[Municipality, ...] = ()


NOTHING = Match()

# Words around a name. What is left without them is taken for the name.
_FILLER = """jeg vi du han hun de den det hende ham dem mig os min mit mine bor er ligger hedder
    kommer i på fra ved nær til og eller så altså nok vist bare her der hvor barnet familien naboen
    drengen pigen hej tak ja jo tror omkring ude oppe nede ovre inde lige tæt"""
_KOMMUNE = "kommune kommunen kommunes regionskommune"
# Everyday words that are a name or one slip from one: a name only when nothing else is said.
_EVERYDAY = """vejen skive varde greve odder alle more have store struer assens lever leje lejr vejr
    veje grave fanø sorø sove sorg halse køre køge lejre vejle faxe nyborg horse andre ringe ikke
    græde kolde billed bilen falde hjemme være værre værd varme skrive brænder tænder truer hellere
    tro år videre søskende"""

IN_THE_WAY = "vejen"
"""'i vejen' is 'in the way', not the town."""


def fold(text: str) -> str:
    """Write a name the way all its spellings agree: ``Høje-Taastrup`` -> ``hoje tastrup``."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = text.translate({ord("æ"): "ae", ord("ø"): "oe", ord("å"): "aa"})
    plain = unicodedata.normalize("NFD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    for long, short in (("oe", "o"), ("ae", "a"), ("aa", "a")):
        plain = plain.replace(long, short)
    return " ".join(re.findall(r"[a-z0-9]+", plain))


FILLER = frozenset(fold(_FILLER).split())
KOMMUNE = frozenset(fold(_KOMMUNE).split())
EVERYDAY = frozenset(fold(_EVERYDAY).split())


def find_municipality(text: str, municipalities: Sequence[Municipality]) -> Match:
    """Find the municipality an answer names. Total: any text gives an answer.

    The same text and list always give the same match; nothing is kept of the text.
    """
    if len(text) > LONGEST_ANSWER:
        return NOTHING
    words = fold(text).split()
    said = [word for word in words if word not in FILLER and word not in KOMMUNE]
    names = _names(tuple(municipalities))
    if not said:
        return NOTHING
    if len(said) <= LONGEST_NAME:
        match = _closest(" ".join(said), names)
        if match != NOTHING:
            return match
    return _mentioned(words, names)


@lru_cache(maxsize=4)
def _names(municipalities: tuple[Municipality, ...]) -> dict[str, Municipality]:
    """Every folded name, part of a name and short form that means exactly one municipality."""
    names: dict[str, Municipality] = {}
    for municipality in municipalities:
        parts = fold(municipality.name).split()
        own = [" ".join(parts), *(part for part in parts if len(part) >= SHORTEST_PART)]
        own += [name.removesuffix("s") for name in own if name.endswith(("fyns", "lands"))]
        names |= dict.fromkeys([*own, *ALIASES.get(municipality.code, ())], municipality)
    return names


def _closest(said: str, names: dict[str, Municipality]) -> Match:
    """Match a text that is nothing but a name, slips of the finger included."""
    if said in names:
        return Match(found=names[said])
    if said in EVERYDAY:
        return NOTHING
    sure: dict[Municipality, int] = {}
    likely: dict[Municipality, int] = {}
    for name, municipality in names.items():
        slips = OSA.distance(said, name, score_cutoff=MOST_SLIPS)
        if slips <= _slips_forgiven(said, name):
            sure[municipality] = min(slips, sure.get(municipality, slips))
        if slips <= _slips_doubted(said, name):
            likely[municipality] = min(slips, likely.get(municipality, slips))
    best = [m for m, slips in sure.items() if slips == min(sure.values())]
    if len(best) == 1:
        return Match(found=best[0])
    if likely:
        return _offer(sorted(likely, key=lambda municipality: likely[municipality]))
    if len(said) < SHORTEST_PART:
        return NOTHING
    return _offer(dict.fromkeys(m for name, m in names.items() if said in name))


def _slips_forgiven(said: str, name: str) -> int:
    """How many letters may be wrong and the name is still taken without asking."""
    if len(name) < SHORT_NAME or sorted(said) == sorted(name):
        return int(sorted(said) == sorted(name))  # only two letters swapped
    if len(name) == SHORT_NAME:  # one letter left out, not the first
        return int(len(said) < len(name) and said[0] == name[0])
    if len(name) < LONG_NAME:
        return 1
    return 0 if said[0] != name[0] else 2 if len(name) < LONG_NAME + 4 else 3


def _slips_doubted(said: str, name: str) -> int:
    """How many letters may be wrong and the name is still worth asking about."""
    if said[0] != name[0]:
        return 1 if len(name) > SHORT_NAME else 0
    return 0 if len(name) < SHORT_NAME else 1 if len(name) < LONG_NAME - 2 else 2


def _offer(candidates: Iterable[Municipality]) -> Match:
    return Match(candidates=tuple(candidates)[:MOST_CANDIDATES])


def _mentioned(words: Sequence[str], names: dict[str, Municipality]) -> Match:
    """Match names spelt right inside a sentence; everyday words only as 'i X' or 'X kommune'."""
    found: dict[Municipality, None] = {}
    for size in range(LONGEST_NAME, 0, -1):
        for start in range(len(words) - size + 1):
            name = " ".join(words[start : start + size])
            before = words[start - 1] if start else ""
            after = words[start + size] if start + size < len(words) else ""
            placed = after in KOMMUNE or (before == "i" and name != IN_THE_WAY)
            if name in names and (placed or name not in EVERYDAY):
                found.setdefault(names[name])
    if len(found) == 1:
        return Match(found=next(iter(found)))
    return _offer(found) if found else NOTHING
