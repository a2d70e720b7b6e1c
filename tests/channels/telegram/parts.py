"""One process's Telegram channel, with and without the server of its webhook."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from aiohttp import web

from bot.channels.telegram.access import Access
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.channel import open_telegram
from bot.channels.telegram.post import Patience

HURRIED = Patience(call=2, tries=3, first_pause=0.01, flood=5)


@asynccontextmanager
async def talking(app, api, *, webhook=None, take_turn=None, patience=HURRIED, token=None):
    """One process's Telegram channel; gives what it told the operator."""
    said = []

    async def take(raw_id, incoming):
        return await app.take_turn("telegram", raw_id, incoming)

    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(
            open_telegram(
                Access(token or api.token, api.url, webhook),
                take_turn or take,
                app.deliveries,
                Buttons(app.payloads, app.seals),
                app.tally,
                patience=patience,
            )
        )
        running = asyncio.create_task(telegram.run(said.append))
        telegram.said = said
        try:
            yield telegram
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


@asynccontextmanager
async def serving(telegram, port):
    """The visitors' server with the webhook on it."""
    site = web.Application()
    site.router.add_post("/telegram", telegram.webhook.answer)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/telegram"
    finally:
        await runner.cleanup()


def texts(messages):
    return "\n".join(message["text"] for message in messages)


def titles(message):
    """What could be pressed when it was sent."""
    return [button["text"] for row in message.get("offered", ()) for button in row]


def shown(message):
    """What can be pressed now."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]
