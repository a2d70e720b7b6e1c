"""What visitors do on the page, and what can be measured of it."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


async def say(page, text):
    await page.get_by_label("Skriv din besked").fill(text)
    await page.keyboard.press("Enter")


async def reach_help(page):
    """From the greeting to the acute answer with its service cards."""
    asked = page.get_by_text("Er du sikker lige nu?")
    before = await asked.count()
    await say(page, "min far slår mig")
    await asked.nth(before).wait_for()
    await page.locator("button:enabled", has_text="Ved ikke").click()
    await page.get_by_role("heading", name="Lev Uden Vold").wait_for()


async def accessibility_problems(page):
    """What axe finds, as readable lines."""
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


async def scrolls_sideways(page):
    return await page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )


async def small_targets(page, least=44):
    """Buttons and links of the page that are lower than a finger needs; links in text are not."""
    return await page.evaluate(
        """least => [...document.querySelectorAll("button:enabled, a, summary, textarea")]
            .filter(node => !node.closest("p:not(.acute), .skip"))
            .filter(node => node.checkVisibility() && node.getBoundingClientRect().height < least)
            .map(node => node.outerHTML)""",
        least,
    )


async def in_sight(locator):
    """Whether nothing lies over the middle of an element and it is on the screen."""
    return await locator.evaluate(
        """node => {
            const box = node.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return node.contains(top);
        }"""
    )
