"""The units: sound, closed, and such that bot and NLU can live under their rules."""

from __future__ import annotations

import re
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.deploy.confine import read_rules
from tests.deploy.tools import DEPLOY, ROOT, assert_passes, run, tool
from tests.nlu_process import nlu_server, train
from tests.run_process import running_betro

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
EXPOSURE = 15
"""Tenths on systemd's scale of 0 to 10; both units measure 12."""
CONFINE = ROOT / "tests" / "deploy" / "confine.py"


@pytest.fixture
def here(tmp_path):
    """The units with this checkout in the place of /opt/betro, so that their commands exist."""
    for unit in UNITS:
        moved = unit.read_text("utf-8").replace("/opt/betro", str(ROOT))
        (tmp_path / unit.name).write_text(moved, "utf-8")
    return tmp_path


def test_both_units_are_there():
    assert [unit.name for unit in UNITS] == ["betro-nlu.service", "betro.service"]


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS])
def test_systemd_takes_the_unit_and_finds_its_command(here, unit):
    done = run(tool("systemd-analyze"), "verify", here / unit)

    assert_passes(done)
    assert "Unknown" not in done.stderr


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS])
def test_systemd_calls_the_unit_well_closed(here, unit):
    assert_passes(
        run(
            tool("systemd-analyze"), "security", "--offline=true", f"--threshold={EXPOSURE}",
            here / unit,
        )
    )  # fmt: skip


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_no_memory_reaches_a_disk(unit):
    rules = read_rules(unit)
    assert rules["LimitCORE"] == ["0"]
    assert rules["MemorySwapMax"] == ["0"]


def test_bot_and_nlu_understand_a_message_under_the_rules_of_their_units():
    tool("systemd-analyze")
    train()
    confine = (sys.executable, CONFINE)
    with nlu_server(under=(*confine, DEPLOY / "systemd" / "betro-nlu.service")) as nlu:
        settings = {
            "BETRO_NLU_START": "0",
            "BETRO_NLU_URL": nlu.url,
            "BETRO_NLU_TOKEN": nlu.token,
            "BETRO_NLU_TIMEOUT": "10",
        }
        with running_betro(
            settings, under=(*confine, DEPLOY / "systemd" / "betro.service")
        ) as betro:
            betro.wait_for("understanding")
            assert seccomp_mode(betro.process.pid) == seccomp_mode(nlu.process.pid) == 2
            said = urllib.parse.urlencode({"text": "min far slår mig"}).encode()
            with urllib.request.urlopen(f"{betro.page}/plain", said, timeout=30) as answer:
                assert "116 111" in answer.read().decode()
            counted = betro.get("/metrics")

    assert 'betro_turns_total{by_nlu="true"' in counted


def seccomp_mode(pid):
    """2: this process's system calls are filtered."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(re.search(r"^Seccomp:\s+(\d)$", status, re.MULTILINE)[1])
