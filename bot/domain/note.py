"""Notes: pages that a visitor copies or prints. Betro neither keeps nor sends one.

A note can be found by the one it is about. So it is shown only to a visitor for whom nobody finds
what is kept (``may_keep``, safeguarding rule 6): the engine refuses it otherwise, and the proof
finds every step at which it would have to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Annotated

from pydantic import Field

from bot.domain.flow import Id, Strict, Text
from bot.domain.predicate import Predicate, parse_predicate
from bot.domain.state import State
from bot.domain.taxonomy import Audience

SlotValues = Mapping[str, frozenset[str] | None]
PREFIX = "note_"
"""Begins the id of every note; ``action: note_x`` shows it."""
FOUND, WATCHED, SAFE = "note_found", "phone_watched", "nej"
ABOUT = "utter_note_about"
"""Stands above the parts: what it is, and that Betro keeps nothing of it."""
NOT_KEPT = "utter_note_not_kept"
"""What to do instead, where somebody may find what is kept."""
NOTE_TEXTS = (ABOUT, NOT_KEPT, f"utter_ask_{FOUND}")


class WrittenPart(Strict):
    """A text of the note; left out where ``if`` does not hold."""

    say: Id
    if_: Annotated[str | None, Field(alias="if")] = None


class WrittenNote(Strict):
    """One note as its author wrote it; ``title`` is a response too."""

    title: Id
    parts: Annotated[tuple[WrittenPart, ...], Field(min_length=1)]


class NoteFile(Strict):
    notes: dict[Id, WrittenNote]


@dataclass(frozen=True, slots=True)
class Part:
    """``when`` None: always said."""

    say: str
    when: Predicate | None


@dataclass(frozen=True, slots=True)
class Note:
    title: str
    parts: tuple[Part, ...]

    def remaining(self, state: State) -> Iterator[str]:
        """The texts of the parts whose conditions hold."""
        read = state.slot
        return (part.say for part in self.parts if part.when is None or part.when.holds(read))


def compile_note(written: WrittenNote) -> Note:
    """Raises ``PredicateError``: a condition cannot be read."""
    return Note(
        written.title,
        tuple(Part(p.say, parse_predicate(p.if_) if p.if_ else None) for p in written.parts),
    )


def may_keep(state: State) -> bool:
    """Whether it is known that nobody finds what this visitor keeps; only 'nej' says so.

    Where the phone was asked about, and always for adults exposed to violence, that too.
    """
    watched = state.slot(WATCHED)
    phone_is_own = watched == SAFE or (
        watched is None and state.audience is not Audience.ADULT_VICTIM
    )
    return state.slot(FOUND) == SAFE and phone_is_own


def texts_shown_to(
    note: Note, audience: Audience, responses: Mapping[str, tuple[Text, ...]], values: SlotValues
) -> Iterator[tuple[str, Text]]:
    """Every text that may stand in the note for this audience, whatever else is known."""
    known = {"audience": None if audience is Audience.UNKNOWN else audience.value}
    said = [p.say for p in note.parts if p.when is None or can_hold(p.when, values, known)]
    for response in (note.title, ABOUT, *said):
        for text in responses[response]:
            if all(known.get(c.name, c.value) == c.value for c in text.condition):
                yield response, text


def can_hold(when: Predicate, values: SlotValues, known: Mapping[str, str | None]) -> bool:
    """Whether some values of the slots, beside those known, make the condition true."""
    names = sorted(when.slots - known.keys())
    choices = [(None, *sorted(values.get(name) or ())) for name in names]
    return any(
        when.holds({**known, **dict(zip(names, chosen, strict=True))}.get)
        for chosen in product(*choices)
    )
