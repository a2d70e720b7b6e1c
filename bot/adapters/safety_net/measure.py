"""Measures the rules on the project's labelled messages and writes ``precision.yml``.

    python -m bot.adapters.safety_net.measure [--messages nlu/data] [--write]

A message is an example of the NLU's training data with ``urgency`` in its metadata and, where
another reader would accept more, ``urgency_ok``. A firing is right when an accepted urgency is at
least the one it fired at.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.adapters.safety_net.compiled import Compiled
from bot.adapters.safety_net.compiler import compile_source
from bot.adapters.safety_net.judging import find_fired
from bot.adapters.safety_net.source import PRECISION, read_source
from bot.domain.errors import ContentError
from bot.domain.issue import Issue
from bot.domain.taxonomy import Urgency

ENOUGH = 5
"""A rule that fired fewer times shares the pooled figure of its urgency."""

_HEADER = """\
# Measured, never written by hand:
#   python -m bot.adapters.safety_net.measure --write
# The rules were partly tuned on these messages, so the figures are an upper hint.
"""


@dataclass(frozen=True, slots=True)
class Message:
    text: str
    accepted: Urgency
    """The highest urgency that a reader would accept."""


@dataclass(slots=True)
class Count:
    fired: int = 0
    right: int = 0

    def add(self, *, right: bool) -> None:
        self.fired += 1
        self.right += right

    def as_entry(self) -> dict[str, float]:
        """Laplace-smoothed, so that no figure is 0 or 1."""
        precision = round((self.right + 1) / (self.fired + 2), 3)
        return {"fired": self.fired, "right": self.right, "precision": precision}


def read_messages(folder: Path) -> Iterator[Message]:
    """Read every Rasa data file of the folder. Raises ``ContentError`` for one of another shape."""
    for path in sorted(folder.glob("*.yml")):
        try:
            data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
            for intent in data["nlu"]:
                for example in intent["examples"]:
                    labels = example["metadata"]
                    ids = [labels["urgency"], *labels.get("urgency_ok", ())]
                    yield Message(example["text"].strip(), max(Urgency.of(i) for i in ids))
        except (YAMLError, KeyError, TypeError):
            problem = "it is no list of labelled messages"
            mend = "Each example needs `text` and `metadata` with `urgency`."
            raise ContentError([Issue(path, path.name, problem, mend)]) from None


def measure(compiled: Compiled, messages: Iterable[Message]) -> dict[str, object]:
    """Count right and wrong firings per rule and per urgency."""
    rules: dict[str, Count] = defaultdict(Count)
    pooled = {u.id: Count() for u in sorted(Urgency, reverse=True) if u is not Urgency.NONE}
    total = 0
    for message in messages:
        total += 1
        for rule, urgency in find_fired(compiled, message.text):
            right = message.accepted >= urgency
            pooled[urgency.id].add(right=right)
            if urgency == rule.entry.urgency:
                rules[rule.entry.id].add(right=right)
    enough = {name: count for name, count in sorted(rules.items()) if count.fired >= ENOUGH}
    return {
        "messages": total,
        "pooled": {name: count.as_entry() for name, count in pooled.items() if count.fired},
        "rules": {name: count.as_entry() for name, count in enough.items()},
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=Path, default=Path("nlu/data"), help="folder")
    parser.add_argument("--rules", type=Path, default=Path("flows/safety_net"), help="folder")
    parser.add_argument("--write", action="store_true", help=f"write {PRECISION}")
    options = parser.parse_args(arguments)
    try:
        figures = _figures(options.rules, options.messages)
    except ContentError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    yaml = YAML()
    if options.write:
        with (options.rules / PRECISION).open("w", encoding="utf-8") as file:
            file.write(_HEADER)
            yaml.dump(figures, file)
    else:
        yaml.dump(figures, sys.stdout)
    return 0


def _figures(rules: Path, messages: Path) -> dict[str, object]:
    """Measure; the old ``precision.yml`` is not needed. Raises ``ContentError``."""
    source = read_source(rules)
    compiled, issues = compile_source(source)
    if wrong := [i for i in source.issues + issues if i.path.name != PRECISION]:
        raise ContentError(wrong)
    return {"measured_on": messages.as_posix(), **measure(compiled, read_messages(messages))}


if __name__ == "__main__":
    raise SystemExit(main())
