"""Conversations in Redis or Valkey: enumerated state under a pseudonym, always with an expiry."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from redis.asyncio import Redis
from redis.asyncio.lock import Lock

from bot.adapters import session_codec
from bot.adapters.key_ring import KeyRing
from bot.adapters.redis_client import as_store_error
from bot.app.turn import Pseudonym
from bot.domain.errors import StateUnreadable, StoreUnavailable
from bot.domain.state import State

LOCK_SECONDS = 15.0
"""Far longer than any turn; a process that dies in a turn blocks its visitor this long at most."""
LOCK_WAIT_SECONDS = 10.0
LOCK_POLL_SECONDS = 0.02
NO_TIME = timedelta()


class RedisSessionStore:
    """Keys: ``betro:{<pseudonym>}:session`` and, during a turn, ``betro:{<pseudonym>}:lock``."""

    def __init__(
        self, redis: Redis, *, idle: timedelta, lock_wait: float = LOCK_WAIT_SECONDS
    ) -> None:
        """``idle``: silence after which a conversation is forgotten."""
        self._redis = redis
        self._idle = idle
        self._lock_wait = lock_wait

    async def load(self, visitor: Pseudonym) -> State | None:
        with as_store_error():
            raw = await self._redis.get(_session_key(visitor))
        if isinstance(raw, bytes):
            with suppress(StateUnreadable):
                return session_codec.load(raw)
        return None

    async def silence(self, visitor: Pseudonym) -> timedelta:
        with as_store_error():
            left = int(await self._redis.pttl(_session_key(visitor)))
        return max(self._idle - timedelta(milliseconds=left), NO_TIME) if left > 0 else NO_TIME

    async def save(self, visitor: Pseudonym, state: State) -> None:
        encoded = session_codec.dump(state)
        with as_store_error():
            # No write without an expiry: forgetting is the default.
            await self._redis.set(_session_key(visitor), encoded, ex=self._idle)

    async def forget(self, visitor: Pseudonym) -> int:
        """Delete what is kept of the visitor; return how many keys there were.

        The lock of a turn in progress stays until the turn ends: it holds a random number only.
        """
        with as_store_error():
            return int(await self._redis.unlink(_session_key(visitor)))

    async def move(self, old: Pseudonym, new: Pseudonym) -> None:
        """Bring a conversation over to its new pseudonym, unless one is there already."""
        with as_store_error():
            raw = await self._redis.get(_session_key(old))
            left = int(await self._redis.pttl(_session_key(old)))
            if raw is None or left <= 0:
                return
            await self._redis.set(_session_key(new), raw, px=left, nx=True)
            await self._redis.unlink(_session_key(old))

    @asynccontextmanager
    async def hold(self, visitor: Pseudonym) -> AsyncIterator[None]:
        lock = Lock(self._redis, _lock_key(visitor), timeout=LOCK_SECONDS, sleep=LOCK_POLL_SECONDS)
        with as_store_error():
            # The library's own token is a UUID made of the clock and the network card.
            taken = await lock.acquire(
                token=secrets.token_hex(16), blocking_timeout=self._lock_wait
            )
        if not taken:
            raise StoreUnavailable("An earlier turn of the same visitor does not end.")
        try:
            yield
        finally:
            # A turn that is done is not spoilt by its lock: that expires by itself.
            with suppress(StoreUnavailable), as_store_error():
                await lock.release()

    async def ping(self) -> bool:
        try:
            with as_store_error():
                return bool(await self._redis.ping())
        except StoreUnavailable:
            return False


async def recognise(
    ring: KeyRing, store: RedisSessionStore, channel: str, raw_id: str
) -> Pseudonym:
    """The visitor's pseudonym; a conversation begun under yesterday's key comes along.

    Raises:
        StoreUnavailable: the store did not answer.
    """
    names = ring.names(channel, raw_id)
    if names.previous is not None:
        await store.move(names.previous, names.current)
    return names.current


def _session_key(visitor: Pseudonym) -> str:
    # The braces keep all keys of one visitor on one node of a cluster.
    return f"betro:{{{visitor}}}:session"


def _lock_key(visitor: Pseudonym) -> str:
    return f"betro:{{{visitor}}}:lock"
