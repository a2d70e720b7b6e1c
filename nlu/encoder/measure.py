"""What is printed of an encoder after each epoch, on messages of writers it did not read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from messages import Message
from sklearn.metrics import roc_auc_score

ALARMING = {"acute", "high"}


def measure(
    messages: Sequence[Message], told: dict[str, np.ndarray], ids: dict[str, tuple[str, ...]]
) -> dict[str, float]:
    """``told``: probabilities of each question. Labels others would accept count as right."""
    urgency = ids["urgency"]
    acute = told["urgency"][:, urgency.index("acute")]
    alarm = acute + told["urgency"][:, urgency.index("high")]
    labels = [set(m.labels["urgency"]) for m in messages]
    first = [m.labels["urgency"][0] for m in messages]
    is_alarm = np.array([f in ALARMING for f in first])
    calm = np.array([not each & ALARMING for each in labels])
    is_acute = np.array([f == "acute" for f in first])
    not_acute = np.array(["acute" not in each for each in labels])
    clear = is_alarm | calm
    found = {
        "auc": roc_auc_score(is_alarm[clear], alarm[clear]),
        "auc acute": roc_auc_score(is_acute[is_acute | not_acute], acute[is_acute | not_acute]),
        "alarming at 15 % false": np.mean(alarm[is_alarm] > np.quantile(alarm[calm], 0.85)),
        "acute at 5 % false": np.mean(acute[is_acute] > np.quantile(acute[not_acute], 0.95)),
    }
    for question in ("audience", "concern"):
        order = np.argsort(-told[question], axis=1)
        names = np.array(ids[question])[order]
        for most in (1, 3):
            right = [
                bool(set(row[:most]) & set(m.labels[question]))
                for row, m in zip(names, messages, strict=True)
            ]
            found[f"{question} {most}"] = np.mean(right)
    return {name: round(float(value), 3) for name, value in found.items()}
