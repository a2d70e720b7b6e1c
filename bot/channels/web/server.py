"""Builds the web channel: page, files, WebSocket and the page without JavaScript."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Final

from aiohttp import web

from bot.app.turn import Pseudonym
from bot.channels.quiet import make_quiet_logger
from bot.channels.web.assets import Assets
from bot.channels.web.headers import harden
from bot.channels.web.limits import Limits, Now
from bot.channels.web.mishaps import answer_mishaps
from bot.channels.web.plain import Plain
from bot.channels.web.socket import Socket
from bot.channels.web.turns import TakeTurn, Turns
from bot.channels.web.visits import Visits

VISITS: Final = web.AppKey("visits", Visits)
FINISH_SECONDS: Final = 5.0
"""How long running turns may take to end when the process stops."""


def make_app(
    take_turn: TakeTurn,
    pseudonym: Callable[[str], Pseudonym],
    *,
    session_ttl: timedelta = timedelta(minutes=60),
    limits: Limits | None = None,
    now: Now = time.monotonic,
    trial: str | None = None,
) -> web.Application:
    """Build the visitors' application; run it with ``make_runner``.

    Args:
        take_turn: runs one turn; one visitor's turns are never run at the same time here.
        pseudonym: maps the visit's random token (43 characters) to the stored name.
        session_ttl: silence after which a visit's token and answers are dropped.
        limits: bounds on sockets, sizes and rates.
        now: seconds on a clock that never goes back.
        trial: said at the top of the page, with JavaScript and without; None: nothing is.
    """
    limits = limits or Limits()
    visits = Visits(pseudonym, ttl=session_ttl, limits=limits, now=now)
    turns = Turns(take_turn, visits, limits)
    socket = Socket(visits, turns, limits, now)
    plain, assets = Plain(visits, turns, limits, trial), Assets(trial)

    app = web.Application(client_max_size=limits.form_bytes, middlewares=[answer_mishaps])
    app[VISITS] = visits
    app.router.add_get("/", assets.page)
    app.router.add_get("/static/{name}", assets.file)
    app.router.add_get("/ws", socket.serve)
    app.router.add_get("/plain", plain.open)
    app.router.add_post("/plain", plain.answer)
    app.router.add_post("/bye", plain.bye)
    app.on_response_prepare.append(harden)

    async def lifetime(_app: web.Application) -> AsyncIterator[None]:
        sweeper = asyncio.create_task(_sweep(visits, every=limits.sweep_seconds))
        yield
        sweeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweeper
        await turns.finish(seconds=FINISH_SECONDS)

    async def close_sockets(_app: web.Application) -> None:
        await socket.close()

    app.cleanup_ctx.append(lifetime)
    app.on_shutdown.append(close_sockets)
    return app


def make_runner(app: web.Application) -> web.AppRunner:
    """A runner without access log whose error log names no address, path or content."""
    logger = make_quiet_logger("bot.channels.web.http", "A web request failed (%s).")
    return web.AppRunner(app, access_log=None, logger=logger, shutdown_timeout=2.0)


async def _sweep(visits: Visits, *, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        visits.sweep()
