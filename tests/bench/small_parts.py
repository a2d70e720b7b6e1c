"""What is measured inside this process: safety net, engine step and session round trip."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import numpy as np

from bot.adapters.redis_client import redis_client
from bot.adapters.safety_net import SafetyNet
from bot.adapters.session_store import RedisSessionStore
from bot.app.turn import Pseudonym
from bot.bootstrap import load_library
from bot.domain.engine import advance
from bot.domain.paths import Exploration, Turn
from bot.domain.state import State
from bot.settings import ROOT
from tests.bench.messages import MESSAGES
from tests.bench.samples import summary, timings
from tests.bench.store import store

STEPS_A_ROUND = 50
"""Turns of the engine are so short that many fit where one message fits."""


def measure_safety_net(rounds: int) -> dict[str, Any]:
    """Milliseconds for one message."""
    net = SafetyNet.load(ROOT / "flows" / "safety_net")
    for text in MESSAGES:
        net.judge(text)
    taken = [
        timings(lambda text=text: net.judge(text), rounds, time.perf_counter) for text in MESSAGES
    ]
    return {"milliseconds": summary(np.array(taken)), "messages": len(MESSAGES)}


def measure_engine(rounds: int) -> dict[str, Any]:
    """Milliseconds for one step, over turns from every part of what visitors can reach."""
    content = load_library(ROOT).content
    walk = Exploration(content)
    turns = [*walk.entries(), *walk.turns()]
    chosen = turns[:: max(1, len(turns) // (rounds * STEPS_A_ROUND))]

    def step(turn: Turn) -> float:
        return float(
            timings(lambda: advance(turn.before, turn.heard, content), 1, time.perf_counter)[0]
        )

    taken = np.array([step(turn) for turn in chosen])
    return {
        "milliseconds": summary(taken),
        "turns_in_the_walk": len(turns),
        "states_in_the_walk": walk.states,
    }


async def measure_session(rounds: int) -> dict[str, Any]:
    """Milliseconds to lock, load, save and unlock one conversation, over loopback TCP."""
    state = State(flow="violence_at_home", step="safe_now", slots=(("safe_now", "yes"),), turn=3)
    taken = np.empty((rounds, len(MESSAGES)))
    with store() as kept:
        async with redis_client(kept.url) as redis:
            sessions = RedisSessionStore(redis, idle=timedelta(minutes=60))
            visitor = Pseudonym("0" * 40)
            await sessions.save(visitor, state)
            for place in np.ndindex(taken.shape):
                began = time.perf_counter()
                async with sessions.hold(visitor):
                    loaded = await sessions.load(visitor)
                    await sessions.save(visitor, loaded or state)
                taken[place] = (time.perf_counter() - began) * 1000
    return {"milliseconds": summary(taken)}
