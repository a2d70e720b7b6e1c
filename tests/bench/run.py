"""Measures what is asked for, one part after another, into one result."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.conversation import measure_conversation
from tests.bench.goals import judge_goals
from tests.bench.machine import describe_machine, describe_versions, load
from tests.bench.rasa_project import newest_dialogue
from tests.bench.report import HOW
from tests.bench.small_parts import measure_engine, measure_safety_net, measure_session
from tests.bench.start_up import TRIES, measure_start_up
from tests.nlu_process import train

SCHEMA = 1
PARTS = ("safety-net", "engine", "session", "conversation", "start-up")
Say = Callable[[str], None]


def measure(
    wanted: Sequence[str], rounds: int, folder: Path, *, rasa: bool, say: Say
) -> dict[str, Any]:
    """The whole result; parts that were not asked for are not in it."""
    train()
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "date": datetime.now(UTC).date().isoformat(),
        "how": HOW,
        "machine": describe_machine(),
        "versions": describe_versions(),
        "load_before": load(),
    }
    gc.collect()
    gc.freeze()
    for part in PARTS:
        if part in wanted:
            say(part)
            result[part.replace("-", "_")] = _measure(part, rounds, folder, rasa=rasa, say=say)
    return result | {"load_after": load(), "goals": judge_goals(result)}


def _measure(part: str, rounds: int, folder: Path, *, rasa: bool, say: Say) -> dict[str, Any]:
    match part:
        case "safety-net":
            return measure_safety_net(rounds)
        case "engine":
            return measure_engine(rounds)
        case "session":
            return asyncio.run(measure_session(rounds))
        case "conversation":
            return asyncio.run(measure_conversation(rounds, folder, say, rasa=rasa))
        case _:
            dialogue = newest_dialogue(folder) if rasa else None
            return measure_start_up(min(rounds, TRIES), say, dialogue=dialogue)
