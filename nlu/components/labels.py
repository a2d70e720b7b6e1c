"""The three questions, their ids, and what one training example says about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.shared.utils.io import read_yaml_file

QUESTIONS = ("audience", "concern", "urgency")
SHARE_OF_ACCEPTABLE = 0.3
"""Weight that labels another reader would accept share; the first reader's keeps the rest.

Measured by leave-one-writer-out: AUC of alarming messages 0.811 with it, 0.804 without.
"""


class LabelError(ValueError):
    """A training example carries a label that the taxonomy does not know."""


def taxonomy_ids(path: Any) -> dict[str, tuple[str, ...]]:
    """The ids of each question, in the taxonomy's order."""
    taxonomy = read_yaml_file(path)
    return {question: tuple(taxonomy[question]) for question in QUESTIONS}


@dataclass(frozen=True)
class Answer:
    """One example's labels for one question."""

    label: str
    acceptable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Example:
    """The labels of one training message.

    ``writer`` tells whose words they are; questions without a label are missing in ``answers``.
    """

    id: str
    writer: str
    answers: Mapping[str, Answer]
    also: tuple[str, ...]


def read_example(
    intent: str, metadata: Mapping[str, Any], ids: Mapping[str, Sequence[str]]
) -> Example:
    """Read the metadata of one message of `nlu/data`. Raises ``LabelError``."""
    labels = {
        "concern": intent,
        **{q: metadata[q] for q in ("audience", "urgency") if q in metadata},
    }
    answers = {q: Answer(label, tuple(metadata.get(f"{q}_ok", ()))) for q, label in labels.items()}
    name = str(metadata.get("id", ""))
    also = tuple(metadata.get("also", ()))
    for question, answer in answers.items():
        further = also if question == "concern" else ()
        for label in (answer.label, *answer.acceptable, *further):
            if label not in ids[question]:
                at = f"message {name}" if name else "a message without id"
                raise LabelError(f"{at}: '{label}' is no {question} of the taxonomy.")
    return Example(name, name.partition("-")[0], answers, also)


def targets(answers: Sequence[Answer | None], ids: Sequence[str]) -> np.ndarray:
    """One row per example: the weight of each id; all zero where there is no answer."""
    column = {label: i for i, label in enumerate(ids)}
    wanted = np.zeros((len(answers), len(ids)))
    for row, answer in zip(wanted, answers, strict=True):
        if answer is None:
            continue
        shared = SHARE_OF_ACCEPTABLE if answer.acceptable else 0.0
        row[column[answer.label]] += 1 - shared
        for label in answer.acceptable:
            row[column[label]] += shared / len(answer.acceptable)
    return wanted
