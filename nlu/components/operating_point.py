"""From probabilities to decisions: when is a message called acute, high, or of two concerns?

Missing a child in danger costs more than one question too many, so urgency is not simply the most
probable id. Thresholds and what a wrong call costs stand in `nlu/operating_point.yml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.shared.utils.io import read_yaml_file

from components.labels import Example

ALARMING = ("acute", "high")
GRID = np.round(np.arange(0.02, 0.99, 0.02), 2)
ALSO_GRID = np.round(np.arange(0.04, 0.41, 0.02), 2)


@dataclass(frozen=True)
class OperatingPoint:
    """Thresholds on probabilities, in (0, 1]."""

    acute: float = 0.5
    alarming: float = 0.5
    """On P(acute) + P(high)."""
    also: float = 0.2
    """On each further concern."""

    def urgency(self, scores: Mapping[str, float]) -> str:
        if scores["acute"] >= self.acute:
            return "acute"
        if scores["acute"] + scores["high"] >= self.alarming:
            return "high"
        return max((u for u in scores if u not in ALARMING), key=scores.__getitem__)

    def further_concerns(self, scores: Mapping[str, float], first: str) -> list[str]:
        """Other concerns than the first, most probable first; 'none' is no further concern."""
        others = [c for c, p in scores.items() if p >= self.also and c not in (first, "none")]
        return sorted(others, key=scores.__getitem__, reverse=True)


class OperatingPointError(Exception):
    """The file cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Costs:
    """What it costs to call a message so."""

    of: Mapping[str, Mapping[str, float]]
    """Urgency a careful reader would give -> urgency it is called -> cost, from 0."""

    def table(self, examples: Sequence[Example], ids: Sequence[str]) -> np.ndarray:
        """(messages, ids): what each call of each message costs, by its kindest reader."""
        answers = [example.answers["urgency"] for example in examples]
        return np.array(
            [[min(self.of[t][c] for t in (a.label, *a.acceptable)) for c in ids] for a in answers]
        )


def read_operating_point(path: Path, ids: Sequence[str]) -> tuple[OperatingPoint, Costs]:
    """Read `operating_point.yml`; ``ids``: the urgencies. Raises ``OperatingPointError``."""
    told = read_yaml_file(path)
    try:
        point = OperatingPoint(*(_share(told, name) for name in ("acute", "alarming", "also")))
        costs = {t: {c: float(told["costs"][t][c]) for c in ids} for t in ids}
    except (KeyError, TypeError, ValueError) as problem:
        raise OperatingPointError(
            f"{path}: {problem} is missing or no number. It needs acute, alarming and also "
            f"(from 0 to 1) and costs, a row and a column for each of {', '.join(ids)}."
        ) from None
    return point, Costs(costs)


def _share(told: Mapping[str, Any], name: str) -> float:
    if not 0 < (value := float(told[name])) <= 1:
        raise ValueError(name)
    return value


def cheapest(
    examples: Sequence[Example],
    told: Mapping[str, np.ndarray],
    ids: Mapping[str, Sequence[str]],
    costs: Costs,
) -> OperatingPoint:
    """The thresholds with the least cost. ``told``: probabilities, one row per example."""
    totals = spend(examples, told["urgency"], ids["urgency"], costs)
    acute, alarming = np.unravel_index(np.argmin(totals), totals.shape)
    also = _best_also(examples, told["concern"], ids["concern"])
    return OperatingPoint(float(GRID[acute]), float(GRID[alarming]), also)


def spend(
    examples: Sequence[Example], urgency: np.ndarray, ids: Sequence[str], costs: Costs
) -> np.ndarray:
    """What each pair of thresholds costs, all messages together.

    ``urgency``: probabilities, one row per example. One row for each threshold of acute in
    ``GRID``, one column for each of alarming.
    """
    names = list(ids)
    spent = costs.table(examples, names)
    acute = urgency[:, names.index("acute")]
    alarm = acute + urgency[:, names.index("high")]
    calm = [name for name in names if name not in ALARMING]
    likeliest = np.argmax(urgency[:, [names.index(c) for c in calm]], axis=1)
    rest = spent[np.arange(len(spent)), np.array([names.index(c) for c in calm])[likeliest]]
    as_high = np.where(alarm[:, None] >= GRID, spent[:, [names.index("high")]], rest[:, None])
    called = (
        np.where(acute[:, None] >= a, spent[:, [names.index("acute")]], as_high).sum(0)
        for a in GRID
    )
    return np.stack(list(called))


def _best_also(examples: Sequence[Example], concern: np.ndarray, ids: Sequence[str]) -> float:
    """The threshold with the best F1 on the further concerns that readers named."""
    named = np.zeros(concern.shape, dtype=bool)
    for row, example in zip(named, examples, strict=True):
        for label in {*example.also, *example.answers["concern"].acceptable} - {"none"}:
            row[ids.index(label)] = True
    others = concern.copy()
    others[np.arange(len(others)), others.argmax(axis=1)] = 0
    others[:, ids.index("none")] = 0

    def f1(threshold: float) -> float:
        told = others >= threshold
        return 2 * (told & named).sum() / max(told.sum() + named.sum(), 1)

    return float(max(ALSO_GRID, key=f1))
