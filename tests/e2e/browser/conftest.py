"""The system's Chromium, once for all browser tests, and a page with a scripted conversation."""

from __future__ import annotations

import os

import pytest
import pytest_asyncio

from tests.e2e.browser.chromium import chromium, find_chromium
from tests.e2e.browser.fake_conversation import FakeConversation
from tests.e2e.browser.serving import serving

PHONE = {"width": 360, "height": 640}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser():
    path = find_chromium()
    if path is None:
        missing = "no Chromium on this machine (Debian: apt-get install chromium)"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    async with chromium(path) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def site():
    conversation = FakeConversation()
    async with serving(conversation.take_turn) as running:
        running.conversation = conversation
        yield running
        conversation.gate.set()


@pytest_asyncio.fixture(loop_scope="session")
async def new_page(browser, site):
    """Opens pages with a browser context's options; a phone unless told otherwise."""
    contexts = []

    async def open_page(path="/", **options):
        context = await browser.new_context(
            **{"viewport": PHONE, "reduced_motion": "reduce"} | options
        )
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(8_000)
        page.troubles = []
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        page.on(
            "console",
            lambda note: page.troubles.append(note.text) if note.type == "error" else None,
        )
        await page.goto(site.url + path)
        return page

    yield open_page
    for context in contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(new_page):
    """A greeted page on a phone; it must not have said anything on its console."""
    opened = await new_page()
    await opened.get_by_text("Godt, at du skriver").wait_for()
    yield opened
    assert opened.troubles == []
