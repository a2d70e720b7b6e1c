"""The chat as a plain form, for browsers without JavaScript. Each answer is a whole page.

The visit's token travels in a hidden field of the form; there is no cookie and no storage.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs

from aiohttp import web

from bot.app.last_resort import LAST_RESORT
from bot.app.turn import Incoming
from bot.channels.web.headers import is_cross_site
from bot.channels.web.limits import Limits
from bot.channels.web.plain_page import PlainPage
from bot.channels.web.protocol import TOKEN, ErrorCode
from bot.channels.web.turns import Turns
from bot.channels.web.visit import Asked, Visit
from bot.channels.web.visits import Visits
from bot.channels.web.words import ERRORS

FIELDS = 16
"""More form fields than the page has; a form with more is refused."""
KEPT = 4
"""Answers kept for forms sent twice or at the same moment."""
PRESS_SEPARATOR = " "
"""Between turn number and payload in the value of a button."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One submitted form. ``said`` is what stood in the text field, kept to show it again."""

    token: str | None
    form: str
    said: str
    incoming: Incoming

    @property
    def id(self) -> str:
        """The same form with the same content is the same message: reload and double click."""
        content = f"{self.incoming.payload}\0{self.incoming.turn}\0{self.incoming.text}"
        digest = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:16]
        return f"{self.form}-{digest}"


class Plain:
    """Serves ``/plain`` and ``/bye``."""

    def __init__(
        self, visits: Visits, turns: Turns, limits: Limits, trial: str | None = None
    ) -> None:
        self._visits, self._turns, self._limits = visits, turns, limits
        self._page = PlainPage(trial)
        self._running = 0

    async def open(self, _request: web.Request) -> web.Response:
        """The empty form. Starts nothing, so that a prefetch costs nothing."""
        return _html(self._page.first(form=_new_form()))

    async def answer(self, request: web.Request) -> web.Response:
        """Take one form as one turn and answer with the next page."""
        if is_cross_site(request):
            raise web.HTTPForbidden
        if self._running >= self._limits.connections:
            return self._refuse(ErrorCode.FULL, "", status=503)
        self._running += 1
        try:
            sent = read_form(await self._body(request))
            visit = self._visits.find(sent.token) or self._visits.open()
            return await self._take(visit, sent)
        finally:
            self._running -= 1

    async def bye(self, request: web.Request) -> web.Response:
        """The page went away (``sendBeacon``); its token is the body."""
        if is_cross_site(request):
            raise web.HTTPForbidden
        token = (await self._body(request)).decode("ascii", "replace").strip()
        visit = self._visits.find(token) if TOKEN.fullmatch(token) else None
        if visit is not None:
            self._turns.leave(visit)
        return web.Response(status=204)

    async def _take(self, visit: Visit, sent: Sent) -> web.Response:
        outbox = visit.outbox
        if outbox.knows(sent.id):  # sent twice: the first may still be on its way
            await self._turns.settle(visit)
        if outbox.result_for(sent.id) is None:
            if not (visit.pace.take() and self._turns.submit(visit, Asked(sent.id, sent.incoming))):
                return self._refuse(ErrorCode.SLOW_DOWN, sent.said, status=429, token=visit.token)
            await self._turns.settle(visit)
        result = outbox.result_for(sent.id)
        outbox.confirm(max(outbox.unconfirmed(), default=0) - KEPT)
        return _html(
            self._page.answer(
                result.replies if result else (LAST_RESORT,),
                turn=result.turn if result else visit.turn,
                said="" if result and result.forgotten else sent.said,
                token=visit.token,
                form=_new_form(),
                acute=visit.is_acute,
            )
        )

    def _refuse(
        self, problem: ErrorCode, said: str, *, status: int, token: str = ""
    ) -> web.Response:
        page = self._page.problem(ERRORS[problem], unsent=said, token=token, form=_new_form())
        return _html(page, status=status)

    async def _body(self, request: web.Request) -> bytes:
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                return await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None


def read_form(body: bytes) -> Sent:
    """Read a submitted form, forgiving whatever bytes it is made of. Raises ``HTTPBadRequest``."""
    try:
        fields = parse_qs(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=FIELDS,
        )
    except ValueError:
        raise web.HTTPBadRequest from None

    def field(name: str) -> str:
        return fields.get(name, [""])[0]

    token, form = field("visit"), field("form")
    return Sent(
        token=token if TOKEN.fullmatch(token) else None,
        form=form if TOKEN.fullmatch(form) else _new_form(),
        said=field("text"),
        incoming=_incoming(field("press"), field("command"), field("text"), first=not token),
    )


def _incoming(press: str, command: str, text: str, *, first: bool) -> Incoming:
    """A pressed button counts before a command, a command before words."""
    turn, _, payload = press.partition(PRESS_SEPARATOR)
    if payload and turn.isascii() and turn.isdigit():
        return Incoming(payload=payload[:512], turn=int(turn[:9]))
    return Incoming(text=command or text or ("/start" if first else ""))


def _new_form() -> str:
    """A form's id; as long as a token, so that one pattern checks both."""
    return secrets.token_urlsafe(32)


def _html(page: str, *, status: int = 200) -> web.Response:
    return web.Response(text=page, content_type="text/html", charset="utf-8", status=status)
