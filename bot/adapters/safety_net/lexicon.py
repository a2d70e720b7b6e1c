"""The words that rules speak of: families (one word in all its forms), sets and phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from bot.adapters.safety_net.text import fold


class UnknownName(Exception):
    """A rule speaks of a family, set, phrase or guard that is not defined.

    ``args[0]`` says what, with the nearest known name if there is one.
    """


def nearest(name: str, known: Iterable[str]) -> str:
    """Word a hint such as ``"Did you mean 'family'?"``; empty when nothing is close."""
    found = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=60)
    return f"Did you mean '{found[0]}'?" if found else ""


@dataclass(frozen=True)
class Lexicon:
    """Everything folded. ``lemmas`` maps each form of a family to the family's name."""

    families: Mapping[str, frozenset[str]]
    sets: Mapping[str, frozenset[str]]
    phrases: Mapping[str, str]
    """Each a pattern: its alternatives joined by ' | '."""
    lemmas: Mapping[str, str]

    def family(self, name: str) -> frozenset[str]:
        if name not in self.families:
            msg = f"'<{name}>' is no word family. {nearest(name, self.families)}".strip()
            raise UnknownName(msg)
        return self.families[name]

    def set(self, name: str) -> frozenset[str]:
        if name not in self.sets:
            msg = f"'{{{name}}}' is no word set. {nearest(name, self.sets)}".strip()
            raise UnknownName(msg)
        return self.sets[name]

    def phrase(self, name: str) -> str:
        if name not in self.phrases:
            msg = f"'@{name}' is no phrase. {nearest(name, self.phrases)}".strip()
            raise UnknownName(msg)
        return self.phrases[name]

    def alternatives(self, item: str) -> frozenset[str]:
        """Read one item: ``<family>``, ``{set}`` or a plain word. Raises ``UnknownName``."""
        if item.startswith("<") and item.endswith(">"):
            return self.family(item[1:-1])
        if item.startswith("{") and item.endswith("}"):
            return self.set(item[1:-1])
        return _plain(item)


@cache
def _plain(word: str) -> frozenset[str]:
    """Rules repeat their words a lot; only words of the rule files ever come here."""
    return frozenset({fold(word)})


def build_lexicon(
    families: Mapping[str, Iterable[str]],
    sets: Mapping[str, Iterable[str]],
    phrases: Mapping[str, Iterable[str]],
) -> tuple[Lexicon, list[tuple[tuple[str, str], str]]]:
    """Build the lexicon and list its problems as (where, what). A set may use earlier sets.

    ``where`` is the pair of keys in words.yml.
    """
    problems: list[tuple[tuple[str, str], str]] = []
    folded: dict[str, frozenset[str]] = {}
    lemmas: dict[str, str] = {}
    for name, forms in families.items():
        folded[name] = frozenset(fold(form) for form in (name, *forms))
        problems += [
            (("families", name), f"the form '{form}' also belongs to '<{lemmas[form]}>'")
            for form in sorted(folded[name])
            if lemmas.setdefault(form, name) != name
        ]
    known: dict[str, frozenset[str]] = {}
    joined = {name: " | ".join(lines) for name, lines in phrases.items()}
    lexicon = Lexicon(folded, known, joined, lemmas)
    for name, items in sets.items():
        try:
            known[name] = frozenset().union(*(lexicon.alternatives(str(item)) for item in items))
        except UnknownName as unknown:
            problems.append((("sets", name), str(unknown).rstrip(".")))
            known[name] = frozenset()
    return lexicon, problems
