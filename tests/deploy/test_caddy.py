"""The real Caddy with our Caddyfile before the real page: all works, nobody is written down."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import ssl
import subprocess
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.app.last_resort import LAST_RESORT
from bot.channels.web.headers import HEADERS
from bot.channels.web.server import make_app, make_runner
from tests.deploy.tools import DEPLOY, assert_passes, run, tool
from tests.run_process import free_port

CADDYFILE = DEPLOY / "caddy" / "Caddyfile"
VISITOR = "127.0.0.77"
"""The address the visitor of these tests comes from."""
CANARY = "xylofonkanariefugl"
ADDRESS_HEADERS = dict.fromkeys(
    (
        "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP",
        "X-Original-Forwarded-For", "True-Client-IP", "CF-Connecting-IP", "CF-IPCountry",
        "Fastly-Client-IP", "Via",
    ),
    f"198.51.100.77, {CANARY}",
) | {"Forwarded": f"for=198.51.100.77;by={CANARY}", "User-Agent": CANARY}  # fmt: skip
TRACES = (VISITOR, "198.51.100.77", CANARY, "/plain", "/ws", "/metrics", "remote_ip", "User-Agent")
START_SECONDS = 60
BOTS = 2
"""Pages behind Caddy, each of which knows its own visitors only."""


class Front:
    """Caddy and the bots behind it; ``seen`` is what each got: its number and the headers."""

    def __init__(self, origin, http_port, log):
        self.origin, self.http_port, self.log = origin, http_port, log
        self.seen = []
        self._runners = []

    @property
    def output(self):
        return self.log.read_text("utf-8", "replace")

    async def serve_page(self, app):
        """Start one bot's real page, with visits of its own; return its address."""
        site = make_app(app.conversation.take_turn, lambda token: app.keys.pseudonym("web", token))
        number = len(self._runners)

        async def remember(request, _):
            self.seen.append((number, dict(request.headers)))

        site.on_response_prepare.append(remember)
        runner = make_runner(site)
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"127.0.0.1:{runner.addresses[0][1]}"

    async def stop_pages(self):
        for runner in self._runners:
            await runner.cleanup()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "certificate.pem"
    assert_passes(
        run(
            tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", made,
        )
    )  # fmt: skip
    return made, key


@pytest.fixture
async def front(app, certificate, tmp_path):
    async with fronted(app, certificate, tmp_path, CADDYFILE.read_text("utf-8")) as running:
        yield running


@asynccontextmanager
async def fronted(app, certificate, folder, caddyfile):
    """Serve the real page, put a Caddy with this Caddyfile before it, end both on leaving."""
    http_port, https_port = free_port(), free_port()
    front = Front(f"https://localhost:{https_port}", http_port, folder / "caddy.log")
    bots = [await front.serve_page(app) for _ in range(BOTS)]
    (folder / "Caddyfile").write_text(caddyfile, "utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SITE_ADDRESS": "localhost",
        "SITE_TLS": f"tls {certificate[0]} {certificate[1]}",
        "BOT_ADDRESS": " ".join(bots),
        "HTTP_PORT": str(http_port),
        "HTTPS_PORT": str(https_port),
    }
    caddy = start_caddy(folder, front.log, environment)
    try:
        await until_it_listens(https_port, caddy, front)
        yield front
    finally:
        caddy.terminate()
        await asyncio.to_thread(caddy.wait)
        await front.stop_pages()


def start_caddy(folder, log, environment):
    command = (tool("caddy"), "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile")
    with log.open("wb") as out:
        return subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)


async def until_it_listens(port, caddy, front):
    async with asyncio.timeout(START_SECONDS):
        while True:
            assert caddy.poll() is None, front.output
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            return


@asynccontextmanager
async def visitor(certificate, address=VISITOR):
    """A browser with an address of its own that trusts the test's certificate."""
    trust = ssl.create_default_context(cafile=str(certificate[0]))
    connector = aiohttp.TCPConnector(
        ssl=trust, local_addr=(address, 0), family=socket.AF_INET, force_close=True
    )
    async with aiohttp.ClientSession(connector=connector, headers=ADDRESS_HEADERS) as client:
        yield client


async def talk(client, front):
    """One conversation over the WebSocket; return what was answered to the message."""
    headers = {"Origin": front.origin}
    async with client.ws_connect(f"{front.origin}/ws", headers=headers) as ws:
        await ws.send_json({"v": 1, "type": "hello"})
        await hear(ws, "replies")
        text = f"min far slår mig {CANARY}"
        await ws.send_json({"v": 1, "type": "message", "id": "message-1", "text": text})
        return await hear(ws, "replies")


async def greet(client, front, **resume):
    """Open the page's socket, as new or coming back; return the welcome."""
    async with client.ws_connect(f"{front.origin}/ws", headers={"Origin": front.origin}) as ws:
        await ws.send_json({"v": 1, "type": "hello", **resume})
        return await hear(ws, "welcome")


async def hear(ws, kind):
    async with asyncio.timeout(START_SECONDS):
        while True:
            message = await ws.receive()
            assert message.type is aiohttp.WSMsgType.TEXT, message
            if (heard := json.loads(message.data))["type"] == kind:
                return heard


async def do_everything(client, front):
    """Page, chat, form, what is not there, a redirect, a TLS failure, and a bot that is gone."""
    for path in ("/", f"/plain?{CANARY}", f"/{CANARY}", f"/static/{CANARY}"):
        async with client.get(front.origin + path) as answer:
            await answer.read()
    async with client.post(f"{front.origin}/plain", data={"text": CANARY}) as answer:
        assert answer.status == 200
    unsafe = f"http://localhost:{front.http_port}/plain?{CANARY}"
    async with client.get(unsafe, allow_redirects=False) as answer:
        assert answer.headers["Location"] == f"https://localhost/plain?{CANARY}"
    port = int(front.origin.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(VISITOR, 0))
    writer.write(f"GET /plain?{CANARY} HTTP/1.1\r\n\r\n".encode())
    await writer.drain()
    writer.close()
    await talk(client, front)
    await front.stop_pages()
    async with client.get(f"{front.origin}/plain?{CANARY}") as answer:
        assert answer.status >= 500
        return await answer.text(), answer.headers


def test_the_caddyfile_is_valid_and_formatted():
    env = {"SITE_ADDRESS": "betro.example.dk"}
    assert_passes(
        run(tool("caddy"), "validate", "--adapter", "caddyfile", "--config", CADDYFILE, env=env)
    )
    formatted = run(tool("caddy"), "fmt", CADDYFILE)
    assert formatted.stdout == CADDYFILE.read_text("utf-8")


async def test_a_conversation_works_through_it(front, certificate):
    async with visitor(certificate) as client:
        heard = await talk(client, front)
        async with client.get(front.origin) as page:
            shown = await page.text()

    assert heard["replies"]
    assert "<html" in shown
    for name, value in HEADERS.items():
        if name != "Server":
            assert page.headers.getall(name) == [value]
    assert page.headers["Strict-Transport-Security"]


async def test_the_page_never_learns_who_came(front, certificate):
    async with visitor(certificate) as client:
        await talk(client, front)

    sent = set(ADDRESS_HEADERS) - {"User-Agent"}
    assert front.seen
    for _, headers in front.seen:
        assert not {name.lower() for name in sent} & {name.lower() for name in headers}
        assert VISITOR not in str(headers)
        assert "198.51.100.77" not in str(headers)


async def test_of_several_bots_a_page_comes_back_to_the_one_that_knows_it(front, certificate):
    for last in range(1, 9):
        async with visitor(certificate, f"127.0.1.{last}") as client:
            welcome = await greet(client, front)
            again = await greet(client, front, resume=welcome["token"])
            assert again["resumed"] is True

    assert {number for number, _ in front.seen} == set(range(BOTS))


@pytest.mark.parametrize("path", ["/metrics", "/ready", "/healthz"])
async def test_health_and_metrics_are_not_reachable_through_it(front, certificate, path):
    async with visitor(certificate) as client, client.get(front.origin + path) as answer:
        assert answer.status == 404
        assert "betro_" not in await answer.text()


async def test_caddy_writes_nothing_of_a_visitor_whatever_happens(front, certificate):
    async with visitor(certificate) as client:
        said, headers = await do_everything(client, front)

    assert said == LAST_RESORT.text
    assert headers["Cache-Control"] == "no-store"
    assert "serving initial configuration" in front.output
    assert [trace for trace in TRACES if trace in front.output] == []


async def test_the_search_for_traces_finds_them_where_requests_are_logged(
    app, certificate, tmp_path
):
    careful = CADDYFILE.read_text("utf-8")
    careless = re.sub(r"level INFO\n\s+exclude http\n", "level DEBUG\n", careful)
    assert careless != careful
    async with (
        fronted(app, certificate, tmp_path, careless) as front,
        visitor(certificate) as client,
    ):
        await do_everything(client, front)

    assert {VISITOR, CANARY, "/plain"} <= {trace for trace in TRACES if trace in front.output}
