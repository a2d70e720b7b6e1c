"""What a button carries: ``/SetSlots(slot=value)`` as in Rasa, a command such as ``/slet``, or a
language such as ``/sprog_en``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.content import Content
from bot.domain.heard import Command
from bot.domain.language import Lang

_PAIR = r"[a-z0-9_]+=[a-z0-9_]+"
_SET_SLOTS = re.compile(rf"^/SetSlots\((?P<pairs>{_PAIR}(, ?{_PAIR})*)\)$")
_COMMANDS = frozenset(Command)
_LANGUAGES = {f"/sprog_{lang.value}": lang for lang in Lang}
Payload = Command | Lang | tuple[tuple[str, str], ...]


def parse_payload(payload: str) -> Payload | None:
    """The command, the language or the (slot, value) pairs of a payload; None for anything else."""
    if payload in _LANGUAGES:
        return _LANGUAGES[payload]
    found = _SET_SLOTS.match(payload)
    if found:
        pairs = (pair.strip().split("=") for pair in found["pairs"].split(","))
        return tuple((name, value) for name, value in pairs)
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
    return tuple(sorted(written | commands | chosen))
