"""Texts that may never be shown unread: danger, a child or thoughts of suicide can meet them.

Found by walking every reachable state as the proofs do, with danger and thoughts of suicide kept
apart all the way. What the walk does not reach counts as met: nothing is let through by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.domain.content import Content
from bot.domain.effects import Say
from bot.domain.flow import Text
from bot.domain.paths import Exploration, Turn
from bot.domain.silence import RETURN
from bot.domain.state import CHILDREN, State
from bot.domain.taxonomy import Audience, Concern, Urgency

YOUNG = CHILDREN | {Audience.UNKNOWN}
"""Whoever has not told who they are may be a child."""


def find_must_be_read(content: Content) -> frozenset[tuple[str, int]]:
    """Variants that an acute conversation, the young or thoughts of suicide can meet.

    Whoever reads otherwise (easily, on Telegram) gets other variants of the same text on the
    same way, so a text met by one audience is met in every variant that audience can get.
    """
    reached: dict[str, set[Audience]] = {}
    met: dict[str, set[Audience]] = {}
    for turn in _turns(_Careful(content)):
        audience = turn.after.audience
        is_met = audience in YOUNG or _is_grave(turn) or _is_aside(turn, content)
        for name in _said(turn):
            reached.setdefault(name, set()).add(audience)
            if is_met:
                met.setdefault(name, set()).add(audience)
    return frozenset(
        (name, index)
        for name, variants in content.responses.items()
        for index, text in enumerate(variants)
        if _is_met(name, text, reached, met)
    )


class _Careful(Exploration):
    """The walk of the proofs, in which danger and thoughts of suicide are never left out."""

    def _abstract(self, state: State) -> State:
        abstract = super()._abstract(state)
        if state.urgency is Urgency.ACUTE:
            abstract = replace(abstract, urgency=Urgency.ACUTE)
        if state.concern is Concern.SUICIDE_SELF_HARM:
            abstract = replace(abstract, concern=Concern.SUICIDE_SELF_HARM)
        return abstract


def _turns(exploration: Exploration) -> Iterator[Turn]:
    yield from exploration.entries()
    yield from exploration.turns()


def _said(turn: Turn) -> Iterator[str]:
    for effect in turn.effects:
        if isinstance(effect, Say):
            yield effect.response
            if effect.note:
                yield from (name for name, _ in (effect.note.about, *effect.note.parts))


def _is_aside(turn: Turn, content: Content) -> bool:
    """Topics and the return after a silence are walked once, but anyone may come to them."""
    states = (turn.before, turn.after)
    flows = {state.flow for state in states}
    flows |= {frame.flow for state in states for frame in state.stack}
    is_open = turn.heard.topic is not None or turn.heard.returned
    return is_open or RETURN in flows or not flows.isdisjoint(content.topics)


def _is_grave(turn: Turn) -> bool:
    """Whether danger or thoughts of suicide are in the conversation, before or after this turn."""
    judged = turn.heard.understanding
    states = (turn.before, turn.after)
    return (
        any(state.urgency is Urgency.ACUTE for state in states)
        or any(state.concern is Concern.SUICIDE_SELF_HARM for state in states)
        or turn.heard.net.urgency is Urgency.ACUTE
        or (judged is not None and judged.urgency is Urgency.ACUTE)
    )


def _is_met(
    name: str,
    text: Text,
    reached: Mapping[str, set[Audience]],
    met: Mapping[str, set[Audience]],
) -> bool:
    wanted = [each.value for each in text.condition if each.name == "audience"]
    if _is_for_grave(text) or name not in reached:
        return True
    serves = text.metadata.serves
    return any(
        (not wanted or wanted == [audience.value])
        and (not serves or audience is Audience.UNKNOWN or audience.value in serves)
        for audience in met.get(name, ())
    )


def _is_for_grave(text: Text) -> bool:
    grave = {("urgency", Urgency.ACUTE.id), ("concern", Concern.SUICIDE_SELF_HARM.value)}
    return any(
        (each.name, each.value) in grave
        or (each.name == "audience" and each.value in {one.value for one in YOUNG})
        for each in text.condition
    )
