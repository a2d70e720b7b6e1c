"""Who can help: services, whom they serve, and which of them to show first.

Pure: whether a service is open is asked of the caller, who has a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
"""Concerns where at urgency high 112 is first unless a line for them answers day and night."""
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
    INFORMS = "informs"
    RECORDS = "records"
    REFERRAL = "referral"
    WAITING = "waiting"


class Limit(StrEnum):
    """What someone must know before turning there; each has its own evidence under ``facts``."""

    INFORMS = "informs"
    """Whom it may or must tell: the municipality, parents, the police."""
    RECORDS = "records"
    """What it writes down, records or keeps."""
    REFERRAL = "referral"
    """Who must ask for it, if not the person alone."""
    WAITING = "waiting"
    """That it may be busy, or has a waiting list."""


class Service(Strict):
    """One way to get help, as ``resources/services`` describes it.

    ``rank``: lower is shown earlier among equals. ``human``: a person answers there.
    ``by_name_only``: shown only where a flow names it, never picked.
    ``withheld``: why it is never shown (no confirmed way to reach it); None when it is.
    ``limits``: what visitors are told before they turn there.
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
    limits: Mapping[Limit, Danish] = {}
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
    def ways(self) -> frozenset[str]:
        """Every number and address that leads there."""
        return frozenset(filter(None, (self.phone, self.sms, self.chat, self.web)))

    @property
    def has_way(self) -> bool:
        """Whether there is any way to reach it."""
        return bool(self.ways)

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
        closed ones, people before pages. At acute 112 stands first. At high someone who
        answers day and night is among them; where nobody does for this concern, 112 is: first
        where life is at stake, else last and only if no general line answers either.

        The guarantees hold for a checked directory (``check_directory``).

        Raises:
            ValueError: ``limit`` is under two.
        """
        if limit < FEWEST:
            raise ValueError(f"at least {FEWEST} ways are always shown, not {limit}")
        candidates = [s for s in self.services.values() if _may_show(s, audience, concern, urgency)]
        openness = {service.id: is_open(service) for service in candidates}
        ranked = sorted(candidates, key=lambda s: _place(s, concern, openness[s.id]))
        emergency = self.services.get(EMERGENCY)
        if urgency < Urgency.HIGH or emergency is None:
            return tuple(ranked[:limit])
        if urgency is Urgency.ACUTE:
            return (emergency, *ranked[: limit - 1])
        lines = [service for service in ranked if service.answers_day_and_night]
        # While it is not known who writes, a line for this concern may be one for others.
        is_answered = audience is not Audience.UNKNOWN and any(line.fits(concern) for line in lines)
        if concern in LIFE_AT_STAKE and not is_answered:
            return (emergency, *ranked[: limit - 1])
        return _with_one_of([*lines, emergency], ranked[:limit], limit)


def _may_show(service: Service, audience: Audience, concern: Concern, urgency: Urgency) -> bool:
    """112 is not among them: ``pick`` itself gives it its place."""
    return (
        service.helps(audience)
        and service.id != EMERGENCY
        and not service.by_name_only
        and service.withheld is None
        and urgency.id in service.urgencies
        and (service.fits(concern) or service.is_general)
    )


def _place(
    service: Service, concern: Concern, is_open: bool | None
) -> tuple[bool, int, bool, int, str]:
    openness = {True: 0, None: 1, False: 2}[is_open]
    return not service.fits(concern), openness, not service.human, service.rank, service.id


def _with_one_of(
    wanted: Sequence[Service], chosen: Sequence[Service], limit: int
) -> tuple[Service, ...]:
    """Give the last place to the best wanted service unless one is chosen already."""
    if any(service in chosen for service in wanted):
        return tuple(chosen)
    return (*chosen[: limit - 1], wanted[0])
