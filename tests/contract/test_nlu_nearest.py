"""The training messages nearest to a text, by the real encoder and the judge's own scale."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.nlu_checkout import copy_nlu
from tests.nlu_process import PYTHON, require_environment

SECONDS = 300
TEXTS = ("min far slår mig", "hvad er klokken mon", "", "\ud800", "\u202e" * 50)


@pytest.fixture(scope="module")
def small_nlu(tmp_path_factory):
    require_environment()
    return copy_nlu(tmp_path_factory.mktemp("checkout"))


def ask(nlu, *texts, env=None):
    return subprocess.run(
        [PYTHON, nlu / "nearest.py"],
        input="".join(json.dumps({"text": text}) + "\n" for text in texts),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | (env or {}),
        timeout=SECONDS,
    )


def test_with_an_empty_cache_the_messages_are_encoded_first_and_then_kept(small_nlu):
    first, second = ask(small_nlu, *TEXTS), ask(small_nlu, *TEXTS)

    assert first.returncode == second.returncode == 0, first.stderr
    assert "encoded 6 of 6 messages" in first.stderr
    assert second.stderr == ""
    assert second.stdout == first.stdout


def test_every_text_gets_three_messages_the_nearest_first(small_nlu):
    answers = [json.loads(line)["nearest"] for line in ask(small_nlu, *TEXTS).stdout.splitlines()]

    assert len(answers) == len(TEXTS)
    for nearest in answers:
        cosines = [message["cosine"] for message in nearest]
        assert len(cosines) == 3
        assert cosines == sorted(cosines, reverse=True)
        assert all(-1.0001 <= cosine <= 1.0001 for cosine in cosines)


def test_a_training_message_is_nearest_to_itself_with_its_labels(small_nlu):
    (line,) = ask(small_nlu, "min far slår mig").stdout.splitlines()

    found = json.loads(line)["nearest"][0]
    assert found.pop("cosine") == pytest.approx(1, abs=1e-4)
    assert found == {
        "id": "a-1",
        "text": "min far slår mig",
        "concern": "physical_violence",
        "audience": "child_self",
        "urgency": "high",
    }


def test_messages_apart_in_meaning_are_apart_in_direction(small_nlu):
    """Without the centring, e5's cosines crowd: all six lie above 0.7."""
    (line,) = ask(small_nlu, "min far slår mig").stdout.splitlines()

    assert json.loads(line)["nearest"][2]["cosine"] < 0.7


def test_an_encoder_that_is_not_there_is_told_in_one_line(small_nlu, tmp_path):
    done = ask(small_nlu, "hej", env={"BETRO_ENCODER": str(tmp_path)})

    assert done.returncode == 1
    assert "holds no encoder" in done.stderr
    assert done.stderr.count("\n") == 1
