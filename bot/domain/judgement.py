"""What the two independent judges, safety net and NLU, say about one message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from bot.domain.taxonomy import Audience, Concern, Urgency

RuleId = NewType("RuleId", str)


@dataclass(frozen=True, slots=True)
class FiredRule:
    """One safety-net rule that matched.

    ``precision`` in (0, 1]: share of right firings on the measured message set; it replaces
    the NLU's probability when the net raised the urgency.
    """

    id: RuleId
    urgency: Urgency
    precision: float
    concern: Concern | None = None
    audience: Audience | None = None
    lang: str | None = None
    """The language its words are in, for a rule of a language other than Danish."""


@dataclass(frozen=True, slots=True)
class NetVerdict:
    """The safety net's judgement: every rule that fired, most urgent first."""

    fired: tuple[FiredRule, ...] = ()

    @property
    def urgency(self) -> Urgency:
        return max((rule.urgency for rule in self.fired), default=Urgency.NONE)

    @property
    def concern(self) -> Concern | None:
        return next((rule.concern for rule in self.fired if rule.concern), None)

    @property
    def lang(self) -> str | None:
        return next((rule.lang for rule in self.fired if rule.lang), None)

    @property
    def audience(self) -> Audience | None:
        return next((rule.audience for rule in self.fired if rule.audience), None)


@dataclass(frozen=True, slots=True)
class Understanding:
    """The NLU's judgement. Each score mapping holds every id of its question and sums to 1.

    ``urgency`` is the operating point already applied (not always the most probable);
    ``also`` are further concerns, most probable first.
    """

    audience: Audience
    audience_scores: Mapping[Audience, float]
    concern: Concern
    concern_scores: Mapping[Concern, float]
    also: tuple[Concern, ...]
    urgency: Urgency
    urgency_scores: Mapping[Urgency, float]
