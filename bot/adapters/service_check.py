"""What one service entry must say, and must never say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.adapters.directory_reader import Entry
from bot.adapters.opening_hours import hours_problem
from bot.domain.directory import EMERGENCY, FactName, Limit, Service
from bot.domain.issue import Issue
from bot.domain.provenance import State
from bot.domain.taxonomy import Audience

ANONYMITY_UNKNOWN = (
    "Spørg først, om du kan være anonym",
    "Regn ikke med at være anonym",
    "Du læser selv på siden",
)
"""How a text about anonymity begins that claims nothing, so that it needs no source."""
PROMISES = re.compile(
    r"helt anonym|fuldst[æa]ndig\w* anonym|100 ?(%|procent) anonym|altid anonym|garanter"
    r"|ingen (får|kan få) det at vide|ingen (får|vil få) noget at vide"
    r"|ingen (kan|vil) (nogensinde )?(se|finde|spore|opdage)|kan ikke spores|aldrig fortalt videre",
    re.IGNORECASE,
)
"""Promises nobody can keep."""
CHILDREN = {Audience.CHILD_SELF, Audience.CHILD_FRIEND, Audience.YOUTH_AT_RISK}
ADULTS_AT_RISK = {Audience.ADULT_VIOLENCE, Audience.ADULT_SEXUAL}
FOR_EVERYONE = {EMERGENCY, "giftlinjen"}
"""Services both children and adults at risk may see."""
SHOWN = (FactName.PHONE, FactName.SMS, FactName.CHAT, FactName.WEB, FactName.HOURS, FactName.COST)


def check_service(entry: Entry[Service]) -> Iterator[Issue]:
    """Yield every problem of one entry taken for itself."""
    yield from _check_reach(entry)
    yield from _check_evidence(entry)
    yield from _check_hours(entry)
    yield from _check_anonymity(entry)
    yield from _check_addresses(entry)
    yield from _check_lanes(entry)


def _check_reach(entry: Entry[Service]) -> Iterator[Issue]:
    service = entry.model
    if not service.has_way and service.withheld is None:
        yield entry.issue(
            problem="there is no way to reach it",
            mend="Add phone, sms, chat or web with its source, or say in 'withheld' why not.",
        )
    if service.has_way and service.withheld is not None:
        yield entry.issue(
            "withheld",
            problem="it is withheld but has a way to reach it",
            mend="Remove 'withheld', or the ways.",
        )


def _check_evidence(entry: Entry[Service]) -> Iterator[Issue]:
    """Everything shown has an acceptable source; what has none is not in the file."""
    service = entry.model
    values = {name: getattr(service, name.value) for name in SHOWN}
    values[FactName.WHAT] = service.what
    values |= {FactName(limit.value): service.limits.get(limit) for limit in Limit}
    for name, value in values.items():
        fact = service.facts.get(name)
        if value is not None and fact is None:
            yield entry.issue(
                name.value,
                problem=f"'{name.value}' has no source",
                mend=f"Add it under 'facts: {name.value}:'.",
            )
        elif value is not None and fact is not None and fact.state is State.UNCONFIRMED:
            yield entry.issue(
                name.value,
                problem="an unconfirmed value is never shown, so it must not be here",
                mend=f"Remove '{name.value}' and keep a note under facts.",
            )
        elif value is None and fact is not None and fact.state is not State.UNCONFIRMED:
            yield entry.issue(
                "facts",
                name.value,
                problem=f"there is evidence but no '{name.value}'",
                mend="Add the value, or remove the evidence.",
            )


def _check_hours(entry: Entry[Service]) -> Iterator[Issue]:
    service = entry.model
    if service.hours is None:
        return
    if problem := hours_problem(service.hours):
        yield entry.issue(
            "hours",
            problem=f"the hours cannot be used: {problem}",
            mend="Write them like 'Mo-Fr 09:00-15:00; PH off'; see resources/README.md.",
        )
    fact = service.facts.get(FactName.HOURS)
    if fact and fact.state is State.SINGLE_SOURCE:
        yield entry.issue(
            "hours",
            problem="hours from a single source would make 'open now' a guess",
            mend="Leave the hours out until the operator's page or a second source confirms them.",
        )


def _check_anonymity(entry: Entry[Service]) -> Iterator[Issue]:
    service = entry.model
    limits = ((f"limits.{limit.value}", text.da) for limit, text in service.limits.items())
    for key, text in (
        ("anonymity", service.anonymity.da),
        ("what", service.what.da),
        *limits,
    ):
        if promise := PROMISES.search(text):
            yield entry.issue(
                *key.split("."),
                "da",
                problem=f"'{promise.group()}' is a promise nobody can keep",
                mend="Say what the operator says, and where anonymity ends.",
            )
    claims = not service.anonymity.da.startswith(ANONYMITY_UNKNOWN)
    if claims and service.state_of(FactName.ANONYMITY) is State.UNCONFIRMED:
        yield entry.issue(
            "anonymity",
            problem="it claims something without a source",
            mend=f"Add 'facts: anonymity:', or begin with '{ANONYMITY_UNKNOWN[0]}'.",
        )


def _check_addresses(entry: Entry[Service]) -> Iterator[Issue]:
    for key in ("web", "chat"):
        address = getattr(entry.model, key)
        if address and "…" in address:
            yield entry.issue(
                key, problem="a part of the address is missing", mend="Write the whole address."
            )


def _check_lanes(entry: Entry[Service]) -> Iterator[Issue]:
    serves = set(entry.model.serves)
    if entry.model.id not in FOR_EVERYONE and serves & CHILDREN and serves & ADULTS_AT_RISK:
        yield entry.issue(
            "serves",
            problem="it serves both children and adults at risk of harming one",
            mend="Split it into two entries with their own texts.",
        )
