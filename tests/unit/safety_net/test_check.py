"""A broken rule file is named with its line and a mend, and never loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.adapters.safety_net import SafetyNet, check_safety_net
from bot.domain.errors import ContentError

RULE = """\
theme: Test
rules:
  - id: hit
    means: Somebody is hit.
    urgency: high
    patterns: |
      far <slå> {us}
      {kin} sparker mig
    unless: [negation]
    fires: |
      far slår mig
      far slog mig
      mor sparker mig
      far slår os
    silent: |
      far slår mig ikke
      far går
      far sparker bolden
      mor ser på mig
"""


@pytest.fixture
def folder(rules_folder: Path, tmp_path: Path) -> Path:
    """The real word lists and guards with one small rule file."""
    for name in ("words.yml", "guards.yml", "precision.yml"):
        shutil.copy(rules_folder / name, tmp_path)
    (tmp_path / "test.yml").write_text(RULE, encoding="utf-8")
    return tmp_path


def problems_after(folder: Path, old: str, new: str):
    path = folder / "test.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return [issue for issue in check_safety_net(folder) if issue.path.name == "test.yml"]


def test_a_sound_rule_has_no_issue(folder: Path):
    assert problems_after(folder, "Test", "Other") == []


@pytest.mark.parametrize(
    ("edit", "line", "problem", "mend"),
    [
        (("far <slå>", "far <slo>"), 7, "'<slo>' is no word family", "slå"),
        (("{kin}", "{kinn}"), 8, "'{kinn}' is no word set", "kin"),
        (("far <slå> {us}", "far (<slå>"), 7, "never closed", "README"),
        (("[negation]", "[negatoin]"), 9, "'negatoin' is no guard", "negation"),
        (("    means", "    meens: x\n    means"), 4, "unknown key", "means"),
        (("urgency: high", "urgency: hgih"), 5, "urgency is one of", "Correct"),
        (("      far slår mig\n", "      far sover\n"), 11, "'far sover' does not fire", "Widen"),
        (("      far går\n", "      far slår os\n"), 17, "'far slår os' fires", "Narrow"),
        (("      mor ser på mig\n", ""), 15, "at least 4 items", "Correct"),
        (("theme: Test", "theme: [Test"), 2, "expected", "indentation"),
    ],
)
def test_a_broken_rule_is_named_with_line_and_mend(folder, edit, line, problem, mend):
    issue = problems_after(folder, *edit)[0]

    assert problem.lower() in issue.problem.lower()
    assert mend in issue.mend
    assert issue.line == line


def test_an_id_used_twice_is_an_issue(folder: Path):
    shutil.copy(folder / "test.yml", folder / "twice.yml")

    issues = check_safety_net(folder)

    assert any("'hit' is already used in test.yml" in issue.problem for issue in issues)


def test_a_guard_that_holds_an_example_down_is_an_issue(folder: Path):
    issues = problems_after(folder, "far slog mig\n", "far slår mig haha\n")
    assert issues == []

    issues = problems_after(folder, "[negation]", "[negation, joking]")
    assert "fires only at medium" in issues[0].problem


def test_a_figure_for_a_rule_that_is_gone_is_a_warning_only(folder: Path):
    assert {issue.severity.value for issue in check_safety_net(folder)} == {"warning"}


@pytest.mark.parametrize("name", ["words.yml", "guards.yml", "precision.yml"])
def test_load_refuses_a_missing_file(folder: Path, name: str):
    (folder / name).unlink()

    with pytest.raises(ContentError, match=name.replace(".", r"\.")):
        SafetyNet.load(folder)


def test_load_lists_every_problem_at_once(folder: Path):
    path = folder / "test.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("<slå>", "<slo>").replace("{kin}", "{kinn}"), encoding="utf-8")

    with pytest.raises(ContentError) as caught:
        SafetyNet.load(folder)

    assert len(caught.value.issues) == 2


def test_load_refuses_a_folder_that_is_not_there(tmp_path: Path):
    with pytest.raises(ContentError, match=r"words\.yml"):
        SafetyNet.load(tmp_path / "nowhere")
