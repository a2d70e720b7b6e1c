"""Dealing lines to workers: in order, bounded, told when a worker dies. With real processes."""

import asyncio
import os
import sys
import textwrap
from contextlib import AsyncExitStack

import pytest

from bot.adapters.line_process import line_process
from bot.commands.triage_batch import AHEAD, count_pairs, deal
from bot.domain.errors import PartEnded

ECHO = """
    import random, sys, time
    for line in sys.stdin:
        time.sleep(random.random() / 500)
        print(line.rstrip("\\n"), flush=True)
"""
MORTAL = """
    import sys
    for line in sys.stdin:
        if line == "13\\n":
            sys.exit("unlucky")
        print(line.rstrip("\\n"), flush=True)
"""


@pytest.fixture
async def workers():
    async with AsyncExitStack() as stack:

        async def start(code, count):
            command = (sys.executable, "-c", textwrap.dedent(code))
            return [
                await stack.enter_async_context(line_process("A worker", command))
                for _ in range(count)
            ]

        yield start


async def numbers(count, given=None):
    for number in range(count):
        if given is not None:
            given.append(number)
        yield str(number).encode()


async def test_answers_come_in_the_order_of_the_lines_whoever_is_quicker(workers):
    heard = [line async for line in deal(numbers(300), await workers(ECHO, 3))]

    assert heard == [str(number).encode() for number in range(300)]


async def test_an_endless_input_is_read_no_further_than_the_workers_can_follow(workers):
    given = []
    answers = deal(numbers(10**9, given), await workers(ECHO, 2))

    await anext(answers)
    await asyncio.sleep(0.5)

    assert len(given) <= 2 * AHEAD + 3
    await answers.aclose()


async def test_every_worker_gets_its_share(workers):
    two = await workers(ECHO, 2)
    answers = deal(numbers(2 * AHEAD), two)

    await anext(answers)

    assert all(0 < worker.owed <= AHEAD for worker in two)
    await answers.aclose()


async def test_the_death_of_a_worker_ends_the_batch_with_its_last_words(workers):
    with pytest.raises(PartEnded, match=r"A worker ended by itself\. unlucky"):
        async for _ in deal(numbers(1000), await workers(MORTAL, 2)):
            pass


async def test_an_input_that_cannot_be_read_ends_the_batch(workers):
    async def broken():
        yield b"a"
        raise IsADirectoryError

    with pytest.raises(IsADirectoryError):
        async for _ in deal(broken(), await workers(ECHO, 2)):
            pass


def test_there_is_always_one_worker_and_never_more_than_cores():
    assert 1 <= count_pairs() <= len(os.sched_getaffinity(0))
