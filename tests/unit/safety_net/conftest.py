from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.safety_net import SafetyNet

RULES = Path(__file__).resolve().parents[3] / "flows" / "safety_net"


@pytest.fixture(scope="session")
def rules_folder() -> Path:
    return RULES


@pytest.fixture(scope="session")
def net() -> SafetyNet:
    return SafetyNet.load(RULES)
