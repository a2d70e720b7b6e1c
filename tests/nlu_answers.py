"""What an NLU answers, for tests whose servers are slow, dead, overloaded or wrong."""

from __future__ import annotations

import json

from aiohttp import web

from bot.domain.taxonomy import Audience, Concern, Urgency

TEXT = "kanariefugl: min far slår mig, ring 25123456"


def spread(ids, chosen):
    """Scores over all ids: 0.9 for the chosen one, the rest shared evenly."""
    rest = 0.1 / (len(ids) - 1)
    return {name: 0.9 if name == chosen else rest for name in ids}


def judgement():
    urgencies = [urgency.id for urgency in Urgency]
    return {
        "audience": {"id": "child_self", "scores": spread(list(Audience), "child_self")},
        "concern": {
            "id": "physical_violence",
            "scores": spread(list(Concern), "physical_violence"),
            "also": ["witnessing_violence"],
        },
        # The operating point is already applied: the id need not be the most probable.
        "urgency": {"id": "high", "scores": spread(urgencies, "medium")},
    }


def answer(**changes):
    """What Rasa answers: the text and much else beside the judgement."""
    return {"text": TEXT, "intent": {"name": "x"}, "intent_ranking": [], "entities": []} | {
        "judgement": judgement() | changes
    }


def saying(body, **options):
    async def handler(_):
        return web.Response(
            body=body if isinstance(body, bytes) else json.dumps(body).encode(),
            content_type="application/json",
            **options,
        )

    return handler
