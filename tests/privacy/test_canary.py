"""Nothing a visitor writes leaves a trace: not in the store, logs, output or metrics.

Whole conversations full of words that occur nowhere else go through the page and the terminal of
the real programs, with the real NLU. After every turn the whole store is read.
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
KEY = re.compile(rb"^betro:\{[0-9a-f]{40}\}:(session|lock)$")


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
        assert KEY.match(key), "a key that is not made of a pseudonym"
        assert 0 < seconds <= 3600, "a key without an expiry"
        for content in (key, dumped, value):
            assert_clean("the store", content)
    return store


async def test_the_page_leaves_no_trace(trained, tmp_path):
    async with embedded_valkey(tmp_path) as url, Redis.from_url(url) as redis:
        with running_betro({"BETRO_REDIS_URL": url}) as betro:
            await asyncio.to_thread(betro.wait_for, "understanding")
            seen = await talk_over_the_page(betro.page, redis)
            metrics = await asyncio.to_thread(betro.get, "/metrics")
            output = betro.output
        output += betro.output if betro.log.exists() else ""

    assert seen, "the store was never used, so this proves nothing"
    assert 'by_nlu="true"' in metrics, "the NLU took no part, so this proves nothing of it"
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
