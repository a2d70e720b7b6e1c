"""Opening hours in other words than Danish ones: the few that `opening_hours` makes."""

from __future__ import annotations

import re

_ENGLISH = {
    "Åbningstiden er ikke bekræftet": "The opening hours are not confirmed",
    "Kan have lukket i dag": "May be closed today",
    "Åben nu, døgnet rundt": "Open now, day and night",
    "Åben nu, lukker": "Open now, closes",
    "Åben nu": "Open now",
    "Åbner": "Opens",
    "Lukket": "Closed",
    "i morgen": "tomorrow",
    "i dag": "today",
    "kl.": "at",
    "mandag": "Monday",
    "tirsdag": "Tuesday",
    "onsdag": "Wednesday",
    "torsdag": "Thursday",
    "fredag": "Friday",
    "lørdag": "Saturday",
    "søndag": "Sunday",
    "januar": "January",
    "februar": "February",
    "marts": "March",
    "maj": "May",
    "juni": "June",
    "juli": "July",
    "oktober": "October",
}
"""The other months are called the same but for their capital letter."""
_SAME_MONTHS = ("april", "august", "september", "november", "december")
_WORDS = {**_ENGLISH, **{month: month.capitalize() for month in _SAME_MONTHS}}
_ANY = re.compile("|".join(re.escape(each) for each in sorted(_WORDS, key=len, reverse=True)))


def in_language(text: str, lang: str) -> str:
    """The words of an opening in ``lang``; Danish where there are no others."""
    if lang != "en":
        return text
    return re.sub(r"(\d)\.(?= [A-Z])", r"\1", _ANY.sub(lambda found: _WORDS[found[0]], text))
