"""What carelessly written messages change in judgements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evaluation.asking import Answer
from evaluation.figures import count_urgency
from evaluation.intervals import share
from evaluation.judged import judge_by_all
from evaluation.messages import Message

FAR = 2
"""Levels of urgency that make a difference to anyone."""
COMPARED = ("auc_alarming", "acute_called_alarming", "alarming_called_alarming", "false_alarm")


def compare(
    messages: Sequence[Message], plain: Sequence[Answer], noisy: Mapping[str, Sequence[Answer]]
) -> dict[str, dict[str, Any]]:
    """Kind of noise -> figures of the noisy messages, ``change_of_...``, and how many fell far."""
    before = count_urgency(judge_by_all(messages, plain))
    levels = np.array([answer.level for answer in plain])
    return {
        kind: _compare(before, levels, count_urgency(judge_by_all(messages, answers)), answers)
        for kind, answers in noisy.items()
    }


def _compare(
    before: Mapping[str, Any], levels: np.ndarray, after: dict[str, Any], answers: Sequence[Answer]
) -> dict[str, Any]:
    changes = {f"change_of_{name}": _difference(before[name], after[name]) for name in COMPARED}
    moved = np.array([answer.level for answer in answers]) - levels
    return {
        **{name: after[name] for name in COMPARED},
        **changes,
        "falls_two_levels": share(moved <= -FAR),
        "rises_two_levels": share(moved >= FAR),
    }


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> float | None:
    if before["value"] is None or after["value"] is None:
        return None
    return round(after["value"] - before["value"], 4)
