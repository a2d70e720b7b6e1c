"""The whole conversation on Telegram: the real aiogram, over HTTP, against a local Bot API."""

from __future__ import annotations

import pytest

from tests.bot_api import bot_api
from tests.channels.telegram.parts import talking


@pytest.fixture
async def api():
    async with bot_api() as server:
        yield server


@pytest.fixture
async def telegram(app, api):
    """Long polling, connected."""
    async with talking(app, api) as running:
        await api.was_called("deleteWebhook")
        yield running
