"""One Valkey for everything that is compared: Betro's own server and settings, on loopback TCP.

TCP, because Rasa's tracker store cannot speak to a unix socket.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.adapters.embedded_valkey import CONFIG, _binary
from tests.nlu_process import free_port

START_SECONDS = 30


@dataclass(frozen=True)
class Store:
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


@contextmanager
def store() -> Iterator[Store]:
    """A running server, empty, ended on leaving."""
    port = free_port()
    listening = "bind 127.0.0.1\nport"
    config = "\n".join(
        f"{listening} {port}" if line == "port 0" else line
        for line in CONFIG.splitlines()
        if not line.startswith("unixsocket")
    )
    process = subprocess.Popen([_binary(), "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        process.stdin.write(config.encode())
        process.stdin.close()
        _wait_until_open(port)
        yield Store(port, process.pid)
    finally:
        process.kill()
        process.wait()


def _wait_until_open(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, "Valkey did not start"
            time.sleep(0.02)
        else:
            return
