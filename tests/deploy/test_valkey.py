"""The store's configuration, tried on the real server: same rules as the embedded one."""

from __future__ import annotations

import asyncio
import subprocess

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from bot.adapters import embedded_valkey
from tests.deploy.tools import DEPLOY
from tests.run_process import free_port

FILE = DEPLOY / "valkey.conf"
PASSWORD = "not-a-real-password"


def rules(text):
    return {line for line in text.splitlines() if line and not line.startswith("#")}


@pytest.fixture
async def store(tmp_path):
    """The real server with our file, as Kubernetes starts it: password in a file of its own."""
    port = free_port()
    own = FILE.read_text("utf-8").replace("port 6379", f"port {port}")
    (tmp_path / "valkey.conf").write_text(own.replace("bind * -::*", "bind 127.0.0.1"))
    (tmp_path / "auth.conf").write_text(f"requirepass {PASSWORD}\n")
    server = start_valkey(tmp_path)
    try:
        url = f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
        async with Redis.from_url(url) as redis:
            await until_it_answers(redis, server)
            yield redis, port
    finally:
        server.terminate()
        await asyncio.to_thread(server.wait)


def start_valkey(folder):
    command = [embedded_valkey._binary(), folder / "valkey.conf"]
    return subprocess.Popen([*command, "--include", folder / "auth.conf"], cwd=folder)


async def until_it_answers(redis, server):
    async with asyncio.timeout(60):
        while True:
            assert server.poll() is None
            try:
                await redis.ping()
            except RedisError:
                await asyncio.sleep(0.1)
            else:
                return


def test_it_has_every_rule_of_the_embedded_one():
    own_ways = {"port 0", "unixsocket s", "unixsocketperm 700"}
    assert rules(embedded_valkey.CONFIG) - own_ways <= rules(FILE.read_text("utf-8"))


async def test_it_keeps_nothing_on_disk_and_cannot_be_watched(store, tmp_path):
    redis, _ = store
    await redis.set("betro:key", "value", ex=60)

    assert await redis.config_get("save") == {"save": ""}
    assert await redis.config_get("appendonly") == {"appendonly": "no"}
    for command in ("MONITOR", "SAVE", "BGSAVE", "DEBUG SLEEP 0"):
        with pytest.raises(ResponseError, match="unknown command"):
            await redis.execute_command(command)
    assert {path.name for path in tmp_path.iterdir()} == {"valkey.conf", "auth.conf"}


async def test_it_wants_the_password_of_the_secret(store):
    _, port = store
    async with Redis(port=port) as stranger:
        with pytest.raises(AuthenticationError):
            await stranger.ping()
