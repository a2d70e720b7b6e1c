"""Concerns told of besides the one that is talked about, for a later turn to come back to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.content import Content
from bot.domain.narration import Narration
from bot.domain.state import State
from bot.domain.taxonomy import Concern
from bot.domain.triage import is_general, route

ORDER = (
    Concern.SUICIDE_SELF_HARM,
    Concern.SEXUAL_ABUSE,
    Concern.PHYSICAL_VIOLENCE,
    Concern.HONOUR_VIOLENCE,
    Concern.PARTNER_VIOLENCE,
    Concern.OWN_VIOLENCE,
    Concern.SEXUAL_THOUGHTS,
    Concern.HARMFUL_SEXUAL_BEHAVIOUR,
    Concern.DIGITAL_ABUSE,
    Concern.WITNESSING_VIOLENCE,
    Concern.PSYCHOLOGICAL_VIOLENCE,
    Concern.NEGLECT,
)
"""Which is come back to first: by the harm that waiting can do. A life, then what is done to a
body, then what the visitor may do to somebody, then what wears down from day to day.

Requests (rights, a human ...) are not here, as the visitor can make them at any time; nor is
``wellbeing``, which names no harm and is spoken to in every flow."""

LIMIT = 3
"""Most concerns to come back to; a longer list is no help."""


def pick_further(told: Iterable[Concern], narration: Narration) -> tuple[Concern, ...]:
    """Of what was told, in ``ORDER``, what neither the present concern's flow nor one that is
    going on speaks to.
    """
    state, content = narration.state, narration.content
    named = frozenset(told) - {state.concern}
    if not named:
        return ()
    spoken_to = {_find_flow(state.concern, state, content), *narration.running()} - {None}
    return tuple(
        concern
        for concern in ORDER
        if concern in named and _find_flow(concern, state, content) not in spoken_to
    )[:LIMIT]


def _find_flow(concern: Concern, state: State, content: Content) -> str | None:
    """The flow made for the concern, wherever the route to it begins; None: the general one."""
    state = replace(state, concern=concern)
    narration = Narration(state, content)
    narration.start(route(content, state.audience, concern, state.urgency))
    waiting = narration.running()
    return None if not waiting or is_general(waiting[-1]) else waiting[-1]
