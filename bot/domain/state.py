"""What is remembered of a conversation: enumerated values only, so it can identify no one.

No field can hold what a visitor wrote. Every string is an id from content or taxonomy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain.evidence import NO_EVIDENCE, Evidence
from bot.domain.taxonomy import Audience, Concern, Urgency

CHANNELS = ("web", "telegram", "terminal")
CHILDREN = frozenset({Audience.CHILD_SELF, Audience.CHILD_FRIEND, Audience.YOUTH_AT_RISK})
BUILT_IN_SLOTS = ("audience", "concern", "urgency", "reader", "lang", "channel", "further")
"""Slots every conversation has; content may read them, and ask for audience and concern."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a calling flow goes on when the called one ends.

    ``step`` END: the flow has not begun. ``slots``: what the flow had noted when an aside began; a
    call shares its caller's slots.
    """

    flow: str
    step: str
    slots: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """One conversation. ``flow`` and ``step`` name the question that waits for an answer.

    ``audience`` and ``concern`` are what triage believes, or what the visitor chose
    (``*_told``), which no later guess overrides. ``urgency`` is the highest so far.
    ``evidence`` is what triage understood so far, and ``further`` what else was told and waits to
    be talked about, the most urgent first; neither decides where a flow goes.
    ``helped``: services were shown, at high or above, since a message last led somewhere;
    ``unclear`` counts answers not understood since then. ``slots`` are (name, value) pairs,
    sorted by name. ``lang`` was recognised, or asked for (``lang_told``).
    """

    turn: int = 0
    flow: str | None = None
    step: str | None = None
    stack: tuple[Frame, ...] = ()
    slots: tuple[tuple[str, str], ...] = ()
    audience: Audience = Audience.UNKNOWN
    audience_told: bool = False
    concern: Concern = Concern.NONE
    concern_told: bool = False
    urgency: Urgency = Urgency.NONE
    evidence: Evidence = NO_EVIDENCE
    further: tuple[Concern, ...] = ()
    helped: bool = False
    unclear: int = 0
    reader_chosen: str | None = None
    lang: str = "da"
    lang_told: bool = False
    channel: str = "web"

    @property
    def reader(self) -> str:
        """Whom the wording is for: the visitor's choice, else what the audience suggests."""
        if self.reader_chosen:
            return self.reader_chosen
        if self.audience in CHILDREN:
            return "child"
        return "young" if self.audience is Audience.UNKNOWN else "adult"

    def slot(self, name: str) -> str | None:
        """Value of a slot, the built-in ones included; None when not filled."""
        match name:
            case "audience":
                return None if self.audience is Audience.UNKNOWN else self.audience.value
            case "concern":
                return None if self.concern is Concern.NONE else self.concern.value
            case "urgency":
                return self.urgency.id
            case "further":
                return self.further[0].value if self.further else None
            case "reader" | "lang" | "channel":
                return str(getattr(self, name))
            case _:
                return dict(self.slots).get(name)

    def begin_anew(self) -> State:
        """Forget the conversation but not how and where the visitor reads."""
        return State(
            turn=self.turn,
            reader_chosen=self.reader_chosen,
            lang=self.lang,
            lang_told=self.lang_told,
            channel=self.channel,
        )

    def with_slot(self, name: str, value: str) -> State:
        """Fill a slot with an answer the visitor gave or a flow set."""
        match name:
            case "audience":
                return replace(self, audience=Audience(value), audience_told=True)
            case "concern":
                return replace(self, concern=Concern(value), concern_told=True)
            case "reader":
                return replace(self, reader_chosen=value)
            case "lang":
                return replace(self, lang=value)
            case "urgency":
                return replace(self, urgency=max(self.urgency, Urgency.of(value)))
            case _:
                return replace(self, slots=_sorted({**dict(self.slots), name: value}.items()))

    def without_slots(self, names: Iterable[str]) -> State:
        """Empty the named own slots; of the built-in ones only ``reader``, a choice taken back."""
        gone = frozenset(names)
        return replace(
            self,
            slots=tuple(pair for pair in self.slots if pair[0] not in gone),
            reader_chosen=None if "reader" in gone else self.reader_chosen,
        )


def _sorted(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pairs))
