"""Health and metrics: truthful, counts only."""

from __future__ import annotations

import asyncio
import re

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.adapters.tally import PrometheusTally
from bot.ops import make_ops_app


async def yes():
    return True


async def no():
    return False


async def broken():
    raise RuntimeError("canary")


async def hangs():
    await asyncio.sleep(60)


@pytest.fixture
async def ask():
    """Ask an operator's address that is made of these checks and counts."""
    clients = []

    async def asking(path, *, tally=None, **checks):
        app = make_ops_app(checks, (tally or PrometheusTally()).render)
        client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return await client.get(path)

    yield asking
    for client in clients:
        await client.close()


async def test_ready_names_every_part(ask):
    answer = await ask("/ready", page=yes, sessions=yes, understanding=no)

    assert answer.status == 200
    assert await answer.json() == {"page": True, "sessions": True, "understanding": False}


@pytest.mark.parametrize("part", ["page", "sessions"])
@pytest.mark.parametrize("check", [no, broken, hangs])
async def test_without_page_or_sessions_betro_is_not_ready(ask, part, check):
    answer = await ask("/ready", **{"page": yes, "sessions": yes, part: check})

    assert answer.status == 503
    assert (await answer.json())[part] is False


async def test_a_part_that_hangs_does_not_hold_up_the_answer(ask):
    async with asyncio.timeout(2):
        answer = await ask("/ready", page=yes, sessions=yes, understanding=hangs)

    assert await answer.json() == {"page": True, "sessions": True, "understanding": False}


async def test_healthz_answers_whatever_the_parts_do(ask):
    answer = await ask("/healthz", page=broken, sessions=broken)

    assert (answer.status, await answer.json()) == (200, {"alive": True})


async def test_metrics_count_and_tell_which_parts_work(ask):
    tally = PrometheusTally()
    tally.count("turns", by_nlu="true", urgency="high")
    tally.count("turns", by_nlu="true", urgency="high")
    tally.count("nlu_left_out")

    answer = await ask("/metrics", tally=tally, page=yes, sessions=no)

    assert answer.content_type == "text/plain"
    lines = (await answer.text()).splitlines()
    assert 'betro_turns_total{by_nlu="true",urgency="high"} 2.0' in lines
    assert "betro_nlu_left_out_total 1.0" in lines
    assert 'betro_part_ready{part="page"} 1' in lines
    assert 'betro_part_ready{part="sessions"} 0' in lines


async def test_metrics_hold_no_time_at_which_somebody_wrote(ask):
    tally = PrometheusTally()
    tally.count("turns", urgency="acute")

    text = await (await ask("/metrics", tally=tally, page=yes)).text()

    assert "_created" not in text
    numbers = [float(number) for number in re.findall(r" (\d\S*)$", text, re.MULTILINE)]
    assert max(numbers) < 100


@pytest.mark.parametrize("canary", ["Min far slår mig", "25123456", "a" * 65, "x\ny", 'q"} 1', ""])
async def test_words_of_a_visitor_cannot_become_a_label(canary):
    tally = PrometheusTally()

    tally.count("turns", flow=canary)

    rendered = tally.render().decode()
    assert 'betro_turns_total{flow="other"} 1.0' in rendered
    assert not canary or canary not in rendered
