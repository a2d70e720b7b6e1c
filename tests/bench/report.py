"""The result as JSON, and as a table that a person reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

NAMES = {
    "encoder": "encoder alone",
    "parse": "NLU over HTTP",
    "turn": "whole turn, page's socket",
    "rasa_parse": "NLU in Rasa's server",
    "rasa_dialogue": "Rasa's dialogue, REST channel",
    "safety_net": "safety net",
    "engine": "engine, one step",
    "session": "session: lock, load, save, unlock",
    "nlu": "NLU",
    "page": "page",
    "store": "Valkey",
    "rasa": "Rasa's server, with dialogue",
    "page_at_first": "page, first start: content is proved",
    "page_later": "page, later starts",
    "content_proved_at_first": "of which content, first start",
    "content_read_later": "of which content, later starts",
}
"""In words, what the result's keys stand for."""
HOW = (
    "One visitor who waits for each answer (a closed loop): how long one message takes, not how "
    "many a machine can answer. What is compared was measured in the same run, in random order in "
    "every round. Intervals are 95 % bootstrap intervals over whole rounds."
)


def write_json(result: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")


def show(result: dict[str, Any], console: Console) -> None:
    """Goals first, then every figure."""
    goals = Table("goal", "at most", "measured (95 %)", "met", title="Goals, in ms, of the median")
    for goal in result["goals"]:
        goals.add_row(
            named(goal),
            f"{goal['at_most_ms']:g}",
            shown_with_interval(goal),
            "yes" if goal["met"] else "[bold]no[/bold]",
        )
    figures = Table("milliseconds", "median", "p95", "p99", "n")
    for name, figure in milliseconds(result):
        cells = (f"{figure[key]:.3g}" for key in ("median", "p95", "p99"))
        figures.add_row(NAMES[name], *cells, str(figure["n"]))
    rest = Table("part", "resident MiB", "proportional MiB", "seconds until it answers")
    for name, memory, seconds in parts(result):
        rest.add_row(NAMES[name], *(f"{x:g}" if x is not None else "" for x in (*memory, seconds)))
    for table in (goals, figures, rest):
        if table.row_count:
            console.print(table)


def named(goal: dict[str, Any]) -> str:
    return f"{goal['name']} ({goal['note']})" if goal["note"] else str(goal["name"])


def shown_with_interval(goal: dict[str, Any]) -> str:
    measured = f"{goal['measured_ms']:.3g}"
    if goal["low_ms"] is None:
        return measured
    return f"{measured} ({goal['low_ms']:.3g} to {goal['high_ms']:.3g})"


def milliseconds(result: dict[str, Any]) -> Iterator[tuple[str, dict[str, float]]]:
    """Everything that was timed for one message, in the order of a turn."""
    yield from result.get("conversation", {}).get("milliseconds", {}).items()
    for name in ("safety_net", "engine", "session"):
        if name in result:
            yield name, result[name]["milliseconds"]


def parts(
    result: dict[str, Any],
) -> Iterator[tuple[str, tuple[float | None, float | None], float | None]]:
    """Memory and start-up by part; what a part has not is None."""
    memory = result.get("conversation", {}).get("memory_mib", {})
    seconds = result.get("start_up", {}).get("seconds", {})
    for name in dict.fromkeys((*memory, *seconds)):
        held = memory.get(name, {})
        yield name, (held.get("rss"), held.get("pss")), seconds.get(name)
