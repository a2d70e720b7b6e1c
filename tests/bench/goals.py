"""The goals, each with where its figure stands in the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Goal:
    name: str
    path: tuple[str, ...]
    at_most: float
    note: str = ""


GOALS = (
    Goal(
        "NLU over HTTP, beyond the encoder alone",
        ("conversation", "compared", "parse_minus_encoder"),
        4.0,
    ),
    Goal(
        "whole turn over the page's socket, beyond the NLU",
        ("conversation", "compared", "turn_minus_parse"),
        5.0,
    ),
    Goal(
        "our turn beyond our NLU, less Rasa's dialogue beyond its own",
        ("conversation", "compared", "turn_minus_parse_beyond_rasa"),
        0.0,
    ),
    Goal("safety net, one message", ("safety_net", "milliseconds"), 1.0),
    Goal("engine, one step", ("engine", "milliseconds"), 0.2, "a later goal"),
)
"""Milliseconds, of the median."""


def judge_goals(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Each goal whose figure was measured, and whether it is met."""
    judged = []
    for goal in GOALS:
        figure = _find(result, goal.path)
        if figure is None:
            continue
        measured = figure.get("measured", figure.get("median"))
        judged.append(
            {
                "name": goal.name,
                "note": goal.note,
                "at_most_ms": goal.at_most,
                "measured_ms": measured,
                "low_ms": figure.get("low"),
                "high_ms": figure.get("high"),
                "met": measured <= goal.at_most,
            }
        )
    return judged


def _find(result: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if result is None:
            return None
        result = result.get(name)
    return result
