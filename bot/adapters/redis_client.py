"""The one client for Redis and Valkey, embedded or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from bot.domain.errors import SettingsError, StoreUnavailable

CALL_SECONDS = 2.0
CONNECTIONS = 64
RETRIES = 2
"""A connection the server closed meanwhile is opened anew, twice at most."""
RETRY_PAUSE = 0.05


@asynccontextmanager
async def redis_client(url: str) -> AsyncIterator[Redis]:
    """A client for ``redis://``, ``rediss://`` or ``unix://``; closed on leaving. Connects lazily.

    Raises:
        SettingsError: the address cannot be read; it is not quoted, for it may hold a password.
    """
    try:
        pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=CALL_SECONDS,
            socket_timeout=CALL_SECONDS,
            socket_connect_timeout=CALL_SECONDS,
            # Not for time-outs: a visitor does not wait three times.
            retry=Retry(ConstantBackoff(RETRY_PAUSE), RETRIES, (RedisConnectionError,)),
        )
    except ValueError:
        raise SettingsError(
            "BETRO_REDIS_URL cannot be read. Write redis://host:6379/0, rediss:// or unix://."
        ) from None
    client = Redis.from_pool(pool)
    try:
        yield client
    finally:
        await client.aclose()


@contextmanager
def as_store_error() -> Iterator[None]:
    """Turn the library's errors into ours, without their cause: it may quote keys and values."""
    try:
        yield
    except (RedisError, OSError, TimeoutError):
        raise StoreUnavailable("The session store (Redis or Valkey) did not answer.") from None
