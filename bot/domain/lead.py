"""Whether words that were not written as an answer lead to another flow than the present one."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.evidence import Level
from bot.domain.narration import Narration
from bot.domain.state import State
from bot.domain.taxonomy import ASIDES, Audience, Concern, Urgency
from bot.domain.triage import DEFAULT_FLOW, Picture, destination, is_general


def find_lead(narration: Narration, picture: Picture, before: State) -> str | None:
    """The flow the words lead to: for another concern, another visitor, or new danger.

    ``narration`` has learned from the message, ``before`` is the state it found.
    """
    state = narration.state
    told = picture.concern not in (None, Concern.NONE)
    raised = picture.urgency >= Urgency.HIGH and picture.urgency > before.urgency
    leads = told and picture.concern not in ASIDES and _may_leave(narration, picture)
    is_other = picture.concern not in ASIDES and _is_someone_else(picture, before)
    if is_other and not told:  # who writes was wrong, what it is about was not
        picture = replace(picture, concern=None if state.concern is Concern.NONE else state.concern)
    flow = destination(narration.content, state, picture)
    is_away = (raised or leads) and flow not in narration.running()
    return flow if is_away or is_other else None


def _is_someone_else(picture: Picture, before: State) -> bool:
    """Whether it is clear by now that a guess of who writes was wrong."""
    if picture.audience in (None, before.audience):
        return False
    guessed = before.audience is not Audience.UNKNOWN and not before.audience_told
    return guessed and (picture.audience, Level.CLEAR) in picture.evidence.audience


def _may_leave(narration: Narration, picture: Picture) -> bool:
    """A flow made for what was told is not left for the general one on a calmer word."""
    in_general = all(is_general(flow) for flow in narration.running())
    to_general = destination(narration.content, narration.state, picture) == DEFAULT_FLOW
    return in_general or not to_general or picture.urgency >= Urgency.HIGH
