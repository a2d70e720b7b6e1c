"""A real server on a real socket, a scripted conversation behind it, and a page in front."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.app.turn import Button, Pseudonym, Reply, ServiceCard, TurnResult
from bot.channels.web.limits import Limits
from bot.channels.web.server import VISITS, make_app, make_runner
from bot.domain.taxonomy import Urgency

PATIENCE = 5.0
HOTLINE = ServiceCard(
    id="example_line",
    name="Eksempellinjen <b>&",
    what="Taler med dig.",
    opening="Åben nu, døgnet rundt",
    open_now=True,
    anonymity="De ser ikke dit nummer.",
    phone="116 111",
    phone_shown="116 111",
    sms="+4533330047",
    chat="https://example.dk/chat",
    web="javascript:alert(1)",
    caution="Tjek nummeret",
)


class Conversation:
    """A scripted ``take_turn``: some words have an effect, everything else is counted."""

    def __init__(self):
        self.heard: list[tuple[Pseudonym, str]] = []
        self.gate = asyncio.Event()
        self.at_once = 0
        self._running: dict[Pseudonym, int] = {}
        self._turns: dict[Pseudonym, int] = {}

    async def take_turn(self, visitor, incoming):
        running = self._running[visitor] = self._running.get(visitor, 0) + 1
        self.at_once = max(self.at_once, running)
        try:
            return await self._answer(visitor, incoming)
        finally:
            self._running[visitor] -= 1

    async def _answer(self, visitor, incoming):
        said = incoming.text if incoming.payload is None else f"{incoming.turn}:{incoming.payload}"
        self.heard.append((visitor, said))
        turn = self._turns[visitor] = self._turns.get(visitor, 0) + 1
        if said == "crash":
            raise RuntimeError(f"quotes the visitor: {said} secret-canary")
        if said.startswith("slow"):
            await self.gate.wait()
        await asyncio.sleep(0)
        return TurnResult(
            replies=(
                Reply(
                    text=f"Svar {turn} på {len(said)} tegn. Ring 112 eller 116 111.",
                    response="utter_example",
                    buttons=(Button("Ja & <ok>", "/SetSlots(safe_now=ja)"),),
                    services=(HOTLINE,) if said == "who" else (),
                ),
            ),
            turn=turn,
            urgency=Urgency.ACUTE if said == "acute" else Urgency.LOW,
            flow="example",
            step="ask",
            forgotten=said == "/slet",
        )

    def said(self):
        return [said for _, said in self.heard]


class Page:
    """What the page's script does, by hand."""

    def __init__(self, ws):
        self.ws, self.token, self.resumed = ws, None, None

    async def send(self, kind, **fields):
        await self.ws.send_str(json.dumps({"v": 1, "type": kind, **fields}, ensure_ascii=False))

    async def hear(self, kind):
        """The next message of a kind; earlier ones of other kinds are passed over."""
        while True:
            message = await self.ws.receive(timeout=PATIENCE)
            assert message.type is aiohttp.WSMsgType.TEXT, (message.type, message.data)
            heard = json.loads(message.data)
            assert heard["v"] == 1
            if heard["type"] == kind:
                return heard

    async def hello(self, **fields):
        await self.send("hello", **fields)
        welcome = await self.hear("welcome")
        self.token, self.resumed = welcome["token"], welcome["resumed"]
        return self

    async def greeted(self):
        await self.hello()
        return await self.hear("replies")

    async def say(self, message_id, text):
        await self.send("message", id=message_id, text=text)

    async def closed(self):
        """The close code."""
        while True:
            message = await self.ws.receive(timeout=PATIENCE)
            if message.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}:
                return self.ws.close_code

    async def vanish(self):
        """The network goes, without a goodbye."""
        self.ws._response.connection.transport.abort()
        await asyncio.sleep(0.05)


class Server:
    """The channel on a port of its own."""

    def __init__(self, port, app, client):
        self.origin = f"http://127.0.0.1:{port}"
        self.port, self.app, self.client = port, app, client

    @property
    def visits(self):
        return self.app[VISITS]

    async def page(self, **headers):
        headers = {"Origin": self.origin, **headers}
        ws = await self.client.ws_connect(
            f"{self.origin}/ws", headers=headers, max_msg_size=0, autoping=True
        )
        return Page(ws)

    def get(self, path, **kwargs):
        return self.client.get(self.origin + path, **kwargs)

    def post(self, path, **kwargs):
        return self.client.post(self.origin + path, **kwargs)


@pytest.fixture
def conversation():
    return Conversation()


@pytest.fixture
async def serve(conversation):
    """Starts servers, each with limits, time to live and clock of its own."""
    async with AsyncExitStack() as stack:

        async def start(limits=None, ttl=timedelta(minutes=60), **options):
            app = make_app(
                conversation.take_turn,
                lambda token: Pseudonym(f"p-{token}"),
                limits=limits or Limits(),
                session_ttl=ttl,
                **options,
            )
            runner = make_runner(app)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            client = await stack.enter_async_context(aiohttp.ClientSession())
            return Server(runner.addresses[0][1], app, client)

        yield start
        conversation.gate.set()


@pytest.fixture
async def server(serve):
    return await serve()


@pytest.fixture
def short_turns():
    return Limits(turn_seconds=0.05)
