"""When Telegram or we stumble: nothing lost, nothing twice, in order, and nothing printed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.channels.telegram.post import Patience
from bot.domain.errors import StoreUnavailable
from tests.bot_api import BLOCKED, DELETED, TOKEN, Fault, flood
from tests.channels.telegram.parts import HURRIED, talking, texts

HIT = "min far slår mig"
QUESTION = "lige nu?"
CHAT = 40608123
"""A number that must not be printed."""


@pytest.fixture
def printed(caplog):
    """Everything that was logged, at any level."""
    caplog.set_level("DEBUG")

    def read():
        assert str(CHAT) not in caplog.text
        assert TOKEN not in caplog.text
        assert HIT not in caplog.text
        return caplog.text

    yield read
    read()


async def test_a_wait_that_telegram_asks_for_is_kept_and_nothing_is_lost(telegram, api, printed):
    api.fails("sendMessage", flood(1, CHAT), chat=CHAT)

    api.visitor_says(CHAT, HIT)

    answer = await api.heard(CHAT)
    assert QUESTION in texts(answer)
    assert len({message["text"] for message in answer}) == len(answer), "nothing twice"


async def test_a_wait_that_is_too_long_is_not_waited_for(telegram, api, printed):
    api.fails("sendMessage", flood(HURRIED.flood + 1, CHAT), chat=CHAT)

    api.visitor_says(CHAT, HIT)
    assert await api.heard(CHAT) == []
    assert "TelegramRetryAfter" in printed()
    api.visitor_says(CHAT, "hej")

    assert await api.heard(CHAT)


async def test_a_server_that_stumbles_is_asked_again(telegram, api, printed):
    api.fails("sendMessage", Fault(500), Fault(502, "Bad Gateway"), chat=CHAT)

    api.visitor_says(CHAT, HIT)

    answer = await api.heard(CHAT)
    assert QUESTION in texts(answer)
    assert len({message["text"] for message in answer}) == len(answer)


async def test_a_server_that_keeps_failing_is_given_up_and_the_next_message_answered(
    telegram, api, printed
):
    api.fails("sendMessage", *[Fault(500)] * HURRIED.tries, chat=CHAT)

    api.visitor_says(CHAT, HIT)
    assert await api.heard(CHAT) == []
    api.visitor_says(CHAT, "ja")

    assert await api.heard(CHAT)


async def test_when_only_the_answer_is_lost_at_most_the_last_bubble_repeats(telegram, api):
    api.fails("sendMessage", Fault(500, done=True), chat=CHAT)

    api.visitor_says(CHAT, HIT)

    said = [message["text"] for message in await api.heard(CHAT)]
    assert said[0] == said[1]
    assert len(set(said)) == len(said) - 1


async def test_a_call_that_does_not_return_is_made_again(app, api, printed):
    async with talking(app, api, patience=Patience(call=1, tries=2, first_pause=0.01)):
        api.fails("sendMessage", Fault(hangs=True), chat=CHAT)
        api.visitor_says(CHAT, HIT)

        assert QUESTION in texts(await api.heard(CHAT))


@pytest.mark.parametrize("end", [BLOCKED, DELETED])
async def test_a_visitor_who_is_gone_is_forgotten_quietly(telegram, api, app, printed, end):
    api.fails("sendMessage", end, chat=CHAT)

    api.visitor_says(CHAT, HIT)

    assert await api.heard(CHAT) == []
    assert await app.store.load(app.keys.pseudonym("telegram", str(CHAT))) is None
    assert "WARNING" not in printed()


async def test_an_answer_that_fails_gives_the_numbers(app, api, printed):
    async def take_turn(raw_id, incoming):
        raise RuntimeError(f"quotes {incoming.text} of {raw_id}")

    async with talking(app, api, take_turn=take_turn):
        api.visitor_says(CHAT, HIT)

        (message,) = await api.heard(CHAT)
        assert "112" in message["text"]
        assert "116 111" in message["text"]


async def test_what_is_shown_of_the_bot_may_fail(app, api):
    api.fails("setMyCommands", *[Fault(400, "Bad Request")] * 3)
    api.fails("setMyDescription", *[Fault(500)] * 9)

    async with talking(app, api):
        api.visitor_says(CHAT, HIT)

        assert await api.heard(CHAT)


async def test_one_visitors_messages_are_answered_in_order(app, api):
    heard = []

    async def take_turn(raw_id, incoming):
        heard.append((raw_id, incoming.text))
        await asyncio.sleep(0.01)
        return await app.take_turn("telegram", raw_id, incoming)

    api.reverses = api.doubles = True
    async with talking(app, api, take_turn=take_turn):
        for number in range(8):
            for chat in (1, 2, 3):
                api.visitor_says(chat, f"hej {number}")
        await api.settled()

    for chat in ("1", "2", "3"):
        assert [text for who, text in heard if who == chat] == [f"hej {n}" for n in range(8)]


async def test_what_was_answered_is_not_answered_again_after_a_restart(app, api):
    async with talking(app, api):
        api.visitor_says(CHAT, HIT)
        assert await api.heard(CHAT)

    api.deliver_again()
    async with talking(app, api):
        await api.settled()

        assert await api.heard(CHAT) == []


async def test_what_a_crash_interrupted_is_asked_again_and_answers_no_later_question(app, api):
    """The turn was taken and stored; its answer never left."""
    taken = asyncio.Event()

    async def take_turn(raw_id, incoming):
        result = await app.take_turn("telegram", raw_id, incoming)
        if incoming.text == "ja":
            taken.set()
            await asyncio.Event().wait()
        return result

    async with talking(app, api):
        api.visitor_says(CHAT, HIT)
        await api.heard(CHAT)
    async with talking(app, api, take_turn=take_turn):
        api.visitor_says(CHAT, "ja")
        await taken.wait()
        state = await app.store.load(app.keys.pseudonym("telegram", str(CHAT)))
    async with talking(app, api):
        answer = await api.heard(CHAT)

    after = await app.store.load(app.keys.pseudonym("telegram", str(CHAT)))
    assert "Jeg blev afbrudt" in texts(answer)
    assert (after.flow, after.step) == (state.flow, state.step)


async def test_a_message_stays_with_telegram_until_it_is_answered(app, api):
    """A process that dies takes nothing with it."""

    async def never(raw_id, incoming):
        await asyncio.Event().wait()

    async with talking(app, api, take_turn=never):
        api.visitor_says(CHAT, HIT)
        await api.was_called("sendChatAction")
    async with talking(app, api):
        assert QUESTION in texts(await api.heard(CHAT))


async def test_without_the_store_messages_are_answered_all_the_same(app, api):
    class Gone:
        async def begin(self, _):
            raise StoreUnavailable("gone")

        finish = begin

    async with talking(replace(app, deliveries=Gone()), api):
        api.visitor_says(CHAT, HIT)

        assert await api.heard(CHAT)


async def test_many_messages_at_once_are_joined_and_none_is_lost(app, api):
    gate, heard = asyncio.Event(), []

    async def take_turn(raw_id, incoming):
        heard.append(incoming.text)
        await gate.wait()
        return await app.take_turn("telegram", raw_id, incoming)

    async with talking(app, api, take_turn=take_turn):
        for number in range(60):
            api.visitor_says(CHAT, f"hej{number}")
        await asyncio.sleep(0.5)
        gate.set()
        await api.settled()

    assert "\n".join(heard).split("\n") == [f"hej{number}" for number in range(60)]
    assert len(heard) < 60


async def test_many_visitors_at_once_are_all_answered(app, api):
    """More than Telegram shows at a time, one of them stuck."""
    gate = asyncio.Event()

    async def take_turn(raw_id, incoming):
        if raw_id == "1":
            await gate.wait()
        return await app.take_turn("telegram", raw_id, incoming)

    async with talking(app, api, take_turn=take_turn):
        for chat in range(1, 251):
            api.visitor_says(chat, "/om")
        for chat in range(2, 251):
            await api.sees(chat)
        assert api.messages(1) == []
        gate.set()
        assert await api.sees(1)


async def test_a_token_that_is_refused_is_told_and_tried_again(app, api, printed):
    api.token = "1:other"
    async with talking(app, api, token=TOKEN) as telegram:
        await _until(lambda: telegram.said)
        assert await telegram.is_well() is False
        api.token = TOKEN
        await _until(lambda: len(telegram.said) > 1)
        assert await telegram.is_well() is True

    assert telegram.said == [
        "telegram: the token of BETRO_TELEGRAM_TOKEN is refused; the page carries on",
        "telegram ready (long polling)",
    ]


async def test_a_telegram_that_goes_away_is_told_once_and_comes_back(app, api, printed):
    async with talking(app, api) as telegram:
        await _until(lambda: telegram.said)
        api.fails("getUpdates", Fault(502, "Bad Gateway"), Fault(500))
        api.visitor_says(CHAT, HIT)
        assert await api.heard(CHAT)
        api.visitor_says(CHAT, "hej")
        assert await api.heard(CHAT)

    assert telegram.said == [
        "telegram ready (long polling)",
        "telegram: it does not answer (TelegramServerError); the page carries on",
        "telegram ready (long polling)",
    ]


async def test_a_second_process_on_the_same_token_is_told(app, api):
    conflict = Fault(409, "Conflict: terminated by other getUpdates request")
    async with talking(app, api) as telegram:
        await _until(lambda: telegram.said)
        api.fails("getUpdates", conflict)
        api.visitor_says(CHAT, HIT)
        await api.heard(CHAT)

    assert any("another process uses the same token" in line for line in telegram.said)


async def _until(holds):
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)
