"""Which deliveries of a channel were begun and done, across processes and restarts.

A delivery's number is kept as a keyed hash, which names neither the visitor nor a moment.
"""

from __future__ import annotations

from datetime import timedelta

from redis.asyncio import Redis

from bot.adapters.key_ring import KeyRing
from bot.adapters.redis_client import as_store_error
from bot.app.ports import Standing
from bot.app.turn import Pseudonym

KEPT = timedelta(hours=25)
"""Telegram delivers an update for 24 hours at most."""


class RedisDeliveryLog:
    """Keys: ``betro:{<hash>}:delivery``, each ``begun`` or ``done``."""

    def __init__(self, redis: Redis, keys: KeyRing) -> None:
        self._redis, self._keys = redis, keys

    async def begin(self, delivery: str) -> Standing:
        names = self._keys.names("delivery", delivery)
        with as_store_error():
            if names.previous is not None:  # noted yesterday, under yesterday's key
                seen = await self._redis.get(_key(names.previous))
                if seen is not None:
                    return _standing(seen)
            key = _key(names.current)
            if await self._redis.set(key, Standing.BEGUN, ex=KEPT, nx=True):
                return Standing.NEW
            return _standing(await self._redis.get(key))

    async def finish(self, delivery: str) -> None:
        with as_store_error():
            key = _key(self._keys.names("delivery", delivery).current)
            await self._redis.set(key, Standing.DONE, ex=KEPT)


def _standing(raw: object) -> Standing:
    return Standing.DONE if raw == Standing.DONE.encode() else Standing.BEGUN


def _key(name: Pseudonym) -> str:
    return f"betro:{{{name}}}:delivery"
