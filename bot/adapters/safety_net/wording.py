"""From the folded words that rules read back to what stands in the text."""

from __future__ import annotations

from collections.abc import Callable

from bot.adapters.safety_net.compiled import Stretch
from bot.adapters.safety_net.text import BREAK, Words, split

MARKS = ".,:;!?…()[]\"«»„“”*'-–—"


def as_written(text: str, words: Words, meant: Callable[[str], str]) -> tuple[str, ...]:
    """One written word for each folded one; a break stays a break.

    ``meant`` undoes the disguise of a piece of text, as was done before ``words`` were split.
    Where the text's own words cannot be told apart, as in 's l å r', the folded ones come back.
    """
    pieces = [(form, piece) for piece in text.split() for form in _forms(split(meant(piece)))]
    if tuple(form for form, _ in pieces) != _forms(words):
        return words.forms
    written = (piece.strip(MARKS) for _, piece in pieces)
    return tuple(form if form == BREAK else next(written) for form in words.forms)


def quote(written: tuple[str, ...], stretch: Stretch) -> str:
    """The words of a stretch with spaces between."""
    start, end = stretch
    return " ".join(word for word in written[start:end] if word != BREAK)


def _forms(words: Words) -> tuple[str, ...]:
    return tuple(form for form in words.forms if form != BREAK)
