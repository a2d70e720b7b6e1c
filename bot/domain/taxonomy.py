"""The labels every part speaks: who writes, what it is about, how soon a person must act.

Source: ``resources/taxonomy.yml``, which also holds the Danish names and the meanings.
A test compares the two.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Audience(StrEnum):
    """Who is writing."""

    CHILD_SELF = "child_self"
    CHILD_FRIEND = "child_friend"
    YOUTH_AT_RISK = "youth_at_risk"
    BYSTANDER = "bystander"
    PARENT = "parent"
    PROFESSIONAL = "professional"
    ADULT_VIOLENCE = "adult_violence"
    ADULT_SEXUAL = "adult_sexual"
    ADULT_VICTIM = "adult_victim"
    SURVIVOR = "survivor"
    ADULT_SELF = "adult_self"
    NETWORK = "network"
    UNKNOWN = "unknown"


class Concern(StrEnum):
    """What the message is about."""

    PHYSICAL_VIOLENCE = "physical_violence"
    PSYCHOLOGICAL_VIOLENCE = "psychological_violence"
    SEXUAL_ABUSE = "sexual_abuse"
    NEGLECT = "neglect"
    HONOUR_VIOLENCE = "honour_violence"
    DIGITAL_ABUSE = "digital_abuse"
    WITNESSING_VIOLENCE = "witnessing_violence"
    HARMFUL_SEXUAL_BEHAVIOUR = "harmful_sexual_behaviour"
    SUICIDE_SELF_HARM = "suicide_self_harm"
    PARTNER_VIOLENCE = "partner_violence"
    OWN_VIOLENCE = "own_violence"
    SEXUAL_THOUGHTS = "sexual_thoughts"
    NOTIFICATION = "notification"
    RIGHTS = "rights"
    WELLBEING = "wellbeing"
    HUMAN = "human"
    PRIVACY = "privacy"
    NONE = "none"


ASIDES = frozenset({Concern.RIGHTS, Concern.PRIVACY, Concern.HUMAN})
"""Requests rather than what has happened: answered in between, and forgotten when answered."""


class Urgency(IntEnum):
    """How soon a person must act. Ordered, so that ``max`` picks the more urgent."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    ACUTE = 4

    @property
    def id(self) -> str:
        """The id used in the taxonomy, in content and in output, e.g. ``"acute"``."""
        return self.name.lower()

    @classmethod
    def of(cls, urgency_id: str) -> Urgency:
        """Read an id such as ``"high"``. Raises ``KeyError`` for an unknown one."""
        return cls[urgency_id.upper()]
