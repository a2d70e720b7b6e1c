"""The NLU for the contract tests: the real one, trained and started once, and made-up ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from aiohttp import web

from tests.nlu_process import NluServer, nlu_server, train


@pytest.fixture(scope="session")
def nlu_trained() -> None:
    """A model of the present data, configuration and code lies in nlu/models."""
    train()


@pytest.fixture(scope="session")
def real_nlu(nlu_trained) -> Iterator[NluServer]:
    """One server for all tests that do not end or break it."""
    with nlu_server() as server:
        yield server


@pytest.fixture
async def server():
    """Start a server with one handler for /model/parse; give its address."""
    runners = []

    async def start(handler, *, status=200):
        async def ready(_):
            return web.json_response({}, status=status)

        app = web.Application()
        app.router.add_post("/model/parse", handler)
        app.router.add_get("/status", ready)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()
