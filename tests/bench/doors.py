"""What a message can be sent to, each as a coroutine that says how many milliseconds it took.

All HTTP and WebSocket goes through aiohttp over connections that are kept, from this one process,
so that the client costs every door about the same.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp

from tests.nlu_process import PYTHON, ROOT

Door = Callable[[str], Awaitable[float]]
BEGIN = "/begin"
"""Named after an intent of the Rasa project: what opens its conversation, as hello opens ours."""
PATIENCE = aiohttp.ClientTimeout(total=30)


@contextmanager
def encoder_alone() -> Iterator[tuple[Door, int]]:
    """The encoder in a process of its own, timed inside it; and the process's id."""
    process = subprocess.Popen(
        [PYTHON, "tests/bench/encoder_child.py"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip

    async def encode(text: str) -> float:
        print(json.dumps(text), file=process.stdin, flush=True)
        return float(process.stdout.readline())

    try:
        yield encode, process.pid
    finally:
        process.kill()
        process.communicate()


class Http:
    """A server that is sent JSON; with a ``token`` every request carries it."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str | None = None) -> None:
        self._session, self._url = session, url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def post(self, path: str, body: dict[str, Any]) -> tuple[float, bytes]:
        began = time.perf_counter()
        async with self._session.post(
            self._url + path, json=body, headers=self._headers
        ) as response:
            answer = await response.read()
        taken = (time.perf_counter() - began) * 1000
        assert response.status == 200, f"{path} answers {response.status}"
        return taken, answer

    async def parse(self, text: str) -> float:
        taken, _ = await self.post("/model/parse", {"text": text})
        return taken

    async def judge(self, text: str) -> dict[str, Any]:
        """The NLU's answer without the parts of Rasa's that repeat the text."""
        _, answer = await self.post("/model/parse", {"text": text})
        return {k: v for k, v in json.loads(answer).items() if not k.startswith(("text", "ent"))}


class RasaDialogue:
    """Rasa's REST channel. Every message is the first of a new conversation, once begun."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._numbers = itertools.count()

    async def turn(self, text: str) -> float:
        taken, _ = await self._say(text)
        return taken

    async def replies(self, text: str) -> list[dict[str, Any]]:
        _, answer = await self._say(text)
        replies: list[dict[str, Any]] = json.loads(answer)
        return replies

    async def _say(self, text: str) -> tuple[float, bytes]:
        sender = f"visitor{next(self._numbers)}"
        await self._http.post("/webhooks/rest/webhook", {"sender": sender, "message": BEGIN})
        return await self._http.post("/webhooks/rest/webhook", {"sender": sender, "message": text})


class WebTurn:
    """Betro's web channel. Every message is the first of a new visit, after the greeting.

    A visit may say only so much in a second, so one visit could not be measured for long.
    """

    def __init__(self, session: aiohttp.ClientSession, page: str) -> None:
        self._session, self._page = session, page

    async def turn(self, text: str) -> float:
        async with self._visit() as ws:
            taken, _ = await _ask(ws, {"type": "message", "id": "m1", "text": text})
        return taken

    async def replies(self, text: str) -> list[dict[str, Any]]:
        async with self._visit() as ws:
            _, answer = await _ask(ws, {"type": "message", "id": "m1", "text": text})
        replies: list[dict[str, Any]] = json.loads(answer)["replies"]
        return replies

    @asynccontextmanager
    async def _visit(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        async with self._session.ws_connect(f"{self._page}/ws", origin=self._page) as ws:
            _, greeting = await _ask(ws, {"type": "hello"})
            await ws.send_json({"v": 1, "type": "ack", "seq": json.loads(greeting)["seq"]})
            yield ws
            await ws.send_json({"v": 1, "type": "bye"})  # the page erases what was said


async def _ask(ws: aiohttp.ClientWebSocketResponse, said: dict[str, Any]) -> tuple[float, str]:
    """Milliseconds until the replies are here, and the frame that brought them."""
    frame = json.dumps({"v": 1, **said})
    began = time.perf_counter()
    await ws.send_str(frame)
    async for message in ws:
        if '"type":"replies"' in message.data:
            return (time.perf_counter() - began) * 1000, message.data
        assert '"type":"error"' not in message.data, "the page refuses the message"
    raise AssertionError("the page closed the socket")
