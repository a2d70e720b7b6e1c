"""What the engine asks the outside to do. Data only; rendering and storing happen elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.taxonomy import Audience, Concern, Urgency


@dataclass(frozen=True, slots=True)
class ServiceQuery:
    """Show the services that fit, at most ``limit``, the open ones first."""

    audience: Audience
    concern: Concern
    urgency: Urgency
    limit: int = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. ``title`` None: the directory's name of the value (a municipality)."""

    title: str | None
    payload: str


Line = tuple[str, int]
"""A response and the variant of it that is said."""


@dataclass(frozen=True, slots=True)
class NotePage:
    """A note below its title: what it is, and its parts. No parts: it was refused."""

    id: str
    about: Line
    parts: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Say:
    """Say one variant of a response, with its buttons and perhaps services below it."""

    response: str
    variant: int
    choices: tuple[Choice, ...] = ()
    services: ServiceQuery | None = None
    lang: str = "da"
    municipality: str | None = None
    """Code of the municipality whose contact the text names."""
    note: NotePage | None = None


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete everything stored of this visitor, at once."""


@dataclass(frozen=True, slots=True)
class Close:
    """The conversation is over until the visitor writes again."""


Effect = Say | Forget | Close
