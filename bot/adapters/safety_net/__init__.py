"""The safety net: rules on words that see danger before and without the NLU."""

from __future__ import annotations

from bot.adapters.safety_net.check import check_safety_net
from bot.adapters.safety_net.net import SafetyNet

__all__ = ["SafetyNet", "check_safety_net"]
