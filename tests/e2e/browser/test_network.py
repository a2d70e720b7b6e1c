"""When the network or the server goes: said so, nothing lost, nothing doubled, numbers at last."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.e2e.browser.walking import say

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def cut(page):
    """Call it to cut the page's socket between browser and server."""
    sockets = []

    def stand_between(socket):
        sockets.append(socket)
        socket.connect_to_server()

    await page.route_web_socket("**/ws", stand_between)
    await page.reload()
    await page.get_by_text("Godt, at du skriver").wait_for()

    async def cut_it():
        await sockets[-1].close(code=3000)

    return cut_it


async def test_a_cut_is_mended_without_loss_or_doubling(page, site, cut):
    started = site.conversation.said.count("/start")
    site.conversation.gate.clear()
    await say(page, "min far slår mig")
    await page.wait_for_timeout(100)
    await cut()
    await page.get_by_text("Forbindelsen er væk").wait_for()
    await say(page, "er du der?")
    site.conversation.gate.set()

    await page.get_by_text("Er du sikker lige nu?").nth(1).wait_for()

    assert site.conversation.said[-2:] == ["min far slår mig", "er du der?"]
    assert site.conversation.said.count("/start") == started
    assert not await page.get_by_text("Forbindelsen er væk").is_visible()
    assert not await page.get_by_text("Venter på at blive sendt").is_visible()
    assert await page.get_by_text("Samtalen er glemt").count() == 0


async def test_a_server_that_comes_back_gets_what_was_written_meanwhile(new_page, site):
    page = await new_page()
    await page.get_by_text("Godt, at du skriver").wait_for()
    await site.stop()
    await page.get_by_text("Forbindelsen er væk").wait_for()
    await say(page, "min far slår mig")
    await page.get_by_text("Venter på at blive sendt").wait_for()

    await page.get_by_text("Vi kan ikke få forbindelse lige nu").wait_for()
    numbers = page.locator("#network").get_by_role("link")
    assert [await link.get_attribute("href") for link in await numbers.all()] == [
        "tel:112",
        "tel:116111",
        "/plain",
    ]

    await site.start()
    await page.get_by_text("Er du sikker lige nu?").wait_for(timeout=20_000)
    assert await page.get_by_text("Samtalen er glemt, så vi begynder forfra").is_visible()
    assert site.conversation.said.count("min far slår mig") == 1
    assert await page.locator("#network").inner_text() == ""


async def test_a_network_that_dies_without_a_word_is_noticed(page, site):
    """No close arrives: what was said is heard by nobody."""
    heard_by_nobody = []

    def stand_between(socket):
        server = socket.connect_to_server()
        deaf = not heard_by_nobody
        socket.on_message(
            lambda it: heard_by_nobody.append(it) if deaf and "slår" in it else server.send(it)
        )

    await page.route_web_socket("**/ws", stand_between)
    await page.reload()
    await page.get_by_text("Godt, at du skriver").wait_for()
    await say(page, "min far slår mig")
    await page.get_by_text("Venter på at blive sendt").wait_for()

    await page.get_by_text("Er du sikker lige nu?").wait_for(timeout=15_000)

    assert len(heard_by_nobody) == 1
    assert site.conversation.said.count("min far slår mig") == 1


async def test_a_page_of_another_version_is_told_to_load_anew(page):
    await page.route_web_socket("**/ws", tell_version)
    await page.reload()

    await page.get_by_text("Siden er blevet fornyet").wait_for()
    assert await page.get_by_role("link", name="Hent siden igen").is_visible()


async def tell_version(socket):
    socket.send('{"v": 1, "type": "error", "code": "version", "text": "Siden er blevet fornyet."}')
    await socket.close(code=4000)


async def test_a_second_page_with_the_same_visit_does_not_fight_for_it(page):
    """A page told that another took over stays away instead of taking it back."""
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    await page.route_web_socket("**/ws", lambda socket: socket.close(code=4001))

    await page.reload()
    await page.get_by_text("Samtalen er åben et andet sted").wait_for()
    await page.wait_for_timeout(1_500)

    assert len(sockets) <= 1
    assert await page.get_by_role("link", name="Hent siden igen").is_visible()


async def test_too_fast_writing_is_sent_again_by_itself(page, site):
    for number in range(16):
        await say(page, f"besked {number}")

    await page.get_by_text("Du skriver hurtigere, end jeg kan læse").wait_for()
    for _ in range(100):
        if len(site.conversation.said) >= 17:
            break
        await page.wait_for_timeout(100)

    assert sorted(site.conversation.said[1:]) == sorted(f"besked {number}" for number in range(16))
