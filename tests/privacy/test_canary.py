"""Nothing a visitor writes leaves a trace: not in the store, logs, output or metrics.

Whole conversations full of words that occur nowhere else go through the page, the terminal and
Telegram of the real programs, with the real NLU. After every turn the whole store is read.
"""

import asyncio
import itertools
import os
import re
import subprocess

import aiohttp
import pytest
from redis.asyncio import Redis

from bot.adapters.embedded_valkey import embedded_valkey
from tests.bot_api import BLOCKED, TOKEN, Fault, bot_api, flood
from tests.nlu_process import nlu_server, train
from tests.run_process import BETRO, running_betro

CANARIES = (
    "Zebulonine", "Kvadratrodsen", "xylofonkanariefugl", "40608123", "40 60 81 23",
    "Gyldenløvesmøgen", "310299-7777", "zebulonine@kvadratrod.example", "198.51.100.77",
)  # fmt: skip
MESSAGES = (
    "hej jeg hedder Zebulonine Kvadratrodsen og min far slår mig",
    "xylofonkanariefugl",
    "mit nummer er 40608123 eller 40 60 81 23, ring til mig",
    "jeg bor på Gyldenløvesmøgen 7, han kommer nu med en kniv og jeg er alene Zebulonine",
    "310299-7777 zebulonine@kvadratrod.example",
    "jeg er lærer og bekymret for Zebulonine i min klasse",
    "Gyldenløvesmøgen kommune",
    "xylofonkanariefugl " * 6000,
    "xylofonkanariefugl \x00 \U0001f642",
    "/rettigheder",
    "tal med et menneske Zebulonine",
)
KEY = re.compile(rb"^betro:\{[0-9a-f]{40}\}:(session|lock|delivery)$")
LONGEST = {b"session": 3600, b"lock": 3600, b"delivery": 25 * 3600}
"""Seconds that a key of each kind may live."""

SHADOW_METRIC = re.compile(r"^(betro_nlu_shadow\S*) \d+\.0$", re.MULTILINE)
SHADOW_METRICS = {
    "betro_nlu_shadow_left_out_total",
    *(f'betro_nlu_shadow_total{{urgency="{how}"}}' for how in ("agreed", "higher", "lower")),
    *(f'betro_nlu_shadow_audience_total{{audience="{how}"}}' for how in ("agreed", "differed")),
    *(f'betro_nlu_shadow_concern_total{{concern="{how}"}}' for how in ("agreed", "differed")),
}
"""All that may ever be told of a shadow."""


@pytest.fixture(scope="module")
def trained():
    train()


async def read_store(redis):
    """Every key with its value and seconds to live."""
    found = {}
    async for key in redis.scan_iter(count=1000):
        found[key] = (
            await redis.dump(key) or b"",
            await redis.get(key) or b"",
            await redis.ttl(key),
        )
    return found


def assert_clean(place, content):
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    for canary in CANARIES:
        assert canary.lower() not in text.lower(), f"'{canary}' is in {place}"


async def assert_store_is_clean(redis):
    store = await read_store(redis)
    for key, (dumped, value, seconds) in store.items():
        kind = KEY.match(key)
        assert kind, "a key that is not made of a pseudonym"
        assert 0 < seconds <= LONGEST[kind[1]], "a key without an expiry"
        assert kind[1] != b"delivery" or value in {b"begun", b"done"}
        for content in (key, dumped, value):
            assert_clean("the store", content)
    return store


async def test_the_page_leaves_no_trace(trained, tmp_path):
    """With a shadow beside the NLU: what it reads leaves counts of agreement and no more."""
    async with embedded_valkey(tmp_path) as url, Redis.from_url(url) as redis:
        settings = {"BETRO_REDIS_URL": url, "BETRO_NLU_TIMEOUT": "10"}  # the machine may be busy
        with (
            nlu_server() as shadow,
            running_betro(
                settings | {"BETRO_NLU_SHADOW_URL": shadow.url, "BETRO_NLU_TOKEN": shadow.token}
            ) as betro,
        ):
            await asyncio.to_thread(betro.wait_for, "understanding")
            seen = await talk_over_the_page(betro.page, redis)
            metrics = await asyncio.to_thread(betro.get, "/metrics")
            output = betro.output + shadow.output

    assert seen, "the store was never used, so this proves nothing"
    assert 'by_nlu="true"' in metrics, "the NLU took no part, so this proves nothing of it"
    assert "betro_nlu_shadow_total{urgency=" in metrics, "the shadow took no part"
    assert set(SHADOW_METRIC.findall(metrics)) <= SHADOW_METRICS
    assert_clean("the metrics", metrics)
    assert_clean("the output", output)


async def talk_over_the_page(page, redis):
    """Say everything, read the store after each turn, erase; return how many keys were seen."""
    seen = 0
    ids = itertools.count(1)
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{page}/ws", origin=page) as ws:
        await ws.send_json({"v": 1, "type": "hello", "resume": None, "last_seen": 0})
        await next_replies(ws)
        for text in MESSAGES:
            await ws.send_json({"v": 1, "type": "message", "id": f"m{next(ids)}", "text": text})
            await next_replies(ws)
            seen += len(await assert_store_is_clean(redis))
        await ws.send_json({"v": 1, "type": "message", "id": "last", "text": "/slet"})
        replies = await next_replies(ws)
        assert replies["forgotten"]
    assert await read_store(redis) == {}, "/slet left something"
    return seen


async def next_replies(ws):
    async with asyncio.timeout(30):
        async for message in ws:
            answer = message.json()
            if answer["type"] == "replies":
                assert_clean("the replies", str(answer))
                await ws.send_json({"v": 1, "type": "ack", "seq": answer["seq"]})
                return answer
            assert answer["type"] in {"welcome", "received", "typing"}, answer
    raise AssertionError("the socket closed")


async def test_the_terminal_leaves_no_trace(trained, tmp_path):
    async with embedded_valkey(tmp_path) as url, Redis.from_url(url) as redis:
        with nlu_server() as nlu:
            chat = await asyncio.create_subprocess_exec(
                BETRO, "chat", "--json",
                env=os.environ | {
                    "BETRO_REDIS_URL": url, "BETRO_NLU_URL": nlu.url, "BETRO_NLU_TOKEN": nlu.token,
                },
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            seen = 0
            for text in MESSAGES:
                chat.stdin.write(text.replace("\n", " ").encode() + b"\n")
                answer = await asyncio.wait_for(chat.stdout.readline(), 60)
                assert b'"replies"' in answer
                assert_clean("an answer", answer)
                seen += len(await assert_store_is_clean(redis))
            chat.stdin.close()
            out, errors = await asyncio.wait_for(chat.communicate(), 60)
            nlu_output = nlu.output
        assert await read_store(redis) == {}, "the end of the terminal left something"

    assert seen
    assert chat.returncode == 0
    for place, content in {"output": out, "errors": errors, "the NLU's output": nlu_output}.items():
        assert_clean(place, content)


CHAT = 40608123
PERSON = {
    "first_name": "Zebulonine",
    "last_name": "Kvadratrodsen",
    "username": "xylofonkanariefugl",
}
FILE = {"file_id": "xylofonkanariefugl", "file_unique_id": "xylofonkanariefugl"}
SENT = (
    {"photo": [FILE | {"width": 1, "height": 1}], "caption": "Zebulonine på Gyldenløvesmøgen"},
    {"document": FILE | {"file_name": "xylofonkanariefugl.pdf"}},
    {"voice": FILE | {"duration": 1}},
    {"contact": {"phone_number": "40608123", "first_name": "Zebulonine"}},
    {"venue": {
        "location": {"latitude": 55.6, "longitude": 12.5}, "title": "Gyldenløvesmøgen",
        "address": "Gyldenløvesmøgen 7",
    }},
    {"text": "Zebulonine ved det", "forward_origin": {
        "type": "user", "date": 0,
        "sender_user": {"id": 40608123, "is_bot": False, "first_name": "Kvadratrodsen"},
    }},
    {"text": "svar til Zebulonine", "external_reply": {"xylofonkanariefugl": 40608123}},
    {"poll": {"id": "1", "question": "Zebulonine?", "xylofonkanariefugl": "no poll at all"}},
    {"photo": "xylofonkanariefugl"},
)  # fmt: skip


async def test_telegram_leaves_no_trace(trained, tmp_path):
    async with (
        bot_api() as api,
        embedded_valkey(tmp_path) as url,
        Redis.from_url(url) as redis,
    ):
        api.person = PERSON
        running = running_betro(
            {
                "BETRO_REDIS_URL": url,
                "BETRO_TELEGRAM_API": api.url,
                "BETRO_TELEGRAM_TOKEN": TOKEN,
                "BETRO_NLU_TIMEOUT": "10",  # the machine may be busy with other tests
                "PYTHONASYNCIODEBUG": "1",  # asyncio then tells of everything it can
            }
        )
        betro = await asyncio.to_thread(running.__enter__)
        try:
            await asyncio.to_thread(betro.wait_for, "understanding")
            seen = await talk_on_telegram(api, redis)
            metrics = await asyncio.to_thread(betro.get, "/metrics")
            output = betro.output
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)

    assert seen, "the store was never used, so this proves nothing"
    assert 'by_nlu="true"' in metrics, "the NLU took no part, so this proves nothing of it"
    assert 'telegram_given_up_total{why="TelegramRetryAfter"}' in metrics
    for place, content in {"the metrics": metrics, "the output": output}.items():
        assert_clean(place, content)
        assert TOKEN not in content


async def talk_on_telegram(api, redis):
    """Send everything, also while Telegram stumbles, and erase; return how many keys were seen."""
    seen = 0
    for text in MESSAGES:
        api.visitor_says(CHAT, text[:4096])
        assert_clean("the answer", texts_of(await api.heard(CHAT)))
        seen += len(await assert_store_is_clean(redis))
    message = None
    for content in SENT:
        message = api.visitor_sends(CHAT, **content)
        assert_clean("the answer", texts_of(await api.heard(CHAT)))
        seen += len(await assert_store_is_clean(redis))
    api.visitor_edits(CHAT, message, "rettet: jeg hedder Zebulonine")
    api.give("message", {"Zebulonine": 40608123}, CHAT)
    api.give("xylofonkanariefugl", {"Zebulonine": 40608123}, CHAT)
    api.visitor_says(CHAT, "gammel Zebulonine", age=5 * 3600)
    api.visitor_sends(-CHAT, kind="group", title="Kvadratrodsen", text="Zebulonine")
    faults = (flood(1, CHAT), Fault(500, "Zebulonine"), flood(3600, CHAT), BLOCKED)
    for fault in faults:
        api.fails("sendMessage", fault, chat=CHAT)
        api.visitor_says(CHAT, "Zebulonine Kvadratrodsen 40608123")
    api.fails("getUpdates", Fault(502, "Zebulonine"), flood(1, CHAT))
    api.visitor_says(CHAT, "Zebulonine")
    await asyncio.sleep(1)
    await assert_store_is_clean(redis)
    api.visitor_says(CHAT, "/slet")
    assert "slettet" in texts_of(await api.heard(CHAT)).lower()
    left = {KEY.match(key)[1] for key in await assert_store_is_clean(redis)}
    assert left == {b"delivery"}, "/slet left something"
    return seen


def texts_of(messages):
    return "\n".join(message["text"] for message in messages)
