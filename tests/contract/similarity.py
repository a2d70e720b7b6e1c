"""Which texts are nearly the same: Jaccard similarity of their character 5-grams.

Found with the prefix filter of Chaudhuri, Ganti and Kaushik (2006): two sets that are alike share
one of their rarest members, so only those are looked up.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

SIZE = 5


def five_grams(text: str) -> frozenset[str]:
    """Of the words alone: lower case, single blanks, no punctuation."""
    words = " ".join(re.sub(r"[^\w ]", " ", text.lower()).split())
    return frozenset(words[at : at + SIZE] for at in range(max(1, len(words) - SIZE + 1)))


def alike(
    first: Sequence[str], second: Sequence[str] | None, least: float
) -> Iterator[tuple[int, int]]:
    """Pairs of places whose texts are at least so similar (0 to 1): each text of ``second`` with
    those of ``first``, or, without it, each text of ``first`` with those before it.
    """
    sets = [five_grams(text) for text in (*first, *(second or ()))]
    seen: Counter[str] = Counter(gram for each in sets for gram in each)
    index: defaultdict[str, list[int]] = defaultdict(list)
    for place, grams in enumerate(sets):
        rarest = sorted(grams, key=lambda gram: (seen[gram], gram))
        rarest = rarest[: len(grams) - math.ceil(least * len(grams)) + 1]
        is_new = second is not None and place >= len(first)
        if second is None or is_new:
            for other in {o for gram in rarest for o in index[gram]}:
                shared = len(grams & sets[other])
                if shared >= least * (len(grams) + len(sets[other]) - shared):
                    yield (other, place - len(first) if is_new else place)
        if not is_new:
            for gram in rarest:
                index[gram].append(place)
