"""Doors: the ways in which a visitor meets Betro, each with its real parts.

A door speaks for one visitor. Tests tell what the visitor writes or presses and read what is shown,
so one conversation can be played through every door. A new channel adds one class and its line in
``DOORS``.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

import aiohttp
from rich.console import Console

from bot.bootstrap import App
from bot.channels.terminal import PlainVoice, converse
from tests.bot_api import BotApi, bot_api
from tests.channels.telegram.parts import talking, titles
from tests.e2e.browser.serving import serving

_BLANK = re.compile(r"\n[ ]*\n")
PATIENCE = 20.0
"""Seconds until a silent door is given up; a busy machine may take some."""


@dataclass(frozen=True)
class Bubble:
    """One reply as it is shown: its text, the titles of its buttons, its services in words."""

    text: str
    buttons: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


class Door(Protocol):
    """One visitor's conversation."""

    async def arrives(self) -> list[Bubble]:
        """Come in; what is shown before the visitor writes (the welcome)."""

    async def says(self, text: str) -> list[Bubble]:
        """Write; what is shown as the answer."""

    async def presses(self, title: str) -> list[Bubble]:
        """Press the button with this title among those shown last."""


class PageDoor:
    """The page's server on a port of its own; what the page's script does, by hand."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws
        self._ids = count(1)
        self._turn = 0
        self._payloads: dict[str, str] = {}

    async def arrives(self) -> list[Bubble]:
        await self._send("hello")
        return await self._answer()

    async def says(self, text: str) -> list[Bubble]:
        await self._send("message", id=f"m{next(self._ids)}", text=text)
        return await self._answer()

    async def presses(self, title: str) -> list[Bubble]:
        payload = self._payloads[title]
        await self._send("button", id=f"m{next(self._ids)}", payload=payload, turn=self._turn)
        return await self._answer()

    async def _send(self, kind: str, **fields: Any) -> None:
        await self._ws.send_json({"v": 1, "type": kind, **fields})

    async def _answer(self) -> list[Bubble]:
        while True:
            heard = await self._ws.receive_json(timeout=PATIENCE)
            assert heard["type"] != "error", heard
            if heard["type"] == "replies":
                break
        await self._send("ack", seq=heard["seq"])
        self._turn = heard["turn"]
        buttons = [button for reply in heard["replies"] for button in reply["buttons"]]
        self._payloads = {button["title"]: button["payload"] for button in buttons}
        return [_page_bubble(reply) for reply in heard["replies"]]


def _page_bubble(reply: dict[str, Any]) -> Bubble:
    note = reply["note"] or {"about": "", "parts": []}
    texts = [reply["text"], note["about"], *(part["text"] for part in note["parts"])]
    return Bubble(
        "\n".join(filter(None, texts)),
        tuple(button["title"] for button in reply["buttons"]),
        tuple(f"{card['name']}\n{card['phone_shown']}" for card in reply["services"]),
    )


@asynccontextmanager
async def page_door(app: App) -> AsyncIterator[Door]:
    """Wired as ``betro run`` wires it."""
    take_turn, pseudonym = app.conversation.take_turn, app.keys.pseudonym
    async with (
        serving(take_turn, lambda token: pseudonym("web", token)) as site,
        aiohttp.ClientSession() as client,
        client.ws_connect(f"{site.url}/ws", headers={"Origin": site.url}) as ws,
    ):
        yield PageDoor(ws)


class _Screen(PlainVoice):
    """The voice of `betro chat`, on a screen that can be read after every turn."""

    def __init__(self) -> None:
        # Wide enough that no line is broken: lines are counted as they were written.
        super().__init__(console=Console(file=io.StringIO(), highlight=False, width=4000))
        self.turns: asyncio.Queue[str] = asyncio.Queue()

    def prompt(self) -> None:
        screen = self.console.file
        assert isinstance(screen, io.StringIO)
        self.turns.put_nowait(screen.getvalue())
        screen.seek(0)
        screen.truncate()


class TerminalDoor:
    """`betro chat` as a person meets it: a line in, a screen out."""

    def __init__(self, screen: _Screen, keyboard: io.FileIO) -> None:
        self._screen, self._keyboard = screen, keyboard
        self._numbers: dict[str, int] = {}

    async def arrives(self) -> list[Bubble]:
        shown = await asyncio.wait_for(self._screen.turns.get(), PATIENCE)
        bubbles = read_screen(shown)
        titles = [title for bubble in bubbles for title in bubble.buttons]
        self._numbers = {title: number for number, title in enumerate(titles, start=1)}
        return bubbles

    async def says(self, text: str) -> list[Bubble]:
        self._keyboard.write(f"{text}\n".encode())
        return await self.arrives()

    async def presses(self, title: str) -> list[Bubble]:
        return await self.says(f"/button {self._numbers[title]}")


def read_screen(shown: str) -> list[Bubble]:
    """The bubbles on a screen: texts stand two spaces in, cards and buttons four."""
    bubbles: list[Bubble] = []
    for block in _BLANK.split(shown):
        lines = [line.rstrip() for line in block.splitlines() if line.strip()]
        deep = [line.strip() for line in lines if line.startswith("    ")]
        text = "\n".join(line.strip() for line in lines if not line.startswith("    "))
        buttons = tuple(line.split("  ", 1)[1] for line in deep if line.startswith("/button "))
        card = "\n".join(line for line in deep if not line.startswith("/button "))
        if text:
            bubbles.append(Bubble(text, buttons))
        elif bubbles:
            last = bubbles.pop()
            cards = (*last.services, card) if card else last.services
            bubbles.append(Bubble(last.text, last.buttons + buttons, cards))
    return bubbles


@contextmanager
def _standard_input() -> Iterator[io.FileIO]:
    """What is written to the yielded end of a pipe is this process's standard input."""
    reading, writing = os.pipe()
    real = sys.stdin
    with os.fdopen(reading, encoding="utf-8") as lines, io.FileIO(writing, "w") as keyboard:
        sys.stdin = lines
        try:
            yield keyboard
        finally:
            sys.stdin = real


@asynccontextmanager
async def terminal_door(app: App) -> AsyncIterator[Door]:
    """The terminal's own loop; the visitor leaves by ending the input."""
    screen = _Screen()
    with _standard_input() as keyboard:
        talk = asyncio.create_task(converse(app.take_turn, screen, lang=None, reader=None))
        try:
            yield TerminalDoor(screen, keyboard)
        finally:
            keyboard.close()
            await talk


class TelegramDoor:
    """A private chat, through the real aiogram and a local Bot API."""

    CHAT = 7

    def __init__(self, api: BotApi, services: frozenset[str]) -> None:
        """``services``: the names by which a message's cards are told from its words."""
        self._api, self._services = api, services

    async def arrives(self) -> list[Bubble]:
        return await self.says("/start")

    async def says(self, text: str) -> list[Bubble]:
        self._api.visitor_says(self.CHAT, text)
        return await self._answer()

    async def presses(self, title: str) -> list[Bubble]:
        self._api.visitor_presses(self.CHAT, title)
        return await self._answer()

    async def _answer(self) -> list[Bubble]:
        messages = await self._api.heard(self.CHAT)
        return [self._bubble(message["text"], tuple(titles(message))) for message in messages]

    def _bubble(self, text: str, buttons: tuple[str, ...]) -> Bubble:
        blocks = [block.splitlines() for block in text.split("\n\n")]
        cards = [block for block in blocks if block[0] in self._services]
        words = "\n".join("\n".join(block) for block in blocks if block not in cards)
        services = (
            "\n".join([card[0], *(line for line in card if line.startswith("Ring: "))])
            for card in cards
        )
        return Bubble(words, buttons, tuple(services))


@asynccontextmanager
async def telegram_door(app: App) -> AsyncIterator[Door]:
    """Long polling, connected."""
    async with bot_api() as api, talking(app, api):
        await api.was_called("deleteWebhook")
        names = frozenset(each.name.da for each in app.library.directory.services.values())
        yield TelegramDoor(api, names)


OpenDoor = Callable[[App], AbstractAsyncContextManager[Door]]
DOORS: dict[str, OpenDoor] = {
    "page": page_door,
    "telegram": telegram_door,
    "terminal": terminal_door,
}
