"""What `deploy/` says stays true: settings, ports, paths, commands; and it holds no secret."""

from __future__ import annotations

import re

import pytest

from bot.settings import Settings
from tests.deploy.tools import DEPLOY, ROOT, assert_passes, own_tool, read_yaml, run, tool

FILES = sorted(
    path
    for path in DEPLOY.rglob("*")
    if path.is_file() and path.suffix not in {".lock", ".pyc"} and path.name != ".env"
)
RUNBOOK = (DEPLOY / "RUNBOOK.md").read_text("utf-8")
SCRIPTS = [*sorted(DEPLOY.glob("*.sh")), ROOT / ".ci" / "run"]
EXAMPLES = sorted(DEPLOY.rglob("*.env.example"))
SECRET = re.compile(r"(TOKEN|PASSWORD|SECRET|requirepass)[\"']?\s*[=: ]\s*([^\s\"'}]*)")


def settings():
    """Every BETRO_* that bot or NLU really reads."""
    of_nlu = "".join(path.read_text("utf-8") for path in (ROOT / "nlu").glob("*.py"))
    return {f"BETRO_{name.upper()}" for name in Settings.model_fields} | set(
        re.findall(r'"(BETRO_[A-Z_]+)"', of_nlu)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_setting_that_is_named_exists(path):
    named = set(re.findall(r"BETRO_[A-Z_]+[A-Z]", path.read_text("utf-8")))
    assert named <= settings()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_no_file_holds_the_value_of_a_secret(path):
    for line in path.read_text("utf-8").splitlines():
        for _, value in SECRET.findall(line):
            known = not value or value.startswith(("$", "{", "(", "<", "`", "...")) or "$" in value
            assert known or not re.search(r"[0-9a-fA-F]{16}|[A-Za-z0-9_-]{20}", value), line


def test_the_examples_show_the_defaults_of_the_settings():
    example = (DEPLOY / "systemd" / "betro.env.example").read_text("utf-8")
    defaults = Settings()
    for name, value in re.findall(r"^BETRO_([A-Z_]+)=(.*)$", example, re.MULTILINE):
        if value:
            given = Settings.model_validate({name.lower(): value})
            assert getattr(given, name.lower()) == getattr(defaults, name.lower()), name


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_leaves_every_secret_empty(path):
    for name, value in re.findall(r"^(\w+)=(.*)$", path.read_text("utf-8"), re.MULTILINE):
        if re.search(r"TOKEN|SECRET|PASSWORD", name):
            assert value == "", name


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_finds_nothing(path):
    assert_passes(run(tool("shellcheck"), path))


def test_every_file_that_the_runbook_names_exists():
    for name in re.findall(r"(?<![\w/-])((?:deploy|bot|nlu|flows|tests)/[\w./-]*\w)", RUNBOOK):
        if not name.startswith(("nlu/models", "nlu/.venv", "deploy/.env")):
            assert (ROOT / name).exists(), name


def test_every_make_target_and_betro_command_of_the_runbook_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    lines = [
        line for block in code(RUNBOOK) for line in block.splitlines() if "apt-get" not in line
    ]
    made = re.findall(r"\bmake ((?:[a-z-]+ ?)+)", "\n".join(lines))
    targets = {target for words in made for target in words.split()}
    assert {"setup", "train"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    shown = run(own_tool("betro"), "--help").stdout
    for command in re.findall(r"bin/betro ([a-z]+)", RUNBOOK):
        assert f" {command} " in shown, command


def code(text):
    return re.findall(r"```sh\n(.*?)```", text, re.DOTALL)


def test_the_commands_of_the_runbook_are_sound_shell(tmp_path):
    for number, block in enumerate(code(RUNBOOK)):
        script = tmp_path / f"{number}.sh"
        script.write_text(f"#!/bin/bash\n{block}")
        assert_passes(run("bash", "-n", script))


def test_the_ports_are_the_settings():
    ports = {Settings().port, Settings().ops_port}
    compose = read_yaml(DEPLOY / "compose.yml")["services"]
    assert compose["caddy"]["environment"]["BOT_ADDRESS"] == f"bot:{Settings().port}"
    assert compose["bot"]["environment"]["BETRO_NLU_URLS"].endswith(":5005}")
    assert ports == {8080, 9100}


def test_the_runbook_says_what_is_untested():
    assert "## Tried and not tried" in RUNBOOK
    assert "No container engine" in RUNBOOK
