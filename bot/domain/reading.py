"""How hard a Danish text is to read: LIX, words a sentence plus the share of long words.

Source: C. H. Björnsson (1968); LIX = words / sentences + 100 * long words / words, a long word
having more than six letters. Short texts mislead it, so it counts from ``FEWEST_WORDS`` on.
"""

from __future__ import annotations

import re

FEWEST_WORDS = 25
CEILINGS = {"child": 25, "easy": 25, "young": 30, "adult": 40}
"""Highest LIX by reader: children's books lie under 25, daily papers around 45."""

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$)|\n+")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")


def count_words(text: str) -> int:
    return len(_WORD.findall(text))


def lix(text: str) -> float:
    """The LIX of a text without its placeholders; 0 for a text without words."""
    plain = _PLACEHOLDER.sub("", text)
    words = _WORD.findall(plain)
    if not words:
        return 0.0
    sentences = sum(1 for part in _SENTENCE_END.split(plain) if _WORD.search(part))
    long_words = sum(1 for word in words if len(word) > 6)
    return len(words) / max(sentences, 1) + 100 * long_words / len(words)
