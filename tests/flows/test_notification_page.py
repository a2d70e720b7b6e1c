"""The page of the notification navigator: what stands on it for whom, by their choices."""

import pytest

from bot.domain.state import State
from bot.domain.taxonomy import Audience

ALWAYS = ["utter_note_call", "utter_note_child"]


def _page(library, audience, **slots):
    state = State(audience=audience)
    for slot, value in slots.items():
        state = state.with_slot(slot, value)
    return list(library.content.notes["note_notification"].remaining(state))


@pytest.mark.parametrize(
    ("audience", "slots", "own"),
    [
        (
            Audience.BYSTANDER,
            {"write_times": "flere", "write_talked": "ja", "write_anonymous": "ja"},
            ["utter_note_without_name", "utter_note_seen_often", "utter_note_child_said"],
        ),
        (
            Audience.BYSTANDER,
            {"write_times": "en", "write_talked": "nej", "write_anonymous": "nej"},
            ["utter_note_with_name", "utter_note_seen_once", "utter_note_child_silent"],
        ),
        (
            Audience.NETWORK,
            {"write_times": "en", "write_talked": "nej", "write_anonymous": "ved_ikke"},
            ["utter_note_name_later", "utter_note_seen_once", "utter_note_child_silent"],
        ),
        (
            Audience.PARENT,
            {"write_times": "flere", "write_talked": "ja"},
            ["utter_note_with_name", "utter_note_seen_often", "utter_note_child_said"],
        ),
        (
            Audience.PROFESSIONAL,
            {"write_times": "flere", "write_talked": "ja"},
            ["utter_note_at_work", "utter_note_seen_often", "utter_note_child_said"],
        ),
    ],
)
def test_the_page_holds_what_was_chosen(library, audience, slots, own):
    page = _page(library, audience, **slots)

    assert page[: len(ALWAYS)] == ALWAYS
    assert [part for part in page if part in own] == own
    assert ("utter_note_parents" in page) == (audience is Audience.PROFESSIONAL)
    names = {"utter_note_without_name", "utter_note_name_later", "utter_note_with_name"}
    assert len((names | {"utter_note_at_work"}) & set(page)) == 1


def test_who_stays_unnamed_is_told_what_gives_them_away(library):
    (text,) = library.content.responses["utter_note_without_name"]

    for words in ("Forældrene kan læse det", "bliver skrevet ned", "Skriv ikke, hvor du bor"):
        assert words in text.text


def test_the_page_has_112_and_the_evening_first(library):
    (text,) = library.content.responses["utter_note_call"]

    assert "Ring 112" in text.text.splitlines()[1]
    assert "{phone.police_114}" in text.text
