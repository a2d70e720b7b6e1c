"""The words by which disguises are undone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

SEEN_IN = 2
"""A word of fewer training messages than this may be a slip, and no disguise is read as it."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def words_met(texts: Iterable[str]) -> frozenset[str]:
    """The words of the training messages, in lower case."""
    seen = Counter(word for text in texts for word in set(_WORD.findall(text.lower())))
    return frozenset(word for word, count in seen.items() if count >= SEEN_IN)
