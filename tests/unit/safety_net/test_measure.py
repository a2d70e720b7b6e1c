"""The figures in precision.yml come from counting, and from nothing else."""

from __future__ import annotations

import json
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


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    right = [{"text": f"min far slår mig {n}", "urgency": "high"} for n in range(20, 28)]
    accepted = [{"text": "min far slår mig 28", "urgency": "medium", "urgency_ok": ["high"]}]
    wrong = [{"text": "min far slår mig 29", "urgency": "none", "urgency_ok": []}]
    path = tmp_path / "messages.jsonl"
    lines = [json.dumps(entry) for entry in right + accepted + wrong]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_precision_is_smoothed_by_laplace_and_used_by_the_net(folder: Path, messages: Path):
    assert main([str(messages), "--rules", str(folder), "--write"]) == 0

    figures = YAML(typ="safe", pure=True).load((folder / "precision.yml").read_text())
    assert figures["messages"] == 10
    assert figures["rules"]["hit_by_family"] == {"fired": 10, "right": 9, "precision": 0.833}
    assert SafetyNet.load(folder).judge("min far slår mig").fired[0].precision == 0.833


def test_a_rule_that_fired_too_seldom_shares_the_figure_of_its_urgency(folder, messages):
    main([str(messages), "--rules", str(folder), "--write"])

    precision = read_source(folder).precision
    fired = SafetyNet.load(folder).judge("naboen slår sine børn").fired[0]
    assert precision is not None
    assert fired.precision == precision.pooled[Urgency.HIGH.id].precision


def test_without_write_the_figures_are_shown_and_nothing_is_changed(folder, messages, capsys):
    before = (folder / "precision.yml").read_bytes()

    assert main([str(messages), "--rules", str(folder)]) == 0

    assert "hit_by_family" in capsys.readouterr().out
    assert (folder / "precision.yml").read_bytes() == before


def test_broken_rules_are_not_measured(folder: Path, messages: Path, capsys):
    (folder / "guards.yml").write_text("guards: [", encoding="utf-8")

    assert main([str(messages), "--rules", str(folder)]) == 1
    assert "guards.yml" in capsys.readouterr().err
