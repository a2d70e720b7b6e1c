"""Who is shown to whom: every combination gets help, nobody gets what is not for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.directory_files import load_directory
from bot.adapters.opening_hours import Openings
from bot.domain.directory import EMERGENCY, Directory, FactName, Service, UrgencyId
from bot.domain.provenance import Danish, Fact, SourceId, State
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.settings import ROOT

CHILDREN = (Audience.CHILD_SELF, Audience.CHILD_FRIEND, Audience.YOUTH_AT_RISK)
A_MOMENT = datetime(2026, 11, 1, tzinfo=UTC)
EVERYTHING = list(product(Audience, Concern, Urgency))
VERIFIED = Fact(state=State.VERIFIED, sources=(SourceId("own_page"),))


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load_directory(ROOT / "resources")


def by_night(service: Service) -> bool | None:
    return True if service.hours == "24/7" else None if service.hours is None else False


def ids(services) -> list[str]:
    return [service.id for service in services]


def service(
    name: str, *, concerns=(Concern.PHYSICAL_VIOLENCE,), hours=None, phone="+4533330047", **more
) -> Service:
    return Service(
        id=name,
        name=Danish(da=name),
        operator="Nogen",
        what=Danish(da="Hjælp."),
        serves=more.pop("serves", (Audience.CHILD_SELF,)),
        concerns=concerns,
        human=more.pop("human", True),
        phone=phone,
        hours=hours,
        anonymity=Danish(da="Spørg først, om du kan være anonym."),
        facts={FactName.PHONE: VERIFIED, FactName.HOURS: VERIFIED},
        **more,
    )


def pick(services, urgency, concern=Concern.PHYSICAL_VIOLENCE, *, limit=3, is_open=by_night):
    directory = Directory(services={each.id: each for each in services}, sources={})
    return ids(directory.pick(Audience.CHILD_SELF, concern, urgency, is_open=is_open, limit=limit))


EMERGENCY_LINE = service(EMERGENCY, concerns=tuple(Concern), hours="24/7", phone="112")
LINE = service("line", hours="24/7")
GENERAL_LINE = service("general_line", concerns=(Concern.HUMAN,), hours="24/7")
CHAT = service("chat", phone=None, web="https://example.dk")
PAGE = service("page", phone=None, web="https://example.dk", human=False)
CLOSED = service("closed", hours="Mo 09:00-10:00")


def test_what_fits_comes_first_then_what_is_open_then_people():
    everyone = [PAGE, GENERAL_LINE, CLOSED, CHAT, LINE]

    assert pick(everyone, Urgency.LOW, limit=5) == [
        "line",
        "chat",
        "page",
        "closed",
        "general_line",
    ]


def test_rank_decides_between_equals():
    assert pick(
        [service("a", rank=60), service("b", rank=10), service("c", rank=30)], Urgency.LOW
    ) == ["b", "c", "a"]


def test_a_service_for_another_concern_is_not_shown_even_when_nothing_else_is():
    other = service("other", concerns=(Concern.RIGHTS,))

    assert pick([other, LINE], Urgency.MEDIUM) == ["line"]


@pytest.mark.parametrize(
    "hidden",
    [
        service("hidden", by_name_only=True),
        service("hidden", withheld="No number seen.", phone=None),
        service("hidden", serves=(Audience.ADULT_VIOLENCE,)),
        service("hidden", urgencies=(UrgencyId.LOW,)),
    ],
    ids=["only by name", "withheld", "another audience", "another urgency"],
)
def test_some_are_never_picked(hidden):
    assert pick([hidden, LINE], Urgency.MEDIUM) == ["line"]


def test_acute_puts_112_first():
    assert pick([LINE, CHAT, EMERGENCY_LINE], Urgency.ACUTE) == [EMERGENCY, "line", "chat"]


def test_112_is_not_picked_for_a_question():
    assert pick([LINE, CHAT, EMERGENCY_LINE], Urgency.LOW) == ["line", "chat"]


def test_high_finds_room_for_a_line_that_answers_day_and_night():
    three = [service(name, human=True) for name in ("a", "b", "c")]

    assert pick([*three, GENERAL_LINE, EMERGENCY_LINE], Urgency.HIGH) == ["a", "b", "general_line"]


def test_high_ends_with_112_when_nobody_answers_day_and_night():
    three = [service(name) for name in ("a", "b", "c")]

    assert pick([*three, EMERGENCY_LINE], Urgency.HIGH) == ["a", "b", EMERGENCY]


def test_112_is_first_where_life_is_at_stake_and_no_line_for_it_answers():
    chat = service("chat", concerns=(Concern.SUICIDE_SELF_HARM,), phone=None)
    line = service("line", concerns=(Concern.SUICIDE_SELF_HARM, Concern.HUMAN), hours="24/7")
    stake = Concern.SUICIDE_SELF_HARM

    assert pick([chat, GENERAL_LINE, EMERGENCY_LINE], Urgency.HIGH, stake)[0] == EMERGENCY
    assert pick([chat, line, EMERGENCY_LINE], Urgency.HIGH, stake) == ["line", "chat"]


@pytest.mark.parametrize("name", [FactName.PHONE, FactName.HOURS])
def test_a_line_counts_as_answering_only_when_number_and_hours_are_verified(name):
    doubtful = Fact(state=State.SINGLE_SOURCE, sources=(SourceId("a_paper"),))
    facts = {**LINE.facts, name: doubtful}

    assert LINE.answers_day_and_night
    assert not LINE.model_copy(update={"facts": facts}).answers_day_and_night


def test_fewer_than_two_ways_are_refused(directory):
    with pytest.raises(ValueError, match="at least 2"):
        directory.pick(Audience.CHILD_SELF, Concern.NONE, Urgency.LOW, is_open=by_night, limit=1)


# --- the real directory ------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [2, 3, 5])
def test_everyone_gets_two_ways_and_a_human_day_and_night_when_it_is_serious(directory, limit):
    for audience, concern, urgency in EVERYTHING:
        shown = directory.pick(audience, concern, urgency, is_open=by_night, limit=limit)

        assert 2 <= len(shown) <= limit, (audience, concern, urgency)
        assert len(set(ids(shown))) == len(shown)
        if urgency >= Urgency.HIGH:
            assert any(each.answers_day_and_night for each in shown), (audience, concern)
        if urgency is Urgency.ACUTE:
            assert shown[0].id == EMERGENCY
            assert shown[0].phone == "112"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 600 * 24), st.sampled_from(EVERYTHING))
def test_whatever_the_clock_help_is_within_reach(directory, hours, asked):
    audience, concern, urgency = asked
    is_open = Openings().is_open_at(A_MOMENT + timedelta(hours=hours))

    shown = directory.pick(audience, concern, urgency, is_open=is_open)

    assert len(shown) >= 2
    if urgency >= Urgency.HIGH:
        assert any(is_open(each) and each.answers_day_and_night for each in shown)


def test_no_child_meets_what_is_for_adults_who_may_harm_and_no_such_adult_what_is_for_children(
    directory,
):
    children: set[str] = set()
    at_risk: set[str] = set()
    for concern, urgency in product(Concern, Urgency):
        for audience in CHILDREN:
            children |= set(ids(directory.pick(audience, concern, urgency, is_open=by_night)))
        for audience in (Audience.ADULT_VIOLENCE, Audience.ADULT_SEXUAL):
            at_risk |= set(ids(directory.pick(audience, concern, urgency, is_open=by_night)))

    assert children & at_risk == {EMERGENCY}


def test_while_nobody_knows_who_writes_nothing_for_adults_who_may_harm_children_is_shown(
    directory,
):
    for concern, urgency in product(Concern, Urgency):
        shown = directory.pick(Audience.UNKNOWN, concern, urgency, is_open=by_night)
        assert not {"bryd_cirklen", "retspsykiatrisk_klinik_aarhus"} & set(ids(shown))


@pytest.mark.parametrize(
    ("audience", "concern", "urgency", "first"),
    [
        (Audience.CHILD_SELF, Concern.PHYSICAL_VIOLENCE, Urgency.HIGH, "bornetelefonen"),
        (Audience.CHILD_SELF, Concern.SUICIDE_SELF_HARM, Urgency.HIGH, "bornetelefonen"),
        (Audience.YOUTH_AT_RISK, Concern.SEXUAL_THOUGHTS, Urgency.HIGH, "bornetelefonen"),
        (Audience.BYSTANDER, Concern.NEGLECT, Urgency.HIGH, "police_114"),
        (Audience.ADULT_VIOLENCE, Concern.OWN_VIOLENCE, Urgency.HIGH, "lev_uden_vold"),
        (Audience.ADULT_VICTIM, Concern.PARTNER_VIOLENCE, Urgency.MEDIUM, "lev_uden_vold"),
        (Audience.NETWORK, Concern.PARTNER_VIOLENCE, Urgency.MEDIUM, "lev_uden_vold"),
        (Audience.ADULT_SELF, Concern.PARTNER_VIOLENCE, Urgency.HIGH, "lev_uden_vold"),
        (Audience.ADULT_SEXUAL, Concern.SEXUAL_THOUGHTS, Urgency.HIGH, "bryd_cirklen"),
        (Audience.SURVIVOR, Concern.SEXUAL_ABUSE, Urgency.HIGH, "offerradgivningen"),
        (Audience.ADULT_SELF, Concern.SUICIDE_SELF_HARM, Urgency.HIGH, EMERGENCY),
        (Audience.UNKNOWN, Concern.SUICIDE_SELF_HARM, Urgency.HIGH, EMERGENCY),
    ],
)
def test_the_right_one_comes_first_in_the_night(directory, audience, concern, urgency, first):
    assert directory.pick(audience, concern, urgency, is_open=by_night)[0].id == first


def test_livslinien_is_never_the_only_way(directory):
    for audience, urgency in product(Audience, (Urgency.HIGH, Urgency.ACUTE)):
        shown = directory.pick(
            audience, Concern.SUICIDE_SELF_HARM, urgency, is_open=by_night, limit=2
        )
        assert ids(shown)[0] in (EMERGENCY, "bornetelefonen")


def test_poisons_are_never_offered_to_someone_who_thinks_of_suicide(directory):
    for audience, concern, urgency in EVERYTHING:
        assert "giftlinjen" not in ids(
            directory.pick(audience, concern, urgency, is_open=by_night, limit=9)
        )


def test_a_directory_cannot_be_changed_by_accident(directory):
    with pytest.raises(TypeError):
        directory.services["new"] = LINE  # type: ignore[index]
    with pytest.raises(ValueError, match="frozen"):
        directory.services[EMERGENCY].phone = "911"  # type: ignore[misc]
    assert replace(directory, law={}).services is directory.services
