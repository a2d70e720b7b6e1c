"""`betro doctor`: sound parts are called sound, and each fault has its finding and mend."""

from __future__ import annotations

import asyncio
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.adapters.embedded_valkey import embedded_valkey
from tests.run_process import running_betro

ROOT = Path(__file__).parents[2]
BETRO = Path(sys.executable).parent / "betro"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def examine(tmp_path):
    """Run `betro doctor --json` with these settings; give its findings by part and its status."""

    def examining(**settings):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("BETRO_")}
        environment |= {
            "BETRO_PORT": str(free_port()),
            "BETRO_OPS_PORT": str(free_port()),
            "BETRO_NLU_URL": f"http://127.0.0.1:{free_port()}",
            "BETRO_RUN_DIR": str(tmp_path / "run"),
        }
        environment |= {name: str(value) for name, value in settings.items()}
        done = subprocess.run(
            [BETRO, "doctor", "--json"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stderr == ""
        findings = {}
        for finding in json.loads(done.stdout):
            findings.setdefault(finding["part"], []).append(finding)
        return findings, done.returncode

    return examining


def only(findings, level):
    (found,) = [finding for finding in findings if finding["level"] == level]
    return found


def test_every_part_is_examined_and_the_sound_ones_are_called_sound(examine):
    findings, status = examine(BETRO_NLU_START=1)

    assert set(findings) == {
        "python",
        "environment",
        "environment of the NLU",
        "disk",
        "clock",
        "key",
        "ports",
        "sessions",
        "content",
        "directory",
        "release",
        "understanding",
        "telegram",
        "chromium",
    }
    for part in ("environment", "clock", "key", "ports", "sessions", "content"):
        assert [finding["level"] for finding in findings[part]] == ["ok"] * len(findings[part]), (
            part
        )
    assert status == 0


@pytest.mark.parametrize("variable", ["BETRO_PORT", "BETRO_OPS_PORT"])
def test_a_taken_port_is_found(examine, variable):
    with socket.create_server(("127.0.0.1", 0)) as other:
        findings, status = examine(**{variable: other.getsockname()[1]})

    assert status == 1
    assert variable in only(findings["ports"], "error")["mend"]


def test_broken_content_is_found(examine, tmp_path):
    for part in ("flows", "resources"):
        shutil.copytree(ROOT / part, tmp_path / part)
    flow = tmp_path / "flows" / "violence_at_home.yml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("collect:", "colect:", 1), "utf-8")

    findings, status = examine(BETRO_CONTENT_DIR=tmp_path)

    assert status == 1
    assert "violence_at_home.yml" in only(findings["content"], "error")["said"]
    assert "betro flows check" in only(findings["content"], "error")["mend"]


def test_a_key_file_others_may_read_is_found(examine, tmp_path):
    key = tmp_path / "key"
    key.write_bytes(os.urandom(64))
    key.chmod(0o644)

    findings, status = examine(BETRO_KEY_FILE=key)

    assert status == 1
    assert "chmod 600" in only(findings["key"], "error")["said"]


def test_a_redis_that_does_not_answer_is_found_without_its_password(examine):
    findings, status = examine(BETRO_REDIS_URL=f"redis://:canary@127.0.0.1:{free_port()}/0")

    assert status == 1
    assert "does not answer" in only(findings["sessions"], "error")["said"]
    assert "canary" not in json.dumps(findings)


@contextmanager
def running_valkey(folder):
    """A Valkey of the operator's own, as the doctor meets it: by its address alone."""
    loop = asyncio.new_event_loop()
    server = embedded_valkey(folder)
    try:
        yield loop.run_until_complete(server.__aenter__()), loop
    finally:
        loop.run_until_complete(server.__aexit__(None, None, None))
        loop.close()


@pytest.mark.parametrize(("appendonly", "level"), [("no", "ok"), ("yes", "warning")])
def test_a_redis_that_writes_to_disk_is_found(examine, tmp_path, appendonly, level):
    with running_valkey(tmp_path / "own") as (url, _):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(url.removeprefix("unix://"))
            connection.sendall(f"CONFIG SET appendonly {appendonly}\r\n".encode())
            assert connection.recv(100) == b"+OK\r\n"

        findings, status = examine(BETRO_REDIS_URL=url)

    assert status == 0
    assert findings["sessions"][0]["level"] == level


def test_menus_only_is_not_forgotten(examine):
    findings, _ = examine(BETRO_MENUS_ONLY=1)

    assert "BETRO_MENUS_ONLY" in only(findings["switches"], "warning")["said"]


def test_a_trial_is_named_and_production_refuses_unread_texts(examine):
    trial, _ = examine()
    production, status = examine(BETRO_RELEASE="production")

    assert "trial: " in only(trial["release"], "warning")["said"]
    refused = only(production["release"], "error")
    assert refused["said"].startswith("BETRO_RELEASE=production: ")
    assert "betro texts export" in refused["mend"]
    assert status == 1


def test_an_nlu_somebody_else_should_run_is_missed(examine):
    findings, status = examine(BETRO_NLU_START=0)

    assert status == 1
    assert "BETRO_NLU_URL" in only(findings["understanding"], "error")["mend"]


def test_several_nlus_are_told_by_their_position(examine):
    silent = [f"http://127.0.0.1:{free_port()}/secret" for _ in range(2)]
    with answering_server() as url:
        findings, status = examine(BETRO_NLU_URLS=",".join([silent[0], url, silent[1]]))
    none, failed = examine(BETRO_NLU_URLS=",".join(silent))

    told = findings["understanding"]
    assert (told[0]["level"], told[0]["said"]) == ("ok", "1 of 3 processes answer")
    assert [finding["said"][:14] for finding in told[1:]] == ["process 1 of 3", "process 3 of 3"]
    assert {finding["level"] for finding in told[1:]} == {"warning"}
    assert status == 0
    assert "BETRO_NLU_URLS" in only(none["understanding"], "error")["mend"]
    assert failed == 1
    assert "secret" not in json.dumps([findings, none])


@contextmanager
def answering_server():
    """Says yes to everything."""

    class Yes(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Yes) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_model_that_was_chosen_is_not_forgotten(examine, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "betro-old.tar.gz").touch()
    (tmp_path / "models" / "chosen").write_text("betro-old.tar.gz")

    findings, _ = examine(BETRO_NLU_DIR=tmp_path)

    assert "betro-old.tar.gz" in only(findings["understanding"], "warning")["said"]
    assert "betro model use" in only(findings["understanding"], "warning")["mend"]


def test_a_shadow_is_asked_whether_it_answers(examine):
    silent, _ = examine(BETRO_NLU_SHADOW_URL=f"http://127.0.0.1:{free_port()}")
    with answering_server() as url:
        answering, _ = examine(BETRO_NLU_SHADOW_URL=url)

    assert "BETRO_NLU_SHADOW_URL" in only(silent["shadow"], "warning")["mend"]
    assert "decides nothing" in only(answering["shadow"], "ok")["said"]


def test_a_missing_environment_is_found(examine, tmp_path):
    findings, status = examine(BETRO_NLU_DIR=tmp_path)

    assert status == 1
    assert only(findings["environment of the NLU"], "error")["mend"] == "Run: make setup"
    assert only(findings["understanding"], "warning")["mend"] == "Run: make train"


async def say_over_the_page(page, text):
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{page}/ws", origin=page) as ws:
        await ws.send_json({"v": 1, "type": "hello", "resume": None, "last_seen": 0})
        await ws.send_json({"v": 1, "type": "message", "id": "m1", "text": text})
        async with asyncio.timeout(30):
            async for message in ws:
                if message.json().get("id") == "m1" and message.json()["type"] == "replies":
                    return


def test_a_running_betro_tells_how_many_messages_the_nlu_took_no_part_in(examine):
    with running_betro({"BETRO_NLU_START": "0"}) as betro:
        ops = {"BETRO_OPS_PORT": betro.ops.rsplit(":", 1)[1], "BETRO_NLU_START": 0}
        before, _ = examine(**ops)
        asyncio.run(say_over_the_page(betro.page, "jeg ved ikke hvad jeg skal skrive"))
        after, status = examine(**ops)

    assert before["share without understanding"][0]["level"] == "ok"
    assert "1 of 1 messages" in only(after["share without understanding"], "warning")["said"]
    assert "is running" in only(after["ports"], "ok")["said"]
    assert status == 1  # the understanding itself is missed


def test_where_the_nlu_runs_elsewhere_its_environment_is_not_asked_for(examine, tmp_path):
    findings, _ = examine(BETRO_NLU_START=0, BETRO_NLU_DIR=tmp_path / "not-here")

    assert "environment of the NLU" not in findings
