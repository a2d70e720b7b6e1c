"""`make yardstick`: outside data, a throw-away model of the same pipeline, two last lines."""

from __future__ import annotations

import re

import pytest

from tests.nlu_process import require_environment, run_nlu

LINES = {
    "weather/find": ["regner det i dag", "bliver det solskin i morgen", "hvor varmt er det ude"],
    "alarm/set_alarm": ["sæt en alarm til klokken syv", "væk mig klokken otte", "sæt alarm til ni"],
    "PlayMusic": ["spil noget musik af gasolin", "afspil en sang", "spil den nyeste plade"],
}


@pytest.fixture
def yardsticks(tmp_path):
    """A folder like the real one, with sentences of our own."""
    for name in ("xsid", "tatoeba"):
        (tmp_path / name).mkdir()
    lines = [f"{intent}\t{text}" for intent, texts in LINES.items() for text in texts]
    for name in ("valid", "test"):
        (tmp_path / "xsid" / f"da.{name}.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    everyday = "Jeg kan lide kaffe.\tCC-BY\nHan spiser et æble.\tCC-BY\n"
    (tmp_path / "tatoeba" / "everyday_danish.tsv").write_text(everyday, "utf-8")
    return tmp_path


def test_its_last_lines_are_the_two_figures(real_nlu, yardsticks):
    env = {"BETRO_NLU_URL": real_nlu.url, "BETRO_NLU_TOKEN": real_nlu.token}

    done = run_nlu("nlu/yardstick.py", str(yardsticks), env=env)

    assert done.returncode == 0, done.stderr
    accuracy, alarms = done.stdout.splitlines()[-2:]
    # It is asked what it has learned: whoever reads half an intent, or shuffles, gets less.
    assert float(re.fullmatch(r"xSID Danish accuracy (\d\.\d{3})", accuracy)[1]) > 0.7
    assert re.fullmatch(r"everyday alarms 0\.0000", alarms)


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("xsid/da.valid.tsv", "xsid/da.valid.tsv cannot be read (No such file or directory). Give"),
        ("xsid/da.test.tsv", "xsid/da.test.tsv cannot be read (No such file or directory). Give"),
        ("tatoeba/everyday_danish.tsv", "make yardstick YARDSTICKS=DIR"),
    ],
)
def test_a_missing_file_is_named_before_anything_begins(yardsticks, missing, told):
    require_environment()
    (yardsticks / missing).unlink()

    done = run_nlu("nlu/yardstick.py", str(yardsticks))

    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_line_without_an_intent_is_named(yardsticks):
    require_environment()
    (yardsticks / "xsid" / "da.test.tsv").write_text("weather/find\tregner det\nregner det\n")

    done = run_nlu("nlu/yardstick.py", str(yardsticks))

    assert done.returncode == 1
    assert "xsid/da.test.tsv:2: this is no intent<TAB>text." in done.stderr
