"""A local server that speaks Telegram's Bot API, for tests with the real aiogram over HTTP.

    async with bot_api() as api:
        ...start Betro with BETRO_TELEGRAM_API=api.url and BETRO_TELEGRAM_TOKEN=api.token...
        api.visitor_says(7, "hej")
        texts = [message["text"] for message in await api.heard(7)]
        api.visitor_presses(7, "Ja")

It delivers as Telegram does: by ``getUpdates`` until an update is confirmed, or to the webhook
that was set, one update of a chat at a time, until that answers 200. It records every call; a
method it does not know, ``getFile`` above all, is a ``violation`` and fails ``bot_api``.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict, deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import aiohttp
from aiohttp import web

TOKEN = "123456:test-token-canary"
PATIENCE = 60.0
LONGEST_TEXT = 4096
LONGEST_DATA = 64
BOT = {"id": 123456, "is_bot": True, "first_name": "Betro", "username": "betro_test_bot"}
KNOWN = (
    *("getMe", "getWebhookInfo", "setMyCommands", "setMyDescription", "setMyShortDescription"),
    *("answerCallbackQuery", "sendChatAction", "leaveChat"),
)


@dataclass(frozen=True)
class Fault:
    """How a call fails instead of succeeding: an error of Telegram's, or no answer at all."""

    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    hangs: bool = False
    done: bool = False
    """The call took effect all the same: only its answer is lost."""


BLOCKED = Fault(403, "Forbidden: bot was blocked by the user")
DELETED = Fault(400, "Bad Request: chat not found")


def flood(seconds: int, chat: int = 0) -> Fault:
    said = f"Too Many Requests: retry after {seconds} (chat {chat})"
    return Fault(429, said, retry_after=seconds)


@dataclass
class BotApi:
    url: str = ""
    token: str = TOKEN
    calls: list[tuple[str, dict]] = field(default_factory=list)
    """Every call but getUpdates: method and parameters."""
    violations: list[str] = field(default_factory=list)
    reverses: bool = False
    """Whether updates that wait together are given in the wrong order."""
    doubles: bool = False
    """Whether each update is given twice."""
    person: dict = field(default_factory=lambda: {"first_name": "Test"})
    """What Telegram tells of every visitor besides the id."""
    webhook: str = ""
    secret: str | None = None
    webhook_trouble: dict = field(default_factory=dict)
    """More of what getWebhookInfo tells, such as ``last_error_message``."""

    def __post_init__(self):
        self._waiting: dict[int, dict] = {}
        self._confirmed: dict[int, dict] = {}
        self._chat_of: dict[int, int] = {}
        self._messages: dict[int, list[dict]] = defaultdict(list)
        self._heard: dict[int, int] = defaultdict(int)
        self._faults: list[tuple[str, deque[Fault], int | None]] = []
        self._updates, self._message_ids = count(1000), count(1)
        self._news = asyncio.Event()
        self._lanes: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._deliveries: set[asyncio.Task] = set()
        self._shows_confirmed = False

    # What visitors do

    def visitor_says(self, chat, text, *, age=0, **more):
        """Write; ``age`` in seconds, ``more`` as in Telegram's Message. Gives the message's id."""
        return self.visitor_sends(chat, text=text, age=age, **more)

    def visitor_sends(self, chat, *, age=0, kind="private", **content):
        message = self._message(chat, kind, age) | content
        self.give("message", message, chat)
        return message["message_id"]

    def visitor_edits(self, chat, message_id, text, **more):
        edited = self._message(chat, "private", 0) | {"message_id": message_id, "text": text}
        self.give("edited_message", edited | {"edit_date": int(time.time())} | more, chat)

    def visitor_presses(self, chat, title):
        """Press the newest button with this title, also one that was taken away."""
        message, data = next(
            (message, button["callback_data"])
            for message in reversed(self._messages[chat])
            for row in message.get("offered", [])
            for button in row
            if button["text"] == title and "callback_data" in button
        )
        self.press(chat, data, message)

    def press(self, chat, data, message=None):
        message = message or self._messages[chat][-1]
        shown = {k: v for k, v in message.items() if k != "offered"}
        query = {"id": f"q{next(self._updates)}", "from": self._user(chat), "data": data}
        self.give("callback_query", query | {"chat_instance": "1", "message": shown}, chat)

    def membership(self, chat, status, kind="group"):
        """The bot's own standing in a chat changed: ``member``, ``kicked``..."""
        change = {
            "chat": self._chat(chat, kind),
            "from": self._user(chat),
            "date": int(time.time()),
            "old_chat_member": {"status": "left", "user": BOT},
            "new_chat_member": {"status": status, "user": BOT, "until_date": 0},
        }
        self.give("my_chat_member", change, chat)

    def give(self, name, content, chat):
        """Any update at all."""
        number = next(self._updates)
        self._waiting[number] = {"update_id": number, name: content}
        self._chat_of[number] = chat
        self._announce()
        return number

    # What Telegram does

    def fails(self, method, *faults, chat=None):
        """The next calls of a method (to a chat) fail, each in its way."""
        self._faults.append((method, deque(faults), chat))

    def deliver_again(self):
        """Everything so far is delivered once more, whatever was confirmed."""
        self._waiting = dict(sorted((self._confirmed | self._waiting).items()))
        self._confirmed = {}
        self._shows_confirmed = True
        self._announce()

    # What visitors see

    async def heard(self, chat):
        """Wait until all the chat did is answered; the messages that are new since last time."""
        await self.settled(chat)
        new = self._messages[chat][self._heard[chat] :]
        self._heard[chat] += len(new)
        return new

    async def settled(self, chat=None):
        """Wait until nothing (of the chat) waits for an answer."""
        async with asyncio.timeout(PATIENCE):
            while any(chat in (None, self._chat_of[number]) for number in self._waiting):
                await asyncio.sleep(0.01)

    async def sees(self, chat, count=1):
        """Wait until the chat has so many messages, whether or not others still wait."""
        async with asyncio.timeout(PATIENCE):
            while len(self._messages[chat]) < count:
                await asyncio.sleep(0.01)
        return self._messages[chat]

    def messages(self, chat):
        return self._messages[chat]

    def called(self, method):
        return [parameters for name, parameters in self.calls if name == method]

    async def was_called(self, method, times=1):
        """Wait for calls that are made beside the answer."""
        async with asyncio.timeout(PATIENCE):
            while len(self.called(method)) < times:
                await asyncio.sleep(0.01)
        return self.called(method)

    # The server

    async def serve(self, request):
        method = request.match_info["method"]
        form = await request.post()
        parameters = {name: _read(str(value)) for name, value in form.items()}
        if request.match_info["token"] != self.token:
            return _error(401, "Unauthorized")
        if method != "getUpdates":
            self.calls.append((method, parameters))
        fault = self._fault_for(method, parameters.get("chat_id"))
        if fault is not None and not fault.done:
            return await _fail(fault)
        answer = await self._answer(method, parameters)
        return answer if fault is None else await _fail(fault)

    async def _answer(self, method, parameters):
        if method == "getUpdates" and self.webhook:
            return _error(409, "Conflict: can't use getUpdates while webhook is active")
        if method == "getUpdates":
            return _ok(await self._updates_from(parameters))
        if method == "sendMessage":
            return self._send(parameters)
        if method == "editMessageReplyMarkup":
            return self._edit(parameters)
        if method in {"setWebhook", "deleteWebhook"}:
            self.webhook, self.secret = parameters.get("url", ""), parameters.get("secret_token")
            self._announce()
        elif method not in KNOWN:
            self.violations.append(method)
            return _error(404, "Not Found: method not found")
        return _ok({"getMe": BOT, "getWebhookInfo": self.webhook_info()}.get(method, True))

    def webhook_info(self):
        return {
            "url": self.webhook,
            "has_custom_certificate": False,
            "pending_update_count": len(self._waiting),
        } | self.webhook_trouble

    async def _updates_from(self, parameters):
        offset, until = parameters.get("offset", 0), time.monotonic() + parameters["timeout"]
        if not self._shows_confirmed:
            for number in [number for number in self._waiting if number < offset]:
                self._confirm(number)
        self._shows_confirmed = False
        while True:
            self._news.clear()
            ready = [
                u for u in self._waiting.values() if set(u) & set(parameters["allowed_updates"])
            ]
            if ready or (left := until - time.monotonic()) <= 0:
                ready = ready[:100]
                return [*ready[:: -1 if self.reverses else 1], *(ready if self.doubles else [])]
            try:
                await asyncio.wait_for(self._news.wait(), left)
            except TimeoutError:
                return []

    def _confirm(self, number):
        self._confirmed[number] = self._waiting.pop(number)

    def _announce(self):
        self._news.set()
        if self.webhook:
            for number in self._waiting:
                task = asyncio.create_task(self._deliver(number))
                self._deliveries.add(task)
                task.add_done_callback(self._deliveries.discard)

    async def _deliver(self, number):
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret or ""}
        async with self._lanes[self._chat_of[number]], aiohttp.ClientSession() as http:
            while number in self._waiting:
                try:
                    for _ in range(2 if self.doubles else 1):
                        update = self._waiting[number]
                        async with http.post(self.webhook, json=update, headers=headers) as answer:
                            status = answer.status
                except aiohttp.ClientError:
                    status = 0
                if status == 200:
                    self._confirm(number)
                else:
                    await asyncio.sleep(0.1)

    def _send(self, parameters):
        text, markup = str(parameters.get("text", "")), parameters.get("reply_markup", {})
        rows = markup.get("inline_keyboard", [])
        if not text.strip() or len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            return _error(400, "Bad Request: message text is empty or too long")
        if any(len(b.get("callback_data", "").encode()) > LONGEST_DATA for r in rows for b in r):
            return _error(400, "Bad Request: BUTTON_DATA_INVALID")
        chat = parameters["chat_id"]
        message = self._message(chat, "private", 0) | {"from": BOT, "text": text}
        if markup:
            message |= {"reply_markup": markup, "offered": rows}
        self._messages[chat].append(message)
        return _ok({name: value for name, value in message.items() if name != "offered"})

    def _edit(self, parameters):
        for message in self._messages[parameters["chat_id"]]:
            if message["message_id"] == parameters["message_id"]:
                message["reply_markup"] = parameters.get("reply_markup", {"inline_keyboard": []})
                return _ok({k: v for k, v in message.items() if k != "offered"})
        return _error(400, "Bad Request: message to edit not found")

    def _fault_for(self, method, chat):
        for name, faults, only in self._faults:
            if name == method and faults and only in (None, chat):
                return faults.popleft()
        return None

    def _message(self, chat, kind, age):
        return {
            "message_id": next(self._message_ids),
            "date": int(time.time() - age),
            "chat": self._chat(chat, kind),
            "from": self._user(chat),
        }

    def _chat(self, chat, kind):
        return {"id": chat, "type": kind} | (self.person if kind == "private" else {"title": "T"})

    def _user(self, chat):
        return {"id": chat, "is_bot": False, "language_code": "da"} | self.person


def _read(value):
    try:
        return json.loads(value)
    except ValueError:
        return value


def _ok(result):
    return web.json_response({"ok": True, "result": result})


def _error(status, description, retry_after=None):
    body = {"ok": False, "error_code": status, "description": description}
    if retry_after is not None:
        body["parameters"] = {"retry_after": retry_after}
    return web.json_response(body, status=status)


async def _fail(fault):
    if fault.hangs:
        await asyncio.sleep(3600)
    return _error(fault.status, fault.description, fault.retry_after)


@asynccontextmanager
async def bot_api():
    """Serve on a free port; a violation fails the test that made it."""
    api = BotApi()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", api.serve)
    app.router.add_route("*", "/file/{path:.*}", _refuse(api))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
        assert api.violations == [], "a method that Betro has no reason to call"
    finally:
        for task in list(api._deliveries):
            task.cancel()
        await runner.cleanup()


def _refuse(api):
    async def download(request):
        api.violations.append(f"download of {request.path}")
        return web.Response(status=404)

    return download
