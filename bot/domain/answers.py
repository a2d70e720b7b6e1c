"""Small grammars: what a visitor's words mean as a command or as a pending question's answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from bot.domain.content import Content
from bot.domain.flow import Text
from bot.domain.heard import Command
from bot.domain.payload import parse_payload

LONGEST = 500
"""Characters. No command and no whole answer is longer, and composing many marks takes time with
their square."""
_CLAUSE_END = re.compile(r"[,.;:!?()\n–—]|\s-\s|\b(?:og|fordi)\b", re.IGNORECASE)
_NOT_WORDS = re.compile(r"[^\w\s/]+|_+", re.UNICODE)


def normalise(text: str) -> str:
    """Lower case, single spaces, no punctuation: the form in which whole answers are compared."""
    composed = unicodedata.normalize("NFKC", text).lower()
    return " ".join(_NOT_WORDS.sub(" ", composed).split())


def read_command(text: str, content: Content) -> Command | None:
    """The command a whole message means, as ``/name`` or in words."""
    words = normalise(text[:LONGEST])
    if words.startswith("/"):
        payload = parse_payload(words.split(" ", 1)[0])
        return payload if isinstance(payload, Command) else None
    name = _meaning(words, content.commands) if len(text) <= LONGEST else None
    return Command(name) if name else None


def read_topic(text: str, content: Content) -> str | None:
    """The topic that a whole message names."""
    if len(text) > LONGEST:
        return None
    return content.by_topic_words.get(normalise(text))


def read_answer(text: str, slot: str, question: Text, content: Content) -> dict[str, str]:
    """The slots a whole message fills, by the slot's words, a button's title or its number."""
    if len(text) > LONGEST:
        return {}
    words = normalise(text)
    for number, button in enumerate(question.buttons, start=1):
        titles = {normalise(title) for title in (button.title, *button.translation.values())}
        if words in (*titles, str(number)):
            payload = parse_payload(button.payload)
            return dict(payload) if isinstance(payload, tuple) else {}
    answers = content.answers.get(slot)
    value = _meaning(words, answers.values) if answers else None
    return {slot: value} if value else {}


def read_opening(text: str, slot: str, content: Content) -> dict[str, str]:
    """The slot that the first clause of a longer message fills, as in 'nej, og nu er han her'.

    Only for the values the slot's author lists under ``opening``. Nothing where a later clause
    means another value, or takes the first back ('nej, men ...').
    """
    answers = content.answers.get(slot)
    if answers is None or not answers.opening:
        return {}
    clauses = [clause for part in _CLAUSE_END.split(text) if (clause := normalise(part))]
    meanings = {value for clause in clauses if (value := _meaning(clause, answers.values))}
    value = _meaning(clauses[0], answers.values) if len(clauses) > 1 else None
    takes_back = any(clause.startswith("men ") for clause in clauses)
    return (
        {slot: value} if value in answers.opening and meanings == {value} and not takes_back else {}
    )


def _meaning(words: str, phrases: Mapping[str, tuple[str, ...]]) -> str | None:
    return next((value for value, known in phrases.items() if words in known), None)
