"""The webhook: several processes, one conversation."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pytest

from bot.bootstrap import build_app
from bot.channels.telegram.webhook import BODY_BYTES, SECRET_HEADER, make_secret
from bot.settings import Settings
from tests.bot_api import TOKEN
from tests.channels.telegram.parts import serving, talking, texts

HIT = "min far slår mig"
ACUTE = "han kommer nu med en kniv og jeg er alene"
QUESTION = "lige nu?"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def process(app, api):
    """A process that Telegram delivers to; gives its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/telegram"
    async with talking(app, api, webhook=url) as telegram, serving(telegram, port):
        async with asyncio.timeout(30):
            while api.webhook != url:
                await asyncio.sleep(0.01)
        yield url


async def post(url, headers, **body):
    async with aiohttp.ClientSession() as http, http.post(url, headers=headers, **body) as answer:
        return answer.status


@pytest.fixture
async def webhook(app, api):
    async with process(app, api) as url:
        yield url


async def test_a_conversation_goes_over_the_webhook(webhook, api):
    api.visitor_says(7, HIT)
    assert QUESTION in texts(await api.heard(7))
    api.visitor_presses(7, "Ja")

    assert QUESTION not in texts(await api.heard(7))
    assert api.secret == make_secret(TOKEN)


async def test_it_waits_for_what_was_written_before_the_webhook_was_set(app, api):
    api.visitor_says(7, HIT)
    async with process(app, api):
        assert await api.heard(7)


@pytest.mark.parametrize("secret", [None, "", "wrong", "æ", make_secret("1:other")])
async def test_without_the_secret_nothing_is_taken(webhook, api, secret):
    update = {
        "update_id": 1,
        "message": {
            "message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}, "text": HIT,
        },
    }  # fmt: skip
    headers = {} if secret is None else {SECRET_HEADER: secret}
    assert await post(webhook, headers, json=update) == 403

    assert api.messages(7) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"no json", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'"' + b"x" * BODY_BYTES + b'"', 413),
        (b"[]", 200),
        (b"{}", 200),
        (b'{"update_id": 1, "message": {}}', 200),
    ],
)
async def test_a_body_that_is_no_update_stops_nothing(webhook, api, body, status):
    headers = {SECRET_HEADER: make_secret(TOKEN)}
    assert await post(webhook, headers, data=body) == status

    api.visitor_says(7, HIT)
    assert await api.heard(7)


async def test_what_is_delivered_twice_is_answered_once(webhook, api):
    api.doubles = True
    api.visitor_says(7, HIT)

    answer = await api.heard(7)

    assert len({message["text"] for message in answer}) == len(answer)


async def test_in_order_and_visitors_do_not_wait_for_each_other(app, api):
    gate, heard = asyncio.Event(), []

    async def take_turn(raw_id, incoming):
        heard.append((raw_id, incoming.text))
        if raw_id == "7":
            await gate.wait()
        return await app.take_turn("telegram", raw_id, incoming)

    port = free_port()
    url = f"http://127.0.0.1:{port}/telegram"
    async with (
        talking(app, api, webhook=url, take_turn=take_turn) as telegram,
        serving(telegram, port),
    ):
        for number in range(4):
            api.visitor_says(7, f"hej {number}")
        api.visitor_says(8, ACUTE)
        assert "112" in (await api.heard(8))[0]["text"]
        gate.set()
        await api.settled()

    assert [text for who, text in heard if who == "7"] == [f"hej {n}" for n in range(4)]


async def test_any_process_reads_the_buttons_and_knows_the_deliveries_of_another(
    app, api, library, nlu, tmp_path
):
    """Two processes with one key file and one store."""
    key = tmp_path / "key"
    key.write_bytes(bytes(range(64)))
    key.chmod(0o600)
    async with AsyncExitStack() as stack:
        settings = Settings(run_dir=tmp_path, key_file=key, redis_url=_address_of(app))
        one, other = [
            await stack.enter_async_context(build_app(settings, library, nlu=nlu)) for _ in range(2)
        ]
        async with process(one, api):
            api.visitor_says(7, HIT)
            assert QUESTION in texts(await api.heard(7))
        api.webhook = ""
        api.deliver_again()
        async with process(other, api):
            assert await api.heard(7) == [], "answered by the first"
            api.visitor_presses(7, "Ja")
            answer = texts(await api.heard(7))

    assert "Den knap hører til" not in answer
    assert QUESTION not in answer


def _address_of(app):
    return f"unix://{app.store._redis.connection_pool.connection_kwargs['path']}"
