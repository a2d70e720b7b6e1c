"""What the use cases need from the world outside, as Protocols."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.app.turn import Pseudonym, ServiceCard
from bot.domain.directory import Service
from bot.domain.judgement import NetVerdict, Understanding
from bot.domain.language import Guess
from bot.domain.state import State


class SessionStore(Protocol):
    """Keeps the enumerated state of a conversation under a pseudonym, always with an expiry."""

    async def load(self, visitor: Pseudonym) -> State | None:
        """Return the stored state, or None when there is none or it can no longer be read.

        Raises:
            StoreUnavailable: the store did not answer.
        """

    async def save(self, visitor: Pseudonym, state: State) -> None:
        """Write the state and start its time to live anew. Raises ``StoreUnavailable``."""

    async def forget(self, visitor: Pseudonym) -> int:
        """Delete what is kept; return how many keys there were. Raises ``StoreUnavailable``."""

    async def silence(self, visitor: Pseudonym) -> timedelta:
        """How long ago the state was saved; zero when there is none. Raises ``StoreUnavailable``.

        Told by the time it has left to live: nothing more is kept for it.
        """

    def hold(self, visitor: Pseudonym) -> AbstractAsyncContextManager[None]:
        """One turn at a time per visitor, across processes. Raises ``StoreUnavailable``."""

    async def ping(self) -> bool:
        """Whether the store answers."""


class Standing(StrEnum):
    """How far a delivery of a channel has come."""

    NEW = "new"
    BEGUN = "begun"
    """Somebody began to answer and may not have finished: a crash, or it is going on."""
    DONE = "done"


class DeliveryLog(Protocol):
    """Remembers deliveries, for channels that may deliver the same thing twice."""

    async def begin(self, delivery: str) -> Standing:
        """How it stood until now; from now on it is begun. Raises ``StoreUnavailable``."""

    async def finish(self, delivery: str) -> None:
        """It is answered. Raises ``StoreUnavailable``."""


class Nlu(Protocol):
    async def understand(self, text: str) -> Understanding:
        """Judge one message of 1-4096 characters; the text is neither stored nor logged.

        Raises:
            NluUnavailable: no valid answer in time, or too many calls in flight.
        """

    async def is_ready(self) -> bool:
        """Whether the server answers with a model loaded."""


class SafetyNet(Protocol):
    def judge(self, text: str) -> NetVerdict:
        """Judge one message by rules alone. Total: never raises, whatever the text."""


class LanguageDetector(Protocol):
    async def guess(self, text: str) -> tuple[Guess, ...]:
        """Languages of the text, most likely first; empty when it cannot tell in time. Total."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The present, aware, in Europe/Copenhagen."""


class Tally(Protocol):
    """Counts that cannot identify anyone."""

    def count(self, name: str, /, **labels: str) -> None:
        """Add one. Label values are enumerated ids, never free text."""


@dataclass(frozen=True, slots=True)
class ContactWords:
    """How to reach a municipality at a given moment, in words for the visitor."""

    name: str
    text: str


class Guide(Protocol):
    """What the directory says at a given moment."""

    def is_open(self, service: Service, now: datetime) -> bool | None:
        """None when the hours are not known."""

    def to_card(self, service: Service, now: datetime, lang: str = "da") -> ServiceCard:
        """The service ready to show, with its hours in words, in ``lang`` where it has them."""

    def show_phone(self, service: Service) -> str:
        """Its number as Danes write it, e.g. ``"33 33 00 47"``."""

    def describe_municipality(
        self, code: str | None, now: datetime, lang: str = "da"
    ) -> ContactWords:
        """How to reach a municipality now; None when the visitor does not say which."""
