"""The NLU's doors: two are open, to whoever carries the token; nothing is ever printed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.nlu_process import PYTHON, ROOT, free_port, nlu_server, require_environment, run_nlu
from tests.odd_texts import HUGE_TEXTS, ODD_TEXTS

CANARY = "kanariefugl4812"
BODY = json.dumps({"text": f"min far hedder {CANARY} og han slår mig"}).encode()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/version"),
        ("GET", "/domain"),
        ("GET", "/model/parse"),
        ("POST", "/status"),
        ("PUT", "/model"),
        ("DELETE", "/model"),
        ("POST", "/model/train"),
        ("POST", "/model/predict"),
        ("POST", "/model/test/intents"),
        ("POST", "/model/test/stories"),
        ("GET", "/conversations/a/tracker"),
        ("POST", "/conversations/a/tracker/events"),
        ("PUT", "/conversations/a/tracker/events"),
        ("GET", "/conversations/a/story"),
        ("POST", "/conversations/a/execute"),
        ("POST", "/conversations/a/trigger_intent"),
        ("POST", "/conversations/a/predict"),
        ("POST", "/conversations/a/messages"),
        ("POST", "/webhooks/rest/webhook"),
        ("OPTIONS", "/model/parse"),
        ("HEAD", "/status"),
        ("GET", "/docs"),
        ("GET", f"/{CANARY}"),
    ],
)
def test_every_other_route_is_closed(real_nlu, method, path):
    status, answer = real_nlu.request(method, path, BODY if method == "POST" else None)

    assert status in (404, 405)
    assert CANARY.encode() not in answer


def test_status_tells_that_a_model_is_loaded(real_nlu):
    status, answer = real_nlu.request("GET", "/status")

    assert status == 200
    assert json.loads(answer)["model_file"].startswith("betro-")


@pytest.mark.parametrize("path", ["/status", "/model/parse"])
@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer wrong", "Basic {token}", "{token}", "Bearer {token}x", "Bearer æ"],
)
def test_without_the_token_nothing_is_answered(real_nlu, path, header):
    sent = header.format(token=real_nlu.token)
    method, body = ("GET", None) if path == "/status" else ("POST", BODY)

    status, answer = real_nlu.request(method, path, body, Authorization=sent)

    assert status == 401
    assert b"judgement" not in answer


def test_rasas_own_way_of_giving_the_token_works(real_nlu):
    status, _ = real_nlu.request("GET", f"/status?token={real_nlu.token}", Authorization="")

    assert status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"text": 7}',
        b'{"text": null}',
        b'{"message": "' + CANARY.encode() + b'"}',
        CANARY.encode(),
        b'{"text": "\xff\xfe\xed\xa0\x80"}',
        b"[" * 30_000,
        b'{"text": "hej", "more": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"text": "hej", "more": ' + b"1" * 30_000 + b"}",
        b'{"text": "hej", "text": 7}',
        b'{"text": 1e400}',
        b'{"text": ["' + CANARY.encode() + b'"]}',
        b'{"text": "' + CANARY.encode() + b'\n"}',
        b"\xef\xbb\xbf" + BODY,
        json.dumps({"text": CANARY}).encode("utf-16"),
        json.dumps({"text": CANARY}).encode("utf-32"),
        f'{{"text": "{CANARY} slår"}}'.encode("latin-1"),
        bytes(range(256)) * 100,
    ],
    ids=range(22),
)
def test_a_request_that_makes_no_sense_is_refused_without_repeating_it(real_nlu, body):
    status, answer = real_nlu.request("POST", "/model/parse", body)

    assert status == 400
    assert json.loads(answer) == {"status": 400, "error": "Bad Request"}


@pytest.mark.parametrize("mode", ["LUIS", "WIT", "DIALOGFLOW", CANARY])
def test_no_answer_of_another_makers_shape_is_given(real_nlu, mode):
    status, answer = real_nlu.request("POST", f"/model/parse?emulation_mode={mode}", BODY)

    assert (status, json.loads(answer)) == (400, {"status": 400, "error": "Bad Request"})


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "hej", "more": NaN}',
        b'{"text": "hej", "more": -Infinity}',
        b'{"text": 7, "text": "hej"}',
        b'{"text": "hej", "more": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"text": "\\ud83d\\ude00 \\ud800"}',
    ],
    ids=range(5),
)
def test_an_odd_request_with_a_text_is_answered(real_nlu, body):
    status, answer = real_nlu.request("POST", "/model/parse", body)

    assert status == 200
    assert json.loads(answer)["judgement"]


@pytest.mark.parametrize(
    "text", ["a" * 100_000, *HUGE_TEXTS.values()], ids=["100_000", *HUGE_TEXTS]
)
def test_a_request_that_is_far_too_long_is_refused(real_nlu, text):
    body = json.dumps({"text": CANARY + text}).encode()

    try:
        status, answer = real_nlu.request("POST", "/model/parse", body)
    except (BrokenPipeError, ConnectionResetError):
        return  # refused while it was still being sent
    assert status == 413
    assert CANARY.encode() not in answer


def test_broken_requests_do_not_stop_the_server(real_nlu):
    host, port = real_nlu.url.removeprefix("http://").split(":")
    for broken in (b"\0\0\0\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /model/parse HTTP/1.1\r\n"):
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(broken)

    assert real_nlu.parse("hej")["judgement"]


def test_nothing_is_printed_even_when_debug_is_asked_for(nlu_trained):
    loud = {
        "LOG_LEVEL": "DEBUG",
        "LOG_LEVEL_LIBRARIES": "DEBUG",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONWARNINGS": "always",
        "RASA_TELEMETRY_ENABLED": "true",
        "SANIC_DEBUG": "True",
        "SANIC_ACCESS_LOG": "True",
    }
    with nlu_server(env=loud) as server:
        server.request("POST", "/model/parse", BODY)
        server.request("POST", f"/model/parse?emulation_mode={CANARY}", BODY)
        server.request("POST", "/model/parse", BODY + b"{")
        server.request("POST", "/model/parse", b"/" + BODY)
        server.request("POST", "/model/parse", json.dumps({"text": f"/{CANARY} {{"}).encode())
        server.request("GET", f"/{CANARY}?token={CANARY}")
        server.request("POST", "/model/parse", BODY.decode().encode("utf-16"))
        for text in ODD_TEXTS.values():
            server.parse(f"{CANARY} {text}")
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(timeout=10)

        assert server.output == "ready\n"


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_two_seconds(nlu_trained, sent):
    with nlu_server() as server:
        server.parse("hej")
        begun = time.monotonic()
        server.process.send_signal(sent)
        server.process.wait(timeout=10)

        assert time.monotonic() - begun < 2
        assert server.output == "ready\n"


def test_it_ends_with_its_parent(nlu_trained, tmp_path):
    port = free_port()
    code = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([{str(PYTHON)!r}, 'nlu/serve.py', '--port', '{port}'],"
        " stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [PYTHON, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"BETRO_DIE_WITH_PARENT": "1"},
    )
    with parent:
        child = int(parent.stdout.readline())
        parent.kill()

    assert ended(child)


def ended(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("options", "env", "told"),
    [
        (["--host", "0.0.0.0"], {"BETRO_NLU_TOKEN": ""}, "loopback only"),
        (["--host", "0.0.0.0"], {"BETRO_NLU_TOKEN": "t"}, "may be reached from outside"),
        (["--host", "8.8.8.8"], {"BETRO_NLU_TOKEN": "t"}, "may be reached from outside"),
        (["--host", "::"], {"BETRO_NLU_TOKEN": "t"}, "may be reached from outside"),
        (["--host", "example.org"], {"BETRO_NLU_TOKEN": "t"}, "no IP address"),
        (["--host", "10.1.2.3"], {"BETRO_NLU_TOKEN": ""}, "loopback only"),
        (["--model", "nowhere.tar.gz"], {}, "no file"),
    ],
)
def test_what_cannot_be_served_is_told_in_one_line(options, env, told):
    require_environment()

    done = run_nlu("nlu/serve.py", *options, env=env, seconds=60)

    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_busy_port_is_told_at_once(nlu_trained):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        done = run_nlu("nlu/serve.py", "--port", port, seconds=60)

    assert done.returncode == 1
    assert f"127.0.0.1:{port} cannot be used" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_damaged_model_is_told_in_one_line(nlu_trained, tmp_path):
    damaged = tmp_path / "betro-damaged.tar.gz"
    damaged.write_bytes(b"no model")

    done = run_nlu("nlu/serve.py", "--port", str(free_port()), "--model", str(damaged), seconds=120)

    assert done.returncode == 1
    assert "cannot be loaded" in done.stderr
    assert done.stderr.count("\n") == 1
