"""The figures in precision.yml come from counting, and from nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.adapters.safety_net import SafetyNet
from bot.adapters.safety_net.measure import main
from bot.adapters.safety_net.source import read_source
from bot.domain.taxonomy import Urgency


@pytest.fixture
def folder(rules_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(rules_folder, tmp_path / "rules"))


EXAMPLE = "  - text: |\n      {text}\n    metadata: {labels}\n"


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    right = [(f"min far slår mig {n}", "{urgency: high}") for n in range(20, 28)]
    accepted = [("min far slår mig 28", "{urgency: medium, urgency_ok: [high]}")]
    wrong = [("min far slår mig 29", "{urgency: none}")]
    rows = [EXAMPLE.format(text=t, labels=labels) for t, labels in right + accepted + wrong]
    folder = tmp_path / "data"
    folder.mkdir()
    head = 'version: "3.1"\nnlu:\n- intent: physical_violence\n  examples:\n'
    (folder / "messages.yml").write_text(head + "".join(rows), encoding="utf-8")
    return folder


def test_precision_is_smoothed_by_laplace_and_used_by_the_net(folder: Path, messages: Path):
    assert main(["--messages", str(messages), "--rules", str(folder), "--write"]) == 0

    figures = YAML(typ="safe", pure=True).load((folder / "precision.yml").read_text())
    assert figures["messages"] == 10
    assert figures["rules"]["hit_by_family"] == {"fired": 10, "right": 9, "precision": 0.833}
    assert SafetyNet.load(folder).judge("min far slår mig").fired[0].precision == 0.833


def test_a_rule_that_fired_too_seldom_shares_the_figure_of_its_urgency(folder, messages):
    main(["--messages", str(messages), "--rules", str(folder), "--write"])

    precision = read_source(folder).precision
    fired = SafetyNet.load(folder).judge("naboen slår sine børn").fired[0]
    assert precision is not None
    assert fired.precision == precision.pooled[Urgency.HIGH.id].precision


def test_without_write_the_figures_are_shown_and_nothing_is_changed(folder, messages, capsys):
    before = (folder / "precision.yml").read_bytes()

    assert main(["--messages", str(messages), "--rules", str(folder)]) == 0

    assert "hit_by_family" in capsys.readouterr().out
    assert (folder / "precision.yml").read_bytes() == before


def test_broken_rules_are_not_measured(folder: Path, messages: Path, capsys):
    (folder / "guards.yml").write_text("guards: [", encoding="utf-8")

    assert main(["--messages", str(messages), "--rules", str(folder)]) == 1
    assert "guards.yml" in capsys.readouterr().err


def test_messages_without_labels_are_not_measured(folder: Path, messages: Path, capsys):
    (messages / "more.yml").write_text("nlu:\n- intent: none\n  examples: hej\n", encoding="utf-8")

    assert main(["--messages", str(messages), "--rules", str(folder)]) == 1
    assert "more.yml" in capsys.readouterr().err


def test_an_urgency_nothing_fired_at_gets_no_figure_of_its_own(folder: Path, messages: Path):
    main(["--messages", str(messages), "--rules", str(folder), "--write"])

    precision = read_source(folder).precision
    assert precision is not None
    assert set(precision.pooled) == {"high"}
    fired = SafetyNet.load(folder).judge("han truer os med en kniv").fired
    assert {f.precision for f in fired} == {precision.pooled["high"].precision}
