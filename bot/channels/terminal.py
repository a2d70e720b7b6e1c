"""The terminal: lines in, bubbles or JSON out. Uses the same turn as every channel."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.app.turn import (
    Button,
    Channel,
    Incoming,
    Note,
    Reader,
    Reply,
    ServiceCard,
    TurnResult,
)
from bot.domain.language import Lang

TakeTurn = Callable[[str, str, Incoming], Awaitable[TurnResult]]
RULE = "\u2500" * 40
"""Above and below a note."""
_BUTTON = re.compile(r"^/button\s+(\d{1,3})\s*$")


class Voice(Protocol):
    greets: bool
    """Whether the greeting is said before the first line."""

    def say(self, result: TurnResult) -> None:
        """Show one turn's replies."""

    def prompt(self) -> None:
        """Show that the visitor may write."""


async def converse(
    take_turn: TakeTurn, voice: Voice, *, lang: Lang | None, reader: Reader | None
) -> None:
    """Answer each line of standard input until it ends, then forget."""
    visitor = secrets.token_hex(16)
    offered: tuple[Button, ...] = ()
    turn = 0
    wording, tongue = reader, lang

    async def hear(incoming: Incoming) -> None:
        nonlocal offered, turn, wording, tongue
        incoming = replace(incoming, lang=tongue, reader=wording, channel=Channel.TERMINAL)
        result = await take_turn("terminal", visitor, incoming)
        # Said once, so that what the visitor chooses later holds; anew after forgetting.
        wording, tongue = (reader, lang) if result.forgotten else (None, None)
        offered = tuple(button for reply in result.replies for button in reply.buttons)
        turn = result.turn
        voice.say(result)

    if voice.greets:
        await hear(Incoming(text="/start"))
    voice.prompt()
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        text = line.decode("utf-8", errors="replace").rstrip("\r\n")
        await hear(read_line(text, offered, turn))
        voice.prompt()
    await take_turn("terminal", visitor, Incoming(text="/slet"))


def read_line(text: str, offered: tuple[Button, ...], turn: int) -> Incoming:
    """One line of input: ``/button N`` presses the N-th button offered at ``turn``, else words."""
    pressed = _BUTTON.match(text)
    if not pressed:
        return Incoming(text=text)
    number = int(pressed[1])
    payload = offered[number - 1].payload if 1 <= number <= len(offered) else "/no_such_button"
    return Incoming(payload=payload, turn=turn)


@dataclass
class JsonVoice:
    """One JSON object per line of input, for programs."""

    greets: bool = False

    def say(self, result: TurnResult) -> None:
        answer = {
            "replies": [_plain(reply) for reply in result.replies],
            "urgency": result.urgency.id,
            "flow": result.flow,
            "step": result.step,
            "ended": result.ended,
        }
        print(json.dumps(answer, ensure_ascii=False), flush=True)  # noqa: T201 - the answer

    def prompt(self) -> None:
        """Programs need none."""


def _plain(reply: Reply) -> dict[str, object]:
    return {
        "text": reply.text,
        "response": reply.response,
        "buttons": [{"title": b.title, "payload": b.payload} for b in reply.buttons],
        "services": [card.id for card in reply.services],
        "note": _plain_note(reply.note) if reply.note else None,
    }


def _plain_note(note: Note) -> dict[str, object]:
    parts = [{"text": part.text, "response": part.response} for part in note.parts]
    return {"about": note.about, "parts": parts}


@dataclass
class PlainVoice:
    """Bubbles, cards and numbered buttons, for people."""

    greets: bool = True
    trial: str | None = None
    """Said before anything else; None: nothing is."""
    console: Console = field(default_factory=lambda: Console(highlight=False, width=78))

    def say(self, result: TurnResult) -> None:
        if self.trial:
            self.console.print(Text(f"  {self.trial}", style="yellow"))
            self.trial = None
        number = 0
        for reply in result.replies:
            self.console.print(Padding(_words(reply), (1, 0, 0, 2)))
            for card in reply.services:
                self.console.print(Padding(_card_text(card), (1, 0, 0, 4)))
            for button in reply.buttons:
                number += 1
                self.console.print(Text(f"    /button {number}  {button.title}", style="cyan"))

    def prompt(self) -> None:
        self.console.print(Text("\n> ", style="bold"), end="")


def _words(reply: Reply) -> Text:
    """The text; a note between two lines, below what it is."""
    if reply.note is None:
        return Text(reply.text)
    page = (reply.text, *(part.text for part in reply.note.parts))
    return Text("\n".join((reply.note.about, RULE, *page, RULE)))


def _card_text(card: ServiceCard) -> Text:
    ways = [
        ("Ring", card.phone_shown),
        ("Sms", card.sms_shown),
        ("Chat", card.chat),
        ("Læs mere", card.web),
    ]
    text = Text(card.name, style="bold")
    text.append(f"\n{card.what}\n{card.opening}", style="not bold")
    for label, value in ways:
        if value:
            text.append(f"\n{label}: {value}", style="not bold")
    for note in (card.caution, card.anonymity, *card.limits):
        if note:
            text.append(f"\n{note}", style="not bold dim")
    return text
