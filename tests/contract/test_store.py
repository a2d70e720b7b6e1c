"""The session store against a real Valkey, the one Betro runs."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.embedded_valkey import embedded_valkey
from bot.adapters.key_ring import DAY_SECONDS, KeyRing
from bot.adapters.redis_client import redis_client
from bot.adapters.session_store import RedisSessionStore, recognise
from bot.app.turn import Pseudonym
from bot.domain.errors import SettingsError, StartupError, StoreUnavailable
from bot.domain.state import State

IDLE = timedelta(minutes=60)
VISITOR = Pseudonym("ab" * 20)
OTHER = Pseudonym("cd" * 20)
STANDING = State(turn=2, flow="violence_at_home", step="ask_safe_now", slots=(("saw", "ja"),))


@pytest.fixture
async def url(tmp_path):
    async with embedded_valkey(tmp_path / "run") as address:
        yield address


@pytest.fixture
async def redis(url):
    async with redis_client(url) as client:
        yield client


@pytest.fixture
def store(redis):
    return RedisSessionStore(redis, idle=IDLE)


async def server_pid(redis):
    return (await redis.info("server"))["process_id"]


async def test_a_visitor_without_a_conversation_has_no_state(store):
    assert await store.load(VISITOR) is None


async def test_a_state_comes_back_for_its_visitor_alone(store):
    await store.save(VISITOR, STANDING)

    assert await store.load(VISITOR) == STANDING
    assert await store.load(OTHER) is None


async def test_every_key_carries_the_pseudonym_and_an_expiry(store, redis):
    async with store.hold(VISITOR):
        await store.save(VISITOR, STANDING)
        keys = await redis.keys("*")
        lives = [await redis.pttl(key) for key in keys]

    assert sorted(keys) == [
        f"betro:{{{VISITOR}}}:lock".encode(),
        f"betro:{{{VISITOR}}}:session".encode(),
    ]
    assert all(0 < life <= IDLE.total_seconds() * 1000 for life in lives)


async def test_saving_starts_the_time_to_live_anew(store, redis):
    await store.save(VISITOR, STANDING)
    await redis.expire(f"betro:{{{VISITOR}}}:session", 5)

    await store.save(VISITOR, STANDING)

    assert await redis.ttl(f"betro:{{{VISITOR}}}:session") > 3590


async def test_an_idle_conversation_is_gone_by_itself(redis):
    store = RedisSessionStore(redis, idle=timedelta(seconds=1))
    await store.save(VISITOR, STANDING)

    await asyncio.sleep(1.2)

    assert await store.load(VISITOR) is None
    assert await redis.keys("*") == []


async def test_forgetting_removes_the_visitor_alone_and_says_how_much(store, redis):
    await store.save(VISITOR, STANDING)
    await store.save(OTHER, STANDING)

    assert await store.forget(VISITOR) == 1
    assert await store.forget(VISITOR) == 0
    assert await redis.keys("*") == [f"betro:{{{OTHER}}}:session".encode()]


async def test_nothing_is_left_of_a_visitor_who_was_forgotten_in_a_turn(store, redis):
    async with store.hold(VISITOR):
        await store.save(VISITOR, STANDING)
        await store.forget(VISITOR)

    assert await redis.keys("*") == []


async def test_a_state_that_cannot_be_read_counts_as_none(store, redis):
    await redis.set(f"betro:{{{VISITOR}}}:session", b'{"schema": 0}', ex=60)

    assert await store.load(VISITOR) is None


async def test_a_state_with_words_in_it_is_not_written(store, redis):
    with pytest.raises(ValueError, match="not enumerated"):
        await store.save(VISITOR, State(slots=(("saw", "min far slog mig"),)))

    assert await redis.keys("*") == []


async def test_two_turns_of_one_visitor_run_one_after_the_other(store, url):
    async with redis_client(url) as another_process:
        other_store = RedisSessionStore(another_process, idle=IDLE)
        inside, most = 0, 0

        async def take_turn(somewhere):
            nonlocal inside, most
            async with somewhere.hold(VISITOR):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.02)
                inside -= 1

        await asyncio.gather(*(take_turn(s) for s in (store, other_store) * 5))

    assert most == 1


async def test_another_visitor_does_not_wait(store):
    async with store.hold(VISITOR), asyncio.timeout(1), store.hold(OTHER):
        pass


async def test_a_lock_nobody_gives_back_is_an_error_not_a_hang(redis):
    store = RedisSessionStore(redis, idle=IDLE, lock_wait=0.1)
    await redis.set(f"betro:{{{VISITOR}}}:lock", b"somebody else", ex=60)

    with pytest.raises(StoreUnavailable, match="earlier turn"):
        async with store.hold(VISITOR):
            pass

    assert await redis.get(f"betro:{{{VISITOR}}}:lock") == b"somebody else"


async def test_the_lock_is_given_back_when_a_turn_fails(store):
    with pytest.raises(RuntimeError):
        async with store.hold(VISITOR):
            raise RuntimeError

    async with asyncio.timeout(1), store.hold(VISITOR):
        pass


async def test_a_locks_value_tells_neither_clock_nor_machine(store, redis):
    """The library's default is a UUID of time and network card."""
    async with store.hold(VISITOR):
        token = await redis.get(f"betro:{{{VISITOR}}}:lock")

    assert re.fullmatch(rb"[0-9a-f]{32}", token)
    async with store.hold(VISITOR):
        assert await redis.get(f"betro:{{{VISITOR}}}:lock") != token


async def test_a_dead_server_is_store_unavailable_without_a_cause(tmp_path):
    async with redis_client(f"unix://{tmp_path}/nobody") as nobody:
        store = RedisSessionStore(nobody, idle=IDLE)

        for call in (store.load(VISITOR), store.save(VISITOR, STANDING), store.forget(VISITOR)):
            with pytest.raises(StoreUnavailable, match="did not answer") as failed:
                await call
            assert failed.value.__suppress_context__
        with pytest.raises(StoreUnavailable):
            async with store.hold(VISITOR):
                pass
        assert await store.ping() is False


async def test_a_server_that_dies_is_started_again_empty(store, redis):
    await store.save(VISITOR, STANDING)
    os.kill(await server_pid(redis), signal.SIGKILL)

    async with asyncio.timeout(10):
        while not await store.ping():
            await asyncio.sleep(0.05)

    assert await store.load(VISITOR) is None
    await store.save(VISITOR, STANDING)
    assert await store.load(VISITOR) == STANDING


async def test_a_turn_that_is_done_is_not_spoilt_when_the_server_dies_before_the_lock_is_back(
    store, redis
):
    async with store.hold(VISITOR):
        os.kill(await server_pid(redis), signal.SIGKILL)


async def test_a_server_that_hangs_is_given_up_in_time(store, redis):
    pid = await server_pid(redis)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(StoreUnavailable):
            async with asyncio.timeout(6):
                await store.load(VISITOR)
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_ping_says_that_the_server_answers(store):
    assert await store.ping() is True


async def test_a_conversation_comes_along_when_the_key_of_the_day_changes(store, redis, tmp_path):
    key = tmp_path / "key"
    key.write_bytes(os.urandom(64))
    key.chmod(0o600)
    now = DAY_SECONDS * 20000.0
    ring = KeyRing.from_file(key, now=lambda: now)
    evening = await recognise(ring, store, "telegram", "42")
    await store.save(evening, STANDING)

    now += DAY_SECONDS
    morning = await recognise(ring, store, "telegram", "42")

    assert morning != evening
    assert await store.load(morning) == STANDING
    assert await redis.keys("*") == [f"betro:{{{morning}}}:session".encode()]
    assert await redis.ttl(f"betro:{{{morning}}}:session") > 0


async def test_a_conversation_of_today_is_not_overwritten_by_yesterdays(store):
    today, yesterday = STANDING, State(turn=1)
    await store.save(VISITOR, today)
    await store.save(OTHER, yesterday)

    await store.move(OTHER, VISITOR)

    assert await store.load(VISITOR) == today
    assert await store.load(OTHER) is None


async def test_the_server_keeps_nothing_on_disk_and_opens_no_port(redis, url, tmp_path):
    config = {
        **await redis.config_get("save"),
        **await redis.config_get("appendonly"),
        **await redis.config_get("port"),
        **await redis.config_get("commandlog-*"),
        **await redis.config_get("unixsocketperm"),
    }
    await redis.set("canary", b"canary", ex=60)

    assert config["save"] == ""
    assert config["appendonly"] == "no"
    assert config["port"] == "0"
    assert config["commandlog-execution-slower-than"] == "-1"
    assert config["unixsocketperm"] == "700"
    socket = Path(url.removeprefix("unix://"))
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert [path.name for path in socket.parent.iterdir()] == ["s"]


@pytest.mark.parametrize("command", ["MONITOR", "SAVE", "BGSAVE", "BGREWRITEAOF", "DEBUG"])
async def test_what_could_show_or_write_conversations_is_switched_off(redis, command):
    with pytest.raises(Exception, match="unknown command"):
        await redis.execute_command(command)


async def test_the_server_leaves_no_core_dump(redis):
    limits = Path(f"/proc/{await server_pid(redis)}/limits").read_text(encoding="ascii")

    assert re.search(r"Max core file size\s+0\s+0", limits)


async def test_the_server_and_its_folder_are_gone_afterwards(tmp_path):
    async with embedded_valkey(tmp_path) as url, redis_client(url) as client:
        pid = await server_pid(client)

    assert not Path(f"/proc/{pid}").exists()
    assert list(tmp_path.iterdir()) == []


async def test_a_long_folder_gives_a_short_socket(tmp_path):
    deep = tmp_path / ("d" * 100) / "with space"

    async with embedded_valkey(deep) as url, redis_client(url) as client:
        assert await client.ping()
        assert url.startswith("unix:///tmp/valkey-")
        folder = Path(url.removeprefix("unix://")).parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    assert not folder.exists()


async def test_what_killed_runs_left_is_swept_away(tmp_path):
    stale = tmp_path / "valkey-999999999-x"
    stale.mkdir()
    alive = tmp_path / f"valkey-{os.getpid()}-y"
    alive.mkdir()

    async with embedded_valkey(tmp_path):
        assert not stale.exists()
        assert alive.exists()


async def test_a_run_folder_that_is_a_file_is_said_in_one_sentence(tmp_path):
    file = tmp_path / "run"
    file.write_text("")

    with pytest.raises(StartupError, match=f"{file} cannot be used.*BETRO_RUN_DIR"):
        async with embedded_valkey(file):
            pass


@pytest.mark.parametrize("address", ["nonsense", "http://host", "redis://:secret@host:notaport"])
async def test_an_address_that_cannot_be_read_names_the_setting_and_not_the_password(address):
    with pytest.raises(SettingsError, match="BETRO_REDIS_URL") as refused:
        async with redis_client(address):
            pass

    assert "secret" not in str(refused.value)


async def test_the_silence_is_told_by_the_time_a_state_has_left(store, redis):
    assert await store.silence(VISITOR) == timedelta()
    await store.save(VISITOR, STANDING)
    assert await store.silence(VISITOR) < timedelta(seconds=30)

    (key,) = await redis.keys("*:session")
    await redis.expire(key, timedelta(minutes=20))

    assert timedelta(minutes=40) <= await store.silence(VISITOR) < timedelta(minutes=41)


async def test_a_state_that_moves_to_the_new_day_lives_no_longer_for_it(store, redis):
    await store.save(VISITOR, STANDING)
    (key,) = await redis.keys("*:session")
    await redis.expire(key, timedelta(minutes=20))

    await store.move(VISITOR, OTHER)

    assert await store.load(OTHER) == STANDING
    assert await store.silence(OTHER) >= timedelta(minutes=40)
