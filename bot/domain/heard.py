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
    LANGUAGES = "sprog"
    """Shows the languages to choose from; a button's payload ``/sprog_en`` chooses one."""
    MORE = "mere"
    """Come back to what else was told; a button offers it where a flow has come to its end."""
    TOPICS = "emner"
    """What can be asked for by name."""


class Odd(StrEnum):
    """Input that is no message of one's own words, or comes beside such words."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NO_WORDS = "no_words"
    OLD_BUTTON = "old_button"
    PICTURE = "picture"
    """A picture, film or file: neither seen nor fetched."""
    VOICE = "voice"
    PLACE = "place"
    CONTACT = "contact"
    OTHER = "other"
    """A poll, a game, whatever is invented next."""
    FORWARDED = "forwarded"
    """Somebody else's words: judged, but no answer and no command."""
    EDITED = "edited"
    """New words for an old message: judged, but no answer to what is asked now."""
    STALE = "stale"
    """Written hours ago: judged, then the conversation begins anew."""
    INTERRUPTED = "interrupted"
    """Perhaps answered before Betro broke off: judged, and the question is asked again."""


JUDGED_ONLY = frozenset({Odd.FORWARDED, Odd.EDITED, Odd.STALE, Odd.INTERRUPTED})
"""Their words raise urgency and tell what it is about; they answer no question."""


SILENT = NetVerdict()


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn's input.

    ``page`` is that of the topics asked for; ``topic`` the one that was chosen, by button or words.
    ``filled`` are (slot, value) pairs from a button or the pending question's grammar;
    ``goes_on``: the words answer and then say more, which is judged and followed like any message.
    ``candidates`` are values among which the words do not decide (at most three);
    ``understanding`` is None when the NLU took no part. ``beside`` came along with words of the
    visitor's own, such as the picture of a caption. ``lang`` is what the words are
    written in or, where ``lang_told``, what was asked for. ``returned``: after a silence in which
    somebody else may have come to read. ``channel`` None: as before.
    """

    command: Command | None = None
    page: int = 1
    topic: str | None = None
    filled: tuple[tuple[str, str], ...] = ()
    goes_on: bool = False
    candidates: tuple[str, ...] = ()
    odd: Odd | None = None
    beside: Odd | None = None
    net: NetVerdict = SILENT
    understanding: Understanding | None = None
    reader: str | None = None
    lang: str | None = None
    lang_told: bool = False
    returned: bool = False
    channel: str | None = None
