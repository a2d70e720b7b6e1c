"""Training: skipped when nothing changed, told in one sentence when it cannot go on."""

from __future__ import annotations

import subprocess

import pytest

from tests.nlu_checkout import SMALL
from tests.nlu_process import ROOT, nlu_server, run_nlu


@pytest.fixture
def small_data(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "small.yml").write_text(SMALL, "utf-8")
    return data


def test_nothing_is_trained_when_nothing_changed(nlu_trained):
    done = run_nlu("nlu/train.py", seconds=60)

    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert "the model is up to date" in done.stdout
    assert done.stderr == ""


def test_any_danish_pipeline_can_take_the_place_of_the_built_in_one(
    nlu_trained, small_data, tmp_path
):
    """A pipeline with lemmas, made here, is trained with and served by its folder alone."""
    pipeline, out = tmp_path / "da_small", tmp_path / "models"
    made = run_nlu(
        "-c",
        "import spacy, sys\n"
        "nlp = spacy.blank('da')\n"
        "ruler = nlp.add_pipe('attribute_ruler')\n"
        "ruler.add([[{'LOWER': 'tæver'}]], {'LEMMA': 'slår'})\n"
        "nlp.to_disk(sys.argv[1])\n",
        str(pipeline),
    )
    assert made.returncode == 0, made.stderr
    chosen = {"BETRO_SPACY_MODEL": str(pipeline)}

    done = run_nlu("nlu/train.py", "--data", str(small_data), "--out", str(out), env=chosen)

    assert done.returncode == 0, done.stderr
    (model,) = out.glob("betro-*.tar.gz")
    with nlu_server("--model", str(model)) as server:
        answer = server.parse("han tæver mig")
        grams_of_slaar = server.parse("han slår mig")
    assert answer["intent"]["name"] == "physical_violence"
    # The n-grams read lemmas, so both are one word to them; the sentence vectors still differ.
    assert answer["intent"]["confidence"] == pytest.approx(
        grams_of_slaar["intent"]["confidence"], abs=0.2
    )


@pytest.mark.parametrize(
    ("env", "arguments", "told"),
    [
        ({"BETRO_SPACY_MODEL": "da_no_such"}, [], "neither a folder nor installed"),
        ({}, ["--data", "{tmp}/nothing"], "holds no .yml files"),
        ({}, ["--out", "/proc/models"], "/proc/models can be written"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(nlu_trained, tmp_path, env, arguments, told):
    given = [argument.format(tmp=tmp_path) for argument in arguments]

    done = run_nlu("nlu/train.py", "--force", *given, env=env, seconds=300)

    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.startswith("betro: ")
    assert done.stderr.count("\n") == 1


def test_a_full_disk_is_told_before_anything_is_begun(nlu_trained, small_data, tmp_path):
    """A real file system of 1 MiB; where mounting is not allowed, the check cannot be made."""
    full = tmp_path / "full"
    full.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", full], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small file system")
    try:
        done = run_nlu("nlu/train.py", "--data", str(small_data), "--out", str(full))
    finally:
        subprocess.run(["umount", full], check=True)

    assert done.returncode == 1
    assert "the disk is full" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_pipeline_needs_nothing_that_serving_leaves_out():
    """A component more, TensorFlow's for instance, must be taken out of nlu/stand_ins.py first."""
    config = (ROOT / "nlu" / "config.yml").read_text("utf-8")
    names = [line.split("name:")[1].strip() for line in config.splitlines() if "- name:" in line]

    assert names == [
        "components.plain_text.PlainText",
        "SpacyNLP",
        "SpacyTokenizer",
        "components.sentence_vectors.SentenceVectors",
        "components.ngram_featurizer.NgramFeaturizer",
        "components.judge.Judge",
    ]
