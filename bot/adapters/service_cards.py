"""A service as it is shown: numbers as Danes read them, opening now, honest cautions."""

from __future__ import annotations

from datetime import date, datetime

from bot.adapters.opening_hours import Openings, in_denmark
from bot.adapters.opening_words import in_language
from bot.app.turn import ServiceCard
from bot.domain.directory import FactName, Limit, Service
from bot.domain.phone import show_phone
from bot.domain.provenance import State

CHECK_NUMBER = "Tjek nummeret"
CHECK_ADDRESS = "Tjek adressen"
MAY_HAVE_CHANGED = "Kan være ændret"
IN_ENGLISH = {
    CHECK_NUMBER: "Check the number",
    CHECK_ADDRESS: "Check the address",
    MAY_HAVE_CHANGED: "May have changed",
}
NUMBERS = (FactName.PHONE, FactName.SMS)
ADDRESSES = (FactName.CHAT, FactName.WEB)


def to_card(service: Service, now: datetime, openings: Openings, lang: str = "da") -> ServiceCard:
    """Make the card for this moment (aware), in ``lang`` as far as it is translated.

    Raises:
        ValueError: the moment has no time zone.
    """
    opening = openings.status(service, now)
    return ServiceCard(
        id=service.id,
        name=service.name.said(lang),
        what=service.what.said(lang),
        opening=in_language(opening.text, lang),
        open_now=opening.open_now,
        anonymity=service.anonymity.said(lang),
        limits=tuple(
            service.limits[limit].said(lang) for limit in Limit if limit in service.limits
        ),
        phone=service.phone,
        phone_shown=show_phone(service.phone) if service.phone else None,
        sms=service.sms,
        sms_shown=show_phone(service.sms) if service.sms else None,
        chat=service.chat,
        web=service.web,
        caution=caution(service, in_denmark(now).date(), lang),
    )


def caution(service: Service, today: date, lang: str = "da") -> str | None:
    """What to warn about: a number or address of one source, or a fact past its recheck date."""
    warnings = []
    if _rests_on_one_source(service, NUMBERS):
        warnings.append(CHECK_NUMBER)
    elif _rests_on_one_source(service, ADDRESSES):
        warnings.append(CHECK_ADDRESS)
    limits = (FactName(limit.value) for limit in Limit)
    shown = (*NUMBERS, *ADDRESSES, FactName.HOURS, FactName.ANONYMITY, *limits)
    if any(service.facts[name].is_due(today) for name in shown if name in service.facts):
        warnings.append(MAY_HAVE_CHANGED)
    if lang == "en":
        warnings = [IN_ENGLISH[warning] for warning in warnings]
    return ". ".join(warnings) or None


def _rests_on_one_source(service: Service, names: tuple[FactName, ...]) -> bool:
    return any(service.state_of(name) is State.SINGLE_SOURCE for name in names)
