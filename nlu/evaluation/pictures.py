"""Pictures as SVG that takes the page's colours, so that they read by day and by night."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from sklearn.metrics import roc_curve

from evaluation.figures import bins

INK, OURS, OTHER, FAINT = "#101010", "#0072b2", "#e69f00", "#888888"
"""Drawn with these, shown with the page's own: blue and orange that everyone can tell apart."""
SHOWN = {INK: "var(--ink)", OURS: "var(--ours)", OTHER: "var(--other)", FAINT: "var(--faint)"}
STYLE = {
    "font.size": 11,
    "svg.fonttype": "none",
    "svg.hashsalt": "betro",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
SQUARE = (4.6, 4.2)
"""Inches."""
CELL, MARGIN = 0.34, 1.9
"""Inches: of one cell of a confusion matrix, and of the labels beside them."""


@dataclass(frozen=True)
class Curve:
    """What an ROC curve is drawn from: one entry per message."""

    name: str
    positive: np.ndarray
    scores: np.ndarray
    point: tuple[float, float]
    """Where decisions stand: share of the others called positive, share of the positive."""


@dataclass(frozen=True)
class Threshold:
    """What a threshold of urgency costs, the other one being left where it stands."""

    name: str
    tried: np.ndarray
    costs: np.ndarray
    """Per message, one for each of ``tried``."""
    chosen: float


def draw_thresholds(thresholds: Sequence[Threshold]) -> str:
    """One curve a threshold, with a line where it stands; for a page of its own, on white."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.0, 3.4), layout="constrained", facecolor="white")
        panels = figure.subplots(1, len(thresholds), sharey=True)
    for axes, each in zip(np.atleast_1d(panels), thresholds, strict=True):
        axes.plot(each.tried, each.costs, color=OURS)
        axes.axvline(each.chosen, color=FAINT, linestyle=":", linewidth=1.5)
        at_the_top = axes.get_xaxis_transform()
        axes.text(each.chosen + 0.02, 0.95, f"{each.chosen:g}", transform=at_the_top)
        axes.set(xlabel=f"called {each.name} from", xlim=(0, 1), ylim=(0, None))
    np.atleast_1d(panels)[0].set_ylabel("cost per message")
    drawn = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return drawn.getvalue()


def draw_curves(curves: Sequence[Curve]) -> str:
    """ROC curves of at most two judges, each with the point where its decisions stand."""
    figure, axes = _square("others called alarming", "alarming called so")
    for curve, colour in zip(curves, (OURS, OTHER), strict=False):
        false, caught, _ = roc_curve(curve.positive, curve.scores)
        axes.plot(false, caught, color=colour, label=curve.name)
        axes.plot(*curve.point, "o", color=colour, markersize=8)
    axes.plot((0, 1), (0, 1), color=FAINT, linewidth=1, linestyle=":")
    axes.legend(loc="lower right", frameon=False, labelcolor=INK)
    return _svg(figure, "curves")


def draw_reliability(name: str, sure: np.ndarray, first: np.ndarray, accepted: np.ndarray) -> str:
    """How often the judge was right, by how sure it was; a larger dot stands for more messages.

    ``first``: as the first reader says; ``accepted``: as any reader says.
    """
    figure, axes = _square("how sure", "how often right")
    axes.plot((0, 1), (0, 1), color=FAINT, linewidth=1, linestyle=":")
    readers = ((accepted, OURS, "any reader's label"), (first, OTHER, "first reader's"))
    for right, colour, label in readers:
        said, so, counts = np.array(bins(sure, right)).T
        axes.plot(said, so, color=colour, linewidth=1, label=label)
        axes.scatter(said, so, s=12 + 400 * counts / counts.sum(), color=colour, alpha=0.8)
    axes.legend(loc="upper left", frameon=False, labelcolor=INK)
    return _svg(figure, f"reliability-{name}")


def draw_confusion(name: str, labels: Sequence[str], counts: np.ndarray) -> str:
    """Rows: the first reader's label; columns: what was said. Darker: a larger part of its row."""
    size = MARGIN + CELL * len(labels)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(size, size), layout="constrained")
        axes = figure.subplots()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour, depth = OURS if row == column else OTHER, float(shares[row, column])
        place = (column - 0.5, row - 0.5)
        axes.add_patch(Rectangle(place, 1, 1, facecolor=colour, alpha=0.15 + 0.6 * depth))
        written = {"ha": "center", "va": "center", "fontsize": 9, "color": INK}
        axes.text(column, row, str(counts[row, column]), **written)
    ends = (-0.5, len(labels) - 0.5)
    axes.set(xlim=ends, ylim=ends[::-1], aspect="equal", xlabel="said", ylabel="first reader")
    axes.set_xticks(range(len(labels)), labels, rotation=90)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(length=0)
    return _svg(figure, f"confusion-{name}")


def _square(across: str, up: str) -> tuple[Figure, Axes]:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=SQUARE, layout="constrained")
        axes = figure.subplots()
        axes.set(xlim=(0, 1.01), ylim=(0, 1.01), xlabel=across, ylabel=up)
    return figure, axes


def _svg(figure: Figure, name: str) -> str:
    """The drawing, with ids of its own: many share one page."""
    drawn = io.StringIO()
    with mpl.rc_context(STYLE):
        options: dict[str, Any] = {"metadata": {"Date": None}, "transparent": True}
        figure.savefig(drawn, format="svg", **options)
    svg = drawn.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    for colour, shown in SHOWN.items():
        svg = svg.replace(colour, shown)
    return svg
