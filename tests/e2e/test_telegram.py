"""Telegram as an operator meets it: the real `betro run` and `betro doctor`."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.adapters.embedded_valkey import embedded_valkey
from bot.commands.telegram import plan_telegram
from bot.domain.errors import SettingsError
from bot.settings import Settings
from tests.bot_api import TOKEN, Fault, bot_api
from tests.run_process import BETRO, free_port, running_betro

HIT = "min far slår mig"


@asynccontextmanager
async def run_with(settings):
    """`betro run` without understanding; started and ended beside the test's own server."""
    running = running_betro({"BETRO_NLU_START": "0"} | settings)
    betro = await asyncio.to_thread(running.__enter__)
    try:
        yield betro
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)


async def test_a_token_is_all_it_takes():
    async with bot_api() as api:
        token = {"BETRO_TELEGRAM_API": api.url, "BETRO_TELEGRAM_TOKEN": TOKEN}
        async with run_with(token) as betro:
            await asyncio.to_thread(betro.wait_for, "telegram")
            api.visitor_says(7, HIT)
            answer = await api.heard(7)
            metrics = await asyncio.to_thread(betro.get, "/metrics")
            output = betro.output

    assert any("lige nu?" in message["text"] for message in answer)
    assert "telegram ready (long polling)" in output
    assert 'betro_part_ready{part="telegram"} 1' in metrics
    assert TOKEN not in output


async def test_a_telegram_that_is_away_stops_neither_page_nor_safety_net():
    async with bot_api() as api:
        away = {"BETRO_TELEGRAM_API": f"http://127.0.0.1:{free_port()}"}
        async with run_with(away | {"BETRO_TELEGRAM_TOKEN": TOKEN}) as betro:
            await asyncio.to_thread(betro.wait_for_line, "does not answer (TelegramNetworkError)")
            assert betro.is_ready("page")
            assert not betro.is_ready("telegram")
            async with aiohttp.ClientSession() as http, http.get(betro.page) as page:
                assert page.status == 200
            output = betro.output

        refused = {"BETRO_TELEGRAM_API": api.url, "BETRO_TELEGRAM_TOKEN": "1:refused-canary"}
        async with run_with(refused) as betro:
            await asyncio.to_thread(betro.wait_for_line, "BETRO_TELEGRAM_TOKEN is refused")
            assert betro.is_ready("page")
            output += betro.output

    assert TOKEN not in output
    assert "refused-canary" not in output


async def test_two_processes_share_the_visitors_over_a_webhook(tmp_path):
    key = tmp_path / "key"
    key.write_bytes(os.urandom(64))
    key.chmod(0o600)
    port = free_port()
    async with bot_api() as api, embedded_valkey(tmp_path / "valkey") as redis:
        shared = {
            "BETRO_TELEGRAM_API": api.url,
            "BETRO_TELEGRAM_TOKEN": TOKEN,
            "BETRO_REDIS_URL": redis,
            "BETRO_KEY_FILE": str(key),
        }
        first = shared | {"BETRO_TELEGRAM_WEBHOOK": f"http://127.0.0.1:{port}/telegram"}
        async with run_with(first | {"BETRO_PORT": str(port)}) as betro:
            await asyncio.to_thread(betro.wait_for_line, "telegram ready (webhook)")
            api.visitor_says(7, HIT)
            assert await api.heard(7)
        port = free_port()
        second = shared | {"BETRO_TELEGRAM_WEBHOOK": f"http://127.0.0.1:{port}/telegram"}
        async with run_with(second | {"BETRO_PORT": str(port)}) as betro:
            await asyncio.to_thread(betro.wait_for_line, "telegram ready (webhook)")
            api.visitor_presses(7, "Ja")
            answer = "\n".join(message["text"] for message in await api.heard(7))

    assert "Den knap hører til" not in answer


HERE = "https://betro.example/telegram"
BOTH = {"redis_url": "redis://x", "key_file": "key"}
SENSELESS = [
    ({"telegram_webhook": HERE}, "BETRO_TELEGRAM_TOKEN"),
    ({"telegram_token": "canary"}, "is no token of Telegram"),
    ({"telegram_token": TOKEN, "telegram_webhook": HERE}, "BETRO_KEY_FILE and BETRO_REDIS_URL"),
    (
        {"telegram_token": TOKEN, "telegram_webhook": HERE, "redis_url": "redis://x"},
        "BETRO_KEY_FILE and BETRO_REDIS_URL",
    ),
    *(
        ({"telegram_token": TOKEN, "telegram_webhook": url} | BOTH, said)
        for url, said in {
            "http://betro.example/telegram": "https address",
            "betro.example/telegram": "https address",
            "https://betro.example": "a path of its own",
            "https://betro.example/ws": "a path of its own",
            "https://betro.example/static/x": "a path of its own",
        }.items()
    ),
]


@pytest.mark.parametrize(("settings", "said"), SENSELESS)
def test_settings_that_make_no_sense_are_refused_with_what_to_do(settings, said):
    with pytest.raises(SettingsError) as caught:
        plan_telegram(Settings(**settings))

    assert said in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_start_that_makes_no_sense_is_refused_in_one_sentence():
    done = subprocess.run(
        [BETRO, "run"],
        env=os.environ | {"BETRO_TELEGRAM_TOKEN": TOKEN, "BETRO_TELEGRAM_WEBHOOK": HERE},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 1
    assert "BETRO_TELEGRAM_WEBHOOK is for several processes" in done.stderr
    assert "Traceback" not in done.stderr


async def examine(api, **settings):
    """What `betro doctor` finds of Telegram."""
    doctor = await asyncio.create_subprocess_exec(
        BETRO,
        "doctor",
        "--json",
        env=os.environ
        | {"BETRO_TELEGRAM_TOKEN": TOKEN, "BETRO_TELEGRAM_API": api.url, "BETRO_NLU_START": "1"}
        | {"BETRO_PORT": str(free_port()), "BETRO_OPS_PORT": str(free_port())}
        | settings,
        stdout=subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(doctor.communicate(), 120)
    assert TOKEN not in out.decode()
    return [finding for finding in json.loads(out) if finding["part"] == "telegram"]


async def test_the_doctor_calls_a_valid_token_and_the_right_way_sound():
    async with bot_api() as api:
        findings = await examine(api)

    assert [finding["level"] for finding in findings] == ["ok", "ok"]


async def test_the_doctor_finds_what_is_wrong_with_telegram():
    async with bot_api() as api:
        refused = await examine(api, BETRO_TELEGRAM_TOKEN="1:other-canary")
        api.webhook = "https://elsewhere.example/telegram"
        api.webhook_trouble = {"last_error_message": "Connection timed out", "last_error_date": 1}
        elsewhere = await examine(api)
        api.fails("getMe", Fault(502, "Bad Gateway"))
        away = await examine(api)
        senseless = await examine(api, BETRO_TELEGRAM_WEBHOOK=HERE)

    assert "refuses the token" in refused[0]["said"]
    assert refused[0]["mend"]
    assert "canary" not in json.dumps(refused)
    assert [finding["level"] for finding in elsewhere] == ["ok", "warning", "warning"]
    assert "long polling hears nothing" in elsewhere[1]["said"]
    assert "Connection timed out" in elsewhere[2]["said"]
    assert "does not answer" in away[0]["said"]
    assert "BETRO_KEY_FILE" in senseless[0]["said"]
