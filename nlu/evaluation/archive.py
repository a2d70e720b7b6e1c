"""What training left in the model for its evaluation: the writers that it did not read."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from evaluation.errors import EvaluationError
from evaluation.judged import Judged, judge
from evaluation.messages import QUESTIONS, Message

HELD_OUT = "held_out.npz"
"""`ids`: message ids; per question one row per id: what heads say that read none of its writer."""
JUDGE = "judge.json"


def judge_left_out(model: Path, messages: Sequence[Message]) -> Judged | None:
    """The judgements of the left-out writers' messages, at the model's own operating point.

    None for a model that holds none: it was trained before they were kept, or on other data.

    Raises:
        EvaluationError: the model names a message that is not among ``messages``.
    """
    files = _read_files(model)
    if HELD_OUT not in files:
        return None
    from components.operating_point import OperatingPoint  # noqa: PLC0415 - loads a part of Rasa

    told = json.loads(files[JUDGE])
    ids = {question: told["heads"][question]["ids"] for question in QUESTIONS}
    with np.load(io.BytesIO(files[HELD_OUT]), allow_pickle=False) as arrays:
        mine = _find(messages, arrays["ids"].tolist(), model)
        scores = {
            question: [dict(zip(ids[question], row, strict=True)) for row in arrays[question]]
            for question in QUESTIONS
        }
    point = OperatingPoint(**told["point"])
    said = {
        question: [max(row, key=row.__getitem__) for row in scores[question]]
        for question in QUESTIONS
    }
    said["urgency"] = [point.urgency(row) for row in scores["urgency"]]
    return judge(mine, said, scores)


def _read_files(model: Path) -> Mapping[str, bytes]:
    """The judge's own files, by name."""
    with tarfile.open(model) as archive:
        members = {PurePosixPath(member.name).name: member for member in archive}
        return {
            name: content.read()
            for name in (HELD_OUT, JUDGE)
            if name in members and (content := archive.extractfile(members[name]))
        }


def _find(messages: Sequence[Message], ids: Sequence[Any], model: Path) -> list[Message]:
    by_id = {message.id: message for message in messages}
    try:
        return [by_id[each] for each in ids]
    except KeyError as missing:
        raise EvaluationError(
            f"{model} was trained on message {missing}, which is no longer there. Run: make train"
        ) from None
