"""The health check of the images asks the real parts and ends as it should."""

from __future__ import annotations

import subprocess
import sys

import pytest
from redis.asyncio import Redis

from bot.adapters.embedded_valkey import embedded_valkey
from tests.deploy.tools import DEPLOY
from tests.nlu_process import nlu_server, train
from tests.run_process import running_betro

HEALTH = DEPLOY / "health.py"


def ask(*arguments, **env):
    return subprocess.run(
        [sys.executable, "-I", "-S", HEALTH, *arguments],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )


async def test_a_bot_is_healthy_while_it_serves_and_its_store_answers(tmp_path):
    async with embedded_valkey(tmp_path) as url:
        with running_betro({"BETRO_NLU_START": "0", "BETRO_REDIS_URL": url}) as betro:
            port = betro.ops.rpartition(":")[2]
            healthy = ask("bot", BETRO_OPS_PORT=port)
            async with Redis.from_url(url) as redis:
                await redis.config_set("maxclients", 1)
                await redis.client_kill_filter(_type="normal", skipme=True)
                without_store = ask("bot", BETRO_OPS_PORT=port)
    gone = ask("bot", port)

    assert healthy.returncode == 0
    assert (without_store.returncode, without_store.stderr) == (1, "bot answers 503\n")
    assert (gone.returncode, gone.stderr) == (1, "bot does not answer (ConnectionRefusedError)\n")


def test_an_nlu_is_healthy_when_asked_with_its_token():
    train()
    with nlu_server() as nlu:
        port = nlu.url.rpartition(":")[2]
        healthy = ask("nlu", port, BETRO_NLU_TOKEN=nlu.token)
        with_another = ask("nlu", port, BETRO_NLU_TOKEN="another-token")

    assert healthy.returncode == 0
    assert (with_another.returncode, with_another.stderr) == (1, "nlu answers 401\n")


@pytest.mark.parametrize("part", ["", "page"])
def test_a_wrong_call_says_how_it_is_called(part):
    done = ask(part)
    assert done.returncode == 1
    assert done.stderr.strip() == "usage: health.py bot|nlu [PORT]"
