"""`betro run` as a process of its own, for tests that need the whole of it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BETRO = Path(sys.executable).parent / "betro"
START_SECONDS = 240
"""Far more than a start takes: other tests may keep the machine busy."""


@dataclass
class RunningBetro:
    """``output`` is everything it printed so far, standard error included."""

    page: str
    ops: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def get(self, path: str) -> str:
        """A page of health and metrics."""
        with urllib.request.urlopen(f"{self.ops}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def is_ready(self, part: str) -> bool:
        try:
            return bool(json.loads(self.get("/ready")).get(part))
        except urllib.error.HTTPError as error:
            return bool(json.load(error).get(part))
        except OSError:
            return False

    def wait_for(self, part: str) -> None:
        self._wait_until(lambda: self.is_ready(part), part)

    def wait_for_line(self, words: str) -> None:
        """Wait until the words were printed."""
        self._wait_until(lambda: words in self.output, words)

    def _wait_until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not holds():
            assert self.process.poll() is None, f"it ended:\n{self.output}"
            assert time.monotonic() < deadline, f"no '{what}':\n{self.output}"
            time.sleep(0.2)


@contextmanager
def running_betro(
    settings: Mapping[str, str], *, under: Sequence[str | Path] = ()
) -> Iterator[RunningBetro]:
    """A run on free ports, ended on leaving; ``under`` is a program that starts it."""
    page, ops, nlu = (free_port() for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "output"
        variables = {
            "BETRO_PORT": str(page),
            "BETRO_OPS_PORT": str(ops),
            "BETRO_NLU_URL": f"http://127.0.0.1:{nlu}",
            "BETRO_RUN_DIR": folder,
        }
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*under, BETRO, "run"],
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=os.environ | variables | dict(settings),
            )
        betro = RunningBetro(f"http://127.0.0.1:{page}", f"http://127.0.0.1:{ops}", process, log)
        try:
            betro.wait_for("page")
            yield betro
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            finally:
                process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
