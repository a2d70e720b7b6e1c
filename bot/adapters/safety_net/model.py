"""The shape of the rule files. Unknown keys are refused, so a misspelt one is found."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from bot.domain.language import Lang
from bot.domain.taxonomy import Audience, Concern, Urgency

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _lines(value: object) -> object:
    """One item a line, as in a YAML block (``|``); empty lines separate nothing."""
    if not isinstance(value, str):
        raise ValueError("write one item a line in a block that starts with '|'")  # noqa: TRY004
    return tuple(line.strip() for line in value.splitlines() if line.strip())


def _words(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("write the words on one line, with spaces between")  # noqa: TRY004
    return tuple(value.split())


Lines = Annotated[tuple[str, ...], BeforeValidator(_lines), Field(min_length=1)]
Examples = Annotated[tuple[str, ...], BeforeValidator(_lines), Field(min_length=4)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words), Field(min_length=1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Look(StrEnum):
    """Where a guard is looked for, seen from the words that a rule matched."""

    INSIDE = "inside"
    BEFORE = "before"
    AFTER = "after"
    CLAUSE = "clause"
    SENTENCE = "sentence"


class Effect(StrEnum):
    """What a guard does to a match: drop it, or hold it down to an urgency."""

    SILENCE = "silence"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def ceiling(self) -> Urgency:
        return Urgency.NONE if self is Effect.SILENCE else Urgency.of(self.value)


class GuardEntry(Strict):
    name: Id
    means: str
    look: Annotated[tuple[Look, ...], Field(min_length=1)]
    effect: Effect
    patterns: Lines
    not_when: Lines | None = None
    """Where one of these overlaps the guard's words, the guard does not count."""


class RuleEntry(Strict):
    id: Id
    means: str
    urgency: Urgency
    concern: Concern | None = None
    audience: Audience | None = None
    lang: Lang | None = None
    """What its words are written in, where not Danish: tells the language of a short cry."""
    patterns: Lines
    near: Lines | None = None
    """If given, one of these must stand within ``NEAR`` words of the match."""
    unless: tuple[Id, ...] = ()
    fires: Examples
    silent: Examples

    @field_validator("urgency", mode="before")
    @classmethod
    def _urgency_by_id(cls, value: object) -> object:
        known = [urgency.id for urgency in Urgency if urgency is not Urgency.NONE]
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"urgency is one of {', '.join(known)}")
        return Urgency.of(value)


class WordsFile(Strict):
    """Families and sets hold words with spaces between, phrases one alternative a line."""

    families: dict[str, Words]
    sets: dict[str, Words]
    phrases: dict[str, Lines]


class GuardsFile(Strict):
    guards: tuple[GuardEntry, ...]


class RulesFile(Strict):
    theme: str
    rules: tuple[RuleEntry, ...]


class Measured(Strict):
    """``right`` of ``fired`` firings stood on a message that urgent; Laplace-smoothed precision."""

    fired: Annotated[int, Field(ge=0)]
    right: Annotated[int, Field(ge=0)]
    precision: Annotated[float, Field(gt=0, lt=1)]


class PrecisionFile(Strict):
    """Written by ``measure``, never by hand."""

    measured_on: str
    messages: Annotated[int, Field(ge=1)]
    pooled: Annotated[dict[str, Measured], Field(min_length=1)]
    """By urgency: all firings at it. Serves rules that fired too seldom and held-down firings."""
    rules: dict[str, Measured]

    def of(self, rule: RuleEntry, urgency: Urgency) -> float:
        """The measured precision of the rule firing at this urgency.

        An urgency nothing fired at while measuring gets the lowest figure there is.
        """
        if urgency == rule.urgency and rule.id in self.rules:
            return self.rules[rule.id].precision
        if urgency.id in self.pooled:
            return self.pooled[urgency.id].precision
        return min(measured.precision for measured in self.pooled.values())
