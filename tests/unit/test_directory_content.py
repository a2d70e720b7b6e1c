"""What the directory's own files promise: pinned numbers, evidence, words nobody regrets."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import combinations, product
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.directory_files import check_directory, load_directory
from bot.adapters.opening_hours import Openings
from bot.adapters.service_cards import to_card
from bot.domain.directory import Directory, FactName, Limit
from bot.domain.issue import Severity
from bot.domain.provenance import State, strongest_state
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.settings import ROOT

EVENING = datetime(2026, 11, 23, 22, 15, tzinfo=ZoneInfo("Europe/Copenhagen"))
SEEN_IN_CODE_FILES_ONLY = ("35555557", "33458630", "70114503", "70116263", "70277666", "33690369")
"""Numbers that circulate without an acceptable source; none may stand anywhere."""
NEVER_SEEN = ("lokk.dk", "tuba.dk", "hoert.dk", "livslinien.dk", "januscentret.dk/kontakt")


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load_directory(ROOT / "resources")


def test_the_files_are_sound():
    issues = check_directory(ROOT / "resources", today=date(2026, 11, 23))

    assert [str(issue) for issue in issues if issue.severity is Severity.ERROR] == []


@pytest.mark.parametrize(
    ("name", "phone", "shown"),
    [
        ("emergency_112", "112", "112"),
        ("police_114", "114", "114"),
        ("bornetelefonen", "116111", "116 111"),
        ("lev_uden_vold", "1888", "1888"),
        ("offerradgivningen", "116006", "116 006"),
        ("danner", "+4533330047", "33 33 00 47"),
        ("ankestyrelsen_acute", "+4561897379", "61 89 73 79"),
        ("livslinien", "+4570201201", "70 201 201"),
        ("giftlinjen", "+4582121212", "82 12 12 12"),
    ],
)
def test_numbers_are_pinned(directory, name, phone, shown):
    card = to_card(directory.services[name], EVENING, Openings())

    assert (card.phone, card.phone_shown) == (phone, shown)


@pytest.mark.parametrize(
    "name", ["emergency_112", "police_114", "bornetelefonen", "lev_uden_vold", "danner",
             "offerradgivningen", "giftlinjen"],
)  # fmt: skip
def test_these_answer_day_and_night_on_verified_numbers(directory, name):
    assert directory.services[name].answers_day_and_night


def test_every_source_of_every_fact_is_known_and_strong_enough(directory):
    strength = [State.UNCONFIRMED, State.SINGLE_SOURCE, State.VERIFIED]
    for service in directory.services.values():
        for name, fact in service.facts.items():
            allowed = strongest_state(fact, directory.sources, operator=service.operator)
            assert strength.index(fact.state) <= strength.index(allowed), (service.id, name)


def test_what_stands_in_code_files_only_is_nowhere(directory):
    for path in sorted((ROOT / "resources").rglob("*.[cym]*")):
        digits = re.sub(r"[\s.]", "", path.read_text("utf-8"))
        for number in SEEN_IN_CODE_FILES_ONLY:
            assert number not in digits, path
    for service in directory.services.values():
        for address in (service.web, service.chat):
            assert not any(host in (address or "") for host in NEVER_SEEN), service.id


@pytest.mark.parametrize("name", ["foraeldretelefonen", "fagtelefonen", "mandecentret", "sletdet"])
def test_a_service_without_a_confirmed_number_shows_its_page(directory, name):
    service = directory.services[name]

    assert service.phone is None
    assert service.web
    assert service.facts[FactName.PHONE].state is State.UNCONFIRMED


def test_where_anonymity_ends_is_said(directory):
    said = {
        name: " ".join((service.anonymity.da, *(limit.da for limit in service.limits.values())))
        for name, service in directory.services.items()
    }

    assert "CPR" in said["giftlinjen"]
    assert "optaget" in said["giftlinjen"]
    assert "forældrene får det som regel at vide" in said["center_seksuelle_overgreb"]
    assert "Begynder du i behandling" in said["bryd_cirklen"]
    assert "politiet kan finde frem til dig" in said["er_du_okay"]
    assert "hvis du ikke siger, hvem du er" in said["ung_paa_linje"]


@pytest.mark.parametrize(
    ("name", "limit", "said"),
    [
        ("er_du_okay", Limit.INFORMS, "sige det til kommunen"),
        ("ung_paa_linje", Limit.INFORMS, "pligt til at sige det videre"),
        ("barnets_blaa_hus", Limit.INFORMS, "skal sige det til kommunen"),
        ("center_seksuelle_overgreb", Limit.INFORMS, "under 18 år"),
        ("kommunens_familieraadgivning", Limit.INFORMS, "pligt til at handle"),
        ("kommunens_boerneraadgivning", Limit.INFORMS, "pligt til at handle"),
        ("giftlinjen", Limit.RECORDS, "optaget"),
        ("cyberhus", Limit.RECORDS, "30 dage"),
        ("ankestyrelsen", Limit.RECORDS, "skrevet ned"),
        ("ankestyrelsen_acute", Limit.RECORDS, "skrevet ned"),
        ("januscentret", Limit.REFERRAL, "gennem kommunen"),
        ("boernehuse", Limit.REFERRAL, "gennem kommunen"),
        ("livslinien", Limit.WAITING, "kø"),
        ("csm", Limit.WAITING, "ventetid"),
    ],
)
def test_limits_are_shown_on_the_card(directory, name, limit, said):
    service = directory.services[name]

    assert said in service.limits[limit].da
    assert service.limits[limit].da in to_card(service, EVENING, Openings()).limits


@pytest.mark.parametrize("urgency", [Urgency.HIGH, Urgency.ACUTE])
def test_when_the_first_is_busy_there_is_a_second_way_to_a_human(directory, urgency):
    """For every audience and concern, by night when only those that never close answer."""
    for audience, concern in product(Audience, Concern):
        shown = directory.pick(
            audience,
            concern,
            urgency,
            is_open=lambda service: True if service.answers_day_and_night else None,
        )
        people = [service for service in shown if service.human]
        assert any(one.ways.isdisjoint(other.ways) for one, other in combinations(people, 2)), (
            audience,
            concern,
        )


def test_nobody_is_called_what_they_fear(directory):
    texts = [
        text
        for service in directory.services.values()
        for text in (service.name.da, service.what.da, service.anonymity.da)
    ]

    assert not [text for text in texts if "pædofil" in text.lower()]


def test_children_read_short_sentences(directory):
    for name in ("bornetelefonen", "er_du_okay", "cyberhus", "headspace", "ung_paa_linje"):
        service = directory.services[name]
        limits = [limit.da for limit in service.limits.values()]
        for sentence in re.split(
            r"[.?!:]\s", " ".join((service.what.da, service.anonymity.da, *limits))
        ):
            assert len(sentence.split()) <= 20, sentence


@pytest.mark.parametrize(
    ("name", "must_hold"),
    [
        ("assess_within_24_hours", "inden 24 timer vurdere, om der skal handles straks"),
        ("receipt_within_6_weekdays", "6 hverdage"),
        ("parents_may_read", "Undgå detaljer, der afslører dig"),
        ("professionals_not_anonymous", "kan du ikke være anonym"),
        ("duty_of_professionals", "offentlige"),
        ("duty_of_everyone", "Alle har pligt"),
        ("counselling_for_families", "ikke kræve navn"),
        ("support_person", "bisidder"),
        ("do_not_ask_the_suspected", "tal ikke med dem om det først"),
        ("convention_19", "vold"),
    ],
)
def test_the_law_is_told_whole(directory, name, must_hold):
    assert must_hold in directory.law[name].says.da


def test_the_convention_is_quoted_word_for_word_and_told_to_children(directory):
    for name, words in {
        "convention_3": "barnets tarv komme i første række",
        "convention_12": "retten til frit at udtrykke disse synspunkter",
        "convention_19": "mod alle former for fysisk eller psykisk vold, skade eller misbrug",
        "no_corporal_punishment": "må ikke udsættes for legemlig afstraffelse",
    }.items():
        law = directory.law[name]
        assert law.quote
        assert words in law.quote.da
        assert law.child


def test_there_are_98_municipalities_and_only_seen_domains_are_kept(directory):
    kept = [each for each in directory.municipalities if each.domain]

    assert len(directory.municipalities) == 98
    assert len(kept) == 26
    assert "greve.dk" not in {each.domain for each in kept}


def test_past_its_recheck_date_a_fact_warns_and_stops_nothing():
    issues = check_directory(ROOT / "resources", today=date(2030, 1, 1))

    assert {issue.severity for issue in issues} == {Severity.WARNING}
    assert len(issues) > 80
    directory = load_directory(ROOT / "resources")
    card = to_card(directory.services["bornetelefonen"], EVENING.replace(year=2030), Openings())
    assert card.caution == "Kan være ændret"
    assert card.open_now is True


@pytest.mark.parametrize(
    ("name", "caution"),
    [
        ("bornetelefonen", None),
        ("livslinien", "Tjek nummeret"),
        ("csm_oest", "Tjek nummeret. Kan være ændret"),
        ("dialog_mod_vold", "Kan være ændret"),
        ("foraeldretelefonen", None),
    ],
)
def test_cautions_are_shown(directory, name, caution):
    assert to_card(directory.services[name], EVENING, Openings()).caution == caution
