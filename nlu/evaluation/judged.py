"""Messages beside what a judge said of them: the rows that figures are counted on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.asking import Answer
from evaluation.messages import ALARMING, QUESTIONS, Message


@dataclass(frozen=True)
class Judged:
    """One row per message. A judge that answers urgency alone has no other questions here."""

    messages: tuple[Message, ...]
    said: Mapping[str, np.ndarray]
    """Question -> the id decided on."""
    ids: Mapping[str, tuple[str, ...]]
    scores: Mapping[str, np.ndarray]
    """Question -> one probability per id; empty for a judge that knows none."""

    def only(self, wanted: Callable[[Message], bool]) -> Judged:
        mine = np.array([wanted(message) for message in self.messages], dtype=bool)
        return Judged(
            tuple(m for m, is_wanted in zip(self.messages, mine, strict=True) if is_wanted),
            {question: said[mine] for question, said in self.said.items()},
            self.ids,
            {question: rows[mine] for question, rows in self.scores.items()},
        )

    def first(self, question: str) -> np.ndarray:
        """The first reader's labels."""
        return np.array([message.labels[question].first for message in self.messages], dtype=str)

    def accepts(self, question: str, labels: Sequence[str]) -> np.ndarray:
        """Whether some reader would give one of the labels."""
        return np.array(
            [bool(message.labels[question].accepted & set(labels)) for message in self.messages],
            dtype=bool,
        )

    def is_right(self, question: str) -> np.ndarray:
        """Whether some reader would say the same."""
        pairs = zip(self.said[question], self.messages, strict=True)
        return np.array([said in m.labels[question].accepted for said, m in pairs], dtype=bool)

    def alarm(self) -> np.ndarray:
        """Probability that a message is acute or high."""
        columns = [self.ids["urgency"].index(urgency) for urgency in ALARMING]
        return self.scores["urgency"][:, columns].sum(axis=1)


def judge_by_all(messages: Sequence[Message], answers: Sequence[Answer]) -> Judged:
    """Betro as a visitor meets it."""
    said = {q: [answer.said[q] for answer in answers] for q in QUESTIONS}
    return judge(messages, said, {q: [a.scores[q] for a in answers] for q in QUESTIONS})


def judge_by_nlu(messages: Sequence[Message], answers: Sequence[Answer]) -> Judged:
    """The understanding without the safety net."""
    scores = {q: [answer.scores[q] for answer in answers] for q in ("audience", "concern")}
    said = {q: [max(s, key=s.__getitem__) for s in rows] for q, rows in scores.items()}
    scores["urgency"] = [answer.nlu_urgency for answer in answers]
    said["urgency"] = [answer.urgency_by["nlu"] for answer in answers]
    return judge(messages, said, scores)


def judge_by_net(messages: Sequence[Message], answers: Sequence[Answer]) -> Judged:
    """The safety net without the understanding; it says how urgent and knows no probabilities."""
    return judge(messages, {"urgency": [answer.urgency_by["safety_net"] for answer in answers]}, {})


def judge(
    messages: Sequence[Message],
    said: Mapping[str, Sequence[str]],
    scores: Mapping[str, Sequence[Mapping[str, float]]],
) -> Judged:
    """One entry of each sequence per message, in the same order."""
    ids = {question: tuple(rows[0]) for question, rows in scores.items()}
    return Judged(
        tuple(messages),
        {question: np.array(labels, dtype=str) for question, labels in said.items()},
        ids,
        {q: np.array([[row[i] for i in ids[q]] for row in scores[q]]) for q in scores},
    )
