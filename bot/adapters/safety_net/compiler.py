"""Compiles the entries of the rule files and reports what cannot be compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.adapters.safety_net.compiled import Compiled, Guard, PatternSet, Rule
from bot.adapters.safety_net.lexicon import UnknownName, nearest
from bot.adapters.safety_net.pattern import BadPattern, Sequence, read_pattern
from bot.adapters.safety_net.source import GUARDS, Key, RuleSource, Source, line_of
from bot.adapters.safety_net.spacy_parts import IS_PUNCT, Vocab
from bot.adapters.safety_net.text import BREAK
from bot.domain.issue import Issue


def compile_source(source: Source) -> tuple[Compiled, list[Issue]]:
    """Compile what can be compiled and list what cannot."""
    vocab = Vocab(lex_attr_getters={IS_PUNCT: lambda word: word == BREAK})
    compiler = _Compiler(source, vocab)
    guards = compiler.guards()
    rules = tuple(
        rule for entry in source.rules if (rule := compiler.rule(entry, guards)) is not None
    )
    index: dict[str, list[int]] = {}
    for number, rule in enumerate(rules):
        for form in rule.patterns.anchors:
            index.setdefault(form, []).append(number)
    frozen = {form: tuple(numbers) for form, numbers in index.items()}
    return Compiled(rules, frozen, source.lexicon.lemmas, vocab), compiler.issues


class _Compiler:
    def __init__(self, source: Source, vocab: Vocab) -> None:
        self._source = source
        self._vocab = vocab
        self.issues: list[Issue] = []

    def guards(self) -> dict[str, Guard]:
        compiled: dict[str, Guard] = {}
        path = self._source.folder / GUARDS
        for i, entry in enumerate(self._source.guards):
            patterns = self._patterns(entry.patterns, path, ("guards", i, "patterns"))
            not_when = self._patterns(entry.not_when, path, ("guards", i, "not_when"))
            if patterns:
                look = frozenset(entry.look)
                compiled[entry.name] = Guard(entry.name, look, entry.effect, patterns, not_when)
        return compiled

    def rule(self, rule: RuleSource, guards: Mapping[str, Guard]) -> Rule | None:
        entry = rule.entry
        keys: tuple[Key, ...] = ("rules", rule.index)
        patterns = self._patterns(entry.patterns, rule.path, (*keys, "patterns"))
        near = self._patterns(entry.near, rule.path, (*keys, "near"))
        defined = {guard.name for guard in self._source.guards}
        for i, name in enumerate(entry.unless):
            if name not in defined:
                mend = nearest(name, defined) or f"Define it in {GUARDS}."
                self._report(rule.path, (*keys, "unless", i), f"'{name}' is no guard", mend)
        found = tuple(guards[name] for name in entry.unless if name in guards)
        return Rule(entry, patterns, near, found) if patterns else None

    def _patterns(
        self, sources: Iterable[str] | None, path: Path, keys: tuple[Key, ...]
    ) -> PatternSet | None:
        sequences: list[Sequence] = []
        for i, source in enumerate(sources or ()):
            try:
                sequences += read_pattern(source, self._source.lexicon)
            except BadPattern as bad:
                problem = f"'{source}' is no pattern: {bad}"
                self._report(path, (*keys, i), problem, "README.md shows the pattern language.")
            except UnknownName as unknown:
                what, _, hint = str(unknown).partition(". ")
                problem = f"in '{source}', {what.rstrip('.')}"
                self._report(path, (*keys, i), problem, hint or "Define it in words.yml.")
        return PatternSet(sequences, self._vocab) if sequences else None

    def _report(self, path: Path, keys: tuple[Key, ...], problem: str, mend: str) -> None:
        at = ".".join(str(key) for key in keys)
        self.issues.append(Issue(path, at, problem, mend, line=line_of(path, keys)))
