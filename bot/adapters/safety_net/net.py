"""Judging one message by the rules alone, before and without the NLU."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Self

from bot.adapters.safety_net.compiled import Compiled
from bot.adapters.safety_net.compiler import compile_source
from bot.adapters.safety_net.judging import find_fired, find_matches, read_as_meant
from bot.adapters.safety_net.model import PrecisionFile
from bot.adapters.safety_net.source import PRECISION, read_source
from bot.adapters.safety_net.text import split
from bot.adapters.safety_net.wording import as_written, quote
from bot.domain.errors import ContentError
from bot.domain.issue import Issue
from bot.domain.judgement import FiredRule, NetVerdict, RuleId


class SafetyNet:
    """The compiled rules. One instance serves every visitor; judging keeps nothing."""

    def __init__(self, compiled: Compiled, precision: PrecisionFile) -> None:
        self._compiled = compiled
        self._precision = precision

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read and compile the rule files. Examples are not run: ``check_safety_net`` does.

        Raises:
            ContentError: a file is missing or wrong; it lists every problem.
        """
        source = read_source(folder)
        compiled, issues = compile_source(source)
        issues = source.issues + issues
        if source.precision is None and not issues:
            issues = [missing_precision(folder)]
        if issues or source.precision is None:
            raise ContentError(issues)
        return cls(compiled, source.precision)

    def judge(self, text: str) -> NetVerdict:
        """Judge one message. Total: never raises, whatever the text, and takes bounded time."""
        fired = [
            FiredRule(
                id=RuleId(rule.entry.id),
                urgency=urgency,
                precision=self._precision.of(rule.entry, urgency),
                concern=rule.entry.concern,
                audience=rule.entry.audience,
                lang=rule.entry.lang,
            )
            for rule, urgency in find_fired(self._compiled, text)
        ]
        return NetVerdict(tuple(sorted(fired, key=lambda f: (-f.urgency, -f.precision))))

    def quote_matches(self, text: str) -> dict[RuleId, tuple[str, ...]]:
        """The words of the text that each fired rule matched, for whoever wrote the text alone."""
        words = split(read_as_meant(self._compiled, text))
        written = as_written(text, words, partial(read_as_meant, self._compiled))
        return {
            RuleId(rule.entry.id): tuple(quote(written, stretch) for stretch in match.stretches)
            for rule, match in find_matches(self._compiled, words)
        }


def missing_precision(folder: Path) -> Issue:
    return Issue(
        folder / PRECISION,
        PRECISION,
        "the measured file is missing",
        "Write it with `python -m bot.adapters.safety_net.measure`.",
    )
