"""From the judges to a decision: how urgent, who and what, and which flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.domain.content import Content, FlowGraph
from bot.domain.judgement import NetVerdict, Understanding
from bot.domain.state import State
from bot.domain.taxonomy import Audience, Concern, Urgency

AUDIENCE_SURE = 0.5
"""Lowest calibrated score at which the NLU's audience is believed; below, Betro asks."""
AUDIENCE_CERTAIN = 0.8
"""Lowest score at which it is believed against the safety net."""
CONCERN_SURE = 0.4
"""Lowest calibrated score at which the NLU's concern is believed; below, Betro asks."""
DEFAULT_FLOW = "pattern_first_help"
"""Takes everything that no guarded flow takes, so that there is always an answer."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What one message tells. ``audience``/``concern`` None: it does not tell."""

    urgency: Urgency
    audience: Audience | None
    concern: Concern | None


def judge(net: NetVerdict, understanding: Understanding | None) -> Picture:
    """Merge the two judges. Urgency is the maximum: either may raise it, neither lower it."""
    if understanding is None:
        return Picture(net.urgency, net.audience, net.concern)
    return Picture(
        urgency=max(net.urgency, understanding.urgency),
        audience=_audience(net, understanding),
        concern=_concern(net, understanding),
    )


def _audience(net: NetVerdict, understanding: Understanding) -> Audience | None:
    """The net's audience, unless the NLU, which sees the whole message, is nearly certain."""
    guess = understanding.audience
    score = understanding.audience_scores.get(guess, 0.0)
    needed = AUDIENCE_SURE if net.audience is None else AUDIENCE_CERTAIN
    if guess is Audience.UNKNOWN or score < needed:
        return net.audience
    return guess


def _concern(net: NetVerdict, understanding: Understanding) -> Concern | None:
    """The net's concern unless the NLU is sure of one that the net's rule does not exclude.

    Below ``high`` the net's words are hints: they exclude nothing.
    """
    score = understanding.concern_scores.get(understanding.concern, 0.0)
    believed = understanding.concern if score >= CONCERN_SURE else None
    if net.concern is None or (believed not in (None, Concern.NONE) and net.urgency < Urgency.HIGH):
        return believed
    named = {rule.concern for rule in net.fired}
    return believed if believed in named else net.concern


def learn(state: State, picture: Picture) -> State:
    """Keep what the message told, without a calm guess overriding what the visitor chose."""
    told_audience = picture.audience if not state.audience_told else None
    # In danger, what is written now decides which number comes first.
    is_open = picture.urgency is Urgency.ACUTE or not state.concern_told
    told_concern = picture.concern if is_open else None
    return replace(
        state,
        urgency=max(state.urgency, picture.urgency),
        audience=told_audience or state.audience,
        concern=state.concern if told_concern in (None, Concern.NONE) else told_concern,
    )


def guards_holding(
    content: Content, audience: Audience, concern: Concern, urgency: Urgency
) -> Iterator[FlowGraph]:
    """Every flow triggered by the concern whose guard holds. Lint proves there is at most one."""
    read = _reader(audience, concern, urgency)
    for graph in content.by_intent.get(concern.value, ()):
        if graph.guard is None or graph.guard.holds(read):
            yield graph


def route(content: Content, audience: Audience, concern: Concern, urgency: Urgency) -> str:
    """The flow for what is known; ``DEFAULT_FLOW`` when no guarded flow takes it."""
    chosen = next(guards_holding(content, audience, concern, urgency), None)
    return chosen.id if chosen else DEFAULT_FLOW


def _reader(audience: Audience, concern: Concern, urgency: Urgency) -> Callable[[str], str | None]:
    return State(audience=audience, concern=concern, urgency=urgency).slot
