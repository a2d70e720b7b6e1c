"""The training messages of `nlu/data`, with each question's labels as soft targets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

SHARE_OF_ACCEPTABLE = 0.3
"""Weight that labels another reader would accept share, as in `components/labels.py`."""
HEAD, TAIL = 250, 150
"""Characters read of a longer message, from its start and its end."""


@dataclass(frozen=True)
class Message:
    """``labels``: question -> the first reader's label, then those others would accept."""

    id: str
    text: str
    labels: dict[str, tuple[str, ...]]

    @property
    def writer(self) -> str:
        return self.id.partition("-")[0]


def shortened(text: str) -> str:
    """The part of a text that is encoded."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]} {text[-TAIL:]}"


def read_ids(taxonomy: Path) -> dict[str, tuple[str, ...]]:
    read = YAML(typ="safe").load(taxonomy.read_text("utf-8"))
    return {question: tuple(read[question]) for question in ("audience", "concern", "urgency")}


def read_messages(folder: Path) -> list[Message]:
    """Every message of the folder's files, in file order."""
    files = sorted(folder.glob("*.yml"))
    groups = [g for file in files for g in YAML(typ="safe").load(file.read_text("utf-8"))["nlu"]]
    return [_read(group["intent"], each) for group in groups for each in group["examples"]]


def _read(intent: str, example: dict) -> Message:
    told = {"concern": intent, **example["metadata"]}
    labels = {
        question: (told[question], *told.get(f"{question}_ok", ()))
        for question in ("audience", "concern", "urgency")
    }
    return Message(told["id"], example["text"].strip(), labels)


def target(labels: tuple[str, ...], ids: tuple[str, ...]) -> np.ndarray:
    """How much each id counts; sums to 1."""
    wanted = np.zeros(len(ids), dtype=np.float32)
    first, *others = labels
    shared = SHARE_OF_ACCEPTABLE if others else 0.0
    wanted[ids.index(first)] += 1 - shared
    for label in others:
        wanted[ids.index(label)] += shared / len(others)
    return wanted
