"""Rasa's own server with its own dialogue, as a process."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.nlu_process import PYTHON, ROOT, START_SECONDS, free_port

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class RasaServer:
    url: str
    pid: int


@contextmanager
def rasa_server(model: Path) -> Iterator[RasaServer]:
    """A server that answers with its model loaded, ended on leaving."""
    port = free_port()
    program = ROOT / "tests" / "bench" / "rasa_program.py"
    process = subprocess.Popen(
        [PYTHON, program, "run", model.parent, model.name, str(port)],
        cwd=ROOT / "nlu", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process)
        yield RasaServer(url, process.pid)
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        assert process.poll() is None, "Rasa's server ended"
        assert time.monotonic() < deadline, "Rasa's server did not become ready"
        time.sleep(POLL_SECONDS)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/status", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
