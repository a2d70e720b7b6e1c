"""The two first flows, walked in a real browser with the real conversation, store and content.

The NLU is left out: what happens here rests on the safety net and the buttons.
"""

from __future__ import annotations

from datetime import datetime

import pytest
import pytest_asyncio

from bot.adapters.system_clock import FixedClock
from bot.bootstrap import build_app
from bot.settings import Settings
from tests.e2e.browser.serving import serving
from tests.e2e.browser.walking import accessibility_problems, in_sight, say, scrolls_sideways

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVENING = datetime.fromisoformat("2026-11-23T22:15+01:00")


class Walk:
    """One visitor's way through the page; answers are known by the ids of their texts."""

    def __init__(self, page):
        self.page = page

    async def hears(self, response, containing=""):
        """Wait for a text; return its bubble."""
        bubble = self.page.locator(f"[data-response='{response}']").last
        await bubble.filter(has_text=containing).wait_for()
        assert not await scrolls_sideways(self.page)
        return bubble

    async def says(self, text):
        await say(self.page, text)

    async def presses(self, title):
        await self.page.locator(".choices button:enabled").get_by_text(title, exact=True).click()

    async def is_shown(self, service, link):
        """A service card with a way to reach it."""
        card = self.page.locator(".card", has_text=service).last
        assert await card.locator(f"a[href='{link}']").count() >= 1
        return card


@pytest_asyncio.fixture(loop_scope="session")
async def app(library, tmp_path):
    clock = FixedClock(EVENING)
    async with build_app(Settings(run_dir=tmp_path), library, nlu=None, clock=clock) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def site(app):
    """The real conversation instead of the scripted one."""
    take_turn = app.conversation.take_turn
    async with serving(take_turn, lambda token: app.keys.pseudonym("web", token)) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def walk(new_page):
    page = await new_page()
    walk = Walk(page)
    await walk.hears("utter_welcome")
    yield walk
    assert await accessibility_problems(page) == []
    assert page.troubles == []


async def test_a_child_who_is_hit_at_home(walk):
    await walk.says("min far slår mig")
    await walk.hears("utter_believe_you", "Jeg tror på dig")
    await walk.is_shown("BørneTelefonen", "tel:116111")
    await walk.hears("utter_ask_safe_now")

    await walk.presses("Ved ikke")  # only 'ja' is safe
    not_safe = await walk.hears("utter_not_safe")
    assert (await not_safe.inner_text()).startswith("Ring 112")
    assert await in_sight(not_safe.locator("a[href='tel:112']").first)
    assert await in_sight(walk.page.locator("#acute a"))
    await walk.is_shown("BørneTelefonen", "tel:116111")
    assert await accessibility_problems(walk.page) == []

    await walk.presses("Jeg er i sikkerhed nu")
    await walk.presses("Ja, sig hvordan")
    await walk.hears("utter_how_to_call", "116 111")
    await walk.presses("Nej, videre")
    await walk.presses("Øve en sætning")
    await walk.presses("På skolen eller i klubben")
    await walk.hears("utter_practise")
    await walk.presses("Noget andet")
    await walk.presses("Hvad har jeg ret til?")
    await walk.hears("utter_child_rights", "nummer 19")

    await walk.presses("Ikke mere nu")
    await walk.hears("utter_door_open_child", "Du må altid komme tilbage")
    assert await in_sight(walk.page.locator("#acute a")), "112 stays to the end"


async def test_a_neighbour_worried_about_a_child(walk):
    await walk.presses("Jeg er bekymret for et barn")
    await walk.presses("Familie, nabo eller andet")
    await walk.presses("Slag eller trusler")
    await walk.hears("utter_worried_start")
    await walk.hears("utter_ask_danger_now")

    await walk.presses("Nej")
    await walk.hears("utter_ask_seen")
    await walk.page.locator(".choices button:enabled").first.click()
    await walk.hears("utter_write_down", "Skriv ned")
    await walk.presses("Skriv en underretning")
    await walk.hears("utter_ask_note_found")
    await walk.presses("Nej")
    await walk.presses("Flere gange")
    await walk.hears("utter_ask_write_talked")
    await walk.presses("Nej")
    await walk.presses("Uden mit navn")
    await walk.hears("utter_note_notification_title")

    await walk.hears("utter_ask_municipality")
    await walk.says("Grve")
    contact = await walk.hears("utter_municipality", "Greve")
    assert "114" in await contact.inner_text(), "in the evening the duty line or the police"
    await walk.presses("Hvad sker der så?")
    await walk.hears("utter_after_notification", "24 timer")


async def test_everything_can_be_erased_in_the_middle(walk, app):
    await walk.says("min far slår mig")
    await walk.hears("utter_ask_safe_now")

    await walk.page.get_by_role("button", name="Slet alt").click()
    await walk.hears("utter_erased")

    log = await walk.page.get_by_role("log").inner_text()
    assert "far" not in log.split()
    await walk.says("hej")
    await walk.hears("utter_ask_audience")


async def test_the_same_flow_without_script(new_page):
    page = await new_page("/plain", java_script_enabled=False)
    await page.get_by_label("Skriv her").fill("min far slår mig")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_role("heading", name="BørneTelefonen").wait_for()

    await page.get_by_role("button", name="Ved ikke").click()

    await page.locator("#acute, .acute").first.wait_for()
    bubble = page.locator(".bubble:not(.own)").first
    assert (await bubble.inner_text()).startswith("Ring 112")
    assert await page.context.cookies() == []
