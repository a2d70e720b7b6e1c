"""Why a message was judged as it was: the rules' words, the pushing words, the nearest messages.

The text was given by the person who reads this; none of it is logged or kept.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import Enum
from typing import Any

from bot.adapters.line_process import LineProcess, line_process
from bot.adapters.safety_net import SafetyNet
from bot.app.ports import Nlu
from bot.commands.understanding import Report, nlu_command
from bot.domain.judgement import NetVerdict, RuleId, Understanding
from bot.domain.taxonomy import Urgency
from bot.settings import Settings

MOST_STRETCHES = 40
"""A longer message is left out stretch by stretch instead of word by word: each costs a parse."""
PUSHING_WORDS = 3
LEAST_PUSH = 0.01
"""What moves the probability by less explains nothing."""


class Explainer:
    """Explains judgements of one NLU and one safety net."""

    def __init__(self, net: SafetyNet, nlu: Nlu, nearest: LineProcess) -> None:
        self._net, self._nlu, self._nearest = net, nlu, nearest

    async def explain(
        self, text: str, net: NetVerdict, understanding: Understanding
    ) -> dict[str, object]:
        """What ``betro triage --explain`` adds to a judgement.

        Raises:
            NluUnavailable: the NLU gave no valid answer to a part of the text.
            PartEnded: the search for the nearest messages ended by itself.
        """
        return {
            "fired": list(_fired(net, self._net.quote_matches(text))),
            "decided": "safety_net" if net.urgency > understanding.urgency else "nlu",
            "pushed": await self._find_pushing_words(text, understanding),
            "nearest": await self._find_nearest(text),
        }

    async def _find_pushing_words(
        self, text: str, understanding: Understanding
    ) -> list[dict[str, object]]:
        """The words without which P(acute) + P(high) falls most, and by how much it falls."""
        whole = _alarm(understanding)
        pushes: list[tuple[float, str]] = []
        for words, rest in _leave_out(text.split()):
            push = whole - _alarm(await self._nlu.understand(rest))
            pushes.append((push, words))
        pushes.sort(key=lambda pair: -pair[0])
        return [
            {"words": words, "by": round(push, 4)}
            for push, words in pushes[:PUSHING_WORDS]
            if push >= LEAST_PUSH
        ]

    async def _find_nearest(self, text: str) -> list[Any]:
        answer = json.loads(await self._nearest.ask(json.dumps({"text": text}).encode()))
        found: list[Any] = answer["nearest"]
        return found


@asynccontextmanager
async def explaining(
    settings: Settings, net: SafetyNet, nlu: Nlu, report: Report
) -> AsyncIterator[Explainer]:
    """An explainer with its search for the nearest messages, ended on leaving.

    ``report`` hears how far the encoding has come, if there is anything to encode.

    Raises:
        StartupError: the NLU's environment is missing.
    """
    async with _search(settings, report) as nearest:
        yield Explainer(net, nlu, nearest)


async def prepare_nearest(settings: Settings, report: Report) -> None:
    """Encode all training messages once, so that several searches need not.

    Raises:
        StartupError: the NLU's environment is missing.
        PartEnded: the search cannot start; the message says why.
    """
    async with _search(settings, report) as nearest:
        await nearest.ask(b'{"text": ""}')


def _search(settings: Settings, report: Report) -> AbstractAsyncContextManager[LineProcess]:
    return line_process(
        "The search for the nearest messages",
        nlu_command(settings, "nearest.py"),
        on_line=report,
    )


def _leave_out(words: list[str]) -> Iterator[tuple[str, str]]:
    """Each stretch of words with the rest of the message; nothing for a single word."""
    length = -(-len(words) // MOST_STRETCHES)
    for at in range(0, len(words), length or 1):
        rest = words[:at] + words[at + length :]
        if rest:
            yield " ".join(words[at : at + length]), " ".join(rest)


def _alarm(understanding: Understanding) -> float:
    scores = understanding.urgency_scores
    return scores.get(Urgency.ACUTE, 0.0) + scores.get(Urgency.HIGH, 0.0)


def _fired(net: NetVerdict, matched: dict[RuleId, tuple[str, ...]]) -> Iterator[dict[str, object]]:
    for rule in net.fired:
        yield {
            "rule": str(rule.id),
            "words": list(matched.get(rule.id, ())),
            "urgency": rule.urgency.id,
            "precision": round(rule.precision, 3),
            "concern": _id(rule.concern),
            "audience": _id(rule.audience),
        }


def _id(label: Enum | None) -> str | None:
    return label.value if label else None
