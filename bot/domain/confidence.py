"""How sure a judgement must be to be acted on; below, Betro asks (architecture, decision 3).

All scores are calibrated probabilities. The bounds are set by what a mistake costs, by hand, and
were not tuned on any messages. Urgency is not among them: neither of the two judges waits for the
other's confidence, and the NLU's own operating point weighs a missed danger against a false alarm.
"""

from __future__ import annotations

AUDIENCE_SURE = 0.5
"""More likely than all others together. A wrong one speaks to somebody in words written for
somebody else, an adult at risk among them, while asking costs one tap beside a number to call."""

AUDIENCE_CERTAIN = 0.8
"""Against the safety net's words, or against somebody else whom earlier messages have borne out:
who writes seldom changes, and a teacher is not to be spoken to as the child."""

CONCERN_SURE = 0.4
"""Lower than for the audience: neighbouring concerns share flows and services, so that the second
best is seldom far off, and *Det passer ikke på mig* stands under every reply."""

NOTHING_SURE = 0.5
"""That a message is about none of it: more likely than all concerns together. Taking a hint for
small talk is the dearest mistake of all, since nobody asks any further."""

SLIGHT, LIKELY, CLEAR = 1 / 3, 0.5, 0.8
"""Lowest probabilities of the evidence levels 1, 2 and 3. Under one in three a guess is a guess:
it is not remembered, and nothing told earlier makes it what this message says."""
