"""What is served over HTTP: page, files, headers; and what is never written down."""

from __future__ import annotations

import asyncio
import logging
import re

import pytest

from bot.channels.web.assets import STATIC

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/plain", 200),
        ("GET", "/static/style.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/static/%2e%2e%2fserver.py", 404),
        ("GET", "/nowhere", 404),
        ("POST", "/", 405),
        ("GET", "/ws", 403),
        ("POST", "/bye", 204),
    ],
)
async def test_every_answer_is_hardened(server, method, path, status):
    response = await server.client.request(method, server.origin + path)

    assert response.status == status
    policy = dict(
        part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; ")
    )
    assert POLICY.items() <= policy.items()
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert "aiohttp" not in response.headers["Server"]
    assert "Set-Cookie" not in response.headers
    assert "ETag" not in response.headers
    assert status < 400 or "112" in await response.text()


async def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing_inline(server):
    page = await (await server.get("/")).text()

    assert 'lang="da"' in page
    assert "<title" in page
    assert ">Chat</title>" in page, "the title is neutral"
    for address in re.findall(r"""(?:src|href|action)="([^"]+)""", page):
        assert re.match(r"/(static/|plain$)|#|tel:(112|116111)$", address), address
    assert not re.findall(r"<script(?![^>]*src=)", page)
    assert not re.findall(r"""\s(?:style|on[a-z]+)=["']""", page)
    for path in re.findall(r'"(/static/[^"]+)"', page):
        assert (await server.get(path)).status == 200


async def test_the_whole_page_is_light(server):
    """Bytes over the wire, compressed, everything the first load fetches."""
    total = 0
    for path in ["/", *(f"/static/{file.name}" for file in STATIC.iterdir())]:
        response = await server.client.get(
            server.origin + path, headers={"Accept-Encoding": "gzip"}, auto_decompress=False
        )
        total += len(await response.read())

    assert 4_000 < total < 30_000


def test_the_script_touches_no_storage_and_writes_no_markup():
    for script in STATIC.glob("*.js"):
        code = script.read_text("utf-8")
        for word in (
            "localStorage",
            "sessionStorage",
            "indexedDB",
            "document.cookie",
            "caches.",
            "serviceWorker",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "eval(",
        ):
            assert word not in code, (script.name, word)


async def test_a_page_that_fails_gives_the_numbers_and_says_only_what_kind_of_error(
    server, caplog, monkeypatch
):
    def fail(_token):
        raise LookupError("secret-canary")

    monkeypatch.setattr(server.visits, "find", fail)

    response = await server.post("/plain", data={"text": "hej"})

    assert response.status == 500
    assert "112" in await response.text()
    assert caplog.messages == ["A page failed (LookupError)."]


async def test_nothing_of_a_request_is_logged(server, conversation, caplog):
    caplog.set_level(logging.DEBUG)
    page = await server.page()
    await page.greeted()
    await page.say("m1", "canary-words")
    await page.hear("replies")
    await server.get("/canary-path?canary-query")
    await server.post("/plain", data={"text": "canary-words"})
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"canary-garbage\r\nmore\r\n\r\n")
    await writer.drain()
    assert b"400" in await reader.read()
    writer.close()
    await page.vanish()

    ours = [record for record in caplog.records if not record.name.startswith("asyncio")]
    logged = "\n".join(logging.Formatter().format(record) for record in ours)
    assert "canary" not in logged
    assert "127.0.0.1" not in logged
    assert page.token not in logged
    assert logged.count("A web request failed") == 1, logged


@pytest.mark.parametrize("path", ["/", "/plain"])
async def test_a_trial_is_said_on_the_page_with_javascript_and_without(serve, path):
    trial = await serve(trial="Prøveversion: <læs> selv.")
    known = await serve()

    said = await (await trial.get(path)).text()
    silent = await (await known.get(path)).text()

    assert '<p class="trial" role="note">Prøveversion: &lt;læs&gt; selv.</p>' in said
    assert "trial" not in silent
    assert said.index("Prøveversion") > said.index("<main>")


async def test_a_trial_is_said_on_every_page_without_javascript(serve):
    server = await serve(trial="Prøveversion.")

    response = await server.post("/plain", data={"text": "hej"})

    assert "Prøveversion." in await response.text()
