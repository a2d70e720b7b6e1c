"""Floors under figures (and ceilings over those that should be small)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from evaluation.errors import FileError

SIDES = ("at_least", "at_most")


@dataclass(frozen=True)
class Floor:
    """A bound that a figure must keep; ``figure`` is its path in the report, joined by dots."""

    figure: str
    bound: float
    side: str
    path: Path
    line: int

    @property
    def part(self) -> str:
        """The part of the evaluation that measures the figure."""
        return self.figure.partition(".")[0]

    def holds(self, value: float) -> bool:
        return value >= self.bound if self.side == "at_least" else value <= self.bound


@dataclass(frozen=True)
class Kept:
    """A floor beside what was measured; None: its part was not measured this time."""

    floor: Floor
    value: float | None

    @property
    def is_broken(self) -> bool:
        return self.value is not None and not self.floor.holds(self.value)

    def __str__(self) -> str:
        wanted = self.floor.side.replace("_", " ")
        return f"{self.floor.figure} is {self.value:g}, wanted {wanted} {self.floor.bound:g}"


def read_floors(path: Path) -> list[Floor]:
    """Every floor of the file. Raises ``FileError``."""
    try:
        text = path.read_text("utf-8")
        tree = YAML(typ="rt").load(text)
    except OSError as error:
        raise FileError(
            path, None, f"it cannot be read ({error.strerror})", "Put it back."
        ) from None
    except YAMLError as error:
        line = getattr(error, "problem_mark", None)
        raise FileError(path, line and line.line + 1, "it is no YAML", "Mend the line.") from None
    return list(_floors(path, tree))


def _floors(path: Path, tree: Any) -> Iterator[Floor]:
    if not isinstance(tree, Mapping) or not set(tree) <= {*SIDES, "measured_on"}:
        mend = "Give `at_least` and `at_most`, figure: bound, and `measured_on`."
        raise FileError(path, None, "it is no list of floors", mend)
    for side in SIDES:
        for figure, bound in tree.get(side, {}).items():
            line = tree[side].lc.key(figure)[0] + 1
            if isinstance(bound, bool) or not isinstance(bound, int | float):
                raise FileError(path, line, f"the bound of {figure} is no number", "Give one.")
            yield Floor(figure, float(bound), side, path, line)


def check(floors: list[Floor], figures: Mapping[str, Any]) -> list[Kept]:
    """Each floor beside its figure. ``figures`` holds a key for each part that was measured.

    Raises:
        FileError: a floor names a figure that a measured part does not have.
    """
    return [
        Kept(floor, _look_up(floor, figures) if floor.part in figures else None) for floor in floors
    ]


def _look_up(floor: Floor, figures: Mapping[str, Any]) -> float:
    found: Any = figures
    for key in floor.figure.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    value = found.get("value") if isinstance(found, Mapping) else found
    if isinstance(value, bool) or not isinstance(value, int | float):
        mend = "See report.json, under `figures`, for those there are."
        raise FileError(floor.path, floor.line, f"there is no figure {floor.figure}", mend)
    return float(value)
