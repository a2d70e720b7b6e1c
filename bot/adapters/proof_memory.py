"""Remembers which content was proved, so that a restart with the same content starts sooner.

The memory holds one fingerprint of all content files and of the code that proves; whatever
changes in either, the proof is made anew. `betro flows check` never looks here.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import bot.domain

FILE = "proved"


class ProofMemory:
    """A file ``proved`` in a private folder; a folder that cannot be written remembers nothing."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def holds(self, content_dir: Path) -> bool:
        """Whether exactly this content was proved by exactly this code."""
        with suppress(OSError, UnicodeDecodeError):
            return self._file.read_text("ascii") == fingerprint(content_dir)
        return False

    def keep(self, content_dir: Path) -> None:
        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file.write_text(fingerprint(content_dir), "ascii")


def fingerprint(content_dir: Path) -> str:
    """SHA-256, hex, over names and bytes of the content and of ``bot/domain``."""
    digest = hashlib.sha256(platform.python_version().encode())
    for path in _files(content_dir):
        data = path.read_bytes()
        digest.update(f"\0{path.name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _files(content_dir: Path) -> Iterator[Path]:
    for folder in ("flows", "resources"):
        yield from sorted((content_dir / folder).rglob("*.yml"))
    yield from sorted((content_dir / "resources").rglob("*.csv"))
    yield from sorted(Path(bot.domain.__path__[0]).glob("*.py"))
