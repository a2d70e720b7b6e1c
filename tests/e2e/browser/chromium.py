"""Starts the system's own Chromium, quiet and without calls of its own."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager

from playwright.async_api import async_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium():
    """The path of the system's Chromium, or None."""
    return next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


@asynccontextmanager
async def chromium(path):
    """One browser; every test opens contexts of its own in it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()
