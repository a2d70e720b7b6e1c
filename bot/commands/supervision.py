"""Keeps the understanding running and tells the operator when it joins and when it leaves."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from bot.adapters.nlu_balance import BalancedNlu
from bot.adapters.processes import Child
from bot.commands.preflight import port_is_free
from bot.commands.understanding import free_ports, own_nlu, train_nlu, wait_until_ready
from bot.domain.errors import StartupError
from bot.settings import Settings

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 120.0
"""A server that ran this long was well; its next pause is the first one again."""
WATCH_SECONDS = 2.0
MOST_THREADS = 2
"""Of one process's encoder; more gains nothing on a short message."""

CHOSEN_MODEL = Path("models", "chosen")
"""Written by nlu/selection.py."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
DEFAULT_PORT = 5005
MEANWHILE = "safety net and menus carry on"
PART = "understanding"
Say = Callable[[str], None]


def starts_nlu(settings: Settings) -> bool:
    """Whether `betro run` runs the NLU itself."""
    return (
        settings.nlu_start
        and not settings.menus_only
        and not settings.nlu_urls
        and urlsplit(settings.nlu_url).hostname in LOOPBACK
    )


def choose_addresses(settings: Settings, say: Say) -> Settings:
    """Decide where our own NLU processes listen and by which token they know us."""
    if not starts_nlu(settings):
        return settings
    first = urlsplit(settings.nlu_url).port or DEFAULT_PORT
    wanted = range(first, first + settings.nlu_processes)
    ports = [_free_or_other(port, say) for port in wanted]
    return settings.model_copy(
        update={
            "nlu_urls": tuple(f"http://127.0.0.1:{port}" for port in ports),
            "nlu_token": settings.nlu_token or secrets.token_urlsafe(32),
        }
    )


def _free_or_other(port: int, say: Say) -> int:
    if port_is_free("127.0.0.1", port):
        return port
    (other,) = free_ports(1)
    say(f"port {port} is taken by another program; the understanding uses {other} instead")
    return other


async def keep_understanding(settings: Settings, say: Say) -> None:
    """Train if need be, then serve at each address for ever; what ends is started again.

    Returns only when training is not possible, after saying why.
    """
    try:
        await train_nlu(settings, lambda line: say(f"  {line}"))
    except StartupError as error:
        say(f"{PART} missing, {MEANWHILE}: {error}")
        return
    ports = [urlsplit(url).port for url in settings.nlu_urls]
    names = [PART] if len(ports) == 1 else [f"{PART} {place}" for place in range(1, len(ports) + 1)]
    threads, change = _share_of_cores(len(ports)), asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        for name, port in zip(names, ports, strict=True):
            server = _Server(
                settings, name=name, port=port, threads=threads, change=change, say=say
            )
            group.create_task(server.keep())


def _share_of_cores(processes: int) -> int | None:
    """Threads of each process's encoder, so that together they do not fight for the cores."""
    if processes == 1:
        return None
    return max(1, min(MOST_THREADS, len(os.sched_getaffinity(0)) // processes))


class _Server:
    """One process of the NLU, started again whenever it ends or another model is chosen."""

    def __init__(
        self,
        settings: Settings,
        *,
        name: str,
        port: int | None,
        threads: int | None,
        change: asyncio.Lock,
        say: Say,
    ) -> None:
        """``change`` is held while a process changes its model: the others serve meanwhile."""
        self._settings, self._name, self._port = settings, name, port
        self._threads, self._say = threads, say
        self._change, self._is_changing = change, False

    async def keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            if await self._serve_once():
                continue
            if time.monotonic() - began > STEADY_SECONDS:
                pause = FIRST_PAUSE
            self._say(f"{self._name} is started again in {pause:.0f} s; {MEANWHILE}")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _serve_once(self) -> bool:
        """Serve until the server ends by itself, or, then True, until another model is chosen."""
        began, served = time.monotonic(), _choice(self._settings)
        self._say(f"{self._name} is starting")
        try:
            async with own_nlu(self._settings, port=self._port, threads=self._threads) as own:
                nlu, server = own
                await wait_until_ready(nlu, server)
                self._say(f"{self._name} ready in {time.monotonic() - began:.1f} s")
                self._let_next_change()
                if await self._is_other_chosen(server, served):
                    self._say(f"{self._name} changes its model")
                    return True
                self._say(f"{self._name} ended (exit status {await server.wait()})")
        except StartupError as error:
            # A model that does not start is not handed to the next process: that one serves on.
            self._say(f"{self._name} did not start: {error}")
        return False

    async def _is_other_chosen(self, server: Child, served: int | None) -> bool:
        """Wait for another choice than the one served, and for our turn; False if it ends first."""
        while server.running:
            if _choice(self._settings) != served:
                await self._change.acquire()
                self._is_changing = True
                return True
            with suppress(TimeoutError):
                async with asyncio.timeout(WATCH_SECONDS):
                    await server.wait()
        return False

    def _let_next_change(self) -> None:
        if self._is_changing:
            self._is_changing = False
            self._change.release()


def _choice(settings: Settings) -> int | None:
    """When a model was chosen by `betro model use`; None: the newest one is served."""
    try:
        return (settings.nlu_dir / CHOSEN_MODEL).stat().st_mtime_ns
    except OSError:
        return None


async def watch_understanding(nlu: BalancedNlu, urls: Sequence[str], say: Say) -> None:
    """For an NLU that somebody else runs: say when it joins and when it leaves."""
    told: list[bool] | None = None
    while True:
        readiness = await nlu.readiness()
        if readiness != told:
            say(_describe(readiness, urls))
            told = readiness
        await asyncio.sleep(WATCH_SECONDS)


def _describe(readiness: Sequence[bool], urls: Sequence[str]) -> str:
    missing = [str(place) for place, ready in enumerate(readiness, start=1) if not ready]
    if not missing:
        return f"{PART} ready"
    if len(missing) < len(readiness):
        return f"{PART} ready, but not number {', '.join(missing)} of {len(readiness)}"
    where = urls[0] if len(urls) == 1 else "any address of BETRO_NLU_URLS"
    return f"{PART} not at {where}; {MEANWHILE}"
