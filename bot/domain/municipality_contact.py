"""How to reach a municipality when a child may need help: by day, in the evening, and else.

No complete list of duty numbers exists, so every answer must be useful without one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from string import Formatter
from typing import Annotated

from pydantic import StringConstraints

from bot.domain.municipality import Municipality
from bot.domain.phone import Phone, show_phone
from bot.domain.provenance import Danish, Fact, Strict, Web


class When(StrEnum):
    DAY = "day"
    """In the municipality's office hours."""
    EVENING = "evening"
    """Evenings, nights, weekends, holidays."""
    ALWAYS = "always"


class DutyPhone(Strict):
    """One number of a municipality. ``label`` says which part of town or which duty."""

    phone: Phone
    label: Danish | None = None
    when: When
    fact: Fact


class MunicipalityContact(Strict):
    """What is known of one municipality. ``page`` tells how to notify there.

    ``email`` is for notifications and goes with ``page``'s fact.
    """

    code: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    phones: tuple[DutyPhone, ...] = ()
    page: Web | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    fact: Fact | None = None


class WayOut(Danish):
    """A sentence that always leads to the same number."""

    phone: Phone


class MunicipalWords(Strict):
    """The sentences of the answer, Danish, with the placeholders named in ``PLACEHOLDERS``."""

    danger: WayOut
    phone: Danish
    phone_labelled: Danish
    phone_old: Danish
    page: Danish
    website: Danish
    search: Danish
    email: Danish
    duty_114: WayOut
    no_answer_114: WayOut
    ankestyrelsen: WayOut
    which: Danish


PLACEHOLDERS = {
    "phone": {"name", "phone"},
    "phone_labelled": {"name", "phone", "label"},
    "phone_old": {"name", "phone"},
    "page": {"name"},
    "website": {"name"},
    "search": {"name"},
    "email": {"email"},
}
"""Which placeholders each sentence must hold, exactly these."""


def placeholders(text: str) -> set[str]:
    """The ``{names}`` in a sentence. Raises ``ValueError`` for a stray brace."""
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the answer; ``phone``, ``web``, ``email`` is what it leads to, dialable."""

    text: str
    phone: str | None = None
    web: str | None = None
    email: str | None = None


def how_to_reach(
    municipality: Municipality | None,
    contact: MunicipalityContact | None,
    words: MunicipalWords,
    *,
    office_hours: bool,
    today: date,
    lang: str = "da",
) -> tuple[Line, ...]:
    """What to show someone who wants to tell a municipality about a child, first things first.

    112 for danger stands first, and 114 is always there: in the evening as the way to 'den
    sociale vagt' after the municipality's own duty number, by day for when nobody answers. The
    last line is the National Board of Appeal's acute number, for when the municipality cannot
    be reached and it cannot wait.

    Args:
        municipality: None when the visitor does not know or say which.
        contact: what is known of this municipality, if anything.
        words: the sentences, from ``resources/municipality_contacts.yml``.
        office_hours: whether offices are open now.
        today: numbers past their recheck date are shown as perhaps changed.
        lang: the language of the sentences; Danish where they are not translated.
    """
    wanted = {When.ALWAYS, When.DAY if office_hours else When.EVENING}
    numbers = (
        [_phone(municipality, p, words, today, lang) for p in contact.phones if p.when in wanted]
        if municipality and contact
        else []
    )
    written = list(_in_writing(municipality, contact, words, lang))
    duty = _way_out(words.no_answer_114 if office_hours else words.duty_114, lang)
    ways = [*numbers, *written, duty] if office_hours else [*numbers, duty, *written]
    return (_way_out(words.danger, lang), *ways, _way_out(words.ankestyrelsen, lang))


def _way_out(words: WayOut, lang: str) -> Line:
    return Line(words.said(lang), phone=words.phone)


def _phone(
    municipality: Municipality, phone: DutyPhone, words: MunicipalWords, today: date, lang: str
) -> Line:
    name, shown = municipality.full_name, show_phone(phone.phone)
    if phone.fact.is_due(today):
        text = words.phone_old.said(lang).format(name=name, phone=shown)
    elif phone.label:
        text = words.phone_labelled.said(lang).format(
            name=name, phone=shown, label=phone.label.said(lang)
        )
    else:
        text = words.phone.said(lang).format(name=name, phone=shown)
    return Line(text, phone=phone.phone)


def _in_writing(
    municipality: Municipality | None,
    contact: MunicipalityContact | None,
    words: MunicipalWords,
    lang: str,
) -> Iterable[Line]:
    if municipality is None:
        yield Line(words.which.said(lang))
        return
    name = municipality.full_name
    if contact and contact.page:
        yield Line(words.page.said(lang).format(name=name), web=contact.page)
    elif municipality.web:
        yield Line(words.website.said(lang).format(name=name), web=municipality.web)
    else:
        yield Line(words.search.said(lang).format(name=name))
    if contact and contact.email:
        yield Line(words.email.said(lang).format(email=contact.email), email=contact.email)
