"""How long each part takes to answer, and the content to be read and proved."""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.bench.rasa_server import rasa_server
from tests.nlu_process import nlu_server
from tests.run_process import RunningBetro, running_betro

TRIES = 3
LINE = re.compile(r"^(content and safety net|sessions|page) ready in ([\d.]+) s", re.MULTILINE)
ALONE = {"BETRO_NLU_START": "0", "BETRO_NLU_URL": "http://127.0.0.1:9"}
"""The page without its NLU, which is started by itself."""
Say = Callable[[str], None]


def measure_start_up(tries: int, say: Say, *, dialogue: Path | None) -> dict[str, Any]:
    """Seconds, the median of several starts; ``dialogue``: the model of Rasa's own, if trained."""
    say(f"{tries} starts of each part")
    first, later = [], []
    for _ in range(tries):
        with tempfile.TemporaryDirectory() as folder:
            first.append(_page_start(folder))
            later.append(_page_start(folder))
    found = {
        "page_at_first": _median([lines["page"] for lines in first]),
        "page_later": _median([lines["page"] for lines in later]),
        "content_proved_at_first": _median([lines["content and safety net"] for lines in first]),
        "content_read_later": _median([lines["content and safety net"] for lines in later]),
        "store": _median([lines["sessions"] for lines in later]),
        "nlu": _median([_seconds(nlu_server) for _ in range(tries)]),
    }
    if dialogue is not None:
        found["rasa"] = _median([_seconds(lambda: rasa_server(dialogue)) for _ in range(tries)])
    return {"seconds": found, "tries": tries}


def _page_start(run_dir: str) -> dict[str, float]:
    """What `betro run` itself says of its start, by part."""
    with running_betro(ALONE | {"BETRO_RUN_DIR": run_dir}) as betro:
        return _said(betro)


def _said(betro: RunningBetro) -> dict[str, float]:
    return {part: float(seconds) for part, seconds in LINE.findall(betro.output)}


def _seconds(start: Callable[[], AbstractContextManager[object]]) -> float:
    began = time.perf_counter()
    with start():
        return time.perf_counter() - began


def _median(seconds: list[float]) -> float:
    return round(statistics.median(seconds), 1)
