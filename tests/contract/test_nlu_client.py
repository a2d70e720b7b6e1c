"""The NLU client against real HTTP servers that are good, slow, dead or talk nonsense."""

from __future__ import annotations

import asyncio
import json
import socket
import time

import pytest
from aiohttp import web

from bot.adapters.nlu_balance import http_nlu
from bot.adapters.nlu_client import ANSWER_BYTES, Breaker
from bot.domain.errors import NluUnavailable
from bot.domain.taxonomy import Audience, Concern, Urgency
from tests.nlu_answers import TEXT, answer, judgement, saying

TIMEOUT = 0.3


def client(url, *, token="secret", in_flight=8, timeout=TIMEOUT):
    return http_nlu(url, token=token, timeout=timeout, in_flight=in_flight)


async def expect_unavailable(nlu, text=TEXT):
    with pytest.raises(NluUnavailable) as failed:
        await nlu.understand(text)
    told = f"{failed.value!r} {failed.value}"
    assert "kanariefugl" not in told
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__ or failed.value.__context__ is None


async def test_three_judgements_are_understood(server):
    asked = {}

    async def handler(request):
        asked.update(body=await request.json(), token=request.headers["Authorization"])
        return web.json_response(answer())

    async with client(await server(handler)) as nlu:
        understood = await nlu.understand(TEXT)

    assert asked == {"body": {"text": TEXT}, "token": "Bearer secret"}
    assert understood.audience is Audience.CHILD_SELF
    assert understood.concern is Concern.PHYSICAL_VIOLENCE
    assert understood.also == (Concern.WITNESSING_VIOLENCE,)
    assert understood.urgency is Urgency.HIGH
    assert understood.urgency_scores[Urgency.MEDIUM] == 0.9
    assert set(understood.concern_scores) == set(Concern)


async def test_the_longest_message_in_any_script_goes_through(server):
    heard = []

    async def handler(request):
        heard.append((await request.json())["text"])
        return web.json_response(answer() | {"text": heard[0]})

    async with client(await server(handler), timeout=2) as nlu:
        for text in ("😀" * 4096, "\x00", "\ud800"):
            heard.clear()
            await nlu.understand(text)
            assert heard == [text.replace("\ud800", "?")]


def without(question, part):
    asked = judgement()[question]
    del asked[part]
    return answer(**{question: asked})


def with_scores(question, change):
    asked = judgement()[question]
    asked["scores"] = change(asked["scores"])
    return answer(**{question: asked})


def first_of(scores, value):
    return {name: value if at == 0 else score for at, (name, score) in enumerate(scores.items())}


NONSENSE = {
    "no JSON": b"<html>hello</html>",
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "no judgement": {"text": TEXT},
    "broken UTF-8": b'{"judgement": "\xff\xfe"}',
    "deep nesting": b'{"judgement":' + b"[" * 50_000,
    "no audience": {"judgement": {k: v for k, v in judgement().items() if k != "audience"}},
    "no id": without("urgency", "id"),
    "no scores": without("concern", "scores"),
    "unknown audience": answer(audience=judgement()["audience"] | {"id": TEXT}),
    "unknown urgency": answer(urgency=judgement()["urgency"] | {"id": "panic"}),
    "urgency as a number": answer(urgency=judgement()["urgency"] | {"id": 4}),
    "unknown further concern": answer(concern=judgement()["concern"] | {"also": [TEXT]}),
    "endless further concerns": answer(concern=judgement()["concern"] | {"also": ["none"] * 99}),
    "sum below 1": with_scores("urgency", lambda s: first_of(s, 0.0)),
    "sum above 1": with_scores("audience", lambda s: first_of(s, 1.0)),
    "all zero": with_scores("concern", lambda s: dict.fromkeys(s, 0.0)),
    "negative": with_scores("urgency", lambda s: first_of(s, -0.025)),
    "one score missing": with_scores("audience", lambda _: {"child_self": 1.0}),
    "no score at all": with_scores("audience", lambda _: {}),
    "a score too many": with_scores("urgency", lambda s: s | {"panic": 0.0}),
    "text as score": with_scores("urgency", lambda s: first_of(s, TEXT)),
    "NaN": json.dumps(with_scores("urgency", lambda s: first_of(s, float("nan")))).encode(),
    "infinite": json.dumps(with_scores("urgency", lambda s: first_of(s, float("inf")))).encode(),
}


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE.keys())
async def test_nonsense_is_no_answer(server, body):
    async with client(await server(saying(body))) as nlu:
        await expect_unavailable(nlu)


async def test_scores_off_by_rounding_are_accepted(server):
    rounded = with_scores("audience", lambda s: {k: round(v, 5) for k, v in s.items()})

    async with client(await server(saying(rounded))) as nlu:
        assert (await nlu.understand(TEXT)).audience is Audience.CHILD_SELF


@pytest.mark.parametrize("status", [204, 301, 400, 401, 404, 409, 500, 503])
async def test_anything_but_success_is_no_answer(server, status):
    headers = {"Location": "http://127.0.0.1:1/"} if status == 301 else None
    async with client(await server(saying(answer(), status=status, headers=headers))) as nlu:
        await expect_unavailable(nlu)


async def test_a_huge_answer_is_not_read_to_its_end(server):
    written = 0

    async def handler(request):
        nonlocal written
        response = web.StreamResponse()
        await response.prepare(request)
        while written < 200 * ANSWER_BYTES:
            await response.write(b" " * 65536)
            written += 65536
        return response

    async with client(await server(handler), timeout=10) as nlu:
        await expect_unavailable(nlu)

    assert written < 100 * ANSWER_BYTES


async def test_a_slow_answer_is_given_up_in_time(server):
    async def handler(_):
        await asyncio.sleep(5)

    async with client(await server(handler)) as nlu:
        started = time.monotonic()
        await expect_unavailable(nlu)

    assert TIMEOUT * 0.9 < time.monotonic() - started < TIMEOUT + 0.5


async def test_an_answer_that_drips_is_given_up_in_time_too(server):
    """The limit is for the whole call, not for each byte."""

    async def handler(request):
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" ")
            await asyncio.sleep(0.05)
        return response

    async with client(await server(handler)) as nlu:
        started = time.monotonic()
        await expect_unavailable(nlu)

    assert time.monotonic() - started < TIMEOUT + 0.5


async def test_a_dead_server_is_no_answer():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with client(url) as nlu:
            await expect_unavailable(nlu)
            assert await nlu.is_ready() is False


async def test_a_server_that_speaks_something_else_is_no_answer():
    async def handle(_, writer):
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")
        await writer.drain()
        writer.close()

    other = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with other, client(f"http://127.0.0.1:{other.sockets[0].getsockname()[1]}") as nlu:
        await expect_unavailable(nlu)
        assert await nlu.is_ready() is False


async def test_an_overloaded_server_is_skipped_not_queued_for(server):
    release, arrived = asyncio.Event(), asyncio.Semaphore(0)

    async def handler(_):
        arrived.release()
        await release.wait()
        return web.json_response(answer())

    async with client(await server(handler), in_flight=2, timeout=5) as nlu:
        running = [asyncio.create_task(nlu.understand(TEXT)) for _ in range(2)]
        for _ in running:
            await arrived.acquire()

        started = time.monotonic()
        await expect_unavailable(nlu)
        assert time.monotonic() - started < 0.1

        release.set()
        await asyncio.gather(*running)
        assert (await nlu.understand(TEXT)).urgency is Urgency.HIGH


async def test_a_turn_that_is_given_up_frees_its_place(server):
    async def handler(_):
        await asyncio.sleep(5)

    async with client(await server(handler), in_flight=1, timeout=5) as nlu:
        turn = asyncio.create_task(nlu.understand(TEXT))
        await asyncio.sleep(0.05)
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn

        with pytest.raises(TimeoutError):  # it waits for the server again, so it was let in
            async with asyncio.timeout(0.1):
                await nlu.understand(TEXT)


async def test_a_server_that_keeps_hanging_is_left_alone_for_a_moment(server):
    """A dead NLU must not cost every turn the whole time-out."""
    arrived = 0

    async def handler(_):
        nonlocal arrived
        arrived += 1
        await asyncio.sleep(5)

    async with client(await server(handler), timeout=0.1) as nlu:
        for _ in range(10):
            await expect_unavailable(nlu)

    assert arrived == Breaker.failures


async def test_one_visitors_poison_does_not_shut_out_the_others(server):
    """A text the server stumbles over must not stop it from judging everybody else's."""

    async def handler(request):
        if (await request.json())["text"] == "poison":
            return web.Response(status=500)
        return web.json_response(answer())

    async with client(await server(handler)) as nlu:
        for _ in range(10):
            await expect_unavailable(nlu, "poison")
        assert (await nlu.understand(TEXT)).urgency is Urgency.HIGH


def test_the_breaker_tries_again_after_its_pause_and_forgets_after_a_success():
    now = 0.0
    breaker = Breaker(failures=3, pause=2.0, clock=lambda: now)

    breaker.failure()
    breaker.failure()
    breaker.success()
    breaker.failure()
    breaker.failure()
    assert breaker.lets_through

    breaker.failure()
    assert not breaker.lets_through

    now = 2.0
    assert breaker.lets_through
    breaker.failure()
    assert not breaker.lets_through

    now = 4.0
    breaker.success()
    breaker.failure()
    assert breaker.lets_through


@pytest.mark.parametrize(("status", "ready"), [(200, True), (401, False), (503, False)])
async def test_readiness_is_what_the_server_says(server, status, ready):
    async with client(await server(saying(answer()), status=status)) as nlu:
        assert await nlu.is_ready() is ready


async def test_no_proxy_of_the_environment_ever_sees_a_text(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    async with client(await server(saying(answer()))) as nlu:
        assert (await nlu.understand(TEXT)).urgency is Urgency.HIGH
