"""Reads behavioural tests: files of `nlu/behaviour/`, in the format that their README tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from evaluation.asking import LEVELS
from evaluation.errors import EvaluationError, FileError

MINIMUM, SAME, RISING = "minimum", "same", "rising"
KEYS = {
    MINIMUM: {"test", "says", "kind", "urgency", "texts"},
    SAME: {"test", "says", "kind", "templates"},
    RISING: {"test", "says", "kind", "pairs"},
}
FILE_KEYS = {"capability", "lists", "tests"}
PER_GROUP = 2
"""Words of each group that a template is filled with."""
GAP = re.compile(r"\{(\w+)\}")
Lists = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Case:
    """One thing that must hold."""

    capability: str
    test: str
    kind: str
    texts: tuple[str, ...]
    """One text (minimum), the base and its variant (same), the calmer and the graver (rising)."""
    urgency: frozenset[str] = frozenset()
    """What may be said of the text (minimum)."""
    group: str | None = None
    """Which group of words the variant was filled from (same)."""


class _Reader:
    """One file, with the line of whatever is wrong in it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def cases(self) -> Iterator[Case]:
        tree = self._load()
        self._expect_keys(tree, FILE_KEYS, FILE_KEYS - {"lists"})
        lists = tree.get("lists", {})
        for test in tree["tests"]:
            kind = test.get("kind") if isinstance(test, Mapping) else None
            if kind not in KEYS:
                raise self._wrong(test, "kind", "the kind is unknown", f"Give one of {list(KEYS)}.")
            self._expect_keys(test, KEYS[kind], KEYS[kind])
            for texts, group in self._texts(test, lists):
                yield Case(
                    capability=tree["capability"],
                    test=test["test"],
                    kind=kind,
                    texts=texts,
                    urgency=self._urgency(test),
                    group=group,
                )

    def _load(self) -> Any:
        try:
            return YAML(typ="rt").load(self._path.read_text("utf-8"))
        except YAMLError as error:
            mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
            line = mark.line + 1 if mark else None
            raise FileError(self._path, line, "it is no YAML", "Mend the line.") from None

    def _texts(self, test: Any, lists: Lists) -> Iterator[tuple[tuple[str, ...], str | None]]:
        if test["kind"] == MINIMUM:
            yield from (((text,), None) for text in test["texts"])
        elif test["kind"] == RISING:
            for at, pair in enumerate(test["pairs"]):
                if not isinstance(pair, Sequence) or len(pair) != 2 or pair[0] == pair[1]:
                    mend = "Give the calmer and the graver text."
                    raise self._wrong(test["pairs"], at, "this is no pair", mend)
                yield tuple(pair), None
        else:
            for at, template in enumerate(test["templates"]):
                names = GAP.findall(template)
                if len(names) != 1 or names[0] not in lists:
                    mend = f"Give one of {sorted(lists)} in braces, once."
                    raise self._wrong(test["templates"], at, "this is no template", mend)
                yield from fill(template, lists[names[0]], at)

    def _urgency(self, test: Any) -> frozenset[str]:
        wanted = frozenset(test.get("urgency", ()))
        if not wanted <= set(LEVELS):
            raise self._wrong(test, "urgency", "an urgency is unknown", f"Give some of {LEVELS}.")
        return wanted

    def _expect_keys(self, node: Any, known: set[str], needed: set[str]) -> None:
        if not isinstance(node, Mapping):
            raise FileError(self._path, 1, "it holds no mapping", f"It needs {sorted(needed)}.")
        for key in node:
            if key not in known:
                raise self._wrong(node, key, f"'{key}' is unknown here", f"Known: {sorted(known)}.")
        if missing := needed - set(node):
            line = node.lc.line + 1
            raise FileError(self._path, line, f"{sorted(missing)} is missing", "Add it.")

    def _wrong(self, node: Any, at: str | int, problem: str, mend: str) -> FileError:
        lines = getattr(node, "lc", None)
        if lines is None:
            return FileError(self._path, None, problem, mend)
        there = isinstance(at, int) or at in node
        line = (
            lines.line if not there else (lines.item if isinstance(at, int) else lines.key)(at)[0]
        )
        return FileError(self._path, line + 1, problem, mend)


def fill(
    template: str, groups: Mapping[str, Sequence[str]], turn: int
) -> Iterator[tuple[tuple[str, str], str]]:
    """The template with a word of the first group, beside each with other words, and their group.

    ``turn`` moves on through the words, so that templates share them evenly.
    """
    first = next(iter(groups.values()))
    base = first[turn % len(first)]
    for group, words in groups.items():
        for step in range(min(PER_GROUP, len(words))):
            word = words[(turn * PER_GROUP + step) % len(words)]
            if word != base:
                yield (GAP.sub(base, template), GAP.sub(word, template)), group


def read_behaviour(folder: Path) -> list[Case]:
    """Every case of the folder's files.

    Raises:
        FileError: a file holds what the format does not know; says the line.
        EvaluationError: the folder holds no file.
    """
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yml")):
        found = list(_Reader(path).cases())
        taken = {case.test for case in found} & {case.test for case in cases}
        if taken:
            mend = "Give each test a name of its own."
            raise FileError(path, None, f"{sorted(taken)} is in another file, too", mend)
        cases += found
    if not cases:
        raise EvaluationError(f"{folder} holds no behavioural tests (.yml files).")
    return cases
