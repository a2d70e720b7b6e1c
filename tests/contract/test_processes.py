"""Child processes: read, ended, never left behind. Against real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import textwrap
import time
from pathlib import Path

import pytest

from bot.adapters.processes import LAST_LINES, LINE_LENGTH, child_process
from bot.domain.errors import StartupError

DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('up'); time.sleep(60)"
)


def python(code):
    return (sys.executable, "-u", "-c", textwrap.dedent(code))


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def until(condition, seconds=5):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_every_line_of_output_is_heard():
    heard = []

    async with child_process(
        "it", python("print('a'); print('b\\rc'); print('  ')"), on_line=heard.append
    ) as child:
        assert await child.wait() == 0
        await until(lambda: heard == ["a", "b", "c"])


async def test_errors_and_broken_bytes_are_heard_as_well():
    heard = []
    code = "import sys; sys.stderr.buffer.write(b'\\xff oh no'); sys.exit(3)"

    async with child_process("it", python(code), on_line=heard.append) as child:
        assert await child.wait() == 3
        await until(lambda: heard == ["\N{REPLACEMENT CHARACTER} oh no"])


async def test_a_flood_of_output_neither_blocks_the_child_nor_fills_memory():
    code = "import sys; sys.stdout.write('x' * 10_000_000 + '\\n'); print('end')"

    async with child_process("it", python(code)) as child:
        async with asyncio.timeout(10):
            assert await child.wait() == 0
        await until(lambda: "end" in child.last_lines)

    assert len(child.last_lines) <= LAST_LINES
    assert all(len(line) <= LINE_LENGTH for line in child.last_lines)


async def test_its_input_is_what_it_is_given():
    code = "import sys; print(sys.stdin.read().upper())"

    async with child_process("it", python(code), with_input=True) as child:
        await child.feed(b"hej")
        await child.wait()
        await until(lambda: list(child.last_lines) == ["HEJ"])


async def test_a_child_that_ignores_sigterm_is_killed():
    async with child_process("it", python(DEAF)) as child:
        await until(lambda: "up" in child.last_lines)
        began = time.monotonic()
        await child.stop(grace=0.2)

    assert time.monotonic() - began < 2
    assert not is_alive(child.pid)


async def test_what_a_child_started_ends_with_it():
    code = f"""
        import subprocess, sys, time
        print(subprocess.Popen([sys.executable, "-c", {DEAF!r}]).pid)
        time.sleep(60)
    """

    async with child_process("it", python(code)) as child:
        await until(lambda: child.last_lines)
        grandchild = int(next(line for line in child.last_lines if line.isdigit()))
        assert is_alive(grandchild)

    await until(lambda: not is_alive(grandchild))


async def test_a_child_ends_when_the_body_fails():
    with pytest.raises(ZeroDivisionError):
        async with child_process("it", python("import time; time.sleep(60)")) as child:
            raise ZeroDivisionError

    assert not is_alive(child.pid)


async def test_a_child_does_not_hear_the_terminals_ctrl_c():
    async with child_process("it", python("import time; time.sleep(60)")) as child:
        assert os.getpgid(child.pid) == child.pid != os.getpgid(0)


async def test_a_child_dies_when_its_parent_is_killed():
    code = """
        import asyncio
        from bot.adapters.processes import child_process

        async def main():
            async with child_process("inner", ("sleep", "60")) as child:
                print(child.pid)
                await asyncio.sleep(60)

        asyncio.run(main())
    """
    root = str(Path(__file__).parents[2])

    async with child_process("outer", python(code), environment={"PYTHONPATH": root}) as outer:
        await until(lambda: outer.last_lines, seconds=10)
        inner = int(outer.last_lines[0])
        assert is_alive(inner)
        os.kill(outer.pid, signal.SIGKILL)
        await until(lambda: not is_alive(inner))


async def test_a_program_that_is_not_there_is_named():
    with pytest.raises(StartupError, match=r"The part cannot be started: .*\(/no/such/program\)"):
        async with child_process("The part", ("/no/such/program",)):
            pass
