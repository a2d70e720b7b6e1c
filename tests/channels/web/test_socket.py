"""The WebSocket: greeting, order, repetition, goodbye."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.app.last_resort import LAST_RESORT


async def eventually(holds):
    for _ in range(200):
        if holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("did not come true within two seconds")


async def test_the_first_hello_is_greeted_once(server, conversation):
    page = await (await server.page()).hello()

    greeting = await page.hear("replies")

    assert page.resumed is False
    assert len(page.token) == 43
    assert greeting["id"] == "hello"
    assert conversation.heard == [(f"p-{page.token}", "/start")]


async def test_a_message_is_confirmed_then_answered(server):
    page = await server.page()
    await page.greeted()

    await page.say("m1", "who")

    assert (await page.hear("received"))["id"] == "m1"
    await page.hear("typing")
    answer = await page.hear("replies")
    assert (answer["id"], answer["turn"], answer["urgency"], answer["ended"]) == (
        "m1",
        2,
        "low",
        False,
    )
    assert answer["seq"] == 2
    (reply,) = answer["replies"]
    assert set(reply) == {"text", "response", "buttons", "services", "lang", "note"}
    assert reply["buttons"] == [{"title": "Ja & <ok>", "payload": "/SetSlots(safe_now=ja)"}]
    assert reply["services"][0]["phone_shown"] == "116 111"
    assert not {"flow", "step"} & set(answer), "where a visitor stands stays inside"


async def test_a_pressed_button_carries_the_turn_that_offered_it(server, conversation):
    page = await server.page()
    await page.greeted()

    await page.send("button", id="b1", payload="/SetSlots(safe_now=ja)", turn=1)
    await page.hear("replies")

    assert conversation.said()[-1] == "1:/SetSlots(safe_now=ja)"


async def test_two_messages_at_the_same_moment_are_answered_in_order(server, conversation):
    page = await server.page()
    await page.greeted()

    await asyncio.gather(*(page.say(f"m{n}", "x" * n) for n in range(1, 6)))
    answers = [await page.hear("replies") for _ in range(5)]

    assert [answer["id"] for answer in answers] == [f"m{n}" for n in range(1, 6)]
    assert conversation.said() == ["/start", *("x" * n for n in range(1, 6))]
    assert conversation.at_once == 1


async def test_two_visitors_never_wait_for_each_other(server, conversation):
    slow, quick = await server.page(), await server.page()
    await slow.greeted()
    await quick.greeted()

    await slow.say("m1", "slow")
    await slow.hear("typing")
    await quick.say("m1", "hej")

    assert (await quick.hear("replies"))["id"] == "m1"
    conversation.gate.set()
    assert (await slow.hear("replies"))["id"] == "m1"


async def test_a_repeated_id_is_answered_from_the_outbox(server, conversation):
    page = await server.page()
    await page.greeted()
    await page.say("m1", "hej")
    first = await page.hear("replies")

    await page.say("m1", "hej")

    assert await page.hear("replies") == first
    assert conversation.said() == ["/start", "hej"]


async def test_a_repeated_id_whose_answer_was_confirmed_is_only_received(server, conversation):
    page = await server.page()
    await page.greeted()
    await page.say("m1", "hej")
    answer = await page.hear("replies")
    await page.send("ack", seq=answer["seq"])

    await page.say("m1", "hej")
    await page.hear("received")
    await page.say("m2", "hej igen")

    assert (await page.hear("replies"))["id"] == "m2"
    assert conversation.said() == ["/start", "hej", "hej igen"]


async def test_a_repeated_id_still_being_answered_is_not_run_twice(server, conversation):
    page = await server.page()
    await page.greeted()

    await page.say("m1", "slow")
    await page.say("m1", "slow")
    await page.hear("received")
    await page.hear("received")
    conversation.gate.set()

    await page.hear("replies")
    assert conversation.said() == ["/start", "slow"]


async def test_a_failing_turn_gives_numbers_and_the_next_one_works(server, caplog):
    page = await server.page()
    await page.greeted()
    await page.say("m1", "acute")
    await page.hear("replies")

    await page.say("m2", "crash")
    failed = await page.hear("replies")
    await page.say("m3", "hej")

    assert failed["replies"][0]["text"] == LAST_RESORT.text
    assert "112" in LAST_RESORT.text
    assert "116 111" in LAST_RESORT.text
    assert failed["urgency"] == "acute", "a failure must not look less urgent"
    assert (await page.hear("replies"))["id"] == "m3"
    assert "canary" not in caplog.text
    assert "A turn failed (RuntimeError)." in caplog.text


async def test_a_turn_without_end_gives_numbers(serve, short_turns):
    page = await (await serve(short_turns)).page()
    await page.greeted()

    await page.say("m1", "slow")

    assert (await page.hear("replies"))["replies"][0]["text"] == LAST_RESORT.text


async def test_erasing_renews_token_and_name_and_drops_the_answers(server, conversation):
    page = await server.page()
    await page.greeted()
    await page.say("m1", "hej")
    await page.hear("replies")
    await page.say("m2", "/slet")

    renewed = await page.hear("welcome")
    erased = await page.hear("replies")
    await page.say("m3", "hej igen")
    await page.hear("replies")

    assert renewed["resumed"] is False
    assert renewed["token"] != page.token
    assert erased["forgotten"] is True
    before, after = conversation.heard[0][0], conversation.heard[-1][0]
    assert before != after
    old = await (await server.page()).hello(resume=page.token)
    assert old.resumed is False


async def test_after_erasing_only_the_last_word_is_resent(server):
    page = await server.page()
    await page.greeted()
    await page.say("m1", "/slet")
    token = (await page.hear("welcome"))["token"]
    await page.hear("replies")
    await page.vanish()

    back = await (await server.page()).hello(resume=token)

    assert back.resumed is True
    assert (await back.hear("replies"))["id"] == "m1"


async def test_bye_erases_and_the_token_opens_nothing(server, conversation):
    page = await server.page()
    await page.greeted()

    await page.send("bye")

    assert await page.closed() == 4003
    await eventually(lambda: conversation.said()[-1] == "/slet")
    assert conversation.heard[-1][0] == f"p-{page.token}"
    assert len(server.visits) == 0


async def test_a_beacon_erases_too(server, conversation):
    page = await server.page()
    await page.greeted()

    response = await server.post("/bye", data=page.token)

    assert response.status == 204
    assert await page.closed() == 4003
    await eventually(lambda: conversation.said()[-1] == "/slet")


async def test_leaving_waits_for_the_running_turn_and_drops_what_waits(server, conversation):
    page = await server.page()
    await page.greeted()
    await page.say("m1", "slow")
    await page.hear("typing")
    await page.say("m2", "never answered")
    await page.hear("received")

    await page.send("bye")
    await page.closed()
    conversation.gate.set()

    await eventually(lambda: conversation.said()[-1] == "/slet")
    assert conversation.said() == ["/start", "slow", "/slet"]


@pytest.mark.parametrize("body", ["", "short", "x" * 43, "å" * 43, "x" * 5000])
async def test_a_beacon_with_an_unknown_token_changes_nothing(server, conversation, body):
    response = await server.post("/bye", data=body.encode())

    assert response.status == 204
    assert conversation.said() == []


BAD_FRAMES = [
    "",
    "hej",
    "null",
    "[]",
    "[" * 50_000,
    '{"v":1}',
    '{"v":1,"type":"message","id":"m1"}',
    '{"v":1,"type":"message","id":"m 1","text":"hej"}',
    '{"v":1,"type":"message","id":1,"text":"hej"}',
    '{"v":1,"type":"message","id":"m1","text":null}',
    '{"v":1,"type":"message","id":"m1","text":"hej","more":1}',
    '{"v":1,"type":"message","id":"m1","text":"\\ud800"}',
    '{"v":1,"type":"message","id":"' + "x" * 65 + '","text":"hej"}',
    '{"v":1,"type":"button","id":"b1","payload":"","turn":1}',
    '{"v":1,"type":"button","id":"b1","payload":"/x","turn":-1}',
    '{"v":1,"type":"button","id":"b1","payload":"/x","turn":true}',
    '{"v":1,"type":"button","id":"b1","payload":"/x","turn":1e999}',
    '{"v":1,"type":"ack","seq":NaN}',
    '{"v":1,"type":"ack","seq":' + "9" * 5000 + "}",
    '{"v":1,"type":"dance"}',
]


@pytest.mark.parametrize("frame", BAD_FRAMES, ids=range(len(BAD_FRAMES)))
async def test_an_unreadable_frame_gets_a_kind_answer_and_the_chat_goes_on(server, frame, caplog):
    page = await server.page()
    await page.greeted()

    await page.ws.send_str(frame)
    problem = await page.hear("error")
    await page.say("m9", "hej")

    assert problem["code"] == "unreadable"
    assert problem["text"].endswith(".")
    assert (await page.hear("replies"))["id"] == "m9"
    assert caplog.text == ""


@pytest.mark.parametrize("version", [0, 2, "1", True, None])
async def test_another_version_is_told_and_closed(server, version):
    page = await server.page()

    await page.ws.send_str(json.dumps({"v": version, "type": "hello"}))

    assert (await page.hear("error"))["code"] == "version"
    assert await page.closed() == 4000


async def test_a_binary_frame_closes(server):
    page = await server.page()
    await page.greeted()

    await page.ws.send_bytes(b"\x00\x01")

    assert await page.closed() == 1003


async def test_broken_utf8_closes(server, caplog):
    page = await server.page()
    await page.greeted()

    await page.ws._writer.send_frame(b'{"v":1,"type":"message","text":"\xff\xfe"}', 1)

    assert await page.closed() == 1007
    assert caplog.text == ""


@pytest.mark.parametrize("first", [{"type": "ack", "seq": 1}, {"type": "bye"}])
async def test_without_hello_nothing_is_heard(server, conversation, first):
    page = await server.page()

    await page.ws.send_str(json.dumps({"v": 1, **first}))

    assert await page.closed() == 4002
    assert conversation.heard == []


async def test_a_second_hello_closes(server):
    page = await server.page()
    await page.greeted()

    await page.send("hello")

    assert await page.closed() == 4002


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\0",
        "🙂🙂🙂",
        "שלום",
        "مرحبا",
        "a\u202eb",
        "x" * 4096,
        "æ" * 100_000,
        "🙂" * 100_000,
    ],
)
async def test_any_text_reaches_the_conversation_and_is_answered(server, conversation, text):
    page = await server.page()
    await page.greeted()

    await page.say("m1", text)

    assert (await page.hear("replies"))["id"] == "m1"
    assert conversation.said()[-1] == text


async def test_a_text_beyond_every_measure_is_cut_before_it_is_handed_on(server, conversation):
    page = await server.page()
    await page.greeted()

    await page.say("m1", "x" * 300_000)
    await page.hear("replies")

    assert len(conversation.said()[-1]) == 100_000
