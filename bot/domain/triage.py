"""From the judges to a decision: how urgent, who and what, and which flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.domain.confidence import (
    AUDIENCE_CERTAIN,
    AUDIENCE_SURE,
    CONCERN_SURE,
    NOTHING_SURE,
    SLIGHT,
)
from bot.domain.content import Content, FlowGraph
from bot.domain.evidence import NO_EVIDENCE, Evidence, Level, find_best, remember, weigh
from bot.domain.judgement import NetVerdict, Understanding
from bot.domain.state import State
from bot.domain.taxonomy import ASIDES, Audience, Concern, Urgency

CLARIFY = "pattern_clarification"
"""Asks who writes and what it is about, with numbers to call beside the question."""
DEFAULT_FLOW = "pattern_first_help"
"""Takes everything that no guarded flow takes, so that there is always an answer."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What one message tells, read in its conversation.

    ``audience``/``concern`` None: not sure enough to act on. ``Concern.NONE``: surely nothing of
    the kind. ``also``: further concerns the message names. ``evidence``: that of the whole
    conversation, this message included.
    """

    urgency: Urgency
    audience: Audience | None
    concern: Concern | None
    also: tuple[Concern, ...] = ()
    evidence: Evidence = NO_EVIDENCE


def judge(
    net: NetVerdict, understanding: Understanding | None, before: Evidence = NO_EVIDENCE
) -> Picture:
    """Merge the two judges, in the light of what was understood before.

    Urgency is this message's, the maximum of both: either may raise it, neither lower it.
    """
    urgency = net.urgency if understanding is None else max(net.urgency, understanding.urgency)
    by_audience = understanding.audience_scores if understanding else {}
    by_concern = understanding.concern_scores if understanding else {}
    audiences = weigh(by_audience, before.audience)
    concerns = weigh(by_concern, before.concern)
    audience = _audience(net, by_audience, audiences, before)
    concern = _concern(net, by_concern, concerns) if understanding else net.concern
    return Picture(
        urgency,
        audience,
        concern,
        () if concern is Concern.NONE else _name_also(net, understanding),
        Evidence(
            remember(before.audience, audiences, audience),
            remember(before.concern, concerns, concern),
        ),
    )


def _audience(
    net: NetVerdict,
    scores: Mapping[Audience, float],
    weighed: Mapping[Audience, float],
    before: Evidence,
) -> Audience | None:
    """The NLU's best, which sees the whole message, unless it is in doubt; else the net's.

    Against the net's words, or somebody whom the conversation has borne out, it must be nearly
    certain: who writes seldom changes.
    """
    best = find_best(scores, weighed, sure=AUDIENCE_SURE)
    if best in (None, Audience.UNKNOWN):
        return net.audience
    likely = {label for label, level in before.audience if level >= Level.LIKELY}
    is_doubted = bool({*likely, net.audience} - {best, None})
    return net.audience if is_doubted and weighed[best] < AUDIENCE_CERTAIN else best


def _concern(
    net: NetVerdict, scores: Mapping[Concern, float], weighed: Mapping[Concern, float]
) -> Concern | None:
    """The net's concern unless the NLU is sure of one that the net's rule does not exclude.

    Below ``high`` the net's words are hints: they exclude nothing.
    """
    believed = find_best(scores, weighed, sure=CONCERN_SURE)
    if believed in (None, Concern.NONE):
        believed = Concern.NONE if scores.get(Concern.NONE, 0.0) >= NOTHING_SURE else None
    if net.concern is None or (believed not in (None, Concern.NONE) and net.urgency < Urgency.HIGH):
        return believed
    named = {rule.concern for rule in net.fired if rule.concern}
    return believed if believed in named else net.concern


def _name_also(net: NetVerdict, understanding: Understanding | None) -> tuple[Concern, ...]:
    """What either judge names besides, by this message alone.

    The net by more than a hint, the NLU by more than a guess: Betro will say 'you also wrote of
    ...'. The NLU's first is among them if it would have been believed but for what was told before.
    """
    named = [rule.concern for rule in net.fired if rule.urgency >= Urgency.HIGH and rule.concern]
    if understanding is None:
        return tuple(named)
    scores = understanding.concern_scores
    if scores.get(understanding.concern, 0.0) >= CONCERN_SURE:
        named.append(understanding.concern)
    return (*named, *(each for each in understanding.also if scores.get(each, 0.0) >= SLIGHT))


def learn(state: State, picture: Picture) -> State:
    """Keep what the message told, without a calm guess overriding what the visitor chose.

    ``further`` gathers all that was told, the present concern among it; ``advance`` picks from it
    when the turn is done.
    """
    told_audience = picture.audience if not state.audience_told else None
    # In danger, what is written now decides which number comes first.
    is_open = picture.urgency is Urgency.ACUTE or not state.concern_told
    told = picture.concern if is_open else None
    # A request is no other concern: what was told before still is what it is about.
    is_beside = told in ASIDES and state.concern is not Concern.NONE
    concern = state.concern if told in (None, Concern.NONE) or is_beside else told
    left = (state.concern,) if state.flow and concern is not state.concern else ()
    named = (picture.concern,) if picture.concern else ()
    return replace(
        state,
        urgency=max(state.urgency, picture.urgency),
        audience=told_audience or state.audience,
        concern=concern,
        evidence=picture.evidence,
        further=(*state.further, *left, *named, *picture.also),
    )


def destination(content: Content, state: State, picture: Picture) -> str:
    """The flow for what is known now; ``CLARIFY`` when neither judge is sure of anything.

    ``state`` has learned from the message. From ``medium`` on help comes before the question: a
    message that does not tell what it is about is about what was told before.
    """
    concern = picture.concern
    if concern in (None, Concern.NONE) and picture.urgency >= Urgency.MEDIUM:
        concern = Concern.NONE if state.concern in ASIDES else state.concern
    if concern is None:
        return CLARIFY
    return route(content, state.audience, concern, state.urgency)


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


def is_general(flow: str) -> bool:
    """Whether it is one of the flows the engine starts itself, made for no concern of its own."""
    return flow.startswith("pattern_")


def _reader(audience: Audience, concern: Concern, urgency: Urgency) -> Callable[[str], str | None]:
    return State(audience=audience, concern=concern, urgency=urgency).slot
