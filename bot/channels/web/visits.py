"""All visits of this process, found by their token. Memory only, bounded, short-lived."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from bot.app.turn import Pseudonym
from bot.channels.web.limits import Limits, Now, TokenBucket
from bot.channels.web.protocol import CloseCode, Welcome
from bot.channels.web.visit import Outbox, Visit

TOKEN_BYTES = 32


class Visits:
    """Opens, finds and forgets visits."""

    def __init__(
        self, pseudonym: Callable[[str], Pseudonym], *, ttl: timedelta, limits: Limits, now: Now
    ) -> None:
        self._pseudonym, self._limits, self._now = pseudonym, limits, now
        self._ttl = ttl.total_seconds()
        self._by_token: dict[str, Visit] = {}

    def __len__(self) -> int:
        return len(self._by_token)

    def open(self) -> Visit:
        """Begin a visit under a token nobody can guess."""
        token, visitor = self._new_name()
        limits = self._limits
        visit = Visit(
            token,
            visitor,
            outbox=Outbox(size=limits.unconfirmed, ids=limits.remembered_ids),
            pace=TokenBucket(limits.turns_burst, limits.turns_per_second, now=self._now),
            at=self._now(),
        )
        self._by_token[token] = visit
        self._make_room()
        return visit

    def find(self, token: str | None) -> Visit | None:
        """The visit of a token, unless it was silent for longer than the time to live."""
        visit = self._by_token.get(token) if token else None
        if visit is not None and self._is_over(visit):
            self.drop(visit)
            return None
        return visit

    def touch(self, visit: Visit) -> None:
        """Start the visit's time to live anew."""
        visit.touched = self._now()

    def renew(self, visit: Visit) -> None:
        """The conversation was erased: give the open page a fresh token and pseudonym."""
        if self._by_token.pop(visit.token, None) is None:
            return  # the page is already gone
        visit.forget(*self._new_name())
        self._by_token[visit.token] = visit
        visit.tell(Welcome(token=visit.token, resumed=False))

    def drop(self, visit: Visit) -> None:
        """Forget a visit and close its socket; its token opens nothing any more."""
        self._by_token.pop(visit.token, None)
        if visit.lane is not None:
            visit.lane.waiting.clear()
        visit.outbox.clear()
        if visit.listener is not None:
            visit.listener.leave(CloseCode.ERASED)
            visit.listener = None

    def sweep(self) -> None:
        """Forget the visits that are over."""
        for visit in [visit for visit in self._by_token.values() if self._is_over(visit)]:
            self.drop(visit)

    def _is_over(self, visit: Visit) -> bool:
        return visit.listener is None and self._now() - visit.touched >= self._ttl

    def _new_name(self) -> tuple[str, Pseudonym]:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        return token, self._pseudonym(token)

    def _make_room(self) -> None:
        while len(self._by_token) > self._limits.visits:
            idle = [visit for visit in self._by_token.values() if visit.listener is None]
            self.drop(min(idle or self._by_token.values(), key=lambda visit: visit.touched))
