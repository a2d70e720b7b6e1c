"""`betro resources`: check and list, as an operator types it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.commands.resources import app
from bot.domain.errors import SettingsError
from bot.settings import ROOT


def betro_resources(*words: str):
    return CliRunner().invoke(app, list(words))


def listed(*words: str) -> dict[str, dict]:
    answer = betro_resources("list", "--json", *words)
    assert answer.exit_code == 0, answer.output
    return {card["id"]: card for card in map(json.loads, answer.output.splitlines())}


def test_check_says_that_the_directory_is_sound():
    answer = betro_resources("check")

    assert answer.exit_code == 0, answer.output
    assert "98 municipalities: sound." in answer.output
    assert "error:" not in answer.output


def test_check_of_a_broken_folder_names_file_line_and_mend_and_fails(tmp_path):
    shutil.copytree(ROOT / "resources", tmp_path / "resources")
    path = tmp_path / "resources" / "services" / "violence.yml"
    path.write_text(path.read_text("utf-8").replace('phone: "1888"', 'phone: "1881"'), "utf-8")

    answer = betro_resources("check", "--content", str(tmp_path))

    assert answer.exit_code == 1
    assert "violence.yml:11, at lev_uden_vold.phone: the number of" in answer.output
    assert "1 to mend." in answer.output


def test_check_of_a_folder_without_resources_fails(tmp_path):
    answer = betro_resources("check", "--content", str(tmp_path))

    assert answer.exit_code == 1
    assert "no service file" in answer.output


def test_list_shows_the_cards_at_a_given_moment():
    cards = listed("--now", "2026-11-24T10:00")

    assert cards["bornetelefonen"]["phone_shown"] == "116 111"
    assert cards["ankestyrelsen"]["opening"] == "Åben nu, lukker kl. 15.00"
    assert cards["livslinien"]["caution"] == "Tjek nummeret"
    assert "lokk" not in cards


@pytest.mark.parametrize(
    ("now", "is_listed"),
    [
        ("2026-11-24T10:00+01:00", True),
        ("2026-11-24T10:00", True),
        ("2026-11-24T22:00+01:00", False),
        ("2026-12-24T10:00+01:00", False),
        ("2026-12-25T10:00+01:00", False),
    ],
)
def test_open_now_lists_only_what_is_open_for_sure(now, is_listed):
    cards = listed("--open-now", "--now", now)

    assert ("ankestyrelsen" in cards) is is_listed
    assert {"emergency_112", "bornetelefonen", "lev_uden_vold"} <= cards.keys()
    assert all(card["open_now"] for card in cards.values())


def test_list_keeps_to_an_audience_and_a_concern():
    cards = listed("--audience", "child_self", "--concern", "digital_abuse")

    assert {"bornetelefonen", "sletdet"} <= cards.keys()
    assert not {"bryd_cirklen", "lev_uden_vold", "stopchikane"} & cards.keys()


def test_the_table_is_for_people():
    answer = betro_resources("list", "--open-now", "--now", "2026-11-24T22:00+01:00")

    assert answer.exit_code == 0
    assert "2026-11-24 22:00 in Denmark" in answer.output
    assert "116 111" in answer.output
    assert "ankestyrelsen" not in answer.output


def test_a_time_that_is_none_is_refused_with_an_example():
    answer = betro_resources("list", "--now", "i morgen")

    assert isinstance(answer.exception, SettingsError)
    assert "2026-11-22T23:15+01:00" in str(answer.exception)


def stale(*words: str):
    answer = betro_resources("stale", "--json", *words)
    return answer.exit_code, [json.loads(line) for line in answer.output.splitlines()]


def test_stale_is_for_a_job_its_status_tells_whether_something_is_due():
    assert stale("--today", "2026-11-22") == (0, [])

    status, found = stale("--today", "2026-11-23")

    assert status == 3
    phone = next(each for each in found if (each["id"], each["field"]) == ("csm_oest", "phone"))
    assert phone["kind"] == "service"
    assert phone["recheck_by"] == "2026-11-22"
    assert phone["days"] == 1
    assert phone["sources"][0].startswith("https://www.dknyt.dk/")
    line = Path(phone["file"]).read_text("utf-8").splitlines()[phone["line"] - 1]
    assert line.strip().startswith("phone: {state: single_source")
    assert {each["kind"] for each in found} == {"service", "municipality"}


def test_stale_can_look_ahead_and_reaches_law_and_municipalities():
    _, due = stale("--today", "2027-05-01")
    _, soon = stale("--today", "2027-05-01", "--within", "30")

    assert len(soon) > len(due)
    assert {"service", "law", "municipality"} <= {each["kind"] for each in soon}
    assert all(each["days"] < 0 for each in soon if each not in due)


def test_stale_names_texts_by_the_date_of_their_file(tmp_path):
    for part in ("flows", "resources"):
        shutil.copytree(ROOT / part, tmp_path / part)
    path = tmp_path / "flows" / "responses" / "acute.yml"
    words = re.sub(r"^recheck_by:.*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
    path.write_text("recheck_by: 2026-01-01\n" + words, "utf-8")

    status, found = stale("--today", "2026-11-22", "--content", str(tmp_path))

    assert status == 3
    assert {each["kind"] for each in found} == {"text"}
    assert found[0]["id"].startswith("utter_acute.")
    assert "emergency_112" in found[0]["sources"]


def test_stale_for_people_says_where_and_how_many():
    answer = betro_resources("stale", "--today", "2026-11-23")

    assert answer.exit_code == 3
    assert "survivors.yml:" in answer.output
    assert "to look at again." in answer.output


def test_a_day_that_is_none_is_refused_with_an_example():
    answer = betro_resources("stale", "--today", "i morgen")

    assert isinstance(answer.exception, SettingsError)
    assert "2027-06-01" in str(answer.exception)


@pytest.mark.parametrize(
    "words",
    [["--help"], *([each, "--help"] for each in ("check", "list", "stale", "links"))],
)
def test_help_has_examples(words):
    answer = betro_resources(*words)

    assert answer.exit_code == 0
    assert len(words) == 1 or "betro resources" in answer.output
