"""`make evaluate` for real: every floor is kept, the report is whole, what is wrong is told."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from ruamel.yaml import YAML

from tests.contract.test_nlu_data import DATA, GRAPHIC, HELD_OUT, beginnings, read
from tests.nlu_process import ROOT, require_environment, run_nlu

FLOORS = ROOT / "nlu" / "floors.yml"
BEHAVIOUR = ROOT / "nlu" / "behaviour"
ORIGINS = {"danish", "arabic", "turkish", "somali", "greenlandic", "polish"}
LEAST_PAIRS = 200
CASES = """
import json, sys
sys.path.insert(0, "nlu")
from dataclasses import asdict
from evaluation.behaviour import read_behaviour
from paths import BEHAVIOUR
cases = [{**asdict(case), "urgency": sorted(case.urgency)} for case in read_behaviour(BEHAVIOUR)]
print(json.dumps(cases))
"""
TINY = """\
capability: tiny
tests:
  - test: greets
    says: a greeting is none
    kind: minimum
    urgency: [none]
    texts: [hej med dig]
"""


def evaluate(nlu, out, *options):
    """The program, joined to the server that the other tests use."""
    env = {"BETRO_NLU_URL": nlu.url, "BETRO_NLU_TOKEN": nlu.token} if nlu else None
    return run_nlu("nlu/evaluate.py", "--out", str(out), *options, env=env)


@pytest.fixture(scope="module")
def evaluated(real_nlu, tmp_path_factory):
    out = tmp_path_factory.mktemp("evaluation")
    return evaluate(real_nlu, out, "--only", "held_out", "--only", "behaviour"), out


@pytest.fixture(scope="module")
def report(evaluated):
    return json.loads((evaluated[1] / "report.json").read_text("utf-8"))


def test_every_floor_is_kept(evaluated):
    done, _ = evaluated

    assert done.returncode == 0, done.stderr
    assert re.search(r"all [1-9]\d* floors hold", done.stdout)
    assert "floors not looked at" not in done.stdout  # a floor that no test looks at is none


def test_the_report_counts_every_message_and_every_case(report):
    whole = report["figures"]["held_out"]["whole"]
    slices = report["details"]["held_out"]

    assert whole["messages"] == len(read(HELD_OUT))
    for name in ("by_audience", "by_length", "by_hint", "by_writer"):
        assert sum(figures["messages"] for figures in slices[name].values()) == whole["messages"]
    behaviour = report["figures"]["behaviour"]
    assert {"negation", "tense", "person", "condition", "fiction", "names"} <= set(behaviour)
    assert {f"names.{origin}" for origin in ORIGINS} <= set(
        report["details"]["behaviour"]["lowered_by_word"]
    )


def test_what_both_judges_catch_is_no_less_than_what_each_does(report):
    """Urgency is the maximum of the two."""
    by = report["figures"]["held_out"]
    for figure in ("acute_called_acute", "alarming_called_alarming", "false_acute", "false_alarm"):
        counts = {judge: by[judge][figure]["count"] for judge in ("whole", "nlu", "safety_net")}
        assert counts["whole"] >= max(counts["nlu"], counts["safety_net"])


def test_no_labelled_message_stands_in_the_report(evaluated):
    out = evaluated[1]
    json_text, page = ((out / f"report.{kind}").read_text("utf-8") for kind in ("json", "html"))
    long = [text for _, text, _ in read(HELD_OUT) if len(text) > 30]

    assert long
    assert [text for text in long if text in page or text in json_text] == []


def test_the_page_stands_alone(evaluated):
    page = (evaluated[1] / "report.html").read_text("utf-8")

    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)
    assert not re.search(r"@import|url\((?!#)", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert page.count("<svg") == page.count('role="img" aria-label="') == 7
    assert "prefers-color-scheme: dark" in page


@pytest.fixture
def tiny(tmp_path):
    folder = tmp_path / "behaviour"
    folder.mkdir()
    (folder / "tiny.yml").write_text(TINY, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("floors", "code", "told"),
    [
        ("at_least:\n  behaviour.tiny: 1.0\n", 0, "all 1 floors hold"),
        (
            "at_least:\n  behaviour.tiny: 1.5\n",
            1,
            "betro: behaviour.tiny is 1, wanted at least 1.5 (floors.yml:2)",
        ),
        (
            "at_most:\n  behaviour.tiny: 0.5\n",
            1,
            "betro: behaviour.tiny is 1, wanted at most 0.5 (floors.yml:2)",
        ),
        (
            "at_least:\n  behaviour.tyni: 0.5\n",
            2,
            "floors.yml:2: there is no figure behaviour.tyni",
        ),
        ("at_least:\n  held_out.whole.x: 0.5\n", 0, "floors not looked at"),
    ],
)
def test_a_figure_under_its_floor_fails_with_its_line(real_nlu, tiny, floors, code, told):
    path = tiny.parent / "floors.yml"
    path.write_text(floors, "utf-8")
    options = ("--only", "behaviour", "--behaviour", str(tiny), "--floors", str(path))

    done = evaluate(real_nlu, tiny.parent / "out", *options)

    assert done.returncode == code, done.stderr
    assert told in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("says:", "sais:"), "tiny.yml:4: 'sais' is unknown here. Known: ["),
        (("kind: minimum", "kind: maximum"), "tiny.yml:5: the kind is unknown. Give one of ["),
        (("[none]", "[nothing]"), "tiny.yml:6: an urgency is unknown"),
        (("    says: a greeting is none\n", ""), "tiny.yml:3: ['says'] is missing. Add it."),
        (("[hej med dig]", "[hej"), "tiny.yml:"),
        (("capability: tiny\n", ""), "tiny.yml:1: ['capability'] is missing"),
        (
            (
                "minimum\n    urgency: [none]\n    texts: [hej med dig]",
                "rising\n    pairs: [[hej]]",
            ),
            "tiny.yml:6: this is no pair. Give the calmer and the graver text.",
        ),
        (
            (
                "minimum\n    urgency: [none]\n    texts: [hej med dig]",
                "same\n    templates: ['hej {x}']",
            ),
            "tiny.yml:6: this is no template",
        ),
    ],
)
def test_a_broken_behaviour_file_is_told_with_its_line_before_anything_begins(
    tiny, tmp_path, change, told
):
    require_environment()
    assert change[0] in TINY
    (tiny / "tiny.yml").write_text(TINY.replace(*change), "utf-8")

    done = evaluate(None, tmp_path, "--only", "behaviour", "--behaviour", str(tiny))

    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.startswith("betro: ")
    assert done.stderr.count("\n") == 1
    assert "asking Betro" not in done.stdout


@pytest.fixture(scope="module")
def cases():
    require_environment()
    done = run_nlu("-c", CASES)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_names_and_parents_are_changed_in_enough_pairs(cases):
    pairs = [case for case in cases if case["kind"] == "same"]
    names = [case for case in pairs if case["capability"] == "names"]

    assert {case["group"] for case in names} == ORIGINS
    assert len(pairs) >= LEAST_PAIRS
    assert all(before != after for before, after in (case["texts"] for case in pairs))


def test_behaviour_is_never_graphic_and_never_trained_on(cases):
    texts = {text for case in cases for text in case["texts"]}
    learned = {text.casefold() for _, text, _ in read(DATA)}

    assert [text for text in texts if beginnings(text) & GRAPHIC] == []
    assert [text for text in texts if text.casefold() in learned] == []


def test_floors_only_rise():
    """Against every version that Git knows of floors measured on the same messages."""
    log = ("git", "log", "--format=%H", "--", str(FLOORS))
    known = subprocess.run(log, cwd=ROOT, capture_output=True, text=True, check=False)
    if known.returncode != 0:
        pytest.skip("no Git history here")
    now = YAML(typ="safe").load(FLOORS.read_text("utf-8"))
    for commit in known.stdout.split():
        then = YAML(typ="safe").load(
            subprocess.run(
                ("git", "show", f"{commit}:nlu/floors.yml"),
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        if then.get("measured_on") != now["measured_on"]:
            continue
        for figure, bound in then["at_least"].items():
            assert now["at_least"].get(figure, 0) >= bound, figure
        for figure, bound in then["at_most"].items():
            assert now["at_most"].get(figure, 1) <= bound, figure
