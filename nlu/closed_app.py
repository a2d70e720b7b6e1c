"""Rasa's own server with two doors: parse and status. Nothing else of it exists.

Rasa's `--enable-api` would also open training, model exchange, conversations and trackers. Here
only the routes in ``DOORS`` are ever registered, and ``_gate`` looks at every request first.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import rasa.server
from components.disguise import visible
from rasa.core.agent import Agent
from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

DOORS = {"/model/parse": "POST", "/status": "GET"}
REQUEST_BYTES = 64 * 1024
"""Eight times what the longest message that is judged needs, written as JSON."""
TEXT_LENGTH = 4096
"""Characters read of a message; the bot sends no longer ones."""
GRACE = 0.5
"""Seconds that open requests get when the server is told to end."""


def readable(text: str) -> str:
    """What the pipeline is given: nothing invisible, and of a long text its head and its tail."""
    seen = visible(text).strip()
    half = TEXT_LENGTH // 2 - 1
    return seen if len(seen) <= TEXT_LENGTH else f"{seen[:half]}\n{seen[-half:]}"


class ListeningAgent(Agent):
    """Judges a text and forgets it: the answer does not repeat what was written."""

    async def parse_message(self, message_data: str) -> dict[str, Any]:
        answer = await super().parse_message(readable(message_data))
        return {
            name: value for name, value in answer.items() if name not in ("text", "text_tokens")
        }


class _ClosedSanic(Sanic):
    """Registers the routes in ``DOORS`` and quietly leaves out every other one."""

    def route(self, uri: str, methods: Any = None, **options: Any) -> Callable[..., Any]:
        if DOORS.get(uri) not in (methods or ()):
            return lambda handler: handler
        return super().route(uri, methods=methods, **options)


def closed_app(agent: Agent, token: str | None) -> Sanic:
    """Rasa's server around ``agent``; with a ``token`` every request must carry it."""
    rasa.server.Sanic = _ClosedSanic  # type: ignore[misc]
    rasa.server.configure_cors = lambda *_: None  # no page of any origin may ask
    app = rasa.server.create_app(agent=agent)
    app.config.REQUEST_MAX_SIZE = REQUEST_BYTES
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = GRACE
    app.config.KEEP_ALIVE_TIMEOUT = 75  # longer than the bot keeps an idle connection
    app.register_middleware(lambda request: _gate(request, token), "request")
    app.register_middleware(_say_little, "response")
    app.error_handler.add(Exception, _refuse)
    return app


def _gate(request: Request, token: str | None) -> HTTPResponse | None:
    """Answers for Rasa unless this is a well-formed request for an open door."""
    if DOORS.get(request.path) != request.method:
        return _answer(HTTPStatus.NOT_FOUND)
    if token is not None and not _carries(request, token):
        return _answer(HTTPStatus.UNAUTHORIZED)
    if _length(request) > REQUEST_BYTES:  # Sanic has not read it and asks for an answer
        return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if request.method == "POST" and not (_has_text(request.body) and _is_plain(request)):
        return _answer(HTTPStatus.BAD_REQUEST)
    return None


def _carries(request: Request, token: str) -> bool:
    """The header is what the bot sends; `?token=` is Rasa's way, and stands in an address."""
    kind, _, sent = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        sent = request.args.get("token", "")
    return hmac.compare_digest(sent.encode("utf-8", "replace"), token.encode())


def _length(request: Request) -> int:
    told = request.headers.get("content-length", "0")
    return int(told) if told.isascii() and told.isdigit() else 0


def _has_text(body: bytes) -> bool:
    try:
        # As bytes it would also take UTF-16, which Rasa cannot read afterwards.
        wanted = json.loads(body.decode())
    except (ValueError, RecursionError):
        return False
    return isinstance(wanted, dict) and isinstance(wanted.get("text"), str)


def _is_plain(request: Request) -> bool:
    """Rasa would give answers of other makers' shapes (`emulation_mode`) from the text itself."""
    return set(request.args) <= {"token"}


def _answer(status: HTTPStatus) -> HTTPResponse:
    """A status and its standard phrase; never a word of what was asked."""
    body = json.dumps({"status": status.value, "error": status.phrase})
    return HTTPResponse(body, status=status.value, content_type="application/json")


def _refuse(_: Request, problem: Exception) -> HTTPResponse:
    code = problem.status_code if isinstance(problem, SanicException) else None
    return _answer(HTTPStatus(code or HTTPStatus.INTERNAL_SERVER_ERROR))


def _say_little(_: Request, response: HTTPResponse) -> HTTPResponse | None:
    """Replaces Rasa's own error answers: they quote the exception, which may quote the text."""
    return (
        _answer(HTTPStatus(response.status)) if response.status >= HTTPStatus.BAD_REQUEST else None
    )
