"""How to reach a municipality: useful by day and night, whether its numbers are known or not."""

from __future__ import annotations

from datetime import date

import pytest

from bot.adapters.directory_files import load_directory
from bot.domain.municipality_contact import how_to_reach
from bot.domain.phone import show_phone
from bot.settings import ROOT

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def reach():
    directory = load_directory(ROOT / "resources")
    by_name = {each.name: each for each in directory.municipalities}

    def ask(name: str | None, *, office_hours: bool, today: date = TODAY):
        municipality = by_name[name] if name else None
        contact = directory.contacts.get(municipality.code) if municipality else None
        return how_to_reach(
            municipality,
            contact,
            directory.municipal_words,
            office_hours=office_hours,
            today=today,
        )

    ask.names = list(by_name)
    return ask


@pytest.mark.parametrize("office_hours", [True, False])
def test_every_municipality_gets_a_useful_answer(reach, office_hours):
    for name in [*reach.names, None]:
        lines = reach(name, office_hours=office_hours)
        phones = [line.phone for line in lines if line.phone]

        assert phones[0] == "112"
        assert lines[0].text == "Er barnet i fare lige nu, så ring 112."
        assert "114" in phones
        assert phones[-1] == "+4561897379"
        assert "den sociale vagt" in "".join(line.text for line in lines)
        assert not any("{" in line.text for line in lines)


def test_greve_in_the_evening_is_114_before_the_search(reach):
    lines = reach("Greve", office_hours=False)

    assert [line.phone for line in lines] == ["112", "114", None, "+4561897379"]
    assert lines[2].text == "Søg på nettet efter 'Greve Kommune underretning'."


def test_greve_by_day_is_the_municipality_before_114(reach):
    lines = reach("Greve", office_hours=True)

    assert [line.phone for line in lines] == ["112", None, "114", "+4561897379"]
    assert "Svarer kommunen ikke" in lines[2].text


def test_copenhagen_has_its_own_duty_in_the_evening_and_its_districts_by_day(reach):
    evening = reach("København", office_hours=False)
    day = reach("København", office_hours=True)

    assert evening[1].text == "Ring til Københavns Kommune på 33 17 33 33 (Den Sociale Døgnvagt)."
    assert evening[1].phone == "+4533173333"
    assert sum(line.phone is not None and line.phone.startswith("+45331") for line in day) == 5
    assert not any("Døgnvagt" in line.text for line in day)


@pytest.mark.parametrize(
    ("name", "office_hours", "number"),
    [
        ("Norddjurs", True, "+4589591000"),
        ("Norddjurs", False, "+4521736018"),
        ("Hjørring", True, "+4572333530"),
        ("Hjørring", False, "+4596301448"),
        ("Albertslund", True, "+4543686486"),
        ("Læsø", True, "+4598455000"),
        ("Frederikshavn", True, "+4524875591"),
    ],
)
def test_known_numbers_are_shown_when_they_hold(reach, name, office_hours, number):
    assert number in [line.phone for line in reach(name, office_hours=office_hours)]


def test_an_old_number_is_not_shown_as_certain(reach):
    said = [line.text for line in reach("Vordingborg", office_hours=True)]

    assert "Vordingborg Kommune har haft nummeret 55 36 20 30. Det kan være ændret." in said
    assert not any("Ring til Vordingborg" in text for text in said)


def test_numbers_grow_old(reach):
    said = [line.text for line in reach("Albertslund", office_hours=True, today=date(2027, 6, 1))]

    assert "Albertslund Kommune har haft nummeret 43 68 64 86. Det kan være ændret." in said


def test_pages_addresses_and_mail_are_given_where_they_were_seen(reach):
    toender = reach("Tønder", office_hours=True)
    odense = reach("Odense", office_hours=True)
    aalborg = reach("Aalborg", office_hours=True)

    assert any(line.email == "underretning@toender.dk" for line in toender)
    assert any(line.web and line.web.startswith("https://www.toender.dk/") for line in toender)
    assert any(line.web == "https://aalborg.dk" for line in aalborg)
    assert not any(line.web for line in odense)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("112", "112"), ("1888", "1888"), ("116111", "116 111"), ("+4533330047", "33 33 00 47"),
        ("+4570201201", "70 201 201"), ("+4535555559", "35 55 55 59"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_danes_write_them(phone, shown):
    assert show_phone(phone) == shown
