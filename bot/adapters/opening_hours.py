"""Whether a service is open now, and when it opens, in Danish words.

Hours are OSM ``opening_hours`` strings, evaluated by ``opening-hours-py`` with Danish public
holidays. Two things are added. To the library a day off ends at midnight on both sides: it cuts
a shift that began the evening before, and leaves the small hours of one that never began. And 24
December, 5 June and New Year's Eve are no public holidays, yet many are closed. Where a service's
hours say nothing of such a day, nobody is told that it is open then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State, validate

from bot.domain.directory import ROUND_THE_CLOCK, Service

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
HALF_HOLIDAYS = frozenset({(6, 5), (12, 24), (12, 31)})
"""(month, day): no public holidays, often closed."""
SMALL_HOURS = time(6)
"""What goes on past midnight and ends by now belongs to the evening before."""
SEARCH = timedelta(days=60)
ANY_MOMENT = datetime(2026, 1, 1, tzinfo=COPENHAGEN)
OFFICE_HOURS = "Mo-Fr 09:00-15:00; PH off; Jun 05 off; Dec 24 off; Dec 31 off"
"""When calling a municipality's ordinary number first makes sense. Their own hours differ and
are not known; both answers lead on to 114."""

UNKNOWN = "Åbningstiden er ikke bekræftet"
UNSURE_TODAY = "Kan have lukket i dag"
CLOSED = "Lukket"
ALWAYS_OPEN = "Åben nu, døgnet rundt"
WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip

_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATES = re.compile(rf"\b({_MONTH}) ?(\d\d?)(?: ?- ?(?:({_MONTH}) ?)?(\d\d?))?(?![\d:])")
_DAYS_OFF = re.compile(r"^[^:\"]*\b(off|closed)$")  # no clock time: the whole day
_UNFIT = re.compile(r"sunrise|sunset|dawn|dusk|unknown|\"|\|\||\+|week|SH|\b(19|20)\d\d\b(?!:)")


@dataclass(frozen=True, slots=True)
class Opening:
    """``open_now`` is None when nobody can say; ``text`` is ready to show."""

    open_now: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of open hours. ``sure``: the hours say something of the day it began on."""

    start: datetime
    end: datetime
    sure: bool


class Openings:
    """Answers about opening hours; parsed hours are remembered, nothing else."""

    def status(self, service: Service, now: datetime) -> Opening:
        """Whether the service is open at ``now`` (aware, any zone).

        Raises:
            ValueError: ``now`` has no time zone.
        """
        now = in_denmark(now)
        if service.hours is None:
            return Opening(None, UNKNOWN)
        if service.hours == ROUND_THE_CLOCK:
            return Opening(True, ALWAYS_OPEN)
        return _status(service.hours, now)

    def is_open_at(self, now: datetime) -> Callable[[Service], bool | None]:
        """What ``Directory.pick`` asks."""
        return lambda service: self.status(service, now).open_now

    def in_office_hours(self, now: datetime) -> bool:
        """Whether municipalities are ordinarily at work."""
        return _parse(OFFICE_HOURS).is_open(in_denmark(now))


def in_denmark(now: datetime) -> datetime:
    """The same moment on a Danish clock. Raises ``ValueError`` without a time zone."""
    if now.tzinfo is None:
        raise ValueError("a moment without a time zone is ambiguous")
    return now.astimezone(COPENHAGEN)


def hours_problem(hours: str) -> str | None:
    """Why these hours cannot be used, or None.

    Refused besides broken syntax: what no clock can answer (sunset, 'unknown', comments), and
    single years, whose rules would rot silently.
    """
    if _UNFIT.search(hours):
        return "only weekdays, dates, PH, clock times and 'off' are understood"
    if not validate(hours):
        return "it is no opening_hours syntax"
    year = _parse(hours).intervals(ANY_MOMENT, ANY_MOMENT + timedelta(days=366))
    if hours != ROUND_THE_CLOCK and len(list(year)) == 1:
        return f"they never change; hours that never close are written {ROUND_THE_CLOCK}"
    return None


@lru_cache(maxsize=512)
def _parse(hours: str) -> OpeningHours:
    return OpeningHours(hours, timezone=COPENHAGEN, country="DK")


def _status(hours: str, now: datetime) -> Opening:
    spans = list(_spans(hours, now - timedelta(days=2), now + SEARCH))
    current = next((span for span in spans if span.start <= now < span.end), None)
    if current:
        if not current.sure:
            return Opening(None, UNSURE_TODAY)
        end = _last_sure_end(spans, current)
        closing = f", lukker {_closing(end, now)}" if end < spans[-1].end else ""
        return Opening(True, f"Åben nu{closing}")
    coming = [span for span in spans if span.start > now]
    if any(span.start.date() == now.date() and not span.sure for span in coming):
        return Opening(None, UNSURE_TODAY)
    opening = next((span.start for span in coming if span.sure), None)
    return Opening(False, f"Åbner {_moment(opening, now)}" if opening else CLOSED)


def _last_sure_end(spans: list[Span], current: Span) -> datetime:
    """When it closes, looking through midnights that no break follows."""
    end = current.end
    for before, after in pairwise(spans[spans.index(current) :]):
        if before.end != after.start or not after.sure:
            break
        end = after.end
    return end


def _spans(hours: str, start: datetime, end: datetime) -> Iterator[Span]:
    """Open stretches in order, cut at midnight unless they end in the small hours.

    They come from the hours without their days off; a stretch is dropped when the hours as a
    whole are closed at its start, so a day off takes the shifts that begin on it, whole.
    """
    noon = datetime.combine(start, time(12), COPENHAGEN)
    whole, base = _parse(hours), _parse(_without_days_off(hours))
    for opens, closes, state, _ in base.intervals(noon, end):
        if state is not State.OPEN:
            continue
        for piece_opens, piece_closes in _cut_at_midnight(opens, closes):
            if whole.is_open(piece_opens):
                yield Span(piece_opens, piece_closes, _says(hours, piece_opens.date()))


def _says(hours: str, day: date) -> bool:
    """Whether the hours say something of this day, or it is one like others."""
    if ROUND_THE_CLOCK in hours:
        return True
    if (day.month, day.day) in HALF_HOLIDAYS:
        return (day.month, day.day) in _half_holidays_named(hours)
    return not is_public_holiday(day) or bool(re.search(r"\bPH\b", hours))


def _cut_at_midnight(opens: datetime, closes: datetime) -> Iterator[tuple[datetime, datetime]]:
    while True:
        midnight = datetime.combine(opens.date() + timedelta(days=1), time(0), COPENHAGEN)
        if closes <= midnight or closes <= datetime.combine(midnight, SMALL_HOURS, COPENHAGEN):
            yield opens, closes
            return
        yield opens, midnight
        opens = midnight


def _without_days_off(hours: str) -> str:
    rules = [rule.strip() for rule in hours.split(";")]
    return "; ".join(rule for rule in rules if not _DAYS_OFF.match(rule)) or "off"


@lru_cache(maxsize=512)
def _half_holidays_named(hours: str) -> frozenset[tuple[int, int]]:
    """Those the hours say something about (``Dec 24 off``, ``Dec 23-26 10:00-12:00``)."""
    months = _MONTH.split("|")
    named = set()
    for month, day, last_month, last_day in _DATES.findall(hours):
        first = (months.index(month) + 1, int(day))
        last = (months.index(last_month or month) + 1, int(last_day or day))
        named |= {half for half in HALF_HOLIDAYS if _between(half, first, last)}
    return frozenset(named)


def _between(day: tuple[int, int], first: tuple[int, int], last: tuple[int, int]) -> bool:
    """Whether a day of the year lies in a range that may run over New Year."""
    return first <= day <= last if first <= last else day >= first or day <= last


@lru_cache(maxsize=1024)
def is_public_holiday(day: date) -> bool:
    """Whether it is a Danish public holiday."""
    return _parse("PH").is_open(datetime.combine(day, time(12), COPENHAGEN))


def _closing(end: datetime, now: datetime) -> str:
    if end.date() == now.date():
        return _clock(end)
    if end.time() == time(0) and end.date() == now.date() + timedelta(days=1):
        return "kl. 24.00"
    # Going on past midnight is still 'tonight'.
    if end.date() == now.date() + timedelta(days=1) and end.time() <= SMALL_HOURS:
        return _clock(end)
    return _moment(end, now)


def _moment(moment: datetime, now: datetime) -> str:
    days = (moment.date() - now.date()).days
    if days == 0:
        day = "i dag"
    elif days == 1:
        day = "i morgen"
    elif days < 7:
        day = WEEKDAYS[moment.weekday()]
    else:
        day = f"{WEEKDAYS[moment.weekday()]} {moment.day}. {MONTHS[moment.month - 1]}"
    return f"{day} {_clock(moment)}"


def _clock(moment: datetime) -> str:
    return f"kl. {moment.hour}.{moment.minute:02d}"
