"""From single measurements to a median with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

RESAMPLES = 2000
CONFIDENCE = 0.95
SEED = 20260101


def summary(values: np.ndarray) -> dict[str, float | int]:
    """Median, 95th and 99th percentile, and how many measurements they rest on."""
    flat = np.ravel(values)
    median, p95, p99 = np.percentile(flat, (50, 95, 99))
    return {"median": _short(median), "p95": _short(p95), "p99": _short(p99), "n": int(flat.size)}


def estimate(statistic: Callable[..., float], *samples: np.ndarray) -> dict[str, float]:
    """A statistic of paired samples with its bootstrap interval.

    Each sample has the shape (rounds, messages). Whole rounds are drawn, the same ones for every
    sample, so that what disturbed a round disturbs all that is compared in it.
    """
    chance = np.random.default_rng(SEED)
    rounds = len(samples[0])
    drawn = []
    for _ in range(RESAMPLES):
        chosen = chance.integers(rounds, size=rounds)
        drawn.append(statistic(*(sample[chosen] for sample in samples)))
    edges = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)
    low, high = np.quantile(drawn, edges)
    return {
        "measured": _short(statistic(*samples)),
        "low": _short(low),
        "high": _short(high),
    }


def median(values: np.ndarray) -> float:
    return float(np.median(values))


def difference(larger: np.ndarray, smaller: np.ndarray) -> float:
    """The median of the differences of each pair."""
    return median(larger - smaller)


def ratio(larger: np.ndarray, smaller: np.ndarray) -> float:
    """The median of the ratios of each pair."""
    return median(larger / smaller)


def excess(ours: np.ndarray, our_part: np.ndarray, its: np.ndarray, its_part: np.ndarray) -> float:
    """How much more ours adds to its part than the other adds to its own; below 0 is better."""
    return median((ours - our_part) - (its - its_part))


def relative(
    ours: np.ndarray, our_part: np.ndarray, its: np.ndarray, its_part: np.ndarray
) -> float:
    """What ours adds to its part, as a share of what the other adds to its own."""
    return difference(ours, our_part) / difference(its, its_part)


def timings(take: Callable[[], Any], count: int, clock: Callable[[], float]) -> np.ndarray:
    """Milliseconds of ``count`` runs, one after another."""
    taken = np.empty(count)
    for index in range(count):
        began = clock()
        take()
        taken[index] = (clock() - began) * 1000
    return taken


def _short(value: float) -> float:
    return float(f"{value:.4g}")
