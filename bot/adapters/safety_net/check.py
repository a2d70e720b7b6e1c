"""The check authors and CI run: everything ``load`` refuses, and every example of every rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.safety_net.compiled import Compiled
from bot.adapters.safety_net.compiler import compile_source
from bot.adapters.safety_net.judging import find_fired
from bot.adapters.safety_net.net import missing_precision
from bot.adapters.safety_net.source import GUARDS, PRECISION, WORDS, RuleSource, read_source
from bot.domain.issue import Issue, Severity
from bot.domain.taxonomy import Urgency


def check_safety_net(folder: Path) -> list[Issue]:
    """List every problem of the rule files; an empty list means they may go live.

    An example in ``fires`` must wake its own rule at the rule's urgency; one in ``silent`` must
    not wake its rule at all, though another rule may.
    """
    source = read_source(folder)
    if any(issue.path.name in {WORDS, GUARDS} for issue in source.issues):
        return source.issues  # every rule would fail for the same reason
    compiled, issues = compile_source(source)
    issues = source.issues + issues
    if source.precision is None and not issues:
        issues.append(missing_precision(folder))
    elif source.precision is not None:
        known = {rule.entry.id for rule in source.rules}
        for stale in sorted(source.precision.rules.keys() - known):
            problem = f"it holds a figure for '{stale}', which is no rule"
            mend = "Measure again."
            issues.append(
                Issue(folder / PRECISION, stale, problem, mend, severity=Severity.WARNING)
            )
    for rule in source.rules:
        issues += _wrong_examples(rule, compiled)
    return issues


def _wrong_examples(rule: RuleSource, compiled: Compiled) -> Iterator[Issue]:
    entry = rule.entry
    for i, text in enumerate(entry.fires):
        urgency = _fired(compiled, text).get(entry.id)
        if urgency != entry.urgency:
            held = f"fires only at {urgency.id}" if urgency else "does not fire"
            yield rule.issue(
                ("fires", i), f"'{text}' {held}", "Widen a pattern or look at `unless`."
            )
    for i, text in enumerate(entry.silent):
        if entry.id in _fired(compiled, text):
            yield rule.issue(("silent", i), f"'{text}' fires", "Narrow a pattern or add a guard.")


def _fired(compiled: Compiled, text: str) -> dict[str, Urgency]:
    return {rule.entry.id: urgency for rule, urgency in find_fired(compiled, text)}
