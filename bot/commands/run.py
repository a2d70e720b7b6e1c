"""`betro run`: every part in one go, each with a line of its own, all ended together."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.adapters.nlu_balance import BalancedNlu, http_nlu
from bot.adapters.proof_memory import ProofMemory
from bot.app.release import TRIAL
from bot.bootstrap import App, build_app, load_library
from bot.channels.web.server import make_app, make_runner
from bot.commands.preflight import claim_port, expect_room
from bot.commands.supervision import (
    choose_addresses,
    keep_understanding,
    starts_nlu,
    watch_understanding,
)
from bot.commands.telegram import TelegramPart, plan_telegram
from bot.domain.errors import StartupError
from bot.ops import Check, make_ops_app
from bot.settings import Settings

PAGE_SECONDS = 5.0
SHADOW_IN_FLIGHT = 2
"""Messages that a shadow judges at the same time; beyond, it is left out."""
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_log = logging.getLogger(__name__)


def run() -> None:
    """Start the page, the sessions, health and metrics, and the understanding.

    The address is printed as soon as the page answers on safety net and menus; the understanding
    joins when it is trained and up, Telegram when BETRO_TELEGRAM_TOKEN is set. Ctrl-C ends
    everything.

    Examples:

    `betro run`

    `BETRO_PORT=8081 betro run`

    `BETRO_NLU_PROCESSES=2 betro run`

    `BETRO_NLU_URLS=http://10.0.0.4:5005,http://10.0.0.5:5005 BETRO_NLU_TOKEN=... betro run`
    """
    settings = Settings.from_environment()
    try:
        asyncio.run(_run_until_told_to_stop(settings))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StartupError("The disk is full. Make room and start again.") from error
        raise


def say(line: str) -> None:
    print(line, flush=True)


async def _run_until_told_to_stop(settings: Settings) -> None:
    """Ctrl-C, SIGTERM and a closed terminal end every part in order; twice is as good as once."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_report_kind)
    serving = asyncio.create_task(_serve(settings))
    told: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        told.append(number)
        for each in ENDS:  # from here on the parts are ended in order, to the very last
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_IGN)
        serving.cancel()

    for each in ENDS:
        loop.add_signal_handler(each, stop, each)
    try:
        await serving
    except asyncio.CancelledError:
        if not told:
            raise
        with suppress(OSError):  # the terminal may be gone
            say("stopped")


def _report_kind(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio itself would log quotes values, and those may be a visitor's."""
    _log.error("An error outside of a turn (%s).", type(context.get("exception")).__name__)


async def _serve(settings: Settings) -> None:
    expect_room(settings)
    async with AsyncExitStack() as stack:
        page_port = stack.enter_context(claim_port(settings.host, settings.port, "BETRO_PORT"))
        ops_port = stack.enter_context(
            claim_port(settings.ops_host, settings.ops_port, "BETRO_OPS_PORT")
        )
        starts = starts_nlu(settings)
        settings = choose_addresses(settings, say)
        plan = plan_telegram(settings)
        with _timed("content and safety net"):
            library = load_library(settings.content_dir, memory=ProofMemory(settings.run_dir))
        nlu = await stack.enter_async_context(
            http_nlu(
                *settings.nlu_addresses,
                token=settings.nlu_token,
                timeout=settings.nlu_timeout,
                in_flight=settings.nlu_in_flight,
            )
        )
        shadow = await _open_shadow(stack, settings)
        with _timed("sessions"):
            app = await stack.enter_async_context(
                build_app(settings, library, nlu=nlu, shadow=shadow)
            )
            if not await app.store.ping():
                raise StartupError(
                    "The Redis or Valkey of BETRO_REDIS_URL does not answer. Start it, or unset "
                    "BETRO_REDIS_URL to use the embedded one."
                )
        telegram = TelegramPart(plan, app) if plan else None
        site = _make_site(settings, app)
        if plan and plan.path and telegram:
            site.router.add_post(plan.path, telegram.deliver)
        await _open_page(stack, site, page_port)
        say(f"page ready in {_seconds_of_life():.1f} s: {_address(page_port)}")
        checks = _checks(app, nlu, shadow, telegram)
        await _listen(stack, _make_ops_runner(app, checks), ops_port)
        say(f"health and metrics ready: {_address(ops_port)}/ready")
        if telegram:
            stack.push_async_callback(_end, asyncio.create_task(telegram.run(say)))
        if starts:
            await keep_understanding(settings, say)
        else:
            await _watch(settings, nlu)
        await asyncio.Event().wait()


@contextmanager
def _timed(part: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(f"{part} ready in {time.monotonic() - began:.1f} s")


def _seconds_of_life() -> float:
    """Since this process began, loading its code included: what the operator waited."""
    started = int(Path("/proc/self/stat").read_text("ascii").rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")


def _make_site(settings: Settings, app: App) -> web.Application:
    return make_app(
        app.conversation.take_turn,
        lambda token: app.keys.pseudonym("web", token),
        session_ttl=timedelta(minutes=settings.session_minutes),
        trial=TRIAL if app.library.is_trial else None,
    )


async def _open_page(stack: AsyncExitStack, site: web.Application, port: socket.socket) -> None:
    """Serve the page and see that it answers."""
    await _listen(stack, make_runner(site), port)
    timeout = aiohttp.ClientTimeout(total=PAGE_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as http,
            http.get(_address(port)) as answer,
        ):
            answer.raise_for_status()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise StartupError(f"The page does not answer ({type(error).__name__}).") from error


async def _open_shadow(stack: AsyncExitStack, settings: Settings) -> BalancedNlu | None:
    """The NLU that is only compared, if there is one; busy, it is left out sooner than another."""
    if settings.nlu_shadow_url is None:
        return None
    return await stack.enter_async_context(
        http_nlu(
            settings.nlu_shadow_url,
            token=settings.nlu_token,
            timeout=settings.nlu_timeout,
            in_flight=SHADOW_IN_FLIGHT,
        )
    )


def _checks(
    app: App, nlu: BalancedNlu, shadow: BalancedNlu | None, telegram: TelegramPart | None
) -> dict[str, Check]:
    async def yes() -> bool:
        # These were proved before the page opened, and nothing takes them away while it runs.
        return True

    checks: dict[str, Check] = {
        "page": yes,
        "content": yes,
        "safety_net": yes,
        "sessions": app.store.ping,
        "understanding": nlu.is_ready,
    }
    if len(nlu.members) > 1:
        places = enumerate(nlu.members, start=1)
        checks |= {f"understanding_{place}": member.is_ready for place, member in places}
    if shadow:
        checks["shadow"] = shadow.is_ready
    if telegram:
        checks["telegram"] = telegram.is_well
    return checks


def _make_ops_runner(app: App, checks: Mapping[str, Check]) -> web.AppRunner:
    ops = make_ops_app(checks, app.tally.render)
    return web.AppRunner(ops, access_log=None, shutdown_timeout=1.0)


async def _listen(stack: AsyncExitStack, runner: web.AppRunner, port: socket.socket) -> None:
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, port).start()


async def _end(part: asyncio.Task[None]) -> None:
    part.cancel()
    await asyncio.wait({part})


async def _watch(settings: Settings, nlu: BalancedNlu) -> None:
    if settings.menus_only:
        say("understanding switched off (BETRO_MENUS_ONLY): safety net and menus only")
    else:
        await watch_understanding(nlu, settings.nlu_addresses, say)


def _address(port: socket.socket) -> str:
    """As a person on this machine opens it."""
    host, number = port.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"http://[{host}]:{number}" if ":" in host else f"http://{host}:{number}"
