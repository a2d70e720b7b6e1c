"""What a transcript may expect of a reply, whichever door it came through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.doors import Bubble

KEYS = frozenset(
    {"contains", "contains_on", "excludes", "never_says", "first_lines", "asks", "in_order"}
)
"""``contains``/``excludes``: words anywhere, cards included. ``contains_on``: words through one
door, by its name. ``never_says``: words that no text
has, whatever the case. ``first_lines``: words within so many first lines. ``asks``: the texts that
end in a question, exactly. ``in_order``: words that stand one after the other."""


def check_reply(turn: Mapping[str, Any], bubbles: Sequence[Bubble], at: str, door: str) -> None:
    """Fails with what was shown. ``door``: a name of ``tests.doors.DOORS``."""
    said = "\n".join(bubble.text for bubble in bubbles)
    shown = "\n".join("\n".join((b.text, *b.services)) for b in bubbles)
    for words in (*turn.get("contains", ()), *turn.get("contains_on", {}).get(door, ())):
        assert words in shown, f"{at}: '{words}' is missing in\n{shown}"
    for words in turn.get("excludes", ()):
        assert words not in shown, f"{at}: '{words}' should not stand in\n{shown}"
    for words in turn.get("never_says", ()):
        assert words.lower() not in said.lower(), f"{at}: '{words}' may not be said\n{said}"
    if first := turn.get("first_lines"):
        begin = "\n".join([line for line in said.splitlines() if line][: first["lines"]])
        for words in first["contains"]:
            assert words in begin, f"{at}: '{words}' is not in the first lines\n{begin}"
    if "asks" in turn:
        asked = [b.text.splitlines()[-1] for b in bubbles if b.text.rstrip().endswith("?")]
        assert asked == turn["asks"], f"{at}: asked {asked}"
    place = -1
    for words in turn.get("in_order", ()):
        place = shown.find(words, place + 1)
        assert place >= 0, f"{at}: '{words}' does not stand after those before it in\n{shown}"


def response_of(reply: str | Mapping[str, Sequence[str]]) -> str:
    """The id of a reply, which may stand with words of its own: ``{utter_x: [116 111]}``."""
    return reply if isinstance(reply, str) else next(iter(reply))


def words_of(reply: str | Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Words that must stand in this very text, its cards left out."""
    return () if isinstance(reply, str) else next(iter(reply.values()))
