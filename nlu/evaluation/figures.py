"""What is counted on judged messages.

Labels that another reader would accept count as right; figures that end in `_strict` ask for the
first reader's. "Others" are messages that no reader would call so. AUC leaves out the messages that
the first reader would not call alarming and another would: they are neither.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix, f1_score

from evaluation.intervals import area, share
from evaluation.judged import Judged
from evaluation.messages import ALARMING

BINS = 10
MOST = 3
"""As many concerns a menu can offer at once."""


def count_urgency(judged: Judged) -> dict[str, Any]:
    """What is caught of what matters, and what is called so in vain."""
    first, said = judged.first("urgency"), judged.said["urgency"]
    acute, alarming = first == "acute", np.isin(first, ALARMING)
    calm, not_acute = ~judged.accepts("urgency", ALARMING), ~judged.accepts("urgency", ["acute"])
    alarmed = np.isin(said, ALARMING)
    figures: dict[str, Any] = {
        "acute_called_acute": share(said[acute] == "acute"),
        "acute_called_alarming": share(alarmed[acute]),
        "alarming_called_alarming": share(alarmed[alarming]),
        "false_acute": share(said[not_acute] == "acute"),
        "false_alarm": share(alarmed[calm]),
    }
    if "urgency" in judged.scores:
        clear = alarming | calm
        figures["auc_alarming"] = area(alarming[clear], judged.alarm()[clear])
    return figures


def count_question(judged: Judged, question: str) -> dict[str, Any]:
    """How often the answer to one question is right, and how sure the judge may be of it."""
    first, said, right = judged.first(question), judged.said[question], judged.is_right(question)
    figures: dict[str, Any] = {
        "accuracy": share(right),
        "accuracy_strict": share(said == first),
        "macro_f1": macro_f1(np.where(right, said, first), said),
        "macro_f1_strict": macro_f1(first, said),
    }
    if question in judged.scores:
        figures["among_three"] = share(is_among(judged, question, MOST))
        sure, is_first, is_accepted = sureness(judged, question)
        figures["calibration_error"] = calibration_error(sure, is_accepted)
        figures["calibration_error_strict"] = calibration_error(sure, is_first)
    return figures


def macro_f1(wanted: np.ndarray, said: np.ndarray) -> float | None:
    """The mean F1 of the labels that were wanted, each as weighty as the other."""
    labels = sorted(set(wanted))
    if not labels:
        return None
    score = f1_score(wanted, said, labels=labels, average="macro", zero_division=0)
    return round(float(score), 4)


def is_among(judged: Judged, question: str, most: int) -> np.ndarray:
    """Whether a label some reader would give is what was said or one of the next likeliest."""
    columns = {label: i for i, label in enumerate(judged.ids[question])}
    rows = judged.scores[question].copy()
    rows[np.arange(len(rows)), [columns[said] for said in judged.said[question]]] = np.inf
    names = np.array(judged.ids[question])[np.argsort(-rows, axis=1, kind="stable")[:, :most]]
    pairs = zip(names, judged.messages, strict=True)
    return np.array([bool(m.labels[question].accepted & set(row)) for row, m in pairs], dtype=bool)


def sureness(judged: Judged, question: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The likeliest label's probability; whether it is the first reader's; whether any reader's."""
    rows = judged.scores[question]
    likeliest = np.array(judged.ids[question])[rows.argmax(axis=1)]
    pairs = zip(likeliest, judged.messages, strict=True)
    accepted = np.array([label in m.labels[question].accepted for label, m in pairs], dtype=bool)
    return rows.max(axis=1), likeliest == judged.first(question), accepted


def bins(sure: np.ndarray, right: np.ndarray) -> list[tuple[float, float, int]]:
    """Mean sureness, share right and number of messages for each tenth that has any."""
    tenth = np.minimum((sure * BINS).astype(int), BINS - 1)
    return [
        (float(sure[tenth == b].mean()), float(right[tenth == b].mean()), int((tenth == b).sum()))
        for b in np.unique(tenth)
    ]


def calibration_error(sure: np.ndarray, right: np.ndarray) -> float | None:
    """Mean distance between how sure a judge is and how often it is right (ECE, ten bins)."""
    if not len(sure):
        return None
    gaps = [abs(said - so) * count for said, so, count in bins(sure, right)]
    return round(sum(gaps) / len(sure), 4)


def confusion(judged: Judged, question: str) -> tuple[list[str], np.ndarray]:
    """Labels, and how often each (row, the first reader's) was said to be each (column)."""
    first, said = judged.first(question), judged.said[question]
    labels = [label for label in judged.ids[question] if label in {*first, *said}]
    return labels, confusion_matrix(first, said, labels=labels)


def mistakes(judged: Judged) -> dict[str, list[str]]:
    """Ids of the messages that weigh most, to be read again."""
    first, said, right = judged.first("urgency"), judged.said["urgency"], judged.is_right("urgency")
    alarmed = np.isin(said, ALARMING)
    kinds = {
        "acute_not_called_alarming": (first == "acute") & ~alarmed,
        "high_not_called_alarming": (first == "high") & ~alarmed & ~right,
        "others_called_acute": (said == "acute") & ~right,
        "others_called_high": (said == "high") & ~judged.accepts("urgency", ALARMING),
    }
    return {
        kind: [m.id for m, is_one in zip(judged.messages, which, strict=True) if is_one]
        for kind, which in kinds.items()
    }


def figures_of(judged: Judged) -> dict[str, Any]:
    """Everything that is counted, by name."""
    told: dict[str, Any] = {"messages": len(judged.messages)}
    told |= count_urgency(judged)
    return told | {question: count_question(judged, question) for question in judged.said}
