"""Coming back after a silence: where violence was the theme, is it safe to write now?

Nothing is sent meanwhile (safeguarding rule 5). Only what the visitor does next is answered so.
"""

from __future__ import annotations

from bot.domain.heard import Command, Heard, Odd
from bot.domain.state import State
from bot.domain.taxonomy import Audience, Concern, Urgency

RETURN = "pattern_return"
"""Asks whether it is safe, before anything of what was talked about is shown again."""
VIOLENCE = frozenset(
    {
        Concern.PHYSICAL_VIOLENCE,
        Concern.PSYCHOLOGICAL_VIOLENCE,
        Concern.SEXUAL_ABUSE,
        Concern.HONOUR_VIOLENCE,
        Concern.DIGITAL_ABUSE,
        Concern.WITNESSING_VIOLENCE,
        Concern.PARTNER_VIOLENCE,
    }
)
AT_ONCE = frozenset({Command.ERASE, Command.STOP, Command.START, Command.HUMAN})
"""Obeyed without a question before: they erase, or show nothing but whom to call."""


def was_about_violence(state: State) -> bool:
    return state.concern in VIOLENCE or state.audience is Audience.ADULT_VICTIM


def asks_if_safe(heard: Heard, urgency: Urgency) -> bool:
    """Whether this turn begins with the question; danger and what is asked at once go before."""
    return (
        heard.returned
        and urgency is not Urgency.ACUTE
        and heard.command not in AT_ONCE
        and heard.odd is not Odd.STALE
    )
