"""Word and character n-grams with tf-idf weights, as plain data: no pickle, nothing to import.

Words within reach of a negation count as words of their own, for sentence vectors hardly show it;
character n-grams stand up to spelling and to endings.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

CHARACTERS = range(2, 6)
WORDS = range(1, 3)
NEGATORS = frozenset({"ikke", "ikk", "ik", "itt", "aldrig", "ingen", "intet", "hverken"})
REACH = 3
"""Words that a marker reaches, before and after: Danish puts 'ikke' after verb and pronoun."""
SEEN_IN = 2
"""An n-gram of fewer training messages than this is left out."""


def word_grams(words: Sequence[str]) -> Iterator[str]:
    for size in WORDS:
        for start in range(len(words) - size + 1):
            yield "w " + " ".join(words[start : start + size])


def character_grams(words: Sequence[str]) -> Iterator[str]:
    """Character n-grams inside words, their edges marked by a blank."""
    for word in words:
        padded = f" {word} "
        for size in CHARACTERS:
            for start in range(len(padded) - size + 1):
                yield "c" + padded[start : start + size]


def reached_words(words: Sequence[str], markers: frozenset[str], mark: str) -> Iterator[str]:
    """Each word within reach of a marker, as a word of its own ('slår' in 'slår mig ikke')."""
    for place, word in enumerate(words):
        near = words[max(0, place - REACH) : place + REACH + 1]
        if word not in markers and not markers.isdisjoint(near):
            yield mark + word


def negated_words(words: Sequence[str]) -> Iterator[str]:
    return reached_words(words, NEGATORS, "n ")


Kind = Callable[[Sequence[str]], Iterator[str]]
KINDS: tuple[Kind, ...] = (word_grams, character_grams, negated_words)


@dataclass(frozen=True)
class NgramVocabulary:
    """Which n-grams count, and how much (inverse document frequency)."""

    columns: Mapping[str, int]
    weights: np.ndarray
    kinds: Sequence[Kind] = KINDS

    @classmethod
    def learn(
        cls, messages: Sequence[Sequence[str]], kinds: Sequence[Kind] = KINDS
    ) -> NgramVocabulary:
        """``messages``: the words of each training message."""
        seen: Counter[str] = Counter()
        for words in messages:
            seen.update({gram for kind in kinds for gram in kind(words)})
        grams = sorted(gram for gram, count in seen.items() if count >= SEEN_IN)
        idf = [math.log((1 + len(messages)) / (1 + seen[gram])) + 1 for gram in grams]
        return cls(
            {gram: i for i, gram in enumerate(grams)}, np.array(idf, dtype=np.float32), kinds
        )

    def row(self, words: Sequence[str]) -> sparse.csr_matrix:
        """One row; each kind has length 1, so that none drowns the others."""
        indices: list[int] = []
        values: list[float] = []
        for kind in self.kinds:
            counts = Counter(self.columns[g] for g in kind(words) if g in self.columns)
            weighted = {i: (1 + math.log(n)) * self.weights[i] for i, n in counts.items()}
            length = math.sqrt(sum(value * value for value in weighted.values())) or 1.0
            indices += weighted
            values += (value / length for value in weighted.values())
        shape = (1, len(self.weights))
        row = (np.array(values, dtype=np.float32), np.array(indices, dtype=np.int32))
        return sparse.csr_matrix((row[0], row[1], [0, len(indices)]), shape=shape)

    def rows(self, messages: Iterable[Sequence[str]]) -> sparse.csr_matrix:
        """One row per message."""
        return sparse.vstack([self.row(words) for words in messages]).tocsr()
