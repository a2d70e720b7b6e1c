"""Who can help: services, whom they serve, and which of them to show first.

Pure: whether a service is open is asked of the caller, who has a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, NewType

from pydantic import Field, StringConstraints

from bot.domain.law import LawText
from bot.domain.municipality import Municipality
from bot.domain.municipality_contact import MunicipalityContact, MunicipalWords
from bot.domain.phone import Phone
from bot.domain.provenance import Danish, Fact, Source, SourceId, State, Strict, Text, Web
from bot.domain.taxonomy import Audience, Concern, Urgency

ServiceId = NewType("ServiceId", str)
EMERGENCY = ServiceId("emergency_112")
ROUND_THE_CLOCK = "24/7"
"""The one spelling for a service that never closes, so that it is known without a clock."""
LIFE_AT_STAKE = frozenset({Concern.SUICIDE_SELF_HARM})
"""Concerns where 112 stays first at urgency high as well, not only at acute."""
FEWEST = 2
"""Ways always shown, because the first may be busy."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class Cost(StrEnum):
    FREE = "free"


class UrgencyId(StrEnum):
    """``Urgency`` as content files write it."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    ACUTE = "acute"


class FactName(StrEnum):
    """The fields of a service that rest on evidence."""

    WHAT = "what"
    """That the service exists, what it does and for whom."""
    PHONE = "phone"
    SMS = "sms"
    CHAT = "chat"
    WEB = "web"
    HOURS = "hours"
    COST = "cost"
    ANONYMITY = "anonymity"


class Service(Strict):
    """One way to get help, as ``resources/services`` describes it.

    ``rank``: lower is shown earlier among equals. ``human``: a person answers there.
    ``by_name_only``: shown only where a flow names it, never picked.
    ``withheld``: why it is never shown (no confirmed way to reach it); None when it is.
    ``hours`` is in OSM ``opening_hours`` syntax, Europe/Copenhagen; None when not known.
    """

    id: Key
    name: Danish
    operator: Text
    what: Danish
    serves: Annotated[tuple[Audience, ...], Field(min_length=1)]
    concerns: Annotated[tuple[Concern, ...], Field(min_length=1)]
    urgencies: Annotated[tuple[UrgencyId, ...], Field(min_length=1)] = tuple(UrgencyId)
    rank: Annotated[int, Field(ge=0, le=100)] = 50
    human: bool
    by_name_only: bool = False
    withheld: Text | None = None
    phone: Phone | None = None
    sms: Phone | None = None
    chat: Web | None = None
    web: Web | None = None
    hours: Text | None = None
    cost: Cost | None = None
    anonymity: Danish
    facts: Mapping[FactName, Fact]

    def helps(self, audience: Audience) -> bool:
        """Whether this audience is among those it serves."""
        return audience in self.serves

    def fits(self, concern: Concern) -> bool:
        """Whether it is there for this concern."""
        return concern in self.concerns

    @property
    def is_general(self) -> bool:
        """Whether anyone it serves may turn to it, whatever the matter."""
        return self.fits(Concern.HUMAN)

    @property
    def has_way(self) -> bool:
        """Whether there is any way to reach it."""
        return any((self.phone, self.sms, self.chat, self.web))

    @property
    def answers_day_and_night(self) -> bool:
        """A person answers a verified number at every hour: what high and acute rely on."""
        return (
            self.human
            and self.phone is not None
            and self.hours == ROUND_THE_CLOCK
            and self.state_of(FactName.PHONE) is State.VERIFIED
            and self.state_of(FactName.HOURS) is State.VERIFIED
        )

    def state_of(self, name: FactName) -> State:
        """How sure a field is; unconfirmed without evidence."""
        fact = self.facts.get(name)
        return fact.state if fact else State.UNCONFIRMED


IsOpen = Callable[[Service], bool | None]


@dataclass(frozen=True, slots=True)
class Directory:
    """Everything under ``resources/`` except the taxonomy, checked and ready."""

    services: Mapping[str, Service]
    sources: Mapping[SourceId, Source]
    law: Mapping[str, LawText] = field(default_factory=dict)
    municipalities: tuple[Municipality, ...] = ()
    contacts: Mapping[str, MunicipalityContact] = field(default_factory=dict)
    """Municipal contacts by municipality code."""
    municipal_words: MunicipalWords | None = None

    def pick(
        self,
        audience: Audience,
        concern: Concern,
        urgency: Urgency,
        *,
        is_open: IsOpen,
        limit: int = 3,
    ) -> tuple[Service, ...]:
        """Choose whom to show, best first, at least two.

        Services for this concern come before general ones, open ones before unknown and
        closed ones, people before pages. One that is open now is among them when there is
        any. At high and acute one that answers day and night is, and 112: first at acute and
        where life is at stake, else only when nothing else answers day and night.

        The guarantees hold for a checked directory (``check_directory``).

        Raises:
            ValueError: ``limit`` is under two.
        """
        if limit < FEWEST:
            raise ValueError(f"at least {FEWEST} ways are always shown, not {limit}")
        candidates = [s for s in self.services.values() if _may_show(s, audience, concern, urgency)]
        openness = {service.id: is_open(service) for service in candidates}
        ranked = sorted(candidates, key=lambda s: _place(s, concern, openness[s.id]))

        emergency = self.services.get(EMERGENCY) if urgency >= Urgency.HIGH else None
        first = emergency and (urgency is Urgency.ACUTE or concern in LIFE_AT_STAKE)
        chosen = ranked[: limit - 1 if first else limit]
        chosen = _keep_one(chosen, ranked, lambda service: openness[service.id] is True)
        if emergency is None:
            return tuple(chosen)
        chosen = _keep_one(chosen, ranked, lambda service: service.answers_day_and_night)
        if first:
            return (emergency, *chosen)
        if any(service.answers_day_and_night for service in chosen):
            return tuple(chosen)
        return (*chosen[: limit - 1], emergency)


def _may_show(service: Service, audience: Audience, concern: Concern, urgency: Urgency) -> bool:
    """112 is not among them: ``pick`` itself gives it its place."""
    return (
        service.id != EMERGENCY
        and not service.by_name_only
        and service.withheld is None
        and service.helps(audience)
        and urgency.id in service.urgencies
        and (service.fits(concern) or service.is_general)
    )


def _place(
    service: Service, concern: Concern, is_open: bool | None
) -> tuple[bool, int, bool, int, str]:
    openness = {True: 0, None: 1, False: 2}[is_open]
    return not service.fits(concern), openness, not service.human, service.rank, service.id


def _keep_one(
    chosen: Sequence[Service], ranked: Iterable[Service], wanted: Callable[[Service], bool]
) -> Sequence[Service]:
    """Give the last place to the best wanted service unless one is chosen already."""
    if any(wanted(service) for service in chosen):
        return chosen
    best = next((service for service in ranked if wanted(service)), None)
    return [*chosen[:-1], best] if best else chosen
