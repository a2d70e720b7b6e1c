"""Shares and areas with what chance alone would make of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import binomtest, rankdata

CONFIDENCE = 0.95
ROUNDS = 1000
"""Of the bootstrap."""
SEED = 0
Figure = dict[str, Any]
"""`value`, `low` and `high` (95 %); None where nothing was there to count on."""


def share(which: np.ndarray) -> Figure:
    """How many of the booleans are true, with Wilson's interval; also `count` and `of`."""
    count, of = int(np.sum(which)), len(which)
    if not of:
        return {"value": None, "low": None, "high": None, "count": 0, "of": 0}
    interval = binomtest(count, of).proportion_ci(CONFIDENCE, method="wilson")
    return {
        "value": _short(count / of),
        "low": _short(interval.low),
        "high": _short(interval.high),
        "count": count,
        "of": of,
    }


def area(positive: np.ndarray, scores: np.ndarray) -> Figure:
    """Area under the ROC curve, with a percentile bootstrap over messages.

    The chance that a message of the positive ones gets a higher score than one of the others.
    """
    if positive.all() or not positive.any():
        return {"value": None, "low": None, "high": None}
    drawn = np.random.default_rng(SEED).integers(len(scores), size=(ROUNDS, len(scores)))
    areas = _areas(positive[drawn], scores[drawn])
    edge = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(areas, (edge, 1 - edge))
    (value,) = _areas(positive[None], scores[None])
    return {"value": _short(value), "low": _short(low), "high": _short(high)}


def _areas(positive: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """One area per row; NaN where a row has but one kind (Mann and Whitney, all rows at once)."""
    ranks = rankdata(scores, axis=1)
    count = positive.sum(axis=1)
    pairs = count * (positive.shape[1] - count)
    above = (ranks * positive).sum(axis=1) - count * (count + 1) / 2
    return np.divide(above, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0)


def _short(number: float) -> float:
    """Four digits: more would only make two reports look different."""
    return round(float(number), 4)
