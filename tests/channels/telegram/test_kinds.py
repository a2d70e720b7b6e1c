"""Everything that can be sent besides words: answered fittingly, never fetched or kept."""

from __future__ import annotations

import asyncio

import pytest

from tests.channels.telegram.parts import talking, texts

HIT = "min far slår mig"
ACUTE = "han kommer nu med en kniv og jeg er alene"
QUESTION = "lige nu?"
FILE = {"file_id": "canary", "file_unique_id": "canary"}
SIZED = FILE | {"width": 1, "height": 1}
CONTACT = {"phone_number": "40608123", "first_name": "Zebulonine"}
POLL = {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False}
HOURS = 3 * 3600

KINDS = {
    "photo": ([SIZED], "Jeg kan ikke se billeder"),
    "video": (SIZED | {"duration": 1}, "Jeg kan ikke se billeder"),
    "animation": (SIZED | {"duration": 1}, "Jeg kan ikke se billeder"),
    "video_note": (FILE | {"length": 1, "duration": 1}, "Jeg kan ikke se billeder"),
    "document": (FILE, "Jeg kan ikke se billeder, film eller filer"),
    "story": ({"id": 1, "chat": {"id": 9, "type": "private"}}, "Jeg kan ikke se billeder"),
    "voice": (FILE | {"duration": 1}, "Jeg kan ikke høre lyd"),
    "audio": (FILE | {"duration": 1}, "Jeg kan ikke høre lyd"),
    "location": ({"latitude": 55.6, "longitude": 12.5}, "Jeg har ikke læst, hvor du er"),
    "contact": (CONTACT, "Jeg har ikke læst, hvem det er"),
    "sticker": (SIZED | {"type": "regular"}, "Jeg kan kun læse ord"),
    "dice": ({"emoji": "🎲", "value": 3}, "Jeg kan kun læse ord"),
    "poll": (POLL, "Det, du sendte, kan jeg ikke læse"),
    "what_telegram_invents_next": ({"of": "any shape"}, "Det, du sendte, kan jeg ikke læse"),
}


@pytest.fixture
async def asked(telegram, api):
    """A child has told of violence and is asked whether it is safe."""
    api.visitor_says(7, HIT)
    assert QUESTION in texts(await api.heard(7))
    return api


@pytest.mark.parametrize("kind", KINDS)
async def test_it_gets_a_fitting_answer_and_the_question_again(asked, kind):
    content, said = KINDS[kind]

    asked.visitor_sends(7, **{kind: content})

    answer = texts(await asked.heard(7))
    assert said in answer
    assert QUESTION in answer


async def test_the_words_beside_a_picture_are_an_answer(asked):
    asked.visitor_sends(7, photo=[SIZED], caption="ja")

    answer = texts(await asked.heard(7))
    assert "Jeg kan ikke se billeder" in answer
    assert QUESTION not in answer


async def test_danger_beside_a_picture_is_answered_by_112_first(asked):
    asked.visitor_sends(7, photo=[SIZED], caption=ACUTE)

    assert "112" in (await asked.heard(7))[0]["text"].splitlines()[0]


async def test_an_album_gets_one_answer(asked):
    for _ in range(5):
        asked.visitor_sends(7, photo=[SIZED], media_group_id="album")
    asked.visitor_says(7, "ja")

    answer = texts(await asked.heard(7))
    assert answer.count("Jeg kan ikke se billeder") == 1


async def test_danger_in_the_middle_of_an_album_is_heard(asked):
    asked.visitor_sends(7, photo=[SIZED], media_group_id="album")
    await asked.heard(7)
    asked.visitor_sends(7, photo=[SIZED], media_group_id="album")
    assert await asked.heard(7) == []

    asked.visitor_sends(7, photo=[SIZED], media_group_id="album", caption=ACUTE)

    assert "112" in (await asked.heard(7))[0]["text"].splitlines()[0]


ORIGINS = (
    {"type": "user", "sender_user": {"id": 4, "is_bot": False, "first_name": "Zebulonine"}},
    {"type": "hidden_user", "sender_user_name": "Zebulonine"},
    {"type": "what_telegram_invents_next"},
)


@pytest.mark.parametrize("origin", ORIGINS, ids=lambda origin: origin["type"])
async def test_forwarded_words_are_judged_and_answer_nothing(asked, origin):
    origin = {"forward_origin": origin | {"date": 0}}

    asked.visitor_says(7, "ja", **origin)
    calm = texts(await asked.heard(7))
    asked.visitor_says(7, "/slet", **origin)
    command = texts(await asked.heard(7))
    asked.visitor_says(7, "hvis du siger det til nogen slår jeg dig ihjel", **origin)
    threat = await asked.heard(7)

    for answer in (calm, command):
        assert "Du har sendt noget videre" in answer
        assert QUESTION in answer
    assert "112" in texts(threat)


async def test_an_edit_is_judged_and_answered_once(asked):
    message = asked.visitor_says(7, "hej")
    await asked.heard(7)

    asked.visitor_edits(7, message, "hejsa")
    first = texts(await asked.heard(7))
    asked.visitor_edits(7, message, "hej igen")
    second = await asked.heard(7)

    assert "du har rettet en besked" in first
    assert second == []


async def test_danger_that_is_edited_in_is_answered_by_112(asked):
    message = asked.visitor_says(7, "hej")
    await asked.heard(7)
    asked.visitor_edits(7, message, "hejsa")
    await asked.heard(7)

    asked.visitor_edits(7, message, ACUTE)

    assert "112" in (await asked.heard(7))[0]["text"].splitlines()[0]


async def test_an_edit_made_now_is_new_however_old_its_message_is(asked):
    asked.visitor_edits(7, 1, ACUTE, date=0)

    assert "Ring 112" in (await asked.heard(7))[0]["text"].splitlines()[0]


async def test_an_edit_made_hours_ago_is_as_old_as_that(asked):
    asked.visitor_edits(7, 1, "hej", date=0, edit_date=1)

    assert "Du skrev, mens jeg ikke kunne svare" in texts(await asked.heard(7))


async def test_an_edit_of_a_message_that_still_waits_is_answered_with_it(app, api):

    gate, heard = asyncio.Event(), []

    async def take_turn(raw_id, incoming):
        heard.append((incoming.text, incoming.odd))
        await gate.wait()
        return await app.take_turn("telegram", raw_id, incoming)

    async with talking(app, api, take_turn=take_turn):
        api.visitor_says(7, HIT)
        await api.was_called("sendChatAction")
        message = api.visitor_says(7, "nje")
        api.visitor_edits(7, message, "nej")
        await asyncio.sleep(0.5)
        gate.set()
        await api.heard(7)

    assert heard == [(HIT, None), ("nej", None)]


async def test_a_place_that_moves_is_not_answered_at_every_step(asked):
    message = asked.visitor_sends(7, location={"latitude": 1, "longitude": 1, "live_period": 60})
    await asked.heard(7)

    edited = asked._message(7, "private", 0) | {"message_id": message}
    asked.give("edited_message", edited | {"location": {"latitude": 2, "longitude": 2}}, 7)

    assert await asked.heard(7) == []


async def test_notes_of_telegram_itself_are_not_answered(asked):
    asked.visitor_sends(7, pinned_message={"message_id": 1})
    asked.visitor_sends(7, message_auto_delete_timer_changed={"message_auto_delete_time": 1})

    assert await asked.heard(7) == []


async def test_messages_hours_old_get_the_numbers_and_one_fresh_greeting(asked):
    for text in ("hej", "er du der", "ja"):
        asked.visitor_says(7, text, age=HOURS)

    answer = texts(await asked.heard(7))

    assert "112" in answer.splitlines()[0]
    assert answer.count("Du skrev, mens jeg ikke kunne svare") == 1
    assert "116 111" in answer
    assert answer.count("Jeg hedder Betro") == 1
    assert QUESTION not in answer


async def test_old_messages_that_come_one_by_one_get_one_answer_too(asked):
    asked.visitor_says(7, "hej", age=HOURS)
    await asked.heard(7)

    asked.visitor_says(7, "er du der", age=HOURS - 60)

    assert await asked.heard(7) == []


async def test_danger_that_is_hours_old_is_answered_by_112_first(asked):
    asked.visitor_says(7, "hej", age=HOURS)
    asked.visitor_says(7, ACUTE, age=HOURS)
    asked.visitor_says(7, "hallo", age=HOURS)

    answer = await asked.heard(7)

    assert "Ring 112" in answer[0]["text"].splitlines()[0]
    assert len(answer) <= 3


async def test_after_the_greeting_the_conversation_goes_on_as_always(asked):
    asked.visitor_says(7, "hej", age=HOURS)
    asked.visitor_says(7, HIT)

    assert QUESTION in texts(await asked.heard(7))


async def test_a_wish_to_erase_is_granted_hours_later(asked):
    asked.visitor_says(7, "/slet", age=HOURS)

    assert "har slettet" in texts(await asked.heard(7))


@pytest.mark.parametrize(
    "update",
    [
        {"message": {}},
        {"message": "text"},
        {"message": {"message_id": "x", "date": 0, "chat": {"id": 7, "type": "private"}}},
        {"callback_query": {"id": 1}},
        {"what_telegram_invents_next": {}},
    ],
)
async def test_an_update_that_cannot_be_read_stops_nothing(asked, update):
    ((name, content),) = update.items()
    asked.give(name, content, 9)
    asked.visitor_says(7, "ja")

    assert await asked.sees(7)
