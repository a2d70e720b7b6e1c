"""The page in a real browser: small screens, keyboard, colours, privacy, without script."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.browser.walking import (
    accessibility_problems,
    in_sight,
    reach_help,
    say,
    scrolls_sideways,
    small_targets,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCREENS = {
    "phone": {"width": 360, "height": 640},
    "small": {"width": 320, "height": 480},
    "zoomed": {"width": 320, "height": 256},  # 1280 x 1024 at 400 %
    "desktop": {"width": 1280, "height": 860},
}


@pytest.mark.parametrize("screen", SCREENS)
async def test_every_state_fits_every_screen(new_page, screen):
    page = await new_page(viewport=SCREENS[screen])
    await page.get_by_text("Godt, at du skriver").wait_for()
    assert not await scrolls_sideways(page)

    await say(page, "a" * 300)
    await page.get_by_text("Er du sikker lige nu?").wait_for()
    await reach_help(page)

    assert not await scrolls_sideways(page)
    assert await small_targets(page) == []


async def test_text_of_twice_the_size_fits_a_phone(page):
    await reach_help(page)

    await page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert not await scrolls_sideways(page)
    assert await in_sight(page.get_by_label("Skriv din besked"))


async def test_a_bubble_in_another_language_is_marked_and_arabic_written_from_the_right(page):
    await say(page, "العربية")

    card = page.locator(".bubble[data-response=utter_language]")
    await card.wait_for()
    assert (await card.get_attribute("lang"), await card.get_attribute("dir")) == ("ar", "rtl")
    assert await card.evaluate("node => getComputedStyle(node).direction") == "rtl"
    assert await card.get_by_role("link").evaluate("n => getComputedStyle(n).direction") == "ltr"
    danish = page.locator(".bubble[data-response=utter_ask_audience]")
    assert await danish.get_attribute("lang") is None


async def test_112_is_in_sight_at_once_and_stays(page):
    await reach_help(page)

    banner = page.get_by_role("link", name="Ring 112")
    assert await banner.get_attribute("href") == "tel:112"
    assert await in_sight(banner)
    assert await in_sight(page.get_by_text("Ring 112 nu").locator("a")), "read from its first line"

    await say(page, "hej")
    await page.get_by_text("Godt, at du skriver").nth(1).wait_for()
    assert await in_sight(banner)


async def test_a_service_card_says_how_to_reach_it(page):
    await reach_help(page)

    card = page.locator(".card").filter(has_text="BørneTelefonen")
    links = {await link.get_attribute("href") for link in await card.get_by_role("link").all()}
    assert {"tel:116111", "sms:116111", "https://bornetelefonen.dk/"} == links
    assert await card.get_by_text("Åben nu, døgnet rundt").is_visible()
    assert await card.get_by_text("De kan ikke se dit nummer").is_visible()


async def test_a_closed_service_is_one_press_away(page):
    await reach_help(page)
    other = page.locator(".card").filter(has_text="Lev Uden Vold")
    assert await other.get_by_text("Åbner i morgen kl. 9.00").is_visible()
    assert not await other.get_by_text("Tjek nummeret").is_visible()

    await other.get_by_role("heading").click()

    assert await other.get_by_text("Tjek nummeret").is_visible()
    assert await other.get_by_role("link", name="Ring 1888").is_visible()


async def test_a_long_answer_says_that_it_goes_on(page):
    await say(page, "min far slår mig")
    await page.get_by_text("Er du sikker lige nu?").wait_for()
    more = page.get_by_role("button", name="Læs videre")
    assert not await more.is_visible(), "a short answer is in sight as a whole"

    await reach_help(page)
    await more.wait_for()
    for _ in range(5):
        if not await more.is_visible():
            break
        await more.click()
        await page.wait_for_timeout(200)

    assert not await more.is_visible()
    assert await in_sight(page.get_by_role("button", name="Ja, bliv her"))


async def test_the_keyboard_alone_is_enough(page, site):
    reached = []
    for _ in range(12):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.textContent.trim()"))
        if await page.evaluate("document.activeElement.id === 'text'"):
            break
    menu = ["Tal med et menneske", "Slet alt", "Emner", "Om", "Language"]
    assert reached[:6] == ["Gå til skrivefeltet", *menu]
    assert reached[6:-1] == [
        "112",
        "116\xa0111",
        "Det handler om mig selv",
        "Jeg er bekymret for et barn",
    ]

    await page.keyboard.type("min far")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("slår mig")
    await page.keyboard.press("Enter")
    await page.get_by_text("Er du sikker lige nu?").wait_for()
    assert site.conversation.said[-1] == "min far\nslår mig"
    assert await page.evaluate("document.activeElement.id") == "text"

    for _ in range(8):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.textContent") == "Ved ikke":
            break
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "where one stands is visible"
    await page.keyboard.press("Enter")

    await page.get_by_role("heading", name="BørneTelefonen").wait_for()
    assert site.conversation.said[-1] == "/SetSlots(safe_now=ved_ikke)"
    assert await page.evaluate("document.activeElement.id") == "text"


async def test_a_finger_on_a_choice_does_not_raise_the_keyboard(new_page):
    page = await new_page(has_touch=True, is_mobile=True)

    await page.get_by_role("button", name="Det handler om mig selv").tap()

    await page.get_by_text("Er du sikker lige nu?").wait_for()
    assert await page.evaluate("document.activeElement.id") != "text"


async def test_choices_are_gone_once_their_turn_is_over(page):
    greeting = page.locator(".choices button", has_text="Det handler om mig selv")
    await say(page, "min far slår mig")
    await page.get_by_text("Er du sikker lige nu?").wait_for()
    assert await greeting.is_disabled()
    assert not await greeting.is_visible()

    await page.get_by_role("button", name="Ved ikke").click()

    assert await page.locator(".choices button:enabled", has_text="Ved ikke").count() == 0
    assert await page.locator(".bubble.own").last.inner_text() == "Du skrev:\nVed ikke"


async def test_answers_are_announced(page):
    log = page.get_by_role("log", name="Samtalen")

    await say(page, "min far slår mig")
    await page.get_by_text("Er du sikker lige nu?").wait_for()

    assert await log.get_attribute("aria-live") == "polite"
    assert await log.get_by_text("Er du sikker lige nu?").count() == 1


@pytest.mark.parametrize("words", ["/menneske", "/slet", "/om"])
async def test_the_ways_out_are_always_there(page, site, words):
    await reach_help(page)
    button = page.locator(f"[data-command='{words}']")
    assert await in_sight(button)

    await button.click()
    await asyncio.sleep(0.2)

    assert site.conversation.said[-1] == words


async def test_erasing_clears_the_page(page):
    await reach_help(page)

    await page.get_by_role("button", name="Slet alt").click()
    await page.get_by_text("Nu er samtalen slettet her").wait_for()

    log = await page.get_by_role("log").inner_text()
    assert "slår" not in log
    assert "BørneTelefonen" not in log
    assert not await page.locator("#acute").is_visible()
    await say(page, "hej")
    await page.get_by_text("Godt, at du skriver").wait_for()


@pytest.mark.parametrize("leave", ["close", "reload", "away"])
async def test_leaving_the_page_erases_the_conversation(page, site, leave):
    await say(page, "min far slår mig")
    await page.get_by_text("Er du sikker lige nu?").wait_for()

    if leave == "close":
        await page.close(run_before_unload=True)
    elif leave == "reload":
        await page.reload()
    else:
        await page.goto("about:blank")

    for _ in range(100):
        if "/slet" in site.conversation.said:
            break
        await asyncio.sleep(0.02)
    assert "/slet" in site.conversation.said
    if leave == "reload":
        await page.get_by_text("Godt, at du skriver").wait_for()
        assert "slår" not in await page.get_by_role("log").inner_text()


async def test_nothing_is_stored_and_nobody_else_is_asked(new_page, site):
    page = await new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url.replace("ws:", "http:")))
    await page.reload()
    await page.get_by_text("Godt, at du skriver").wait_for()
    await reach_help(page)

    stored = await page.evaluate(
        """async () => ({
            cookies: document.cookie, local: localStorage.length, session: sessionStorage.length,
            databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
            workers: (await navigator.serviceWorker.getRegistrations()).length,
        })"""
    )
    assert stored == {
        "cookies": "",
        "local": 0,
        "session": 0,
        "databases": 0,
        "caches": 0,
        "workers": 0,
    }
    assert await page.context.cookies() == []
    assert len(asked) >= 6
    assert [url for url in asked if not url.startswith(site.url)] == []
    assert await page.title() == "Chat"


async def test_what_was_typed_is_gone_after_going_back(page, site):
    await page.get_by_label("Skriv din besked").fill("min far")
    await page.goto(site.url + "/plain")
    await page.go_back()
    await page.get_by_text("Godt, at du skriver").wait_for()

    assert await page.get_by_label("Skriv din besked").input_value() == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("contrast", ["no-preference", "more"])
async def test_axe_finds_nothing_on_any_state(new_page, site, scheme, contrast):
    page = await new_page(color_scheme=scheme, contrast=contrast)
    await page.get_by_text("Godt, at du skriver").wait_for()
    assert await accessibility_problems(page) == []

    await reach_help(page)
    assert await accessibility_problems(page) == []

    await page.get_by_role("button", name="Slet alt").click()
    await page.get_by_text("Nu er samtalen slettet her").wait_for()
    assert await accessibility_problems(page) == []

    await site.stop()
    await page.get_by_text("Forbindelsen er væk").wait_for()
    assert await accessibility_problems(page) == []
    await page.get_by_text("Vi kan ikke få forbindelse").wait_for()
    assert await accessibility_problems(page) == []


@pytest.mark.parametrize(("scheme", "bright"), [("light", True), ("dark", False)])
async def test_the_page_is_dark_at_night(new_page, scheme, bright):
    page = await new_page(color_scheme=scheme)

    colours = await page.evaluate(
        """() => [getComputedStyle(document.documentElement).backgroundColor,
                  getComputedStyle(document.body).color]
            .map(colour => colour.match(/\\d+/g).slice(0, 3))
            .map(parts => parts.reduce((sum, part) => sum + Number(part), 0) / 3)"""
    )

    paper, ink = colours
    assert (paper > 200 and ink < 80) if bright else (paper < 50 and ink > 180)


async def test_nothing_moves_for_those_who_asked(new_page):
    still, moving = await new_page(), await new_page(reduced_motion="no-preference")

    async def animation(page):
        await page.get_by_text("Godt, at du skriver").wait_for()
        return await page.evaluate(
            "getComputedStyle(document.querySelector('.bubble')).animationName"
        )

    assert await animation(still) == "none"
    assert await animation(moving) == "arrive"


async def test_without_script_the_numbers_and_a_plain_chat_are_there(new_page, site):
    page = await new_page(java_script_enabled=False)
    assert await page.get_by_role("link", name="112", exact=True).is_visible()
    assert await page.get_by_role("link", name="116 111").is_visible()
    assert not await page.locator("#composer").is_visible()

    await page.get_by_role("link", name="Brug chatten uden JavaScript").click()
    await page.get_by_label("Skriv her").fill("min far slår mig")
    await page.get_by_role("button", name="Send").click()
    await page.get_by_text("Er du sikker lige nu?").wait_for()
    await page.get_by_role("button", name="Ved ikke").click()

    await page.get_by_role("heading", name="BørneTelefonen").wait_for()
    assert await in_sight(page.get_by_role("link", name="Ring 112"))
    assert not await scrolls_sideways(page)
    assert await small_targets(page) == []
    assert site.conversation.said == ["min far slår mig", "/SetSlots(safe_now=ved_ikke)"]
    assert await page.context.cookies() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_the_plain_page(new_page, scheme):
    page = await new_page("/plain", color_scheme=scheme)
    assert await accessibility_problems(page) == []

    await page.get_by_label("Skriv her").fill("hjælp")
    await page.get_by_role("button", name="Send").click()
    await page.get_by_role("heading", name="BørneTelefonen").wait_for()

    assert await accessibility_problems(page) == []


async def test_a_note_can_be_copied_and_printed_and_goes_with_the_conversation(new_page):
    page = await new_page(permissions=["clipboard-read", "clipboard-write"])
    await page.get_by_text("Godt, at du skriver").wait_for()
    await page.evaluate(
        "() => { window.print = () => {"
        " window.printing = document.querySelectorAll('.printed').length } }"
    )
    await say(page, "min plan")
    note = page.get_by_role("article")
    await note.wait_for()
    assert await note.get_by_role("heading").text_content() == "Min plan"

    await page.get_by_role("button", name="Kopiér").click()
    await page.get_by_text("Kopieret.").wait_for()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == "Min plan\n\nJeg kan ringe 112.\n\nJeg kan gå til naboen."

    await page.get_by_role("button", name="Udskriv").click()
    assert await page.evaluate("window.printing") == 1
    await page.emulate_media(media="print")
    shown = await page.evaluate("document.body.innerText")
    assert shown.split() == copied.split(), "nothing else comes on the paper"
    await page.emulate_media(media="screen")
    assert await small_targets(page) == []
    assert not await scrolls_sideways(page)

    await say(page, "/slet")
    await page.get_by_text("Nu er samtalen slettet her").wait_for()
    assert await note.count() == 0
    assert page.troubles == []


async def test_without_the_clipboard_a_note_is_marked_to_be_copied(new_page):
    page = await new_page()
    await page.get_by_text("Godt, at du skriver").wait_for()
    await page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error()) }"
    )
    await say(page, "min plan")

    await page.get_by_role("button", name="Kopiér").click()

    await page.get_by_text("Teksten er markeret").wait_for()
    assert "Jeg kan gå til naboen." in await page.evaluate("getSelection().toString()")
