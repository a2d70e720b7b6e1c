"""Takes the pictures of the page for the documentation.

.venv/bin/python -m tests.e2e.browser.screenshots docs/pictures
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.e2e.browser.chromium import chromium, find_chromium
from tests.e2e.browser.fake_conversation import FakeConversation
from tests.e2e.browser.serving import serving

SIZES = {"phone": (360, 740), "desktop": (1280, 860)}


async def picture(browser, site, folder, name, scheme):
    width, height = SIZES[name]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        device_scale_factor=2,
        reduced_motion="reduce",
    )
    page = await context.new_page()

    async def shoot(state):
        await page.wait_for_timeout(150)
        await page.screenshot(path=folder / f"{name}-{scheme}-{state}.png")

    await page.goto(site.url)
    await page.get_by_text("Godt, at du skriver").wait_for()
    await shoot("start")
    await page.get_by_label("Skriv din besked").fill("min far slår mig")
    await page.keyboard.press("Enter")
    await page.get_by_text("Er du sikker lige nu?").wait_for()
    await shoot("asked")
    await page.get_by_role("button", name="Ved ikke").click()
    await page.get_by_role("heading", name="BørneTelefonen").wait_for()
    await shoot("help")
    await page.get_by_role("heading", name="Lev Uden Vold").scroll_into_view_if_needed()
    await shoot("cards")
    await context.close()


async def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    async with chromium(find_chromium()) as browser, serving(FakeConversation().take_turn) as site:
        for name in SIZES:
            for scheme in ("light", "dark"):
                await picture(browser, site, folder, name, scheme)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
