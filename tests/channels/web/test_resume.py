"""Losing the network and coming back: nothing lost, nothing doubled, nothing kept for long."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.channels.web.limits import Limits


async def test_an_answer_that_came_while_away_is_resent(server, conversation):
    page = await server.page()
    await page.greeted()
    await page.send("ack", seq=1)
    await page.say("m1", "slow")
    await page.hear("typing")
    await page.vanish()
    conversation.gate.set()

    back = await (await server.page()).hello(resume=page.token, last_seen=1)

    assert back.resumed is True
    assert back.token == page.token
    assert (await back.hear("replies"))["id"] == "m1"
    assert conversation.said() == ["/start", "slow"], "no second greeting, no second turn"


async def test_what_is_not_confirmed_is_resent_in_order(server):
    page = await server.page()
    await page.greeted()
    for n in (1, 2, 3):
        await page.say(f"m{n}", "hej")
        await page.hear("replies")
    await page.send("ack", seq=2)
    await page.vanish()

    back = await (await server.page()).hello(resume=page.token, last_seen=2)

    assert [(await back.hear("replies"))["seq"] for _ in range(2)] == [3, 4]


async def test_last_seen_confirms(server):
    page = await server.page()
    await page.greeted()
    await page.vanish()

    back = await (await server.page()).hello(resume=page.token, last_seen=1)
    await back.say("m1", "hej")

    assert (await back.hear("replies"))["id"] == "m1", "the greeting is not resent"


async def test_a_message_sent_again_after_the_reconnect_is_not_run_twice(server, conversation):
    page = await server.page()
    await page.greeted()
    await page.say("m1", "hej")
    await page.hear("received")
    await page.vanish()

    back = await (await server.page()).hello(resume=page.token, last_seen=1)
    await back.say("m1", "hej")
    await back.hear("received")

    assert (await back.hear("replies"))["id"] == "m1"
    assert conversation.said() == ["/start", "hej"]


async def test_a_newer_socket_replaces_the_older(server):
    old = await server.page()
    await old.greeted()

    new = await (await server.page()).hello(resume=old.token, last_seen=1)
    await new.say("m1", "hej")

    assert await old.closed() == 4001
    assert (await new.hear("replies"))["id"] == "m1"


async def test_an_unknown_token_begins_anew(server, conversation):
    page = await (await server.page()).hello(resume="x" * 43, last_seen=7)

    assert page.resumed is False
    assert page.token != "x" * 43
    assert (await page.hear("replies"))["seq"] == 1
    assert conversation.said() == ["/start"]


async def test_a_silent_visit_is_forgotten_after_its_time(serve):
    at = 0.0
    server = await serve(ttl=timedelta(minutes=60), now=lambda: at)
    page = await server.page()
    await page.greeted()
    await page.vanish()

    at = 3600.0
    back = await (await server.page()).hello(resume=page.token, last_seen=1)

    assert back.resumed is False
    assert back.token != page.token


async def test_the_sweep_forgets_answers_of_visits_that_are_over(serve):
    server = await serve(Limits(sweep_seconds=0.02), ttl=timedelta(seconds=0.2))
    page = await server.page()
    await page.greeted()
    assert len(server.visits) == 1

    await page.vanish()
    await asyncio.sleep(0.5)

    assert len(server.visits) == 0


async def test_a_connected_visit_outlives_its_silence(serve):
    server = await serve(Limits(sweep_seconds=0.02), ttl=timedelta(seconds=0.1))
    page = await server.page()
    await page.greeted()

    await asyncio.sleep(0.3)
    await page.say("m1", "hej")

    assert (await page.hear("replies"))["id"] == "m1"


async def test_only_the_latest_answers_are_kept(serve):
    server = await serve(Limits(unconfirmed=2))
    page = await server.page()
    await page.greeted()
    for n in (1, 2, 3):
        await page.say(f"m{n}", "hej")
        await page.hear("replies")
    await page.vanish()

    back = await (await server.page()).hello(resume=page.token)

    assert [(await back.hear("replies"))["seq"] for _ in range(2)] == [3, 4]


async def test_stopping_the_server_closes_pages_and_lets_turns_end(serve, conversation):
    server = await serve()
    page = await server.page()
    await page.greeted()

    stopping = asyncio.create_task(server.app.shutdown())

    assert await page.closed() == 1001
    await stopping
