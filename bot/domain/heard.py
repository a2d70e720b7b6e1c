"""What the engine is told of one turn: never the text, only what was read out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.judgement import NetVerdict, Understanding


class Command(StrEnum):
    """Works in every state, as ``/name``, as a button and in words."""

    START = "start"
    HELP = "hjaelp"
    HUMAN = "menneske"
    ERASE = "slet"
    STOP = "stop"
    RIGHTS = "rettigheder"
    ABOUT = "om"
    NOT_ME = "passer_ikke"
    EASY = "let"
    PLAIN = "almindelig"


class Odd(StrEnum):
    """Input that cannot be judged as a message."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NO_WORDS = "no_words"
    OLD_BUTTON = "old_button"


SILENT = NetVerdict()


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn's input.

    ``filled`` are (slot, value) pairs from a button or the pending question's grammar;
    ``candidates`` are values among which the words do not decide (at most three);
    ``understanding`` is None when the NLU took no part.
    """

    command: Command | None = None
    filled: tuple[tuple[str, str], ...] = ()
    candidates: tuple[str, ...] = ()
    odd: Odd | None = None
    net: NetVerdict = SILENT
    understanding: Understanding | None = None
    reader: str | None = None
    lang: str | None = None
