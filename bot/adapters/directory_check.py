"""What a directory must hold to be shown to anyone, checked entry by entry and as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel

from bot.adapters.content_models import did_you_mean
from bot.adapters.directory_reader import Entry
from bot.adapters.service_check import check_service
from bot.domain.directory import EMERGENCY, FEWEST, Directory, FactName, Service
from bot.domain.issue import Issue, Severity
from bot.domain.law import LawText
from bot.domain.municipality import Municipality
from bot.domain.municipality_contact import (
    PLACEHOLDERS,
    MunicipalityContact,
    MunicipalWords,
    placeholders,
)
from bot.domain.provenance import STRENGTH, Fact, Source, SourceId, State, strongest_state
from bot.domain.taxonomy import Audience, Concern, Urgency

Model = TypeVar("Model", bound=BaseModel)
AnyEntry = Entry[Service] | Entry[LawText] | Entry[MunicipalityContact]
FactPlace = tuple[str | int, ...]

PINNED = {
    "emergency_112": "112",
    "police_114": "114",
    "bornetelefonen": "116111",
    "lev_uden_vold": "1888",
}
"""Numbers no edit may change by accident."""
WORDS_PINNED = {"danger": "112", "duty_114": "114", "no_answer_114": "114"}
APPEAL = "ankestyrelsen_acute"
MUNICIPALITIES = 98


@dataclass(frozen=True)
class Found:
    """Every readable entry of the files."""

    services: Sequence[Entry[Service]]
    sources: Mapping[SourceId, Entry[Source]]
    law: Sequence[Entry[LawText]]
    municipalities: Sequence[Entry[Municipality]]
    contacts: Sequence[Entry[MunicipalityContact]]
    words: Entry[MunicipalWords] | None


def check_found(
    found: Found, directory: Directory, today: date, *, complete: bool
) -> Iterator[Issue]:
    """Yield every problem; what needs the whole only when all files were readable."""
    for service in found.services:
        yield from check_service(service)
        yield from _check_hosts(service, directory.sources)
        yield from _check_pin(service)
    yield from _check_facts(found, directory)
    yield from _check_due(found, today)
    yield from _check_unique(found.services, "id")
    yield from _check_unique(found.law, "id")
    yield from _check_unique(found.municipalities, "code")
    yield from _check_unique(found.contacts, "code")
    yield from _check_words(found, directory)
    if complete:
        yield from _check_whole(found, directory)


def _check_hosts(service: Entry[Service], sources: Mapping[SourceId, Source]) -> Iterator[Issue]:
    """An address shown must be one its sources stand on or name."""
    for name in (FactName.WEB, FactName.CHAT):
        address, fact = getattr(service.model, name.value), service.model.facts.get(name)
        if address is None or fact is None:
            continue
        known = [sources[source] for source in fact.sources if source in sources]
        hosts = {_host(source.url) for source in known} | {n for s in known for n in s.names}
        if known and not any(_host(address).endswith(host) for host in hosts):
            yield service.issue(
                name.value,
                problem=f"its sources do not name {_host(address)}",
                mend="Name a page on that host, or add the host to the source's 'names'.",
            )


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _check_pin(service: Entry[Service]) -> Iterator[Issue]:
    pinned = PINNED.get(service.model.id)
    if pinned and service.model.phone != pinned:
        yield service.issue(
            "phone",
            problem=f"the number of '{service.model.id}' is {pinned}",
            mend="Restore it; a real change is made in the code as well.",
        )


def facts_of(found: Found) -> Iterator[tuple[AnyEntry, FactPlace, Fact, str | None]]:
    """Every fact with its entry, its place inside it, and who runs what it is about."""
    for service in found.services:
        for name, fact in service.model.facts.items():
            yield service, ("facts", name.value), fact, service.model.operator
    for law in found.law:
        yield law, ("fact",), law.model.fact, None
    for contact in found.contacts:
        if contact.model.fact:
            yield contact, ("fact",), contact.model.fact, None
        for index, phone in enumerate(contact.model.phones):
            yield contact, ("phones", index, "fact"), phone.fact, None


def _check_due(found: Found, today: date) -> Iterator[Issue]:
    """One warning for each entry with facts past their recheck date."""
    due: dict[str, tuple[AnyEntry, FactPlace, list[str]]] = {}
    for entry, place, fact, _ in facts_of(found):
        if fact.is_due(today):
            _, _, names = due.setdefault(entry.name, (entry, place, []))
            names.append(".".join(map(str, place)).removeprefix("facts."))
    for entry, place, names in due.values():
        yield entry.issue(
            *place,
            problem=f"past the recheck date: {', '.join(names)}",
            mend="Open the source, correct what changed, and set the next recheck_by.",
            severity=Severity.WARNING,
        )


def _check_facts(found: Found, directory: Directory) -> Iterator[Issue]:
    used: set[SourceId] = set()
    for entry, place, fact, operator in facts_of(found):
        used |= set(fact.sources)
        yield from _check_sources(entry, place, fact, directory.sources)
        strongest = strongest_state(fact, directory.sources, operator=operator)
        if STRENGTH[fact.state] > STRENGTH[strongest]:
            yield entry.issue(
                *place,
                "state",
                problem=f"these sources do not make it '{fact.state.value}'",
                mend=f"Write '{strongest.value}', or add the operator's page or a second source.",
            )
        if fact.state is not State.UNCONFIRMED and fact.recheck_by is None:
            yield entry.issue(
                *place, problem="'recheck_by' is missing", mend="Add it: six months from today."
            )
    for name in found.sources.keys() - used:
        yield found.sources[name].issue(
            problem="no fact names this source",
            mend="Remove it, or name it where it belongs.",
            severity=Severity.WARNING,
        )


def _check_sources(
    entry: AnyEntry,
    place: FactPlace,
    fact: Fact,
    sources: Mapping[SourceId, Source],
) -> Iterator[Issue]:
    for source in fact.sources:
        if source not in sources:
            yield entry.issue(
                *place,
                "sources",
                problem=f"'{source}' is not in sources.yml",
                mend=did_you_mean(source, sources),
            )


def _check_unique(entries: Iterable[Entry[Model]], key: str) -> Iterator[Issue]:
    first: dict[str, Entry[Model]] = {}
    for entry in entries:
        value = getattr(entry.model, key)
        if value in first:
            other = first[value].document.path.name
            yield entry.issue(
                key, problem=f"'{value}' is there twice (also in {other})", mend="Rename one."
            )
        first.setdefault(value, entry)


def _check_words(found: Found, directory: Directory) -> Iterator[Issue]:
    if found.words is None:
        return
    words = found.words.model
    appeal = directory.services.get(APPEAL)
    pinned = WORDS_PINNED | ({"ankestyrelsen": appeal.phone} if appeal and appeal.phone else {})
    for name, phone in pinned.items():
        if getattr(words, name).phone != phone:
            yield found.words.issue(
                name, "phone", problem=f"the number here is {phone}", mend="Restore it."
            )
    for name, wanted in PLACEHOLDERS.items():
        try:
            held = placeholders(getattr(words, name).da)
        except ValueError:
            held = set()
        if held != wanted:
            names = ", ".join(f"{{{place}}}" for place in sorted(wanted))
            yield found.words.issue(
                name,
                problem="the placeholders are not the ones that are filled in",
                mend=f"Use exactly {names}.",
            )


def _check_whole(found: Found, directory: Directory) -> Iterator[Issue]:
    for missing in PINNED.keys() - directory.services.keys():
        path = found.services[0].document.path.parent
        yield Issue(path, missing, "this service is missing", "Put it back.")
    codes = {municipality.code for municipality in directory.municipalities}
    if len(codes) != MUNICIPALITIES:
        path = found.municipalities[0].document.path
        yield Issue(path, "rows", f"{len(codes)} municipalities, not 98", "List all 98.")
    for contact in found.contacts:
        if contact.model.code not in codes:
            yield contact.issue(
                "code",
                problem=f"'{contact.model.code}' is no municipality's code",
                mend=did_you_mean(contact.model.code, codes),
            )
    if EMERGENCY in directory.services:
        yield from _check_coverage(found, directory)


def _has_second_way(shown: Sequence[Service]) -> bool:
    """Whether two of them are people who are reached in different ways."""
    people = [service for service in shown if service.human]
    return any(one.ways.isdisjoint(other.ways) for one, other in combinations(people, 2))


def _check_coverage(found: Found, directory: Directory) -> Iterator[Issue]:
    """Whoever writes about whatever, by night: two ways, and at high and acute a human."""
    path = found.services[0].document.path.parent
    for audience, concern, urgency in product(Audience, Concern, Urgency):
        shown = directory.pick(
            audience, concern, urgency, is_open=lambda s: True if s.answers_day_and_night else None
        )
        at = f"{audience.value}, {concern.value}, {urgency.id}"
        if len(shown) < FEWEST:
            yield Issue(
                path,
                at,
                f"only {len(shown)} service would be shown",
                "Add one with this audience and concern, or a general one (concern 'human').",
            )
        if urgency >= Urgency.HIGH and not _has_second_way(shown):
            yield Issue(
                path,
                at,
                "no second way to a human would be shown, for when the first is busy",
                "Let another service with a number or chat of its own serve this audience.",
            )
        if urgency >= Urgency.HIGH and not any(s.answers_day_and_night for s in shown):
            yield Issue(
                path,
                at,
                "nobody who answers day and night would be shown",
                "Let a verified 24/7 phone line serve this audience.",
            )
