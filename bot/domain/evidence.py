"""What was understood so far of who writes and what it is about, in levels from 0 to 3.

Each message updates it, in three steps for each of the two questions:

1. Weigh: a label's score counts ``1 + level`` times, and the scores are made to sum to 1 again.
   So two half-sure messages of one mind become sure, a vague one does not undo a clear one, and
   a clear one that contradicts still wins.
2. Believe the best label if it is sure enough (see ``confidence``), and if the message by itself
   bears it out slightly: what was told earlier helps to understand, it does not speak for silence.
3. Remember: a label's level becomes that of its weighed score, if higher. Where the message told
   something, the levels of everything else go down by one. A message that tells nothing
   contradicts nothing.

Levels and ids are all that is kept, never a score (architecture, decision 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeVar

from bot.domain.confidence import CLEAR, LIKELY, SLIGHT
from bot.domain.taxonomy import ASIDES, Audience, Concern

KEPT = 3
"""Most labels remembered of one question; the least likely is forgotten first."""
SAY_NOTHING = frozenset({Audience.UNKNOWN, Concern.NONE}) | ASIDES
"""Labels that tell neither who writes nor what has happened to them."""

Label = TypeVar("Label", bound=StrEnum)


class Level(IntEnum):
    """How well borne out; level 0 is not kept."""

    SLIGHT = 1
    LIKELY = 2
    CLEAR = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """(label, level) pairs of both questions, sorted by label, at most ``KEPT`` of each."""

    audience: tuple[tuple[Audience, Level], ...] = ()
    concern: tuple[tuple[Concern, Level], ...] = ()


NO_EVIDENCE = Evidence()
Levels = tuple[tuple[Label, Level], ...]


def weigh(scores: Mapping[Label, float], levels: Levels[Label]) -> dict[Label, float]:
    """The scores in the light of what was understood before; they sum to 1 if the scores do."""
    weights = dict(levels)
    extra = {label: weights.get(label, 0) * score for label, score in scores.items()}
    total = 1 + sum(extra.values())
    return {label: (score + extra[label]) / total for label, score in scores.items()}


def find_best(
    scores: Mapping[Label, float], weighed: Mapping[Label, float], *, sure: float
) -> Label | None:
    """The label to believe; None when none is sure enough or borne out by the message itself."""
    best = max(weighed, key=weighed.__getitem__, default=None)
    if best is None or weighed[best] < sure or scores[best] < SLIGHT:
        return None
    return best


def remember(
    levels: Levels[Label], weighed: Mapping[Label, float], told: Label | None
) -> Levels[Label]:
    """The levels after a message. ``told``: what it was taken to say, at least likely from now."""
    told = None if told in SAY_NOTHING else told
    if told is None and not weighed:
        return levels
    now = {label: level - (told not in (None, label)) for label, level in levels}
    for label, score in weighed.items():
        now[label] = max(now.get(label, 0), _level(score))
    if told is not None:
        now[told] = max(now.get(told, 0), Level.LIKELY)
    kept = [label for label, level in now.items() if level > 0 and label not in SAY_NOTHING]
    strongest = sorted(kept, key=lambda label: (-now[label], label))[:KEPT]
    return tuple((label, Level(now[label])) for label in sorted(strongest))


def _level(score: float) -> int:
    return sum(score >= bound for bound in (SLIGHT, LIKELY, CLEAR))
