"""Which rules fire on a text, and what their guards leave of them."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule found in a sentence, and the urgency that its guards leave it.

    ``stretches`` are (start, end) in the words of the text: what one of its patterns matched, and
    the word that had to stand near, if the rule asks for one.
    """

    urgency: Urgency
    stretches: tuple[Stretch, ...]


NOTHING = Match(Urgency.NONE, ())


def find_fired(compiled: Compiled, text: str) -> list[tuple[Rule, Urgency]]:
    """Return each rule that fires with the urgency its guards leave it, in file order."""
    words = split(read_as_meant(compiled, text))
    return [(rule, match.urgency) for rule, match in find_matches(compiled, words)]


def read_as_meant(compiled: Compiled, text: str) -> str:
    """The text without disguises, within the limit: what rules match and quotes show."""
    meant = unmask(shorten(visible(text)), compiled.knows)
    return shorten(meant)  # one character may stand for eighteen


def find_matches(compiled: Compiled, words: Words) -> list[tuple[Rule, Match]]:
    """Return each rule that fires with its most urgent match, in file order."""
    reading = _Reading(words, compiled.document(words.forms))
    best: dict[int, Match] = {}
    for sentence in words.sentences:
        start, end = sentence
        forms = frozenset(words.forms[start:end])
        for number in {n for form in forms for n in compiled.index.get(form, ())}:
            rule = compiled.rules[number]
            if rule.patterns.may_match(forms):
                found = reading.judge(rule, sentence)
                if found.urgency > best.get(number, NOTHING).urgency:
                    best[number] = found
    return [(compiled.rules[number], best[number]) for number in sorted(best)]


class _Reading:
    """One text while it is judged."""

    def __init__(self, words: Words, doc: Doc) -> None:
        self._words = words
        self._doc = doc
        self._found: dict[tuple[str, Stretch], list[Stretch]] = {}

    def judge(self, rule: Rule, sentence: Stretch) -> Match:
        """The match of the rule in the sentence that keeps the highest urgency."""
        best = NOTHING
        for match in self._find(rule.patterns, sentence):
            if best.urgency == rule.entry.urgency:
                break
            near = self._find(rule.near, self._around(match)) if rule.near else []
            if rule.near and not near:
                continue
            kept = rule.entry.urgency
            for guard in rule.guards:
                if kept > guard.effect.ceiling and self._guarded(guard, match, sentence):
                    kept = guard.effect.ceiling
            if kept > best.urgency:
                best = Match(kept, (match, *near[:1]))
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
