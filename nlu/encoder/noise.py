"""Typing as people type: slips, swapped letters, missing spaces, no æøå, no capitals, no stops.

Made anew for each epoch by augmenty and never stored.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import augmenty
import spacy

SHARE = 0.35
"""Of the messages of an epoch, how many are written carelessly."""


class Noise:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._spacy = spacy.blank("da")
        self._kinds = [
            augmenty.load("keystroke_error_v1", level=0.04, keyboard="da_qwerty_v1"),
            augmenty.load("char_swap_v1", level=0.03),
            augmenty.load("remove_spacing_v1", level=0.06),
            augmenty.load("da_æøå_replace_v1", level=1.0),
            augmenty.load("upper_case_v1", level=1.0),
        ]
        self._weights = [5, 3, 2, 2, 1]

    def roughen(self, texts: Sequence[str]) -> list[str]:
        """The same texts in the same order, ``SHARE`` of them changed."""
        return [self._change(text) if self._random.random() < SHARE else text for text in texts]

    def _change(self, text: str) -> str:
        if self._random.random() < 0.35:
            text = re.sub(r"[.,!?;:\"»«]", "", text).lower()
        if self._random.random() < 0.7:
            kind = self._random.choices(self._kinds, self._weights)[0]
            text = next(augmenty.texts([text], augmenter=kind, nlp=self._spacy))
        return text
