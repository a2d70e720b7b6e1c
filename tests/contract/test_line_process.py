"""A child that answers line by line. Against real processes."""

from __future__ import annotations

import asyncio
import sys
import textwrap

import pytest

from bot.adapters.line_process import ANSWER_BYTES, line_process
from bot.domain.errors import PartEnded, StartupError

UPPER = """
    import sys
    for line in sys.stdin:
        print(line.rstrip("\\n").upper(), flush=True)
"""


def python(code):
    return (sys.executable, "-u", "-c", textwrap.dedent(code))


async def test_lines_asked_at_once_are_answered_each_with_its_own():
    async with line_process("it", python(UPPER)) as child:
        asked = [child.ask(f"line {number}".encode()) for number in range(500)]
        assert child.owed == 500
        answers = await asyncio.gather(*asked)

    assert answers == [f"LINE {number}".encode() for number in range(500)]


async def test_an_answer_that_nobody_waits_for_any_more_goes_to_nobody_else():
    async with line_process("it", python(UPPER)) as child:
        given_up, wanted = child.ask(b"a"), child.ask(b"b")
        given_up.cancel()

        assert await wanted == b"B"


async def test_what_it_says_for_people_is_heard_apart_from_its_answers():
    heard = []
    code = """
        import sys
        print("half way", file=sys.stderr)
        for line in sys.stdin:
            print("answer")
    """

    async with line_process("it", python(code), on_line=heard.append) as child:
        assert await child.ask(b"") == b"answer"
        async with asyncio.timeout(5):
            while not heard:
                await asyncio.sleep(0.01)

    assert heard == ["half way"]


async def test_its_end_is_told_to_all_who_wait_with_its_last_words():
    code = "import sys; input(); print('no room', file=sys.stderr); sys.exit(1)"

    async with line_process("The part", python(code)) as child:
        asked = [child.ask(b"a"), child.ask(b"b")]
        for answer in asked:
            with pytest.raises(PartEnded, match=r"The part ended by itself\. no room"):
                await answer
        with pytest.raises(PartEnded):
            await child.ask(b"later")


async def test_an_endless_answer_ends_it():
    code = f"input(); print('x' * {2 * ANSWER_BYTES})"

    async with line_process("it", python(code)) as child:
        with pytest.raises(PartEnded):
            await child.ask(b"a")


async def test_a_program_that_is_not_there_is_named():
    with pytest.raises(StartupError, match=r"The part cannot be started: .*\(/no/such/program\)"):
        async with line_process("The part", ("/no/such/program",)):
            pass
