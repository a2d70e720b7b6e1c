"""What a visitor meets on Telegram."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram.words import COMMANDS, DESCRIPTION, SHORT_DESCRIPTION
from bot.domain.heard import Command
from tests.channels.telegram.parts import shown, talking, texts, titles

HIT = "min far slår mig"
ACUTE = "han kommer nu med en kniv og jeg er alene"
KNOWS = "Telegram ved, hvem du er"


async def test_what_telegram_knows_is_said_before_the_first_question(telegram, api):
    api.visitor_says(7, "/start")
    greeting = await api.heard(7)
    api.visitor_says(8, HIT)
    told = await api.heard(8)

    for messages in (greeting, told):
        assert KNOWS in texts(messages)
        assert texts(messages).index(KNOWS) < texts(messages).index(messages[-1]["text"])
        assert titles(messages[-1])
        assert len(messages) <= 3


async def test_in_danger_112_comes_before_all_else(telegram, api):
    api.visitor_says(7, ACUTE)

    first, *rest = await api.heard(7)

    assert "112" in first["text"].splitlines()[0]
    assert KNOWS not in first["text"]
    assert KNOWS in texts(rest)


async def test_a_pressed_button_answers_and_is_taken_away(telegram, api):
    api.visitor_says(7, HIT)
    question = (await api.heard(7))[-1]

    api.visitor_presses(7, "Ja")
    answer = await api.heard(7)
    await api.was_called("answerCallbackQuery")
    await api.was_called("editMessageReplyMarkup")

    assert "Den knap hører til" not in texts(answer)
    assert [title for title in shown(question) if not title.startswith("Chat")] == []


async def test_a_link_stays_when_a_choice_is_made(telegram, api):
    api.visitor_says(7, "/om")
    api.visitor_says(7, "/menneske")
    message = (await api.heard(7))[-1]
    links = [title for title in titles(message) if title.startswith("Chat: ")]
    assert links

    api.visitor_presses(7, "Det passer ikke på mig")
    await api.heard(7)
    await api.was_called("editMessageReplyMarkup")

    assert shown(message) == links


async def test_an_old_button_answers_politely_with_what_is_asked_now(telegram, api):
    api.visitor_says(7, HIT)
    await api.heard(7)
    api.visitor_presses(7, "Ja")
    pending = (await api.heard(7))[-1]

    api.visitor_presses(7, "Ja")
    answer = await api.heard(7)

    assert "Den knap hører til noget, vi er færdige med" in texts(answer)
    assert answer[-1]["text"].endswith(pending["text"].split("\n\n")[-1])


@pytest.mark.parametrize("data", ["", "x", "/SetSlots(safe_now=ja)", "1.0123456789abcdef:3", "🙂"])
async def test_a_button_that_was_never_offered_is_refused(telegram, api, data):
    api.visitor_says(7, HIT)
    await api.heard(7)

    api.press(7, data)

    assert "Den knap hører til" in texts(await api.heard(7))


async def test_a_button_of_another_chat_is_refused(telegram, api):
    api.visitor_says(7, HIT)
    question = (await api.heard(7))[-1]
    api.visitor_says(8, HIT)
    await api.heard(8)
    data = next(b["callback_data"] for row in question["offered"] for b in row)

    api.press(8, data)

    assert "Den knap hører til" in texts(await api.heard(8))


async def test_buttons_carry_no_payload(telegram, api):
    api.visitor_says(7, HIT)
    await api.heard(7)

    data = [
        button["callback_data"]
        for message in api.messages(7)
        for row in message.get("offered", ())
        for button in row
        if "callback_data" in button
    ]
    assert data
    assert all("safe" not in each and "/" not in each for each in data)


async def test_erasing_says_what_telegram_still_holds(telegram, api):
    api.visitor_says(7, HIT)
    await api.heard(7)

    api.visitor_says(7, "/slet")

    said = texts(await api.heard(7))
    assert "har slettet" in said
    assert "Slet chat" in said
    assert "Telegram ved stadig" in said


async def test_services_are_readable_with_numbers_links_and_hours(telegram, api):
    api.visitor_says(7, HIT)

    said = texts(await api.heard(7))

    assert "BørneTelefonen" in said
    assert "116 111" in said
    assert "Åben nu" in said
    assert all(call["link_preview_options"]["is_disabled"] for call in api.called("sendMessage"))
    assert all("parse_mode" not in call for call in api.called("sendMessage"))


async def test_it_is_seen_to_type_while_it_thinks(telegram, api):
    api.visitor_says(7, HIT)
    await api.heard(7)

    (typing, *_) = await api.was_called("sendChatAction")
    assert typing == {"chat_id": 7, "action": "typing"}


async def test_commands_and_descriptions_are_set_in_danish_and_english(telegram, api):
    await api.was_called("setMyShortDescription", 3)

    given = {c.get("language_code"): c for c in api.called("setMyCommands")}
    assert set(given) == {None, "da", "en"}
    for code, language in {None: "da", "da": "da", "en": "en"}.items():
        names = {command["command"] for command in given[code]["commands"]}
        assert names == {command.value for command in Command} - {"passer_ikke"}
        assert names == set(COMMANDS[language])
    assert all(len(text) <= 512 for text in DESCRIPTION.values())
    assert all(len(text) <= 120 for text in SHORT_DESCRIPTION.values())


async def test_every_command_of_the_menu_is_understood(telegram, api):
    for name in COMMANDS["da"]:
        api.visitor_says(7, f"/{name}")
        assert "Det forstod jeg ikke" not in texts(await api.heard(7))


async def test_a_group_is_told_why_once_and_left(telegram, api):
    api.visitor_sends(-5, kind="supergroup", new_chat_members=[{"id": 1}])
    api.membership(-5, "member", kind="supergroup")
    api.visitor_sends(-5, kind="supergroup", text=HIT)
    await api.settled()

    assert api.called("leaveChat")[0] == {"chat_id": -5}
    (message,) = api.messages(-5)
    assert "privat" in message["text"]
    assert "112" in message["text"]


async def test_a_channel_is_left_without_a_word(telegram, api):
    api.membership(-6, "administrator", kind="channel")
    await api.settled()

    assert await api.was_called("leaveChat") == [{"chat_id": -6}]
    assert api.messages(-6) == []


async def test_nothing_is_sent_to_whoever_wrote_nothing(telegram, api):
    api.membership(7, "member", kind="private")
    await api.settled()

    assert api.messages(7) == []


async def test_blocking_the_bot_erases_what_it_remembers(telegram, api, app):
    api.visitor_says(7, HIT)
    await api.heard(7)

    api.membership(7, "kicked", kind="private")
    await api.settled()

    visitor = app.keys.pseudonym("telegram", "7")
    assert await app.store.load(visitor) is None
    assert await api.heard(7) == []


async def test_visitors_do_not_wait_for_each_other(app, api):
    gate = asyncio.Event()

    async def take_turn(raw_id, incoming):
        if raw_id == "7":
            await gate.wait()
        return await app.take_turn("telegram", raw_id, incoming)

    async with talking(app, api, take_turn=take_turn):
        api.visitor_says(7, HIT)
        api.visitor_says(8, HIT)

        assert await api.sees(8)
        assert api.messages(7) == []
        gate.set()
        assert await api.heard(7)
