"""One calibrated logistic head per question, in plain arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

STRENGTHS = (0.5, 8.0)
"""Inverse of the L2 penalty; the one under which held-out messages are less surprising is taken.

Thousands of messages want the first (AUC 0.910 against 0.908 on `tt`), a few hundred the second.
"""
ROUNDS = 300
"""Never reached so far: about 100 suffice."""
AXES = 600
"""Of n-grams while fitting, chosen for the time that it takes."""
FLOOR = 1e-6
"""Least probability of an id before normalising: an id without examples is never impossible."""


@dataclass(frozen=True)
class Scale:
    """Centres and scales sentence vectors: e5's cosines crowd between 0.8 and 1."""

    mean: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray) -> Scale:
        # Divided by the width's root, a vector has length about 1, like a row of n-grams.
        return cls(vectors.mean(0), (vectors.std(0) + 1e-6) * np.sqrt(vectors.shape[1]))

    def join(self, vectors: np.ndarray, grams: sparse.csr_matrix) -> sparse.csr_matrix:
        """The rows that heads read: scaled vectors beside n-grams."""
        return sparse.hstack(
            [sparse.csr_matrix((vectors - self.mean) / self.spread), grams]
        ).tocsr()


@dataclass(frozen=True)
class Head:
    """Answers one question: a probability for each of its ids."""

    ids: tuple[str, ...]
    weights: np.ndarray
    """One row per id; all zero for an id that was never seen."""
    bias: np.ndarray
    """-inf for an id that was never seen."""
    temperature: float = 1.0
    """Above 1 it makes the head less sure of itself, below 1 surer."""

    def probabilities(self, rows: sparse.csr_matrix) -> np.ndarray:
        """One row per message, each summing to 1."""
        return calibrated(self.logits(rows), self.temperature)

    def logits(self, rows: sparse.csr_matrix | np.ndarray) -> np.ndarray:
        return rows @ self.weights.T + self.bias


def calibrated(logits: np.ndarray, temperature: float) -> np.ndarray:
    scaled = logits.astype(np.float64) / temperature
    raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    floored = np.maximum(raised / raised.sum(axis=1, keepdims=True), FLOOR)
    return floored / floored.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Coordinates:
    """N-grams on at most ``AXES`` axes, beside the sentence vectors, so that fitting is quick.

    A head with an L2 penalty is a mixture of the rows it learns from, so axes of the rows suffice:
    with fewer messages than axes nothing is lost, with more the directions they share least.
    """

    rows: np.ndarray
    """What heads are fitted on: scaled vectors (``width`` columns), then the axes."""
    axes: np.ndarray
    """One column per axis, one row per n-gram."""
    width: int

    @classmethod
    def of(cls, rows: sparse.csr_matrix, width: int) -> Coordinates:
        """``rows``: what ``Scale.join`` made of vectors with ``width`` numbers."""
        vectors, grams = rows[:, :width].toarray(), rows[:, width:].tocsr()
        axes = _axes(grams)
        return cls(np.hstack([vectors, grams @ axes]).astype(np.float32), axes, width)

    def head(self, fitted: Head) -> Head:
        """The same head on the original rows."""
        vectors, axes = np.split(fitted.weights, [self.width], axis=1)
        return replace(fitted, weights=np.hstack([vectors, axes @ self.axes.T]))


def _axes(grams: sparse.csr_matrix) -> np.ndarray:
    """The directions that the rows share most, each of length 1 (Halko, Martinsson, Tropp 2011)."""
    from scipy.linalg import eigh, qr  # noqa: PLC0415 - only training needs it, and it is slow to load

    count, turned = grams.shape[0], grams.T.tocsr()
    frame = np.eye(count, dtype=np.float32)
    if count > AXES:
        frame = np.random.default_rng(0).standard_normal((count, AXES), dtype=np.float32)
        frame = qr(grams @ (turned @ frame), mode="economic", overwrite_a=True)[0]
    seen = turned @ frame
    values, mixed = eigh(seen.T @ seen)
    kept = values > values.max() * 1e-6
    return seen @ (mixed[:, kept] / np.sqrt(values[kept]))


def fit(
    rows: np.ndarray, wanted: np.ndarray, ids: Sequence[str], strength: float = STRENGTHS[0]
) -> Head:
    """Fit one head to soft targets (one row per message, summing to 1, or all zero: left out).

    Softmax regression with an L2 penalty on the weights. An id without any example gets none.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - only training needs it, and it is slow to load

    answered, known = wanted.sum(axis=1) > 0, np.flatnonzero(wanted.sum(axis=0) > 0)
    if not known.size:
        return Head(tuple(ids), np.zeros((len(ids), rows.shape[1]), np.float32), np.zeros(len(ids)))
    given = np.ascontiguousarray(rows[answered], dtype=np.float32)
    goal = wanted[np.ix_(answered, known)].astype(np.float32)
    weight = goal.sum(axis=1, keepdims=True)
    shape = (len(known), rows.shape[1] + 1)

    def surprise(flat: np.ndarray) -> tuple[float, np.ndarray]:
        both = flat.reshape(shape).astype(np.float32)
        logits = given @ both[:, :-1].T + both[:, -1]
        logits -= logits.max(axis=1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        missed = np.exp(logits) * weight - goal
        slope = np.hstack([missed.T @ given + both[:, :-1] / strength, missed.sum(0)[:, None]])
        penalty = 0.5 / strength * float((both[:, :-1].astype(np.float64) ** 2).sum())
        return penalty - float((goal * logits).sum(dtype=np.float64)), slope.ravel().astype(float)

    found = minimize(
        surprise, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}
    )
    both = found.x.reshape(shape).astype(np.float32)
    weights = np.zeros((len(ids), rows.shape[1]), dtype=np.float32)
    bias = np.full(len(ids), -np.inf, dtype=np.float32)
    weights[known], bias[known] = both[:, :-1], both[:, -1]
    return Head(tuple(ids), weights, bias)


def folds(
    writers: Sequence[str], unseen: Sequence[str] | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(train, test) row numbers: each writer left out once, or five blocks if all wrote as one.

    A writer's habits must not be in both halves: visitors are writers the model never read. With
    ``unseen`` only those writers are left out, all at once: the encoder has read the others.
    """
    names = np.array(writers)
    left_out = np.isin(names, list(unseen or ()))
    if left_out.any():
        yield np.flatnonzero(~left_out), np.flatnonzero(left_out)
        return
    if len(set(writers)) < 2:
        # In a random order: files often hold one intent after the other.
        names = np.random.default_rng(0).permutation(np.arange(len(writers)) % 5)
    for name in np.unique(names):
        yield np.flatnonzero(names != name), np.flatnonzero(names == name)


def held_out_logits(
    rows: np.ndarray,
    wanted: np.ndarray,
    ids: Sequence[str],
    writers: Sequence[str],
    *,
    unseen: Sequence[str] | None = None,
    strength: float = STRENGTHS[0],
) -> np.ndarray:
    """Each message's logits by a head that read nothing of its writer; NaN where there is none."""
    logits = np.full(wanted.shape, np.nan)
    for train, test in folds(writers, unseen):
        if np.count_nonzero(wanted[train].sum(axis=0)) > 1:
            logits[test] = fit(rows[train], wanted[train], ids, strength).logits(rows[test])
    return logits


@dataclass(frozen=True)
class Calibration:
    """How sure a head may be of itself, found on held-out messages."""

    temperature: float
    surprise: float
    """Mean negative log probability of the right answers; 0 without held-out messages."""

    @classmethod
    def of(cls, logits: np.ndarray, wanted: np.ndarray) -> Calibration:
        """The temperature under which held-out messages are least surprising."""
        from scipy.optimize import minimize_scalar  # noqa: PLC0415 - only training needs it, and it is slow to load

        # A head that never saw the right label cannot be blamed on its temperature.
        usable = np.isfinite(np.where(wanted > 0, logits, 0)).all(axis=1) & (wanted.sum(axis=1) > 0)
        if not usable.any():
            return cls(1.0, 0.0)

        def surprise(temperature: float) -> float:
            told = np.log(calibrated(logits[usable], temperature))
            return -float((wanted[usable] * told).sum()) / np.count_nonzero(usable)

        found = minimize_scalar(surprise, bounds=(0.2, 5.0), method="bounded")
        return cls(float(found.x), float(found.fun))
