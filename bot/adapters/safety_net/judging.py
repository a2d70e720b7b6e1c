"""Which rules fire on a text, and what their guards leave of them."""

from __future__ import annotations

from bot.adapters.safety_net.compiled import Compiled, Guard, PatternSet, Rule, Stretch
from bot.adapters.safety_net.model import Look
from bot.adapters.safety_net.spacy_parts import Doc
from bot.adapters.safety_net.text import Words, shorten, split
from bot.domain.disguise import unmask, visible
from bot.domain.taxonomy import Urgency

NEAR = 25
"""How many words on either side of a match a rule's ``near`` may stand."""
CLOSE = 2
"""A guard looked for before or after a match begins or ends within this many words of it."""
SAME_THOUGHT = 12
"""A guard looked for in the sentence counts within this distance: chat has few full stops."""


def find_fired(compiled: Compiled, text: str) -> list[tuple[Rule, Urgency]]:
    """Return each rule that fires with the urgency its guards leave it, in file order."""
    meant = unmask(shorten(visible(text)), compiled.knows)
    words = split(shorten(meant))  # one character may stand for eighteen
    reading = _Reading(words, compiled.document(words.forms))
    best: dict[int, Urgency] = {}
    for sentence in words.sentences:
        start, end = sentence
        forms = frozenset(words.forms[start:end])
        for number in {n for form in forms for n in compiled.index.get(form, ())}:
            rule = compiled.rules[number]
            if rule.patterns.may_match(forms):
                urgency = reading.judge(rule, sentence)
                best[number] = max(urgency, best.get(number, Urgency.NONE))
    return [(compiled.rules[n], best[n]) for n in sorted(best) if best[n] > Urgency.NONE]


class _Reading:
    """One text while it is judged."""

    def __init__(self, words: Words, doc: Doc) -> None:
        self._words = words
        self._doc = doc
        self._found: dict[tuple[str, Stretch], list[Stretch]] = {}

    def judge(self, rule: Rule, sentence: Stretch) -> Urgency:
        """The highest urgency that any match of the rule in the sentence keeps."""
        best = Urgency.NONE
        for match in self._find(rule.patterns, sentence):
            if best == rule.entry.urgency:
                break
            if rule.near and not self._find(rule.near, self._around(match)):
                continue
            kept = rule.entry.urgency
            for guard in rule.guards:
                if kept > guard.effect.ceiling and self._guarded(guard, match, sentence):
                    kept = guard.effect.ceiling
            best = max(best, kept)
        return best

    def _find(self, patterns: PatternSet, part: Stretch) -> list[Stretch]:
        return patterns.find(self._doc[part[0] : part[1]])

    def _around(self, match: Stretch) -> Stretch:
        return max(0, match[0] - NEAR), min(len(self._doc), match[1] + NEAR)

    def _guarded(self, guard: Guard, match: Stretch, sentence: Stretch) -> bool:
        key = (guard.name, sentence)
        if key not in self._found:
            void = self._find(guard.not_when, sentence) if guard.not_when else []
            self._found[key] = [
                stretch
                for stretch in self._find(guard.patterns, sentence)
                if not any(_overlap(stretch, other) for other in void)
            ]
        return any(
            self._stands(look, stretch, match)
            for stretch in self._found[key]
            for look in guard.look
        )

    def _stands(self, look: Look, guard: Stretch, match: Stretch) -> bool:
        if look is Look.INSIDE:
            return _overlap(guard, match)
        if look is Look.SENTENCE:
            return _distance(guard, match) <= SAME_THOUGHT
        clauses = self._words.clauses
        if look is Look.CLAUSE:
            first, last = clauses[match[0]], clauses[match[1] - 1]
            return first <= clauses[guard[0]] <= last and _distance(guard, match) <= SAME_THOUGHT
        if look is Look.BEFORE:
            close = 0 <= match[0] - guard[1] < CLOSE
            return close and clauses[guard[1] - 1] == clauses[match[0]]
        close = 0 <= guard[0] - match[1] < CLOSE
        return close and clauses[guard[0]] == clauses[match[1] - 1]


def _overlap(one: Stretch, other: Stretch) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _distance(one: Stretch, other: Stretch) -> int:
    return max(other[0] - one[1], one[0] - other[1], 0)
