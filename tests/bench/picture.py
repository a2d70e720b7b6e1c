"""The result as one picture, the same bytes for the same result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

OURS, ITS, SHARED, INK = "#0072b2", "#e69f00", "#8c8c8c", "#222222"
"""Blue and orange that everyone can tell apart; each bar also bears its name."""
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlesize": 13,
    "svg.hashsalt": "betro",
}
WIDTH, BAR, FRAME = 8.5, 0.36, 1.0
"""Inches: of the picture, for each bar, and for the title and axis of each panel."""
ROOM, MARGIN = 0.1, 1.04
"""Shares of the longest bar: the shortest one that its figure fits into; the axis."""


@dataclass(frozen=True)
class Bar:
    name: str
    value: float
    colour: str
    low: float | None = None
    high: float | None = None
    goal: float | None = None


@dataclass(frozen=True)
class Panel:
    title: str
    bars: tuple[Bar, ...]


def draw(result: dict[str, Any], *paths: Path) -> None:
    """Draw what was measured; each path's ending is its format (svg, png)."""
    panels = [panel for panel in _panels(result) if panel.bars]
    heights = [FRAME + BAR * len(panel.bars) for panel in panels]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, sum(heights)), layout="constrained", facecolor="white")
        places = figure.subplots(len(panels), squeeze=False, height_ratios=heights)[:, 0]
        for axes, panel in zip(places, panels, strict=True):
            _draw_panel(axes, panel)
        for path in paths:
            unsaid = "Date" if path.suffix == ".svg" else "Software"
            figure.savefig(path, dpi=110, metadata={unsaid: None})


def _draw_panel(axes: Axes, panel: Panel) -> None:
    axes.set_title(panel.title)
    longest = max(max(bar.value, bar.high or 0, bar.goal or 0) for bar in panel.bars)
    axes.set_xlim(min(0, *(bar.low or 0 for bar in panel.bars)), longest * MARGIN)
    axes.set_yticks(range(len(panel.bars)), [bar.name for bar in panel.bars])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    for row, bar in enumerate(panel.bars):
        _draw_bar(axes, row, bar, longest=longest)


def _draw_bar(axes: Axes, row: int, bar: Bar, *, longest: float) -> None:
    """The figure stands at the foot of its bar, or beyond the end of a short one."""
    gap = longest * 0.015
    axes.barh(row, bar.value, height=0.62, color=bar.colour)
    if bar.low is not None and bar.high is not None:
        axes.plot((bar.low, bar.high), (row, row), color=INK, linewidth=1.5)
    if bar.goal is not None:
        axes.plot((bar.goal, bar.goal), (row - 0.45, row + 0.45), color=INK, linewidth=3)
    is_roomy = bar.value > longest * ROOM
    axes.text(
        gap if is_roomy else max(bar.value, bar.high or 0, bar.goal or 0) + gap,
        row,
        f"{bar.value:.3g}",
        va="center",
        color="white" if is_roomy and bar.colour == OURS else INK,
    )


def _panels(result: dict[str, Any]) -> Iterator[Panel]:
    conversation = result.get("conversation", {})
    yield Panel(
        "One message, in ms: median, line to 95th percentile",
        tuple(_message_bars(conversation.get("milliseconds", {}))),
    )
    yield Panel(
        "What each adds, in ms: thick line = goal, thin = 95 %",
        (*_added_bars(conversation.get("compared", {})), *_small_bars(result)),
    )
    yield Panel("Start, in s: until it answers", tuple(_start_bars(result.get("start_up", {}))))
    yield Panel(
        "Memory, in MiB: resident after work",
        tuple(
            Bar(PARTS[part], held["rss"], ITS if part == "rasa" else OURS)
            for part, held in conversation.get("memory_mib", {}).items()
            if part in PARTS
        ),
    )


MESSAGE = {
    "encoder": ("encoder alone", SHARED),
    "parse": ("Betro: NLU over HTTP", OURS),
    "turn": ("Betro: whole turn", OURS),
    "rasa_parse": ("Rasa: NLU over HTTP", ITS),
    "rasa_dialogue": ("Rasa: its own dialogue", ITS),
}
ADDED = {
    "parse_minus_encoder": ("NLU, beyond the encoder", OURS, 4.0),
    "turn_minus_parse": ("turn, beyond the NLU", OURS, 5.0),
    "rasa_dialogue_minus_parse": ("Rasa's dialogue, beyond its NLU", ITS, None),
}
SMALL = {
    "safety_net": ("safety net", 1.0),
    "engine": ("engine step", 0.2),
    "session": ("session, there and back", None),
}
STARTS = {
    "page_at_first": "page, first (content is proved)",
    "page_later": "page, later",
    "nlu": "NLU",
    "rasa": "Rasa's own server",
}
PARTS = {"page": "page", "nlu": "NLU", "store": "Valkey", "rasa": "Rasa's own server"}


def _message_bars(figures: dict[str, dict[str, float]]) -> Iterator[Bar]:
    for key, (name, colour) in MESSAGE.items():
        if key in figures:
            figure = figures[key]
            yield Bar(name, figure["median"], colour, figure["median"], figure["p95"])


def _added_bars(figures: dict[str, dict[str, float]]) -> Iterator[Bar]:
    for key, (name, colour, goal) in ADDED.items():
        if key in figures:
            figure = figures[key]
            yield Bar(name, figure["measured"], colour, figure["low"], figure["high"], goal)


def _small_bars(result: dict[str, Any]) -> Iterator[Bar]:
    for key, (name, goal) in SMALL.items():
        if key in result:
            yield Bar(name, result[key]["milliseconds"]["median"], OURS, goal=goal)


def _start_bars(start_up: dict[str, Any]) -> Iterator[Bar]:
    for key, name in STARTS.items():
        if key in start_up.get("seconds", {}):
            yield Bar(name, start_up["seconds"][key], ITS if key == "rasa" else OURS)
