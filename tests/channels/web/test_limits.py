"""Too much, too fast, too many: a kind word and a bound."""

from __future__ import annotations

import aiohttp
import pytest

from bot.channels.web.limits import Limits, TokenBucket


def test_a_bucket_allows_a_burst_and_then_a_rate():
    at = 0.0
    bucket = TokenBucket(2, 0.5, now=lambda: at)

    assert [bucket.take() for _ in range(3)] == [True, True, False]
    at = 1.9
    assert bucket.take() is False
    at = 4.0
    assert bucket.take() is True
    at = 1000.0
    assert [bucket.take() for _ in range(3)] == [True, True, False]


async def test_writing_too_fast_gets_kind_words_and_the_message_is_asked_for_again(
    serve, conversation
):
    at = 0.0
    server = await serve(Limits(turns_burst=2, turns_per_second=1), now=lambda: at)
    page = await server.page()
    await page.greeted()
    for n in range(3):
        await page.say(f"m{n}", "hej")

    problem = await page.hear("error")
    at = 4.0
    await page.say("m2", "hej")

    assert (problem["code"], problem["id"], problem["retry"]) == ("slow_down", "m2", 4)
    assert "112" in problem["text"]
    assert [(await page.hear("replies"))["id"] for _ in range(3)] == ["m0", "m1", "m2"]
    assert conversation.said() == ["/start", "hej", "hej", "hej"]


async def test_too_many_waiting_messages_are_asked_for_again(serve, conversation):
    server = await serve(Limits(waiting=2))
    page = await server.page()
    await page.greeted()
    await page.say("m0", "slow")
    await page.hear("typing")
    for n in (1, 2, 3):
        await page.say(f"m{n}", "hej")

    assert (await page.hear("error"))["id"] == "m3"
    conversation.gate.set()
    assert [(await page.hear("replies"))["id"] for _ in range(3)] == ["m0", "m1", "m2"]


async def test_a_flood_of_frames_is_told_and_closed(serve):
    server = await serve(Limits(frames_burst=5, frames_per_second=0.001))
    page = await server.page()
    await page.greeted()
    for _ in range(20):
        await page.send("ack", seq=0)

    problem = await page.hear("error")

    assert problem["code"] == "flood"
    assert "116 111" in problem["text"]
    assert await page.closed() == 4008


async def test_a_huge_frame_closes_without_a_trace(serve, caplog):
    server = await serve(Limits(frame_bytes=65_536))
    page = await server.page()
    await page.greeted()

    await page.say("m1", "x" * 70_000)

    assert await page.closed() == 1009
    assert caplog.text == ""


async def test_beyond_the_last_place_a_page_is_told_and_closed(serve):
    server = await serve(Limits(connections=1))
    first = await server.page()
    await first.greeted()

    second = await server.page()
    problem = await second.hear("error")

    assert problem["code"] == "full"
    assert "112" in problem["text"]
    assert await second.closed() == 1013
    await first.ws.close()
    third = await server.page()
    assert (await third.greeted())["id"] == "hello"


async def test_a_socket_that_says_nothing_is_closed(serve):
    page = await (await serve(Limits(hello_seconds=0.05))).page()

    assert await page.closed() == 4002


async def test_visits_in_memory_are_bounded(serve):
    server = await serve(Limits(visits=3))
    pages = [await server.page() for _ in range(3)]
    for page in pages:
        await page.greeted()
    await pages[1].vanish()

    await (await server.page()).greeted()

    assert len(server.visits) == 3
    back = await (await server.page()).hello(resume=pages[1].token)
    assert back.resumed is False, "the one that was away was forgotten"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Origin": "file://127.0.0.1"},
        {"Sec-WebSocket-Protocol": "chat"},
    ],
)
async def test_another_sites_page_gets_no_socket(server, conversation, headers, caplog):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await server.page(**headers)

    assert refused.value.status == 403
    assert conversation.heard == []
    assert caplog.text == ""
