"""The checks of `betro doctor` on the machine around Betro."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.adapters.system_clock import COPENHAGEN
from bot.commands.finding import Finding, Level, ok
from bot.commands.preflight import ROOM_MIB, free_mib, port_is_free
from bot.settings import Settings

OLDEST_SANE_DAY = date(2026, 11, 1)
"""Betro is not older than this: a clock before it is wrong."""
ROOM_WARNING_MIB = 1000


def check_python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] == (3, 11):
        yield ok("python", version)
    else:
        yield Finding(
            "python", Level.WARNING, f"{version}; Betro is tested with 3.11.", "Run: make setup"
        )


def check_environment(part: str, folder: Path, lock: Path) -> Iterator[Finding]:
    mend = "Run: make setup"
    if not (folder / "bin" / "python").exists():
        yield Finding(part, Level.ERROR, f"{folder} is missing.", mend)
        return
    stamp = folder / ".ready"
    locked = hashlib.sha256(lock.read_bytes()).hexdigest() if lock.exists() else ""
    if not stamp.exists() or stamp.read_text(encoding="ascii").strip() != locked:
        yield Finding(part, Level.WARNING, f"{folder} is not the one of {lock.name}.", mend)
    else:
        yield ok(part, f"{folder} matches {lock.name}")


def check_room(settings: Settings) -> Iterator[Finding]:
    for folder in dict.fromkeys((settings.run_dir, settings.nlu_dir)):
        room = free_mib(folder)
        if room < ROOM_MIB:
            yield Finding(
                "disk", Level.ERROR, f"{room} MiB are free for {folder}.", "Make room there."
            )
        elif room < ROOM_WARNING_MIB:
            yield Finding(
                "disk", Level.WARNING, f"{room} MiB are free for {folder}.", "Make room soon."
            )
        else:
            yield ok("disk", f"{room} MiB free for {folder}")


def check_clock() -> Iterator[Finding]:
    now = datetime.now(UTC)
    if now.date() < OLDEST_SANE_DAY:
        yield Finding(
            "clock",
            Level.ERROR,
            f"It says {now:%Y-%m-%d %H:%M} UTC, so opening hours would be wrong.",
            "Set the clock, best by time synchronisation (systemd-timesyncd, chrony).",
        )
        return
    summer = datetime(2026, 7, 1, 12, tzinfo=COPENHAGEN).utcoffset()
    if summer != timedelta(hours=2):
        said = "The zone data of Europe/Copenhagen is wrong."
        yield Finding("clock", Level.ERROR, said, "Update the system's tzdata.")
    else:
        yield ok("clock", f"{now.astimezone(COPENHAGEN):%Y-%m-%d %H:%M} in Copenhagen")


def check_ports(settings: Settings, running: dict[str, Any] | None) -> Iterator[Finding]:
    if running is not None:
        yield ok("ports", f"Betro is running, health on {settings.ops_host}:{settings.ops_port}")
        return
    for host, port, variable in (
        (settings.host, settings.port, "BETRO_PORT"),
        (settings.ops_host, settings.ops_port, "BETRO_OPS_PORT"),
    ):
        if port_is_free(host, port):
            yield ok("ports", f"{host}:{port} is free")
        else:
            yield Finding(
                "ports",
                Level.ERROR,
                f"{host}:{port} is taken by another program or cannot be used.",
                f"Stop that program, or set {variable}.",
            )


def check_browser() -> Iterator[Finding]:
    names = ("chromium", "chromium-browser", "google-chrome")
    if any(shutil.which(name) for name in names):
        yield ok("chromium", "found (only the tests need it)")
    else:
        said = "not found; only the tests need it."
        yield Finding("chromium", Level.WARNING, said, "Debian: apt-get install chromium")
