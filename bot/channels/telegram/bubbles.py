"""A turn's replies as Telegram messages: plain text, so that nothing in it can break.

Numbers stand with +45, so that Telegram makes them tappable; chats are buttons that open a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.app.turn import Reply, ServiceCard, TurnResult
from bot.channels.telegram.buttons import Buttons

MOST_BUBBLES = 3
"""A turn's messages, unless its texts are too long for that: more is a wall on a phone."""
LONGEST = 4000
"""UTF-16 units a message; Telegram takes 4096."""
DENMARK = "+45"


@dataclass(frozen=True)
class Bubble:
    text: str
    keyboard: InlineKeyboardMarkup | None


@dataclass
class _Part:
    """One or more replies that go in one message."""

    texts: list[str] = field(default_factory=list)
    rows: list[list[InlineKeyboardButton]] = field(default_factory=list)


def to_bubbles(result: TurnResult, chat: int, buttons: Buttons) -> list[Bubble]:
    """At least one message; the last carries what can be chosen."""
    parts = [
        _Part(
            [*_texts(reply), *(_describe(card) for card in reply.services)],
            [*_links(reply.services), *_choices(reply, chat, result.turn, buttons)],
        )
        for reply in result.replies
    ]
    while len(parts) > MOST_BUBBLES:  # what is said first stands alone, and so does the question
        joined = parts.pop(-2)
        parts[-2].texts += joined.texts
        parts[-2].rows += joined.rows
    return [bubble for part in parts for bubble in _split(part)]


def _texts(reply: Reply) -> Iterator[str]:
    """What is said; a note below what it is."""
    if reply.note:
        yield reply.note.about
    yield reply.text
    if reply.note:
        yield from (part.text for part in reply.note.parts)


def _split(part: _Part) -> Iterator[Bubble]:
    *before, last = _fit("\n\n".join(part.texts))
    yield from (Bubble(text, None) for text in before)
    yield Bubble(last, InlineKeyboardMarkup(inline_keyboard=part.rows) if part.rows else None)


def _fit(text: str) -> list[str]:
    """The text in pieces that Telegram takes, cut between paragraphs, lines, words."""
    pieces: list[str] = []
    while _units(text) > LONGEST:
        head = text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", errors="ignore")
        cut = next((at for mark in ("\n\n", "\n", " ") if (at := head.rfind(mark)) > 0), len(head))
        pieces.append(head[:cut])
        text = text[cut:].lstrip()
    return [*pieces, text]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _choices(
    reply: Reply, chat: int, turn: int, buttons: Buttons
) -> Iterator[list[InlineKeyboardButton]]:
    for button in reply.buttons:
        data = buttons.write(chat, turn, button.payload)
        yield [InlineKeyboardButton(text=button.title, callback_data=data)]


def _links(cards: Iterable[ServiceCard]) -> Iterator[list[InlineKeyboardButton]]:
    for card in cards:
        if card.chat:
            yield [InlineKeyboardButton(text=f"Chat: {card.name}", url=card.chat)]


def _describe(card: ServiceCard) -> str:
    ways = [
        ("Ring", _dialable(card.phone, card.phone_shown)),
        ("Sms", _dialable(card.sms, card.sms_shown)),
        ("Læs mere", None if card.phone or card.sms or card.chat else card.web),
    ]
    lines = [card.name, card.what, card.opening]
    lines += [f"{label}: {value}" for label, value in ways if value]
    lines += [note for note in (card.caution, card.anonymity) if note]
    return "\n".join(lines)


def _dialable(number: str | None, shown: str | None) -> str | None:
    is_long = number is not None and number.startswith(DENMARK)
    return f"{DENMARK} {shown}" if is_long and shown else shown
