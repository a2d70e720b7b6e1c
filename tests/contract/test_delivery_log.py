"""Which deliveries were begun and done, against a real Valkey."""

from __future__ import annotations

import re

import pytest

from bot.adapters.delivery_log import KEPT, RedisDeliveryLog
from bot.adapters.embedded_valkey import embedded_valkey
from bot.adapters.key_ring import DAY_SECONDS, KeyRing
from bot.adapters.redis_client import redis_client
from bot.app.ports import Standing
from bot.domain.errors import StoreUnavailable


@pytest.fixture
async def redis(tmp_path):
    async with embedded_valkey(tmp_path) as url, redis_client(url) as client:
        yield client


@pytest.fixture
def log(redis):
    return RedisDeliveryLog(redis, KeyRing(b"k" * 32))


async def test_a_delivery_is_new_then_begun_then_done(log):
    assert await log.begin("1001") is Standing.NEW
    assert await log.begin("1001") is Standing.BEGUN
    await log.finish("1001")
    assert await log.begin("1001") is Standing.DONE
    assert await log.begin("1002") is Standing.NEW


async def test_another_process_with_the_same_key_knows_it(log, redis):
    await log.begin("1001")
    await log.finish("1001")

    assert await RedisDeliveryLog(redis, KeyRing(b"k" * 32)).begin("1001") is Standing.DONE


async def test_it_is_known_past_midnight_when_the_key_changes(redis, tmp_path):
    key = tmp_path / "key"
    key.write_bytes(bytes(range(64)))
    key.chmod(0o600)
    at = 10 * DAY_SECONDS - 1.0
    log = RedisDeliveryLog(redis, KeyRing.from_file(key, now=lambda: at))
    await log.begin("1001")
    await log.finish("1001")

    at += 2.0

    assert await log.begin("1001") is Standing.DONE


async def test_what_is_kept_names_nobody_and_expires(log, redis):
    await log.begin("1001")
    await log.finish("1002")

    keys = [key async for key in redis.scan_iter()]
    assert len(keys) == 2
    for key in keys:
        assert re.fullmatch(rb"betro:\{[0-9a-f]{40}\}:delivery", key)
        assert b"1001" not in key
        assert 0 < await redis.ttl(key) <= KEPT.total_seconds()
        assert await redis.get(key) in {b"begun", b"done"}


async def test_a_store_that_is_gone_is_an_error_without_its_cause(tmp_path):
    async with redis_client(f"unix://{tmp_path}/nobody") as nowhere:
        log = RedisDeliveryLog(nowhere, KeyRing(b"k" * 32))
        for call in (log.begin, log.finish):
            with pytest.raises(StoreUnavailable) as caught:
                await call("1001")
            assert caught.value.__cause__ is None
