"""Takes the pictures of the page for the documentation, from the real conversation.

.venv/bin/python -m tests.e2e.browser.screenshots FOLDER
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from bot.adapters.system_clock import FixedClock
from bot.bootstrap import build_app, load_library
from bot.settings import ROOT, Settings
from tests.e2e.browser.chromium import chromium, find_chromium
from tests.e2e.browser.serving import serving
from tests.e2e.browser.walking import say

SIZES = {"phone": (360, 740), "desktop": (1280, 860)}
EVENING = datetime.fromisoformat("2026-11-23T22:15+01:00")


async def picture(browser, site, folder, size, scheme):
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        device_scale_factor=2,
        reduced_motion="reduce",
    )
    page = await context.new_page()

    async def shoot(state, response):
        await page.locator(f"[data-response='{response}']").last.wait_for()
        await page.wait_for_timeout(200)
        await page.screenshot(path=folder / f"{size}-{scheme}-{state}.png")

    await page.goto(site.url)
    await shoot("start", "utter_ask_audience")
    await say(page, "min far slår mig")
    await shoot("believed", "utter_ask_safe_now")
    await page.get_by_role("heading", name="BørneTelefonen").scroll_into_view_if_needed()
    await page.mouse.wheel(0, 600)
    await shoot("services", "utter_ask_safe_now")
    await page.get_by_role("button", name="Ved ikke").click()
    await shoot("acute", "utter_ask_after_112")
    await context.close()


async def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    library = load_library(ROOT)
    with tempfile.TemporaryDirectory() as run_dir:
        settings = Settings(run_dir=Path(run_dir))
        async with (
            build_app(settings, library, nlu=None, clock=FixedClock(EVENING)) as app,
            serving(
                app.conversation.take_turn, lambda token: app.keys.pseudonym("web", token)
            ) as site,
            chromium(find_chromium()) as browser,
        ):
            for size in SIZES:
                for scheme in ("light", "dark"):
                    await picture(browser, site, folder, size, scheme)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
