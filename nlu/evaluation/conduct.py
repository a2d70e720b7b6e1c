"""Which behavioural tests Betro passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evaluation.asking import Answer
from evaluation.behaviour import MINIMUM, SAME, Case
from evaluation.intervals import share


def passes(case: Case, answers: Mapping[str, Answer]) -> bool:
    """Whether what Betro says of the case's texts is what the case asks for.

    Rising asks for a higher urgency or, where both have the same, a higher probability of alarm.
    """
    told = [answers[text] for text in case.texts]
    if case.kind == MINIMUM:
        return told[0].said["urgency"] in case.urgency
    before, after = told
    if case.kind == SAME:
        return before.level == after.level
    return (before.level, before.alarm) < (after.level, after.alarm)


def count_conduct(
    cases: Sequence[Case], answers: Mapping[str, Answer]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Capability -> share that passes; and the same by test, and by group of words.

    The groups also tell how often another word of the group raised urgency, and lowered it.
    """
    passed = np.array([passes(case, answers) for case in cases], dtype=bool)
    by_capability = _shares([case.capability for case in cases], passed)
    details = {"by_test": _shares([case.test for case in cases], passed)}
    filled = [case for case in cases if case.group]
    moves = np.array([_move(case, answers) for case in filled])
    groups = [f"{case.capability}.{case.group}" for case in filled]
    for name, which in (("raised_by_word", moves > 0), ("lowered_by_word", moves < 0)):
        details[name] = _shares(groups, which)
    return by_capability, details


def failures(
    cases: Sequence[Case], answers: Mapping[str, Answer]
) -> list[tuple[Case, list[Answer]]]:
    """The cases that do not hold, with what was said instead."""
    return [
        (case, [answers[text] for text in case.texts])
        for case in cases
        if not passes(case, answers)
    ]


def _move(case: Case, answers: Mapping[str, Answer]) -> int:
    before, after = (answers[text].level for text in case.texts)
    return after - before


def _shares(names: Sequence[str], which: np.ndarray) -> dict[str, Any]:
    """Name -> share of its rows that are true, in the names' order."""
    array = np.array(names, dtype=str)
    return {name: share(which[array == name]) for name in dict.fromkeys(names)}
