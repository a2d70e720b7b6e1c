"""The web channel on a free port, with whatever conversation stands behind it."""

from __future__ import annotations

from contextlib import asynccontextmanager

from aiohttp import web

from bot.app.turn import Pseudonym
from bot.channels.web.server import make_app, make_runner


class Site:
    """A running server that can be stopped and started again on the same port."""

    def __init__(self, take_turn, pseudonym):
        self._take_turn, self._pseudonym = take_turn, pseudonym
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def start(self):
        self._runner = make_runner(make_app(self._take_turn, self._pseudonym))
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self):
        if self._runner:
            await self._runner.cleanup()
            self._runner = None


@asynccontextmanager
async def serving(take_turn, pseudonym=Pseudonym):
    site = Site(take_turn, pseudonym)
    await site.start()
    try:
        yield site
    finally:
        await site.stop()
