"""A second NLU that judges every message too, is only counted, and never heard.

So a new model can be compared with the one in use before it is trusted. Nothing of a message is
kept: a turn adds one to a count of agreement or disagreement, and that is all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.app.ports import Nlu, Tally
from bot.domain.errors import NluUnavailable
from bot.domain.judgement import Understanding

AGREED = "agreed"
DIFFERED = "differed"


class ShadowedNlu:
    """Satisfies ``Nlu`` by the one in use; the shadow is asked once that one has answered.

    The shadow's own limits decide how many messages it judges at once: beyond, it is left out.
    """

    def __init__(self, nlu: Nlu, shadow: Nlu, tally: Tally) -> None:
        self._nlu, self._shadow, self._tally = nlu, shadow, tally
        self._comparing: set[asyncio.Task[None]] = set()

    async def understand(self, text: str) -> Understanding:
        judged = await self._nlu.understand(text)
        comparing = asyncio.create_task(self._compare(text, judged))
        self._comparing.add(comparing)
        comparing.add_done_callback(self._comparing.discard)
        return judged

    async def is_ready(self) -> bool:
        return await self._nlu.is_ready()

    async def end(self) -> None:
        """Give up every comparison that is going on."""
        for comparing in self._comparing:
            comparing.cancel()
        await asyncio.gather(*self._comparing, return_exceptions=True)

    async def _compare(self, text: str, judged: Understanding) -> None:
        try:
            shadow = await self._shadow.understand(text)
        except NluUnavailable:
            self._tally.count("nlu_shadow_left_out")
            return
        self._tally.count("nlu_shadow", urgency=_urgency(judged, shadow))
        self._tally.count("nlu_shadow_audience", audience=_same(judged.audience is shadow.audience))
        self._tally.count("nlu_shadow_concern", concern=_same(judged.concern is shadow.concern))


@asynccontextmanager
async def shadowing(nlu: Nlu, shadow: Nlu, tally: Tally) -> AsyncIterator[Nlu]:
    """The NLU in use with its shadow; what is being compared on leaving is given up."""
    shadowed = ShadowedNlu(nlu, shadow, tally)
    try:
        yield shadowed
    finally:
        await shadowed.end()


def _urgency(judged: Understanding, shadow: Understanding) -> str:
    """The shadow's urgency, seen from the one in use."""
    if shadow.urgency > judged.urgency:
        return "higher"
    return "lower" if shadow.urgency < judged.urgency else AGREED


def _same(is_same: bool) -> str:
    return AGREED if is_same else DIFFERED
