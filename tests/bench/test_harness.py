"""The measurements measure, say all they should, and draw it. Nothing here minds how fast it is.

Starts of the parts and Rasa's own dialogue take minutes: `make bench` alone measures them. Here
Rasa reads the project of its dialogue.
"""

import json
import shutil
import subprocess
from xml.etree import ElementTree as ET

import matplotlib.image
import numpy as np
import pytest

from bot.settings import ROOT
from tests.bench.__main__ import main
from tests.bench.picture import draw
from tests.bench.publication import BEGIN, END, PICTURE, SUMMARY, as_markdown, publish
from tests.bench.rasa_project import Scene, config, domain, rules, write
from tests.bench.samples import difference, estimate, excess, ratio, relative, summary
from tests.nlu_process import PYTHON, require_environment

READ_BY_RASA = """
import sys
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
domain = Domain.load(sys.argv[1])
rules = YAMLStoryReader().read_from_file(sys.argv[2])
unknown = {a for rule in rules for e in rule.events for a in [getattr(e, "action_name", None)] if a}
print(len(domain.responses), len(rules), sorted(unknown - set(domain.action_names_or_texts)))
"""
SCENES = [
    Scene(
        "hej",
        "none",
        [
            {"text": "Hej. Jeg er her.", "buttons": [], "services": [{"id": "a", "opening": "nu"}]},
            {"text": "Hvad?", "buttons": [{"title": "Ja", "payload": "/ja"}], "services": []},
        ],
    ),
    Scene("x", "rights", [{"text": "Børn har ret.", "buttons": [], "services": []}]),
]


@pytest.fixture(scope="module")
def published():
    """The result of the last published run, which holds every part."""
    return json.loads((ROOT / SUMMARY).read_text("utf-8"))


def test_a_small_run_writes_every_figure_and_draws_it(tmp_path):
    require_environment()
    only = ("safety-net", "engine", "session", "conversation")
    asked = [word for part in only for word in ("--only", part)]

    assert main(["--rounds", "1", "--no-rasa", "--out", str(tmp_path), *asked]) == 0

    result = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    conversation = result["conversation"]
    figures = [*conversation["milliseconds"].values()]
    figures += [result[part]["milliseconds"] for part in ("safety_net", "engine", "session")]
    assert set(conversation["milliseconds"]) == {"encoder", "parse", "turn"}
    assert all(0 < figure["median"] <= figure["p95"] <= figure["p99"] for figure in figures)
    assert all(held["rss"] >= held["pss"] > 0 for held in conversation["memory_mib"].values())
    assert set(conversation["memory_mib"]) == {"encoder", "nlu", "page", "store"}
    assert len(result["goals"]) == 4
    assert result["machine"]["cores"]
    assert_is_drawn(tmp_path / "bench.svg", tmp_path / "bench.png")


def assert_is_drawn(svg, png):
    root = ET.parse(svg).getroot()
    assert root.tag.endswith("svg")
    assert len(root.findall(".//{*}path")) > 20
    picture = matplotlib.image.imread(png)
    assert min(picture.shape[:2]) > 300
    assert len(np.unique(picture[..., :3].reshape(-1, 3), axis=0)) > 10, "nothing is drawn"


def test_the_same_result_is_the_same_picture(published, tmp_path):
    for name in ("one.svg", "two.svg"):
        draw(published, tmp_path / name)

    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_the_published_run_compared_like_with_like(published):
    conversation = published["conversation"]

    assert set(conversation["milliseconds"]) >= {"turn", "rasa_parse", "rasa_dialogue"}
    assert conversation["same_for_both"] == {
        "trained_parts_of_the_nlu": True,
        "judgements": True,
        "replies": True,
    }


def test_the_readme_holds_the_published_figures(published):
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = readme.partition(BEGIN)[2].partition(END)[0]

    assert shown.strip() == as_markdown(published).strip()
    assert f"]({PICTURE})" in readme or f'"{PICTURE}"' in readme


def test_publishing_renews_the_table_and_nothing_else(published, tmp_path):
    (tmp_path / PICTURE).parent.mkdir(parents=True)
    shutil.copy(ROOT / "README.md", tmp_path)
    before = (tmp_path / "README.md").read_text("utf-8")

    publish(published | {"date": "2001-01-01"}, tmp_path)

    after = (tmp_path / "README.md").read_text("utf-8")
    assert "2001-01-01" in after
    assert after.partition(BEGIN)[0] == before.partition(BEGIN)[0]
    assert after.partition(END)[2] == before.partition(END)[2]
    assert json.loads((tmp_path / SUMMARY).read_text("utf-8"))["date"] == "2001-01-01"


def test_publishing_needs_every_part(capsys):
    with pytest.raises(SystemExit):
        main(["--publish", "--only", "engine"])

    assert "needs every part" in capsys.readouterr().err


def test_rasa_reads_the_project_made_of_our_replies(tmp_path):
    require_environment()
    write(tmp_path / "domain.yml", domain(SCENES))
    write(tmp_path / "rules.yml", rules(SCENES))

    done = subprocess.run(
        [PYTHON, "-c", READ_BY_RASA, tmp_path / "domain.yml", tmp_path / "rules.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout.splitlines()[-1:] == ["4 3 []"], done.stderr


def test_rasas_pipeline_is_ours_with_rules_behind_it():
    names = [part["name"].rpartition(".")[2] for part in config()["pipeline"]]

    assert names[-3:] == ["SentenceVectors", "NgramFeaturizer", "Judge"]
    assert config()["policies"] == [{"name": "RulePolicy"}]


def test_a_disturbance_that_hits_both_does_not_blur_their_difference():
    disturbed = np.array([[10.0, 20.0], [500.0, 900.0], [11.0, 21.0]])

    found = estimate(difference, disturbed + 3, disturbed)

    assert (found["low"], found["measured"], found["high"]) == (3, 3, 3)


def test_an_interval_widens_with_what_is_uncertain():
    chance = np.random.default_rng(1)
    base = np.full((50, 4), 10.0)

    found = estimate(ratio, base * 2 + chance.normal(size=base.shape), base)

    assert found["low"] < found["measured"] < found["high"]
    assert found["low"] < 2 < found["high"]


def test_ours_and_its_are_compared_beyond_their_own_parts():
    ones = np.ones((5, 2))

    assert excess(ones * 12, ones * 10, ones * 40, ones * 36) == -2
    assert relative(ones * 12, ones * 10, ones * 40, ones * 36) == 0.5
    assert summary(ones)["n"] == 10
