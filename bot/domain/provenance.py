"""Where a fact comes from and how sure it is.

A fact without a source does not exist here: whoever shows a number can say who published it,
when that page was seen, and by when someone must look again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, NewType

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

SourceId = NewType("SourceId", str)

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Web = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/\S*)?$")]
Seen = Annotated[
    str,
    # YAML reads a bare year as a number.
    BeforeValidator(lambda value: str(value) if type(value) is int else value),
    StringConstraints(pattern=r"^(undated|((about|before|after) )?\d{4}(-\d{2}(-\d{2})?)?)$"),
]


class Strict(BaseModel):
    """Content from a file: unknown keys refused, no guessing of types, never changed later."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, populate_by_name=True
    )


class Danish(Strict):
    """A text visitors read; ``en`` where it is translated (``resources/english.yml``)."""

    da: Text
    en: Text | None = None

    def said(self, lang: str) -> str:
        """The words for somebody who reads ``lang``: Danish where there are no others."""
        return self.en if lang == "en" and self.en else self.da


class English(Strict):
    """The English of a Danish text, bound to its words by their mark (``language.mark_of``)."""

    of: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]
    en: Text


class EnglishFile(Strict):
    texts: tuple[English, ...]


class SourceKind(StrEnum):
    ORGANISATION = "organisation"
    """The publisher's own page: first hand when the publisher runs the service itself."""
    AUTHORITY = "authority"
    """A ministry, agency, municipality or court, about its own field."""
    LAW = "law"
    """The text of a law, convention or official guidance."""
    PRESS = "press"
    PUBLIC = "public"
    """Anyone else who published it openly."""


class Source(Strict):
    """One published page.

    ``seen`` is the date the page itself shows (``2023-06``, ``after 2024``) or ``undated``.
    ``names`` are further hosts the page names as belonging to the service.
    A ``…`` in ``url`` marks a part of the address that was not kept.
    """

    url: Web
    about: Text
    publisher: Text
    kind: SourceKind
    seen: Seen
    names: tuple[str, ...] = ()


class State(StrEnum):
    """How sure a fact is."""

    VERIFIED = "verified"
    """The operator's or an authority's own page, or two independent published sources."""
    SINGLE_SOURCE = "single_source"
    """One published source by somebody else: shown with a caution."""
    UNCONFIRMED = "unconfirmed"
    """No acceptable source: the value is not in the file and never shown."""


class Fact(Strict):
    """The evidence for one field. ``note`` is for maintainers and never shown."""

    state: State
    sources: tuple[SourceId, ...] = ()
    recheck_by: date | None = None
    note: Text | None = None

    def is_due(self, today: date) -> bool:
        """Whether someone should have looked again before ``today``."""
        return self.recheck_by is not None and self.recheck_by < today


FIRST_HAND = frozenset({SourceKind.AUTHORITY, SourceKind.LAW})


def strongest_state(
    fact: Fact, sources: Mapping[SourceId, Source], *, operator: str | None = None
) -> State:
    """The strongest state these sources allow; unknown source ids count for nothing.

    ``operator`` runs the service the fact is about (None: the fact is about the law).
    """
    known = [sources[source_id] for source_id in fact.sources if source_id in sources]
    if not known:
        return State.UNCONFIRMED
    if any(_is_first_hand(source, operator) for source in known):
        return State.VERIFIED
    return State.VERIFIED if len(publishers(known)) > 1 else State.SINGLE_SOURCE


def publishers(sources: Iterable[Source]) -> frozenset[str]:
    """Who published them; two pages of one publisher are not independent."""
    return frozenset(source.publisher for source in sources)


def _is_first_hand(source: Source, operator: str | None) -> bool:
    return source.kind in FIRST_HAND or source.publisher == operator


STRENGTH = {State.UNCONFIRMED: 0, State.SINGLE_SOURCE: 1, State.VERIFIED: 2}
