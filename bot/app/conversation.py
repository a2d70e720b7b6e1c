"""One turn: lock, load, hear, advance, save, say. The same for every channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.app.hearing import Hearing
from bot.app.last_resort import LAST_RESORT
from bot.app.ports import Clock, SessionStore, Tally
from bot.app.rendering import Rendering
from bot.app.turn import Incoming, Pseudonym, TurnResult
from bot.domain.content import Content
from bot.domain.effects import Close, Effect, Forget
from bot.domain.engine import advance
from bot.domain.errors import StoreUnavailable
from bot.domain.heard import Heard
from bot.domain.silence import was_about_violence
from bot.domain.state import State
from bot.domain.taxonomy import Urgency
from bot.domain.triage import judge

PAUSE = timedelta(minutes=30)
"""Silence after which somebody else may be reading."""


@dataclass(frozen=True)
class Conversation:
    """Takes turns. ``content`` is asked anew each turn, so that a reload takes effect at once."""

    store: SessionStore
    hearing: Hearing
    rendering: Rendering
    content: Callable[[], Content]
    clock: Clock
    tally: Tally

    async def take_turn(self, visitor: Pseudonym, incoming: Incoming) -> TurnResult:
        """Answer one thing a visitor did. Total: something is said whatever fails.

        Turns of one visitor run one after the other. Without the store the turn is taken
        from the beginning and nothing is remembered.
        """
        try:
            return await self._turn_with_or_without_memory(visitor, incoming)
        except Exception:  # noqa: BLE001 - whatever breaks, a visitor is not left without a number
            # Neither logged nor raised: a traceback could quote what was written.
            self.tally.count("last_resort")
            return TurnResult((LAST_RESORT,), 0, Urgency.NONE, None, None)

    async def _turn_with_or_without_memory(
        self, visitor: Pseudonym, incoming: Incoming
    ) -> TurnResult:
        try:
            async with self.store.hold(visitor):
                return await self._turn(visitor, incoming)
        except StoreUnavailable:
            self.tally.count("store_left_out")
            return await self._turn_without_memory(incoming)

    async def _turn(self, visitor: Pseudonym, incoming: Incoming) -> TurnResult:
        content = self.content()
        state = await self.store.load(visitor) or State()
        heard = await self.hearing.hear(incoming, state, content)
        if was_about_violence(state):
            is_back = await self.store.silence(visitor) >= PAUSE
            heard = replace(heard, returned=is_back)
        after, effects = advance(state, heard, content)
        erased = None
        if any(isinstance(effect, Forget) for effect in effects):
            erased = await self.store.forget(visitor)
        else:
            await self.store.save(visitor, after)
        return self._result(heard, after, effects, erased=erased)

    async def _turn_without_memory(self, incoming: Incoming) -> TurnResult:
        state = State()
        heard = await self.hearing.hear(incoming, state, self.content())
        after, effects = advance(state, heard, self.content())
        return self._result(heard, after, effects, erased=None)

    def _result(
        self, heard: Heard, after: State, effects: tuple[Effect, ...], *, erased: int | None
    ) -> TurnResult:
        now = self.clock.now()
        by_nlu = heard.understanding is not None
        self.tally.count("turns", by_nlu=str(by_nlu).lower(), urgency=after.urgency.id)
        return TurnResult(
            replies=self.rendering.render(effects, self.content(), now, erased=erased),
            turn=after.turn,
            urgency=after.urgency,
            flow=after.flow,
            step=after.step,
            ended=any(isinstance(effect, Close) for effect in effects),
            forgotten=erased is not None,
            told=judge(heard.net, heard.understanding).urgency,
            judged_by_nlu=by_nlu,
        )
