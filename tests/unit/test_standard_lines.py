"""Standard input from files, pipes and terminals alike."""

import asyncio
import os

import pytest

from bot.commands.standard_lines import LINE_BYTES, read_lines


async def lines_of_file(path):
    with path.open("rb") as file:
        return [line async for line in read_lines(file.fileno())]


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"a\nb\n", [b"a", b"b"]),
        (b"a\n\n\nb", [b"a", b"", b"", b"b"]),
        (b"a\r\n\xff\xfe\x00\n", [b"a\r", b"\xff\xfe\x00"]),
    ],
)
async def test_every_line_of_a_file_is_read(tmp_path, content, lines):
    (tmp_path / "it").write_bytes(content)

    assert await lines_of_file(tmp_path / "it") == lines


async def test_lines_longer_than_a_chunk_are_whole_and_endless_ones_cut(tmp_path):
    long, endless = b"a" * 300_000, b"b" * (3 * LINE_BYTES)
    (tmp_path / "it").write_bytes(long + b"\n" + endless + b"\nlast\n")

    assert await lines_of_file(tmp_path / "it") == [long, b"b" * LINE_BYTES, b"last"]


async def test_a_line_comes_before_the_pipe_ends(pipe):
    read, write = pipe
    lines = read_lines(read)
    os.write(write, b"first\nsec")

    assert await anext(lines) == b"first"

    os.write(write, b"ond\n")
    assert await anext(lines) == b"second"


async def test_waiting_for_a_line_can_be_given_up(pipe):
    waiting = asyncio.ensure_future(anext(read_lines(pipe[0])))
    await asyncio.sleep(0.05)
    assert not waiting.done()

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
