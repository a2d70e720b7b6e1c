"""Puts a result where readers find it: a picture, a small JSON, and the README's table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.picture import draw
from tests.bench.report import NAMES, milliseconds, named, parts, shown_with_interval, write_json

PICTURE, SUMMARY = Path("resources/pictures/bench.svg"), Path("resources/pictures/bench.json")
BEGIN = "<!-- measured: made by `make bench`, do not edit -->"
END = "<!-- /measured -->"


def publish(result: dict[str, Any], root: Path) -> None:
    """Renew picture, JSON and table from a result that holds every part."""
    draw(result, root / PICTURE)
    write_json(result, root / SUMMARY)
    readme = root / "README.md"
    before, begin, rest = readme.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin + end == BEGIN + END, f"README.md has no place for the figures: {BEGIN}"
    readme.write_text(f"{before}{BEGIN}\n{as_markdown(result)}{END}{after}", "utf-8")


def as_markdown(result: dict[str, Any]) -> str:
    """Where and when, the goals, every figure of one message, and every part."""
    tables = (_where(result), _goals(result), _figures(result), _parts(result))
    return "\n\n".join("\n".join(lines) for lines in tables) + "\n"


def _where(result: dict[str, Any]) -> Iterator[str]:
    machine, load = result["machine"], result["load_before"][0]
    yield f"{machine['cores']} cores ({machine['processor']}), load {load} before the run,"
    yield f"{result['conversation']['rounds']} rounds, {result['date']}."


def _goals(result: dict[str, Any]) -> Iterator[str]:
    yield "| goal, in ms | at most | measured (95 % interval) | met |"
    yield "|---|---|---|---|"
    for goal in result["goals"]:
        met = "yes" if goal["met"] else "no"
        yield _row(named(goal), f"{goal['at_most_ms']:g}", shown_with_interval(goal), met)


def _figures(result: dict[str, Any]) -> Iterator[str]:
    yield "| one message, in ms | median | p95 | p99 |"
    yield "|---|---|---|---|"
    for name, figure in milliseconds(result):
        yield _row(NAMES[name], *(f"{figure[key]:.3g}" for key in ("median", "p95", "p99")))


def _parts(result: dict[str, Any]) -> Iterator[str]:
    yield "| part | memory, MiB | start, s |"
    yield "|---|---|---|"
    for name, (resident, _), seconds in parts(result):
        yield _row(NAMES[name], _cell(resident), _cell(seconds))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(figure: float | None) -> str:
    return "" if figure is None else f"{figure:g}"
