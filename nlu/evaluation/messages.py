"""Labelled messages, as they stand in Rasa's YAML files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from evaluation.errors import EvaluationError, FileError

QUESTIONS = ("audience", "concern", "urgency")
ALARMING = ("acute", "high")


@dataclass(frozen=True)
class Label:
    """The first reader's answer to one question, and every answer that some reader would accept."""

    first: str
    accepted: frozenset[str]


@dataclass(frozen=True)
class Message:
    id: str
    text: str
    labels: Mapping[str, Label]
    hint: bool
    """The words do not say it; a person has to hear it."""

    @property
    def writer(self) -> str:
        return self.id.partition("-")[0]


def read_messages(folder: Path) -> list[Message]:
    """Every message of the folder's files, in their order.

    Raises:
        FileError: a file is no list of labelled messages.
        EvaluationError: the folder holds none.
    """
    messages = []
    for path in sorted(folder.glob("*.yml")):
        try:
            groups = YAML(typ="safe").load(path.read_text("utf-8"))["nlu"]
            messages += [_read(group["intent"], e) for group in groups for e in group["examples"]]
        except (YAMLError, KeyError, TypeError):
            problem = "it is no list of labelled messages"
            mend = "Each needs `text` and `metadata` with `id`, `audience` and `urgency`."
            raise FileError(path, None, problem, mend) from None
    if not messages:
        raise EvaluationError(f"{folder} holds no messages. Give a folder of Rasa's YAML files.")
    return messages


def _read(intent: str, example: Mapping[str, Any]) -> Message:
    said = example["metadata"]
    first = {"audience": said["audience"], "concern": intent, "urgency": said["urgency"]}
    labels = {
        question: Label(label, frozenset({label, *said.get(f"{question}_ok", ())}))
        for question, label in first.items()
    }
    return Message(said["id"], example["text"].strip(), labels, bool(said.get("hint")))
