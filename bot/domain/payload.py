"""What a button carries: ``/SetSlots(slot=value)`` as in Rasa, a command such as ``/slet``, a
language such as ``/sprog_en``, a topic ``/emne(id)`` or a page of the topics ``/emner(2)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.content import Content
from bot.domain.heard import Command
from bot.domain.language import Lang
from bot.domain.topic import page_numbers

_PAIR = r"[a-z0-9_]+=[a-z0-9_]+"
_SET_SLOTS = re.compile(rf"^/SetSlots\((?P<pairs>{_PAIR}(, ?{_PAIR})*)\)$")
_COMMANDS = frozenset(Command)
_TOPIC = re.compile(r"^/emne\((?P<id>[a-z][a-z0-9_]{0,63})\)$")
_PAGE = re.compile(r"^/emner\((?P<number>[1-9]\d?)\)$")
_LANGUAGES = {f"/sprog_{lang.value}": lang for lang in Lang}


@dataclass(frozen=True, slots=True)
class TopicChoice:
    id: str


@dataclass(frozen=True, slots=True)
class TopicPage:
    number: int


Payload = Command | Lang | TopicChoice | TopicPage | tuple[tuple[str, str], ...]


def parse_payload(payload: str) -> Payload | None:
    """The (slot, value) pairs, the language, the topic, its page or the command; None: none."""
    if payload in _LANGUAGES:
        return _LANGUAGES[payload]
    found = _SET_SLOTS.match(payload)
    if found:
        pairs = (pair.strip().split("=") for pair in found["pairs"].split(","))
        return tuple((name, value) for name, value in pairs)
    if found := _TOPIC.match(payload):
        return TopicChoice(found["id"])
    if found := _PAGE.match(payload):
        return TopicPage(int(found["number"]))
    name = payload.removeprefix("/")
    return Command(name) if payload != name and name in _COMMANDS else None


def every_payload(content: Content, municipalities: Iterable[str]) -> tuple[str, ...]:
    """Every payload a button can carry, sorted; ``municipalities`` are the codes to choose from."""
    written = {
        button.payload
        for variants in content.responses.values()
        for text in variants
        for button in text.buttons
    }
    commands = {f"/{command.value}" for command in Command} | _LANGUAGES.keys()
    chosen = {f"/SetSlots(municipality={code})" for code in municipalities}
    topics = {f"/emne({topic})" for topic in content.topics}
    pages = {f"/emner({number})" for number in page_numbers(content.topics)}
    return tuple(sorted(written | commands | chosen | topics | pages))
