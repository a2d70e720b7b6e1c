"""What goes into one turn and what comes out, the same for every channel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from bot.domain.heard import Odd
from bot.domain.language import Lang
from bot.domain.taxonomy import Urgency

Pseudonym = NewType("Pseudonym", str)
"""Keyed HMAC of channel and id, hex; the only name a visitor ever has in the store."""


class Channel(StrEnum):
    """Where the visitor writes; texts may differ by it (the slot ``channel``)."""

    WEB = "web"
    TELEGRAM = "telegram"
    TERMINAL = "terminal"


class Reader(StrEnum):
    """Whom the wording is for. The visitor's choice of ``EASY`` wins over what triage infers."""

    CHILD = "child"
    YOUNG = "young"
    ADULT = "adult"
    EASY = "easy"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a visitor did: wrote ``text`` or pressed a button (``payload``).

    ``text`` is raw and untrusted: any length, any characters. ``payload`` is what an earlier
    ``Button`` carried; ``turn`` is the number of the turn that offered it (None: the latest).
    ``reader`` and ``lang`` are the channel's own switches, if it has them. ``odd`` says what the
    words are when they are not simply written, or what came instead of words or beside them.
    """

    text: str | None = None
    payload: str | None = None
    turn: int | None = None
    reader: Reader | None = None
    lang: Lang | None = None
    channel: Channel | None = None
    odd: Odd | None = None


@dataclass(frozen=True, slots=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """One way to help, ready to show. Texts are in the visitor's language.

    ``phone``/``sms`` are dialable (``"116111"``, ``"+4533330047"``) and ``*_shown`` readable.
    ``open_now`` is None when the hours are not known; ``opening`` says it in words
    (``"Åben nu, døgnet rundt"``, ``"Åbner i morgen kl. 9.00"``).
    ``limits`` say whom it informs, what it records, who must refer, whether there is a queue.
    ``caution`` is set when a fact is old or rests on one source (``"Tjek nummeret"``).
    """

    id: str
    name: str
    what: str
    opening: str
    open_now: bool | None
    anonymity: str
    phone: str | None = None
    phone_shown: str | None = None
    sms: str | None = None
    sms_shown: str | None = None
    chat: str | None = None
    web: str | None = None
    caution: str | None = None
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteText:
    text: str
    response: str


@dataclass(frozen=True, slots=True)
class Note:
    """A page to copy or print, below its title. ``about`` is for the screen, not for the paper."""

    about: str
    parts: tuple[NoteText, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One bubble. ``response`` is the id of the text in ``flows/responses``.

    ``lang`` is the language its words are written in, which may be another than the visitor's.
    With a ``note``, ``text`` is its title.
    """

    text: str
    response: str
    buttons: tuple[Button, ...] = ()
    services: tuple[ServiceCard, ...] = ()
    note: Note | None = None
    lang: Lang = Lang.DA


@dataclass(frozen=True, slots=True)
class TurnResult:
    """Everything a channel needs to answer.

    ``turn`` numbers the visitor's turns from 1 and goes with the buttons. ``forgotten``: the
    stored state is gone and the channel must drop what it shows or queues. ``ended``: the
    conversation is over until the visitor writes again. ``urgency`` is the conversation's, the
    highest so far; ``told`` that of this one message.
    """

    replies: tuple[Reply, ...]
    turn: int
    urgency: Urgency
    flow: str | None
    step: str | None
    ended: bool = False
    forgotten: bool = False
    told: Urgency = Urgency.NONE
    judged_by_nlu: bool = False
