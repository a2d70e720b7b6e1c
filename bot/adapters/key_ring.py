"""Pseudonyms: keyed hashes of a channel's ids, the only names visitors have in the store.

Without a key file the key is random, lives in this process's memory and ends with it: nobody can
compute a pseudonym again.

With ``BETRO_KEY_FILE`` several processes share a secret, and every day (UTC) has its own key
derived from it. Whoever holds the file, and knows or guesses a visitor's id on a channel, can
compute that visitor's pseudonym of any day, and so tell whether a conversation is in the store at
that moment; never what was written, and nothing about conversations that are gone. Web ids are
random and known to the visitor's page alone, so they cannot be guessed; Telegram ids can.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.app.turn import Pseudonym
from bot.domain.errors import SettingsError

KEY_BYTES = 32
KEY_FILE_BYTES = 4096
DAY_SECONDS = 24 * 60 * 60
PSEUDONYM_LENGTH = 40
"""Hex digits: 160 bits, no two visitors meet."""


@dataclass(frozen=True, slots=True)
class Names:
    """A visitor's pseudonym of today and, while keys change, of yesterday."""

    current: Pseudonym
    previous: Pseudonym | None = None


class KeyRing:
    """Makes pseudonyms. Never prints its secret."""

    def __init__(self, secret: bytes, *, epoch: Callable[[], int] | None = None) -> None:
        """``epoch`` numbers the days; None: one key for the whole life of the process."""
        self._secret = secret
        self._epoch = epoch

    def __repr__(self) -> str:
        return "KeyRing()"

    @classmethod
    def random(cls) -> KeyRing:
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def from_file(cls, path: Path, *, now: Callable[[], float] = time.time) -> KeyRing:
        """Read the shared secret; ``now`` gives seconds since 1970.

        Raises:
            SettingsError: the file is missing, too short or readable by others.
        """
        return cls(_read_secret(path), epoch=lambda: int(now() // DAY_SECONDS))

    def names(self, channel: str, raw_id: str) -> Names:
        """The pseudonyms under which this visitor's state may lie, see ``recognise``."""
        if self._epoch is None:
            return Names(self._name(self._secret, channel, raw_id))
        today = self._epoch()
        return Names(
            self._name(self._day_key(today), channel, raw_id),
            self._name(self._day_key(today - 1), channel, raw_id),
        )

    def pseudonym(self, channel: str, raw_id: str) -> Pseudonym:
        return self.names(channel, raw_id).current

    def _day_key(self, day: int) -> bytes:
        return hmac.digest(self._secret, f"betro day {day}".encode(), hashlib.sha256)

    @staticmethod
    def _name(key: bytes, channel: str, raw_id: str) -> Pseudonym:
        # The channel's length goes first, so that no two pairs run together.
        message = f"{len(channel)}:{channel}:{raw_id}".encode(errors="surrogatepass")
        return Pseudonym(hmac.new(key, message, hashlib.sha256).hexdigest()[:PSEUDONYM_LENGTH])


def _too_open(status: os.stat_result) -> int:
    """Permissions that a key file must not have.

    Kubernetes and systemd hand a secret over as root's file that our group, or an access list shown
    as the group's bits, may read. A file of our own is read by its owner alone.
    """
    if status.st_uid == os.geteuid():
        return stat.S_IRWXG | stat.S_IRWXO
    return stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO


def _read_secret(path: Path) -> bytes:
    make = f"Make one: (umask 077; head -c 64 /dev/urandom > {path})"
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            secret = file.read(KEY_FILE_BYTES)
    except OSError as error:
        raise SettingsError(
            f"BETRO_KEY_FILE: {path} cannot be read ({error.strerror}). {make}"
        ) from None
    if stat.S_IMODE(status.st_mode) & _too_open(status):
        raise SettingsError(f"BETRO_KEY_FILE: others may read {path}. Run: chmod 600 {path}")
    if len(secret) < KEY_BYTES or len(set(secret)) < KEY_BYTES // 4:
        raise SettingsError(
            f"BETRO_KEY_FILE: {path} does not hold {KEY_BYTES} random bytes. {make}"
        )
    return secret
