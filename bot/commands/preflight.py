"""What must hold before anything starts: free ports, room on the disk."""

from __future__ import annotations

import errno
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import StartupError
from bot.settings import Settings

ROOM_MIB = 100
"""Sockets need almost nothing; a trained model needs this much."""


@contextmanager
def claim_port(host: str, port: int, variable: str) -> Iterator[socket.socket]:
    """A listening socket, taken before anything slow begins and closed at the end.

    Raises:
        StartupError: the port is taken or may not be used; the message says what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        taken = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise StartupError(_explain(error, host, port, variable)) from None
    with taken:
        taken.setblocking(False)
        yield taken


def port_is_free(host: str, port: int) -> bool:
    try:
        with socket.create_server((host, port)):
            return True
    except OSError:
        return False


def expect_room(settings: Settings, *, mib: int = ROOM_MIB) -> None:
    """Raises ``StartupError`` when a disk that is written to has less than ``mib`` MiB free."""
    for folder in (settings.run_dir, settings.nlu_dir):
        room = free_mib(folder)
        if room < mib:
            raise StartupError(
                f"The disk of {folder} is full: {room} MiB are free, {mib} are needed. "
                "Make room and start again."
            )


def free_mib(folder: Path) -> int:
    """Free space where the folder is or will be made."""
    folder = folder.absolute()
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(existing).free // 2**20


def _explain(error: OSError, host: str, port: int, variable: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program. "
            f"Stop that program, or choose another port: {variable}={port % 65535 + 1}"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this user. Choose one above 1023 with {variable}."
    host_variable = variable.replace("PORT", "HOST")
    return f"{host}:{port} cannot be used ({error.strerror}). Check {host_variable} and {variable}."
