"""One thing a visitor did on Telegram, on its way to a turn."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from aiogram.types import InlineKeyboardMarkup

from bot.app.turn import Incoming
from bot.domain.heard import Odd

TEXT_CHARS = 100_000
"""What is handed on of messages joined while they waited; the latest words are kept."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button's press: what Telegram calls it, its message, and the links that stay there."""

    query: str
    message: int | None
    links: InlineKeyboardMarkup | None


def _new_future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


@dataclass(frozen=True, slots=True)
class Parcel:
    """``once``: of parcels with the same, one is answered; later ones only if they are serious.

    ``answered`` is done when the visitor has the answer, or when it was given up.
    """

    chat: int
    updates: tuple[int, ...]
    incoming: Incoming
    message: int | None = None
    once: tuple[str, int | str] | None = None
    press: Press | None = None
    answered: asyncio.Future[None] = field(default_factory=_new_future)

    @property
    def is_stale(self) -> bool:
        return self.incoming.odd is Odd.STALE

    @property
    def has_words(self) -> bool:
        return bool(self.incoming.text)

    def corrected_by(self, other: Parcel) -> Parcel | None:
        """This message with the words of its own edit; None when the other is not that."""
        if other.incoming.odd is not Odd.EDITED or other.message != self.message:
            return None
        return self._with(other, other.incoming.text or "")

    def joined_by(self, other: Parcel) -> Parcel | None:
        """Both as one to answer; None when they do not belong together."""
        if self.once is None or self.once != other.once:
            return None
        return self.followed_by(other)

    def followed_by(self, other: Parcel) -> Parcel:
        words = (self.incoming.text, other.incoming.text)
        return self._with(other, "\n".join(filter(None, words)))

    def _with(self, other: Parcel, text: str) -> Parcel:
        incoming = replace(self.incoming, text=text[-TEXT_CHARS:])
        return replace(self, updates=(*self.updates, *other.updates), incoming=incoming)
