"""The real NLU as a process: trained if need be, started on a free port, ended on leaving."""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / "nlu" / ".venv" / "bin" / "python"
START_SECONDS = 120
"""Far more than a start takes (about 10): other tests may keep the machine busy."""
TRAINING_SECONDS = 1200


@dataclass
class NluServer:
    """A running server; ``output`` is everything it has printed so far."""

    url: str
    token: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """One request with the token, unless the headers bring their own."""
        headers = {"Authorization": f"Bearer {self.token}"} | headers
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=30)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def parse(self, text: str) -> dict[str, Any]:
        """The answer to one text. Fails the test unless the server gives one."""
        status, body = self.request("POST", "/model/parse", json.dumps({"text": text}).encode())
        assert status == 200, f"status {status} for {len(text)} characters"
        answer: dict[str, Any] = json.loads(body)
        return answer


def nlu_module(name: str) -> ModuleType:
    """One of the NLU's modules that need nothing of its environment, loaded from its file."""
    spec = importlib.util.spec_from_file_location(f"nlu_{name}", ROOT / "nlu" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look up their annotations
    spec.loader.exec_module(module)
    return module


def require_environment() -> None:
    """Skips without `nlu/.venv`; in CI a missing one is a failure."""
    if PYTHON.exists():
        return
    reason = "nlu/.venv is missing; 'make setup' makes it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def run_nlu(
    *arguments: str, env: Mapping[str, str] | None = None, seconds: float = TRAINING_SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run one of the NLU's programs to its end."""
    return subprocess.run(
        [PYTHON, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | dict(env or {}),
        timeout=seconds,
    )


def train() -> None:
    """Make sure that there is a model of the present data, configuration and code."""
    require_environment()
    done = run_nlu("nlu/train.py")
    assert done.returncode == 0, done.stderr


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def nlu_server(
    *options: str,
    env: Mapping[str, str] | None = None,
    token: str | None = None,
    under: Sequence[str | Path] = (),
) -> Iterator[NluServer]:
    """A real server that has said 'ready'. Needs a trained model (``train``) or ``--model``.

    ``under`` is a program that starts it.
    """
    token = token or secrets.token_urlsafe(16)
    port = free_port()
    variables = os.environ | {"BETRO_NLU_TOKEN": token} | dict(env or {})
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "output"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*under, PYTHON, "nlu/serve.py", "--port", str(port), *options],
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=variables,
            )
        server = NluServer(f"http://127.0.0.1:{port}", token, process, log)
        try:
            wait_until_ready(server)
            yield server
        finally:
            process.kill()
            process.wait()


def wait_until_ready(server: NluServer) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "ready" not in server.output.splitlines():
        assert server.process.poll() is None, f"the NLU ended: {server.output}"
        assert time.monotonic() < deadline, "the NLU did not become ready"
        time.sleep(0.1)
