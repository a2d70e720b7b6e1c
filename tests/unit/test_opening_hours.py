"""Open now, closed, or nobody can say: right at every clock, in Danish words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.opening_hours import COPENHAGEN, Openings, hours_problem
from bot.domain.directory import FactName, Service
from bot.domain.provenance import Danish, Fact, State
from bot.domain.taxonomy import Audience, Concern

WEEKDAYS = "Mo-Fr 09:00-15:00; PH off"
SOME_DAYS = "Tu,We 09:00-15:00; Th 15:00-21:00"
NIGHTS = "Th-Sa 20:00-02:00; PH off"
EXPLICIT = "Mo-Su 10:00-20:00; PH 12:00-16:00; Jun 05 off; Dec 24 10:00-13:00; Dec 31 off"


def service(hours: str | None) -> Service:
    return Service(
        id="line",
        name=Danish(da="Linjen"),
        operator="Nogen",
        what=Danish(da="Hjælp."),
        serves=(Audience.CHILD_SELF,),
        concerns=(Concern.HUMAN,),
        human=True,
        phone="116111",
        hours=hours,
        anonymity=Danish(da="Spørg først, om du kan være anonym."),
        facts={FactName.WHAT: Fact(state=State.UNCONFIRMED)},
    )


@pytest.mark.parametrize(
    ("hours", "now", "open_now", "text"),
    [
        # day and night, and nothing known
        ("24/7", "2026-12-24T20:00+01:00", True, "Åben nu, døgnet rundt"),
        (None, "2026-11-24T10:00+01:00", None, "Åbningstiden er ikke bekræftet"),
        # an ordinary week; 2026-11-24 is a Tuesday
        (WEEKDAYS, "2026-11-24T08:59+01:00", False, "Åbner i dag kl. 9.00"),
        (WEEKDAYS, "2026-11-24T09:00+01:00", True, "Åben nu, lukker kl. 15.00"),
        (WEEKDAYS, "2026-11-24T14:59:59+01:00", True, "Åben nu, lukker kl. 15.00"),
        (WEEKDAYS, "2026-11-24T15:00+01:00", False, "Åbner i morgen kl. 9.00"),
        (WEEKDAYS, "2026-11-27T15:00+01:00", False, "Åbner mandag kl. 9.00"),
        (SOME_DAYS, "2026-11-26T16:00+01:00", True, "Åben nu, lukker kl. 21.00"),
        (SOME_DAYS, "2026-11-26T21:00+01:00", False, "Åbner tirsdag kl. 9.00"),
        (SOME_DAYS, "2026-11-26T14:00+01:00", False, "Åbner i dag kl. 15.00"),
        ("Tu 09:00-15:00", "2026-11-24T16:00+01:00", False, "Åbner tirsdag 1. december kl. 9.00"),
        ("Mo-Fr 08:30-12:00,12:30-15:45", "2026-11-24T12:10+01:00", False, "Åbner i dag kl. 12.30"),
        ("off", "2026-11-24T12:10+01:00", False, "Lukket"),
        ("24/7; Dec 24 off", "2026-11-24T12:00+01:00", True,
         "Åben nu, lukker torsdag 24. december kl. 0.00"),
        ("24/7; Dec 24 off", "2026-12-23T12:00+01:00", True, "Åben nu, lukker kl. 24.00"),
        ("24/7; Dec 24 off", "2026-12-24T12:00+01:00", False, "Åbner i morgen kl. 0.00"),
        ("24/7; Dec 24 off", "2026-12-25T12:00+01:00", True, "Åben nu"),
        ("Mo-Su 10:00-20:00; Dec 24 13:00-20:00 off", "2026-12-24T14:00+01:00", False,
         "Åbner søndag kl. 10.00"),
        # another zone's clock
        (WEEKDAYS, "2026-11-24T08:30+00:00", True, "Åben nu, lukker kl. 15.00"),
        (WEEKDAYS, "2026-07-07T06:30-01:00", True, "Åben nu, lukker kl. 15.00"),
        # over midnight; 2026-11-26 is a Thursday
        (NIGHTS, "2026-11-26T23:30+01:00", True, "Åben nu, lukker kl. 2.00"),
        (NIGHTS, "2026-11-27T01:59+01:00", True, "Åben nu, lukker kl. 2.00"),
        (NIGHTS, "2026-11-27T02:00+01:00", False, "Åbner i dag kl. 20.00"),
        (NIGHTS, "2026-11-29T01:00+01:00", True, "Åben nu, lukker kl. 2.00"),
        (NIGHTS, "2026-11-29T02:00+01:00", False, "Åbner torsdag kl. 20.00"),
        ("Mo-Su 18:00-24:00", "2026-11-24T23:00+01:00", True, "Åben nu, lukker kl. 24.00"),
        ("Mo-Fr 00:00-24:00", "2026-11-25T12:00+01:00", True, "Åben nu, lukker lørdag kl. 0.00"),
        ("Mo-Fr 00:00-24:00", "2026-11-27T12:00+01:00", True, "Åben nu, lukker kl. 24.00"),
        ("Fr 20:00-26:00", "2026-11-28T01:30+01:00", True, "Åben nu, lukker kl. 2.00"),
        # a shift that began on a working evening goes on into a holiday, none begins on one
        ("We 20:00-02:00; PH off", "2027-05-06T01:00+02:00", True, "Åben nu, lukker kl. 2.00"),
        ("We 20:00-02:00; PH off", "2027-05-05T23:00+02:00", True, "Åben nu, lukker kl. 2.00"),
        (NIGHTS, "2027-05-06T21:00+02:00", False, "Åbner i morgen kl. 20.00"),
        (NIGHTS, "2027-05-07T01:00+02:00", False, "Åbner i dag kl. 20.00"),
        # summer time: the night of 26 March 2028 has no 02:30, that of 25 October 2026 has two
        ("Su 00:00-05:00", "2028-03-26T01:59+01:00", True, "Åben nu, lukker kl. 5.00"),
        ("Su 00:00-05:00", "2028-03-26T03:00+02:00", True, "Åben nu, lukker kl. 5.00"),
        ("Su 02:15-05:00", "2028-03-26T03:05+02:00", True, "Åben nu, lukker kl. 5.00"),
        ("Su 00:00-05:00", "2026-10-25T02:30+02:00", True, "Åben nu, lukker kl. 5.00"),
        ("Su 00:00-05:00", "2026-10-25T02:30+01:00", True, "Åben nu, lukker kl. 5.00"),
        ("Su 09:00-15:00", "2026-10-25T07:59+00:00", False, "Åbner i dag kl. 9.00"),
        ("Su 09:00-15:00", "2026-10-25T08:00+00:00", True, "Åben nu, lukker kl. 15.00"),
        # public holidays: Christmas Day, Easter Monday, Ascension; Store Bededag is gone
        (WEEKDAYS, "2026-12-25T10:00+01:00", False, "Åbner mandag kl. 9.00"),
        (WEEKDAYS, "2027-03-29T10:00+02:00", False, "Åbner i morgen kl. 9.00"),
        (WEEKDAYS, "2027-05-06T10:00+02:00", False, "Åbner i morgen kl. 9.00"),
        (WEEKDAYS, "2027-04-23T10:00+02:00", True, "Åben nu, lukker kl. 15.00"),
        # ... and hours that say nothing of holidays promise nothing on one
        (SOME_DAYS, "2026-11-25T10:00+01:00", True, "Åben nu, lukker kl. 15.00"),
        ("Mo-Fr 09:00-15:00", "2026-12-25T10:00+01:00", None, "Kan have lukket i dag"),
        ("Mo-Fr 09:00-15:00", "2026-12-25T07:00+01:00", None, "Kan have lukket i dag"),
        ("Mo-Fr 09:00-15:00", "2026-12-25T16:00+01:00", False, "Åbner mandag kl. 9.00"),
        # 24 December 2026 is a Thursday, 5 June 2028 a Monday, 31 December 2026 a Thursday
        (WEEKDAYS, "2026-12-24T08:00+01:00", None, "Kan have lukket i dag"),
        (WEEKDAYS, "2026-12-24T10:00+01:00", None, "Kan have lukket i dag"),
        (WEEKDAYS, "2026-12-24T16:00+01:00", False, "Åbner mandag kl. 9.00"),
        (WEEKDAYS, "2026-12-23T16:00+01:00", False, "Åbner mandag kl. 9.00"),
        (WEEKDAYS, "2026-12-31T10:00+01:00", None, "Kan have lukket i dag"),
        (WEEKDAYS, "2027-06-05T10:00+02:00", False, "Åbner mandag kl. 9.00"),  # a Saturday
        ("Mo-Fr 09:00-15:00; PH off", "2029-06-05T10:00+02:00", None, "Kan have lukket i dag"),
        # ... unless the hours say what holds
        (EXPLICIT, "2026-12-24T10:30+01:00", True, "Åben nu, lukker kl. 13.00"),
        (EXPLICIT, "2026-12-24T13:30+01:00", False, "Åbner i morgen kl. 12.00"),
        (EXPLICIT, "2026-12-25T12:30+01:00", True, "Åben nu, lukker kl. 16.00"),
        (EXPLICIT, "2026-12-31T12:00+01:00", False, "Åbner i morgen kl. 12.00"),
        (EXPLICIT, "2027-06-05T12:00+02:00", False, "Åbner i morgen kl. 10.00"),
        ("Mo-Su 10:00-20:00; Dec 23-Jan 02 off", "2026-12-24T12:00+01:00", False,
         "Åbner søndag 3. januar kl. 10.00"),
        # a night shift from the 23rd is sure, one from the 24th is not
        ("Mo-Su 20:00-03:00; PH off", "2026-12-24T01:00+01:00", True, "Åben nu, lukker kl. 3.00"),
        ("Mo-Su 20:00-03:00; PH off", "2026-12-25T01:00+01:00", None, "Kan have lukket i dag"),
    ],
)  # fmt: skip
def test_the_words_are_right_at_this_clock(hours, now, open_now, text):
    opening = Openings().status(service(hours), datetime.fromisoformat(now))

    assert (opening.open_now, opening.text) == (open_now, text)


def test_a_clock_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        Openings().status(service(WEEKDAYS), datetime(2026, 11, 24, 10))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("now", "at_work"),
    [
        ("2026-11-24T10:00+01:00", True),
        ("2026-11-24T15:00+01:00", False),
        ("2026-11-23T22:00+01:00", False),
        ("2026-11-28T10:00+01:00", False),
        ("2026-12-24T10:00+01:00", False),
        ("2026-12-25T10:00+01:00", False),
        ("2028-06-05T10:00+02:00", False),
    ],
)
def test_office_hours_are_weekdays_that_are_no_holidays(now, at_work):
    assert Openings().in_office_hours(datetime.fromisoformat(now)) is at_work


moments = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(moments, st.sampled_from([WEEKDAYS, SOME_DAYS, NIGHTS, EXPLICIT, "Mo-Fr 00:00-24:00"]))
def test_what_is_said_to_open_in_time_is_open_then(now, hours):
    """The words and the state agree: walk to the moment that is named and look again."""
    openings = Openings()
    opening = openings.status(service(hours), now)

    if opening.text.startswith("Åbner i dag kl. "):
        hour, minute = opening.text.removeprefix("Åbner i dag kl. ").split(".")
        local = now.astimezone(COPENHAGEN)
        named = local.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        assert openings.status(service(hours), named).open_now is True
        assert openings.status(service(hours), named - timedelta(seconds=1)).open_now is False
    assert opening.text.startswith(
        {True: "Åben nu, lukker ", False: ("Åbner ", "Lukket"), None: "Kan have lukket i dag"}[
            opening.open_now
        ]
    )


@pytest.mark.parametrize(
    ("hours", "problem"),
    [
        ("24/7", None),
        (WEEKDAYS, None),
        (EXPLICIT, None),
        ("Mo-Fri 09:00-15:00", "no opening_hours syntax"),
        ("9-15", "no opening_hours syntax"),
        ("Mo-Su,PH 00:00-24:00", "24/7"),
        ("Mo-Su 00:00-24:00", "24/7"),
        ("sunrise-sunset", "only weekdays"),
        ('Mo-Fr 09:00-15:00 "måske"', "only weekdays"),
        ("2026 Dec 24 off", "only weekdays"),
    ],
)
def test_hours_that_no_clock_can_answer_are_refused(hours, problem):
    found = hours_problem(hours)

    assert found is None if problem is None else problem in found
