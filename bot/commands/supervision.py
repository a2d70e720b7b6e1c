"""Keeps the understanding running and tells the operator when it joins and when it leaves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from bot.adapters.nlu_client import HttpNlu
from bot.commands.understanding import own_nlu, train_nlu, wait_until_ready
from bot.domain.errors import StartupError
from bot.settings import Settings

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 120.0
"""A server that ran this long was well; its next pause is the first one again."""
WATCH_SECONDS = 2.0

MEANWHILE = "safety net and menus carry on"
Say = Callable[[str], None]


async def keep_understanding(settings: Settings, say: Say) -> None:
    """Train if need be, then serve at ``nlu_url`` for ever; a server that ends is started again.

    Returns only when training is not possible, after saying why.
    """
    try:
        await train_nlu(settings, lambda line: say(f"  {line}"))
    except StartupError as error:
        say(f"understanding missing, {MEANWHILE}: {error}")
        return
    pause = FIRST_PAUSE
    while True:
        began = time.monotonic()
        await _serve_once(settings, say)
        if time.monotonic() - began > STEADY_SECONDS:
            pause = FIRST_PAUSE
        say(f"understanding is started again in {pause:.0f} s; {MEANWHILE}")
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def _serve_once(settings: Settings, say: Say) -> None:
    """Serve until the server ends by itself."""
    began = time.monotonic()
    say("understanding is starting")
    try:
        async with own_nlu(settings, port=urlsplit(settings.nlu_url).port) as (nlu, server):
            await wait_until_ready(nlu, server)
            say(f"understanding ready in {time.monotonic() - began:.1f} s")
            status = await server.wait()
            say(f"understanding ended (exit status {status})")
    except StartupError as error:
        say(f"understanding did not start: {error}")


async def watch_understanding(nlu: HttpNlu, url: str, say: Say) -> None:
    """For an NLU that somebody else runs: say when it joins and when it leaves."""
    was_ready: bool | None = None
    while True:
        is_ready = await nlu.is_ready()
        if is_ready is not was_ready:
            say("understanding ready" if is_ready else f"understanding not at {url}; {MEANWHILE}")
            was_ready = is_ready
        await asyncio.sleep(WATCH_SECONDS)
