"""Several NLU processes as one: each message goes to the one that has least to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp

from bot.adapters.nlu_client import HttpNlu
from bot.domain.errors import NluUnavailable
from bot.domain.judgement import Understanding


class BalancedNlu:
    """Satisfies ``Nlu``. A process that is dead or overloaded is skipped, not waited for.

    ``members`` keep the order of their addresses; operators know them by their position.
    """

    def __init__(self, members: Sequence[HttpNlu], *, timeout: float) -> None:
        """``timeout``: seconds for one message, however many processes are tried."""
        self.members = tuple(members)
        self._timeout = timeout
        self._first = 0

    async def understand(self, text: str) -> Understanding:
        """As ``Nlu`` says. Whatever one process fails at, the next is tried while time is left."""
        until = time.monotonic() + self._timeout
        tried: list[HttpNlu] = []
        problem = NluUnavailable("The NLU is busy or failed a moment ago; it is not waited for.")
        while (member := self._pick(tried)) and (left := until - time.monotonic()) > 0:
            tried.append(member)
            # One that hung before must leave the next one time to answer.
            seconds = left / 2 if member.is_proving else left
            try:
                return await member.understand(text, seconds=seconds)
            except NluUnavailable as failed:
                problem = failed
        raise problem

    async def is_ready(self) -> bool:
        """Whether at least one answers with a model loaded."""
        return any(await self.readiness())

    async def readiness(self) -> list[bool]:
        """The same of each, in the order of their addresses."""
        return await asyncio.gather(*(member.is_ready() for member in self.members))

    def _pick(self, tried: Sequence[HttpNlu]) -> HttpNlu | None:
        """The free one with fewest calls in flight; of equals each in turn."""
        turned = self.members[self._first :] + self.members[: self._first]
        self._first = (self._first + 1) % len(self.members)
        free = [member for member in turned if member.is_free and member not in tried]
        return min(free, key=lambda member: member.in_flight, default=None)


@asynccontextmanager
async def http_nlu(
    *urls: str,
    token: str | None,
    timeout: float,  # noqa: ASYNC109 - of each later message, not of this function
    in_flight: int,
) -> AsyncIterator[BalancedNlu]:
    """A client with its own connections, closed on leaving.

    ``timeout``: seconds for one message. ``in_flight``: most calls at the same time to each.
    """
    connector = aiohttp.TCPConnector(limit=(in_flight + 1) * len(urls))
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    ) as http:
        members = [
            HttpNlu(http, url, token=token, timeout=timeout, in_flight=in_flight) for url in urls
        ]
        yield BalancedNlu(members, timeout=timeout)
