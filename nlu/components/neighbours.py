"""What the nearest training messages are labelled as, beside what the heads say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

NEAREST = 25
"""Messages that are asked. 50 and softer weights say the same, a little less sharply."""
SOFTNESS = 0.05
"""Cosines are divided by it before they become weights."""
AT_ONCE = 500
"""Vectors compared in one go, to keep memory small."""
LITTLE = 1e-4
"""Added to each share: what none of the nearest is labelled as is not impossible."""


@dataclass(frozen=True)
class Neighbours:
    """All messages that were learned from, as sentence vectors of length 1, and their labels."""

    vectors: np.ndarray
    """(messages, width), float32."""
    wanted: Mapping[str, np.ndarray]
    """Question -> (messages, ids): each row sums to 1, or is all zero where nobody answered."""

    def tell(self, vectors: np.ndarray) -> dict[str, np.ndarray]:
        """Question -> shares of the labels of the nearest messages, nearer ones counting more.

        One row per vector, each summing to 1; all alike where no neighbour has an answer.
        """
        parts = [self._tell(vectors[at : at + AT_ONCE]) for at in range(0, len(vectors), AT_ONCE)]
        return {question: np.vstack([part[question] for part in parts]) for question in self.wanted}

    def _tell(self, vectors: np.ndarray) -> dict[str, np.ndarray]:
        cosines = vectors @ self.vectors.T
        count = min(NEAREST, len(self.vectors))
        nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(cosines, nearest, axis=1)
        weights = np.exp((near - near.max(axis=1, keepdims=True)) / SOFTNESS)
        return {
            question: _shares(np.einsum("mn,mni->mi", weights, wanted[nearest]))
            for question, wanted in self.wanted.items()
        }

    def write(self, path: Path) -> None:
        """In half precision: no cosine changes by more than 0.001."""
        np.savez(
            path,
            vectors=self.vectors.astype(np.float16),
            **{question: wanted.astype(np.float16) for question, wanted in self.wanted.items()},
        )

    @classmethod
    def read(cls, path: Path) -> Neighbours:
        with np.load(path, allow_pickle=False) as arrays:
            wanted = {name: arrays[name] for name in arrays.files if name != "vectors"}
            return cls(arrays["vectors"].astype(np.float32), wanted)

    def only(self, rows: np.ndarray) -> Neighbours:
        """The messages of these row numbers."""
        return Neighbours(
            self.vectors[rows], {question: w[rows] for question, w in self.wanted.items()}
        )


def _shares(weighed: np.ndarray) -> np.ndarray:
    total = weighed.sum(axis=1, keepdims=True)
    shares = weighed / np.where(total > 0, total, 1) + LITTLE
    return shares / shares.sum(axis=1, keepdims=True)
