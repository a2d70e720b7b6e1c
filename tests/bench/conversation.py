"""One message through encoder, NLU, Betro's web channel and Rasa's dialogue, taken in turns.

A closed loop with a single visitor: the next message is sent when the last one is answered, after
a pause in which the encoder's threads come to rest.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.memory import resident
from tests.bench.samples import difference, estimate, excess, ratio, relative, summary
from tests.bench.stage import Stage, set_stage

PAUSE_SECONDS = 0.01
WARM_UP = 3
"""Rounds that are not counted, at most as many as are."""
SEED = 20260101
Say = Callable[[str], None]


async def measure_conversation(
    rounds: int, folder: Path, say: Say, *, rasa: bool
) -> dict[str, Any]:
    """Every figure of one message, and the memory of each part once it has worked."""
    async with set_stage(folder, say, rasa=rasa) as stage:
        say(f"{rounds} rounds of {len(stage.scenes)} messages through {', '.join(stage.doors)}")
        taken = await _take_turns(stage, rounds, say)
        assert "nlu_left_out" not in stage.metrics(), "turns were answered without the NLU"
        memory = {part: resident(pid) for part, pid in stage.pids.items()}
    return {
        "rounds": rounds,
        "messages": [scene.text for scene in stage.scenes],
        "same_for_both": stage.same,
        "milliseconds": {door: summary(values) for door, values in taken.items()},
        "compared": compare(taken),
        "memory_mib": memory,
    }


def compare(taken: dict[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """Differences in milliseconds and ratios, each with its 95 % interval."""
    encoder, parse, turn = (taken[door] for door in ("encoder", "parse", "turn"))
    found = {
        "parse_minus_encoder": estimate(difference, parse, encoder),
        "parse_over_encoder": estimate(ratio, parse, encoder),
        "turn_minus_parse": estimate(difference, turn, parse),
        "turn_over_parse": estimate(ratio, turn, parse),
    }
    if "rasa_dialogue" in taken:
        its, its_parse = taken["rasa_dialogue"], taken["rasa_parse"]
        found |= {
            "rasa_dialogue_minus_parse": estimate(difference, its, its_parse),
            "turn_minus_parse_beyond_rasa": estimate(excess, turn, parse, its, its_parse),
            "turn_minus_parse_over_rasa": estimate(relative, turn, parse, its, its_parse),
            "turn_over_rasa_dialogue": estimate(ratio, turn, its),
        }
    return found


async def _take_turns(stage: Stage, rounds: int, say: Say) -> dict[str, np.ndarray]:
    """Milliseconds by door, in the shape (rounds, messages)."""
    chance = random.Random(SEED)
    names = list(stage.doors)
    taken = {name: np.empty((rounds, len(stage.scenes))) for name in names}
    for number in range(-min(WARM_UP, rounds), rounds):
        for index in chance.sample(range(len(stage.scenes)), len(stage.scenes)):
            for name in chance.sample(names, len(names)):
                await asyncio.sleep(PAUSE_SECONDS)
                milliseconds = await stage.doors[name](stage.scenes[index].text)
                if number >= 0:
                    taken[name][number, index] = milliseconds
        if number >= 0 and (number + 1) % max(1, rounds // 10) == 0:
            say(f"round {number + 1} of {rounds}")
    return taken
