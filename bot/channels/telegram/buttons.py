"""What a button carries over Telegram: ``nonce:index``, never the payload.

The nonce is made, not kept: the turn that offered the button and a keyed hash over chat, turn and
payload; the index is the payload's place among all that content knows. So any process with the
same key and content reads any button, after a restart too, nothing lies in memory or store, and
nothing has to be erased. A button of another chat, another key or changed content opens nothing.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.app.turn import Channel, Incoming

HASH_LENGTH = 16
"""Hex digits: 64 bits, far beyond guessing through Telegram."""
UNKNOWN = "/unknown"
"""A payload that no button has: the conversation answers it as an old button."""
_DATA = re.compile(r"(?P<turn>[0-9a-f]{1,6})\.(?P<seal>[0-9a-f]{16}):(?P<index>\d{1,5})")


@dataclass(frozen=True)
class Buttons:
    """``seals`` gives the hashes of words under the keys that count now, today's first."""

    payloads: Callable[[], Sequence[str]]
    seals: Callable[[str], Sequence[str]]

    def write(self, chat: int, turn: int, payload: str) -> str:
        """The button's data, at most 29 bytes of the 64 that Telegram takes."""
        seal = self.seals(_words(chat, turn, payload))[0][:HASH_LENGTH]
        return f"{turn:x}.{seal}:{self.payloads().index(payload)}"

    def read(self, chat: int, data: str | None) -> Incoming:
        """The press as the conversation takes it."""
        found = _DATA.fullmatch(data or "")
        payloads = self.payloads()
        if found and int(found["index"]) < len(payloads):
            turn, payload = int(found["turn"], 16), payloads[int(found["index"])]
            seals = self.seals(_words(chat, turn, payload))
            if any(hmac.compare_digest(seal[:HASH_LENGTH], found["seal"]) for seal in seals):
                return Incoming(payload=payload, turn=turn, channel=Channel.TELEGRAM)
        return Incoming(payload=UNKNOWN, channel=Channel.TELEGRAM)


def _words(chat: int, turn: int, payload: str) -> str:
    return f"{chat}:{turn}:{payload}"
