"""Reads the folder of rule files into checked entries, or into issues that name the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.adapters.content_models import read_file
from bot.adapters.safety_net.lexicon import Lexicon, build_lexicon
from bot.adapters.safety_net.model import (
    GuardEntry,
    GuardsFile,
    PrecisionFile,
    RuleEntry,
    RulesFile,
    Strict,
    WordsFile,
)
from bot.domain.issue import Issue

WORDS, GUARDS, PRECISION = "words.yml", "guards.yml", "precision.yml"

File = TypeVar("File", bound=Strict)
Key = str | int


@dataclass(frozen=True, slots=True)
class RuleSource:
    """One rule and where it stands: ``index`` in the list of its file."""

    entry: RuleEntry
    path: Path
    index: int

    def issue(self, keys: tuple[Key, ...], problem: str, mend: str) -> Issue:
        """Word a problem of this rule; ``keys`` lead from the rule to the place."""
        at = ".".join(str(key) for key in (self.entry.id, *keys))
        line = line_of(self.path, ("rules", self.index, *keys))
        return Issue(self.path, at, problem, mend, line=line)


@dataclass
class Source:
    folder: Path
    lexicon: Lexicon
    guards: tuple[GuardEntry, ...] = ()
    rules: list[RuleSource] = field(default_factory=list)
    precision: PrecisionFile | None = None
    issues: list[Issue] = field(default_factory=list)


def read_source(folder: Path) -> Source:
    """Read every file of the folder. Problems are listed in ``issues``; nothing is raised."""
    issues: list[Issue] = []
    words = _read(folder / WORDS, WordsFile, issues)
    lexicon, problems = (
        build_lexicon(words.families, words.sets, words.phrases)
        if words
        else build_lexicon({}, {}, {})
    )
    for keys, problem in problems:
        path, line = folder / WORDS, line_of(folder / WORDS, keys)
        issues.append(Issue(path, ".".join(keys), problem, "Mend the word list.", line=line))
    guards = _read(folder / GUARDS, GuardsFile, issues)
    source = Source(folder, lexicon, guards.guards if guards else (), issues=issues)
    if (folder / PRECISION).exists():
        source.precision = _read(folder / PRECISION, PrecisionFile, issues)
    for path in sorted(folder.glob("*.yml")):
        if path.name in {WORDS, GUARDS, PRECISION}:
            continue
        if rules := _read(path, RulesFile, issues):
            source.rules += [RuleSource(entry, path, i) for i, entry in enumerate(rules.rules)]
    _refuse_duplicates(source)
    return source


def line_of(path: Path, keys: Sequence[Key]) -> int | None:
    """The line, from 1, of the entry under ``keys`` (of its nearest parent, if it is not there)."""
    try:
        node = _with_lines(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError):
        return None
    line: int | None = None
    for key in keys:
        if isinstance(node, str) and isinstance(key, int) and line:
            filled = [i for i, text in enumerate(node.splitlines(), 1) if text.strip()]
            return line + filled[key]  # the key-th item of a block starts below its key
        try:
            row, _ = node.lc.item(key) if isinstance(key, int) else node.lc.key(key)
            node = node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
        line = row + 1
    return line


@lru_cache(maxsize=4)
def _with_lines(text: str) -> Any:
    return YAML(typ="rt").load(text)


def _read(path: Path, shape: type[File], issues: list[Issue]) -> File | None:
    read = read_file(path, shape)
    if isinstance(read, list):
        issues += read
        return None
    return read


def _refuse_duplicates(source: Source) -> None:
    seen: dict[str, Path] = {}
    for rule in source.rules:
        if rule.entry.id in seen:
            source.issues.append(
                Issue(
                    rule.path,
                    f"rules.{rule.index}",
                    f"the id '{rule.entry.id}' is already used in {seen[rule.entry.id].name}",
                    "Give one of the rules another id.",
                    line=line_of(rule.path, ("rules", rule.index, "id")),
                )
            )
        seen[rule.entry.id] = rule.path
    names = [guard.name for guard in source.guards]
    for name in sorted({name for name in names if names.count(name) > 1}):
        source.issues.append(
            Issue(
                source.folder / GUARDS,
                f"guards.{name}",
                f"two guards are called '{name}'",
                "Rename one of them.",
            )
        )
