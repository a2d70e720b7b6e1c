"""Words that decide which word pieces stay: common Danish, and some of other languages."""

from __future__ import annotations

from collections.abc import Iterator

from wordfreq import top_n_list

DANISH = 120_000
OTHERS = ("en", "de", "ar", "uk", "pl", "tr", "fa", "sv", "nb")
"""Languages in which a visitor in Denmark may cry for help."""
EACH = 3_000


def common_words() -> Iterator[str]:
    """Frequent words often, so that their pieces win; with a capital too, as a sentence begins."""
    for rank, word in enumerate(top_n_list("da", DANISH)):
        times = max(1, 3000 // (rank + 10))
        yield from [word] * times
        if rank < DANISH // 6:
            yield from [word.capitalize()] * max(1, times // 4)
    for language in OTHERS:
        yield from top_n_list(language, EACH)
