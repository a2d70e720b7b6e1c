"""Lines in, lines out. Reading them, Ctrl-C need not wait for the next one."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator

CHUNK = 64 * 1024
LINE_BYTES = 2**20
"""A longer line is cut there: it holds no message that is judged, and memory stays flat."""


async def read_lines(descriptor: int) -> AsyncIterator[bytes]:
    """Every line of a file, pipe or terminal without its line end, cut at ``LINE_BYTES``."""
    rest = b""
    while chunk := await _read(descriptor):
        *whole, rest = (rest + chunk).split(b"\n")
        rest = rest[:LINE_BYTES]
        for line in whole:
            yield line[:LINE_BYTES]
    if rest:
        yield rest


async def _read(descriptor: int) -> bytes:
    """Some bytes; none at the end."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    try:
        loop.add_reader(descriptor, readable.set)
    except PermissionError:  # a file is always readable and cannot be waited for
        return os.read(descriptor, CHUNK)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, CHUNK)


def say_line(line: bytes) -> None:
    """One line of standard output, seen at once."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
