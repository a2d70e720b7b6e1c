"""One calibrated logistic head per question, in plain arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

STRENGTH = 2.0
"""Inverse of the L2 penalty. Between 1 and 4 the measures move by less than 0.02."""
ROUNDS = 300
"""Never reached so far: about 100 suffice."""
AXES = 1000
"""Chosen for the time that fitting takes; what more or fewer do to accuracy is not measured."""
TURNS = 2
BLOCK = 500
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
    """The rows on at most ``AXES`` axes of their own instead of all n-grams, so fitting is quick.

    A head with an L2 penalty is a mixture of the rows it learns from, so axes of the rows suffice:
    with fewer messages than axes nothing is lost, with more the directions they share least.
    """

    rows: np.ndarray
    back: np.ndarray
    """Leads from weights on these axes to a mixture of the original rows."""

    @classmethod
    def of(cls, rows: sparse.csr_matrix) -> Coordinates:
        from scipy.linalg import eigh, qr  # noqa: PLC0415 - only training needs it, and it is slow to load

        alike = _products(rows)
        frame = np.eye(len(alike), dtype=np.float32)
        if len(alike) > AXES:  # randomised subspace iteration (Halko, Martinsson, Tropp 2011)
            frame = np.random.default_rng(0).standard_normal((len(alike), AXES), dtype=np.float32)
            for _ in range(TURNS):
                frame = qr(alike @ frame, mode="economic", overwrite_a=True)[0]
        values, turned = eigh((frame.T @ (alike @ frame)).astype(np.float64))
        kept = values > values.max() * 1e-6
        lengths, axes = np.sqrt(values[kept]), frame @ turned[:, kept].astype(np.float32)
        return cls((axes * lengths).astype(np.float32), (axes / lengths).T.astype(np.float64))

    def head(self, fitted: Head, rows: sparse.csr_matrix) -> Head:
        """The same head on the original rows."""
        weights = sparse.csr_matrix(fitted.weights.astype(np.float64) @ self.back) @ rows
        return replace(fitted, weights=weights.toarray().astype(np.float32))


def _products(rows: sparse.csr_matrix) -> np.ndarray:
    """The inner product of every two rows; block by block, for the result is dense."""
    turned = rows.T.tocsr()
    blocks = range(0, rows.shape[0], BLOCK)
    return np.vstack(
        [(rows[at : at + BLOCK] @ turned).toarray().astype(np.float32) for at in blocks]
    )


def fit(rows: np.ndarray, wanted: np.ndarray, ids: Sequence[str]) -> Head:
    """Fit one head; a message counts once per acceptable label, with that label's weight."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only training needs it

    message, label = np.nonzero(wanted)
    model = LogisticRegression(C=STRENGTH, max_iter=ROUNDS)
    model.fit(rows[message], label, sample_weight=wanted[message, label])
    weights = np.zeros((len(ids), rows.shape[1]), dtype=np.float32)
    bias = np.full(len(ids), -np.inf, dtype=np.float32)
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
        weights[model.classes_[1]], bias[model.classes_] = model.coef_[0], (0, model.intercept_[0])
    else:
        weights[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
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
        names = np.arange(len(writers)) * 5 // max(len(writers), 1)
    for name in np.unique(names):
        yield np.flatnonzero(names != name), np.flatnonzero(names == name)


def held_out_logits(
    rows: np.ndarray,
    wanted: np.ndarray,
    ids: Sequence[str],
    writers: Sequence[str],
    unseen: Sequence[str] | None = None,
) -> np.ndarray:
    """Each message's logits by a head that read nothing of its writer; NaN where there is none."""
    logits = np.full(wanted.shape, np.nan)
    for train, test in folds(writers, unseen):
        if np.count_nonzero(wanted[train].sum(axis=0)) > 1:
            logits[test] = fit(rows[train], wanted[train], ids).logits(rows[test])
    return logits


def best_temperature(logits: np.ndarray, wanted: np.ndarray) -> float:
    """The temperature under which held-out messages are least surprising."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - only training needs it, and it is slow to load

    # A head that never saw the right label cannot be blamed on its temperature.
    usable = np.isfinite(np.where(wanted > 0, logits, 0)).all(axis=1) & (wanted.sum(axis=1) > 0)
    if not usable.any():
        return 1.0

    def surprise(temperature: float) -> float:
        return -float((wanted[usable] * np.log(calibrated(logits[usable], temperature))).sum())

    return float(minimize_scalar(surprise, bounds=(0.2, 5.0), method="bounded").x)
