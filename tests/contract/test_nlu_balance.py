"""Several NLU processes as one, against real servers that are good, slow, dead or wrong."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter

import pytest
from aiohttp import web

from bot.adapters.nlu_balance import http_nlu
from bot.adapters.nlu_client import Breaker
from bot.domain.errors import NluUnavailable
from bot.domain.taxonomy import Urgency
from tests.nlu_answers import TEXT, answer, saying
from tests.nlu_process import nlu_server

TIMEOUT = 1.0


class Servers:
    """Starts servers that count what reaches them; ``open`` lets those that wait answer."""

    def __init__(self, start):
        self._start = start
        self.asked = Counter()
        self.arrived = asyncio.Semaphore(0)
        self.open = asyncio.Event()

    async def _serve(self, name, respond, **options):
        async def handler(request):
            self.asked[name] += 1
            self.arrived.release()
            return await respond(request)

        return await self._start(handler, **options)

    async def good(self, name):
        return await self._serve(name, saying(answer()))

    async def wrong(self, name, **options):
        return await self._serve(name, saying({"error": TEXT}, status=500), **options)

    async def waiting(self, name):
        async def respond(_):
            await self.open.wait()
            return web.json_response(answer())

        return await self._serve(name, respond)

    async def hanging(self, name):
        async def respond(_):
            await asyncio.sleep(60)

        return await self._serve(name, respond)


@pytest.fixture
def servers(server):
    return Servers(server)


@pytest.fixture
def dead():
    """An address at which nothing listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"


def client(*urls, in_flight=8, timeout=TIMEOUT):
    return http_nlu(*urls, token="secret", timeout=timeout, in_flight=in_flight)


async def test_messages_one_by_one_go_to_each_in_turn(servers):
    async with client(*[await servers.good(name) for name in "abc"]) as nlu:
        for _ in range(9):
            await nlu.understand(TEXT)

    assert servers.asked == {"a": 3, "b": 3, "c": 3}


async def test_a_message_goes_to_the_one_with_fewest_in_flight(servers):
    urls = [await servers.waiting("slow"), await servers.good("quick")]
    async with client(*urls, timeout=10) as nlu:
        stuck = asyncio.create_task(nlu.understand(TEXT))
        await servers.arrived.acquire()
        for _ in range(10):
            await nlu.understand(TEXT)
        servers.open.set()
        await stuck

    assert servers.asked == {"slow": 1, "quick": 10}


async def test_many_at_once_are_spread_evenly_and_each_keeps_its_limit(servers):
    urls = [await servers.waiting(name) for name in "ab"]
    async with client(*urls, in_flight=3, timeout=10) as nlu:
        running = [asyncio.create_task(nlu.understand(TEXT)) for _ in range(6)]
        for _ in running:
            await servers.arrived.acquire()
        assert servers.asked == {"a": 3, "b": 3}

        with pytest.raises(NluUnavailable):  # all busy: told at once, not queued
            async with asyncio.timeout(0.2):
                await nlu.understand(TEXT)
        assert servers.asked.total() == 6

        servers.open.set()
        await asyncio.gather(*running)


async def test_a_dead_one_costs_no_message(servers, dead):
    async with client(dead, await servers.good("a"), dead + "/") as nlu:
        for _ in range(10):
            assert (await nlu.understand(TEXT)).urgency is Urgency.HIGH
        assert await nlu.readiness() == [False, True, False]
        assert await nlu.is_ready() is True


async def test_one_that_answers_nonsense_costs_no_message(servers):
    async with client(await servers.wrong("wrong"), await servers.good("good")) as nlu:
        for _ in range(10):
            assert (await nlu.understand(TEXT)).urgency is Urgency.HIGH

    assert servers.asked["good"] == 10


async def test_when_all_fail_each_was_tried_once_and_the_text_is_not_told(servers):
    urls = [await servers.wrong(name) for name in "abc"]
    async with client(*urls) as nlu:
        with pytest.raises(NluUnavailable) as failed:
            await nlu.understand(TEXT)

    assert servers.asked == {"a": 1, "b": 1, "c": 1}
    assert "kanariefugl" not in f"{failed.value!r} {failed.value}"


async def test_one_that_hangs_is_left_alone_after_a_few_messages(servers):
    urls = [await servers.hanging("hung"), await servers.good("good")]
    async with client(*urls, timeout=0.1) as nlu:
        answered = 0
        for _ in range(40):
            try:
                await nlu.understand(TEXT)
                answered += 1
            except NluUnavailable:
                pass

    assert servers.asked["hung"] == Breaker.failures
    assert answered == 40 - Breaker.failures


async def test_whether_a_hung_one_is_well_again_costs_no_further_message(servers):
    """After its pause it is tried by one message, in half of the time; then comes the next."""
    urls = [await servers.hanging("hung"), await servers.good("good")]
    async with client(*urls, timeout=0.4) as nlu:
        hung = nlu.members[0]
        for _ in range(Breaker.failures):
            with pytest.raises(NluUnavailable):
                await hung.understand(TEXT, seconds=0.05)
        hung._breaker.clock = lambda: time.monotonic() + Breaker.pause

        both = await asyncio.gather(*(nlu.understand(TEXT) for _ in range(5)))

    assert len(both) == 5
    assert servers.asked["hung"] == Breaker.failures + 1


async def test_however_many_are_tried_the_time_limit_is_that_of_the_whole(servers):
    urls = [await servers.hanging(name) for name in "abc"]
    async with client(*urls, timeout=0.3) as nlu:
        began = time.monotonic()
        with pytest.raises(NluUnavailable):
            await nlu.understand(TEXT)

    assert 0.3 * 0.9 < time.monotonic() - began < 0.3 + 0.5
    assert servers.asked.total() == 1


async def test_a_turn_that_is_given_up_frees_its_place(servers):
    async with client(await servers.waiting("a"), in_flight=1, timeout=10) as nlu:
        turn = asyncio.create_task(nlu.understand(TEXT))
        await servers.arrived.acquire()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        servers.open.set()

        assert (await nlu.understand(TEXT)).urgency is Urgency.HIGH


async def test_none_is_ready_when_none_answers(servers, dead):
    async with client(dead, await servers.wrong("wrong", status=503)) as nlu:
        assert await nlu.is_ready() is False


async def test_two_real_processes_serve_and_the_death_of_one_is_not_noticed(nlu_trained):
    token = "shared-by-both"
    with nlu_server(token=token) as one, nlu_server(token=token) as other:
        async with http_nlu(one.url, other.url, token=token, timeout=10, in_flight=8) as nlu:
            assert await nlu.readiness() == [True, True]
            both = [await nlu.understand("min far slår mig") for _ in range(2)]
            one.process.kill()
            one.process.wait()
            after = [await nlu.understand("min far slår mig") for _ in range(4)]
            assert await nlu.readiness() == [False, True]

    assert {judged.urgency for judged in both + after} == {both[0].urgency}
