"""From probabilities to decisions: when is a message called acute, high, or of two concerns?

Missing a child in danger costs more than one question too many, so urgency is not simply the most
probable id. The thresholds are set on held-out messages (each judged by a head that read nothing of
its writer), never on the yardsticks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from components.labels import Example

FALSE_ACUTE = 0.08
"""Accepted share of messages called acute among those that no reader would call acute."""
FALSE_ALARM = 0.15
"""Accepted share of messages called high or acute among those no reader would call so."""
ALARMING = ("acute", "high")
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


def choose(
    examples: Sequence[Example],
    urgency: np.ndarray,
    concern: np.ndarray,
    ids: Mapping[str, Sequence[str]],
) -> OperatingPoint:
    """Set the thresholds on held-out probabilities (one row per example; NaN rows are left out)."""
    usable = np.isfinite(urgency).all(axis=1) & np.isfinite(concern).all(axis=1)
    examples = [example for example, use in zip(examples, usable, strict=True) if use]
    urgency, concern = urgency[usable], concern[usable]
    column = {label: i for i, label in enumerate(ids["urgency"])}
    acute = urgency[:, column["acute"]]
    alarming = acute + urgency[:, column["high"]]
    never = [_never(example, ("acute",)) for example in examples]
    calm = [_never(example, ALARMING) for example in examples]
    return OperatingPoint(
        acute=_threshold(acute[never], FALSE_ACUTE),
        alarming=_threshold(alarming[calm], FALSE_ALARM),
        also=_best_also(examples, concern, ids["concern"]),
    )


def _never(example: Example, urgencies: Sequence[str]) -> bool:
    answer = example.answers.get("urgency")
    return answer is not None and not {answer.label, *answer.acceptable} & set(urgencies)


def _threshold(false: np.ndarray, share: float) -> float:
    """The probability that only ``share`` of the ``false`` ones exceed."""
    return float(np.quantile(false, 1 - share)) if len(false) else 0.5


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
