"""Back to the model before by one command, with real models; it survives every restart."""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from tests.nlu_checkout import copy_nlu
from tests.nlu_process import PYTHON, require_environment
from tests.run_process import BETRO, running_betro


class Checkout:
    """A copy of the NLU with few messages, that trains in seconds."""

    def __init__(self, nlu):
        self.nlu = nlu
        self.data = nlu / "data" / "small.yml"

    def train(self):
        done = subprocess.run(
            [PYTHON, self.nlu / "train.py"],
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def change_messages(self, old, new):
        self.data.write_text(self.data.read_text("utf-8").replace(old, new), "utf-8")

    def betro(self, *arguments):
        return subprocess.run(
            [BETRO, "model", *arguments],
            env=os.environ | {"BETRO_NLU_DIR": str(self.nlu)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def listed(self):
        """Name -> what holds of it."""
        lines = self.betro("list").stdout.splitlines()
        return {line.split()[0]: " ".join(line.split()[2:]) for line in lines}

    def in_use(self):
        (name,) = (name for name, state in self.listed().items() if state == "in use")
        return name


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    require_environment()
    checkout = Checkout(copy_nlu(tmp_path_factory.mktemp("checkout")))
    checkout.train()
    checkout.change_messages("min mor slår mig", "min mor slår mig tit")
    checkout.train()
    return checkout


def test_a_rolled_back_model_is_served_at_once_and_after_a_restart(checkout):
    (new, old) = checkout.listed()
    assert checkout.in_use() == new

    settings = {"BETRO_NLU_DIR": str(checkout.nlu)}
    with running_betro(settings) as betro:
        betro.wait_for("understanding")
        done = checkout.betro("use", "previous")
        assert done.returncode == 0, done.stderr
        assert f"{old} is served" in done.stdout
        betro.wait_for_line("understanding changes its model")
        await_line_twice(betro, "understanding ready in")
        assert betro.is_ready("page")
    assert checkout.in_use() == old

    with running_betro(settings) as betro:  # trains nothing, and does not go forward again
        betro.wait_for("understanding")
        assert f"{old}.tar.gz was chosen and stays in use" in betro.output
    assert checkout.in_use() == old

    assert "was chosen" in checkout.train()
    assert checkout.betro("use", "previous").returncode == 0
    assert checkout.in_use() == new
    assert "was chosen" not in checkout.train()


def test_a_new_training_ends_the_choice_and_keeps_what_was_served(checkout):
    checkout.betro("use", "previous")
    served = checkout.in_use()
    checkout.change_messages("hvad er klokken", "hvad er klokken blevet")

    checkout.train()

    assert checkout.in_use() != served
    assert set(checkout.listed()) == {checkout.in_use(), served}


def test_a_name_that_is_none_is_one_clear_sentence(checkout):
    done = checkout.betro("use", "betro-none")

    assert done.returncode == 1
    assert done.stderr.startswith("betro: there is no model 'betro-none'.")
    assert done.stdout == ""


def await_line_twice(betro, words, seconds=240):
    deadline = time.monotonic() + seconds
    while betro.output.count(words) < 2:
        assert betro.process.poll() is None, betro.output
        assert time.monotonic() < deadline, betro.output
        time.sleep(0.2)
