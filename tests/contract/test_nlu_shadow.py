"""A shadow NLU is compared on counts, and nobody waits for it. Against real servers."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web

from bot.adapters.nlu_balance import http_nlu
from bot.adapters.tally import PrometheusTally
from bot.app.shadow import shadowing
from bot.domain.errors import NluUnavailable
from bot.domain.taxonomy import Audience, Concern, Urgency
from tests.nlu_answers import TEXT, answer, judgement, saying, spread

SECONDS = 5


def calling(*, urgency="high", audience="child_self", concern="physical_violence"):
    told = judgement()
    urgencies = [each.id for each in Urgency]
    return saying(
        answer(
            audience={"id": audience, "scores": spread(list(Audience), audience)},
            concern=told["concern"] | {"id": concern, "scores": spread(list(Concern), concern)},
            urgency={"id": urgency, "scores": spread(urgencies, urgency)},
        )
    )


@pytest.fixture
def pair(server):
    """The NLU in use and its shadow, each with a handler of its own, and what was counted."""

    @asynccontextmanager
    async def opening(in_use, shadow, *, seconds=SECONDS):
        tally = PrometheusTally()
        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(
                    http_nlu(await server(each), token=None, timeout=seconds, in_flight=2)
                )
                for each in (in_use, shadow)
            ]
            nlu = await stack.enter_async_context(shadowing(*clients, tally))
            yield nlu, tally

    return opening


async def counted(tally, line):
    """Wait until the line is in the metrics."""
    async with asyncio.timeout(SECONDS):
        while line not in tally.render().decode().splitlines():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("shadow", "told"),
    [("acute", "higher"), ("high", "agreed"), ("low", "lower"), ("none", "lower")],
)
async def test_the_urgency_of_the_shadow_is_counted_against_the_one_in_use(pair, shadow, told):
    async with pair(calling(urgency="high"), calling(urgency=shadow)) as (nlu, tally):
        judged = await nlu.understand(TEXT)
        await counted(tally, f'betro_nlu_shadow_total{{urgency="{told}"}} 1.0')

    assert judged.urgency is Urgency.HIGH


async def test_audience_and_concern_agree_or_differ(pair):
    shadow = calling(audience="parent")
    async with pair(calling(), shadow) as (nlu, tally):
        for _ in range(3):
            await nlu.understand(TEXT)
        await counted(tally, 'betro_nlu_shadow_audience_total{audience="differed"} 3.0')
        await counted(tally, 'betro_nlu_shadow_concern_total{concern="agreed"} 3.0')


async def test_the_shadow_reads_the_message_that_was_judged(pair):
    heard = []

    async def listen(request):
        heard.append((await request.json())["text"])
        return web.json_response(answer())

    async with pair(calling(), listen) as (nlu, tally):
        await nlu.understand(TEXT)
        await counted(tally, 'betro_nlu_shadow_total{urgency="agreed"} 1.0')

    assert heard == [TEXT]


async def test_nobody_waits_for_a_shadow_that_hangs_and_beyond_its_limit_it_is_left_out(pair):
    asked = 0

    async def hang(_):
        nonlocal asked
        asked += 1
        await asyncio.sleep(60)

    async with pair(calling(), hang, seconds=30) as (nlu, tally):
        async with asyncio.timeout(SECONDS):
            for _ in range(10):
                await nlu.understand(TEXT)
        await counted(tally, "betro_nlu_shadow_left_out_total 8.0")

    assert asked == 2


@pytest.mark.parametrize("shadow", [saying(b"no JSON"), saying(answer(), status=500)])
async def test_a_shadow_that_fails_is_counted_as_left_out_and_changes_nothing(pair, shadow):
    async with pair(calling(), shadow) as (nlu, tally):
        assert (await nlu.understand(TEXT)).urgency is Urgency.HIGH
        await counted(tally, "betro_nlu_shadow_left_out_total 1.0")
        assert "betro_nlu_shadow_total" not in tally.render().decode()


async def test_what_the_one_in_use_did_not_judge_is_not_compared(pair):
    async with pair(saying(b"no JSON"), calling()) as (nlu, tally):
        with pytest.raises(NluUnavailable):
            await nlu.understand(TEXT)
        await asyncio.sleep(0.2)

        assert tally.render() == b""


async def test_counts_tell_nothing_but_agreement(pair):
    async with pair(calling(), calling(urgency="acute", concern="neglect")) as (nlu, tally):
        await nlu.understand(TEXT)
        await counted(tally, 'betro_nlu_shadow_concern_total{concern="differed"} 1.0')

    metrics = tally.render().decode()
    lines = {line.split()[0] for line in metrics.splitlines() if not line.startswith("#")}
    assert lines == {
        'betro_nlu_shadow_total{urgency="higher"}',
        'betro_nlu_shadow_audience_total{audience="agreed"}',
        'betro_nlu_shadow_concern_total{concern="differed"}',
    }
    for word in ("kanariefugl", "neglect", "acute", "child"):
        assert word not in metrics
