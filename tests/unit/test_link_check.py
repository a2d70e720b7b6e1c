"""Links are asked politely, and each answer is told for what it is. A local server answers."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from aiohttp import web

from bot.adapters.directory_files import load_directory
from bot.adapters.link_check import USER_AGENT, Answer, check_links, find_links
from bot.settings import ROOT


class Site:
    """Says what each path is asked to; remembers who asked and how many at once."""

    def __init__(self):
        self.agents: list[str] = []
        self.asked: Counter[str] = Counter()
        self.at_once = self.most_at_once = 0
        self.origin = ""
        self.gate = asyncio.Event()

    async def answer(self, request):
        self.agents.append(request.headers["User-Agent"])
        self.asked[request.path] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._answer(request.match_info["what"])
        finally:
            self.at_once -= 1

    async def _answer(self, what):
        match what:
            case "never":
                await self.gate.wait()
            case "round":
                raise web.HTTPFound("/round")
            case "moved":
                raise web.HTTPMovedPermanently("/200")
            case "for-now":
                raise web.HTTPFound("/200")
            case _:
                await asyncio.sleep(0)
        return web.Response(status=int(what) if what.isdigit() else 200, text="x" * 100)


@pytest.fixture
async def site():
    site = Site()
    app = web.Application()
    app.router.add_get("/{what}", site.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield site
    site.gate.set()
    await runner.cleanup()


async def ask(urls, seconds=5.0, **options):
    links = {url: (f"source {index}",) for index, url in enumerate(urls)}
    return {each.url: each async for each in check_links(links, seconds=seconds, **options)}


@pytest.mark.parametrize(
    ("path", "answer", "status"),
    [
        ("200", Answer.OK, 200),
        ("for-now", Answer.OK, 200),
        ("moved", Answer.MOVED, 200),
        ("404", Answer.GONE, 404),
        ("410", Answer.GONE, 410),
        ("403", Answer.REFUSED, 403),
        ("429", Answer.REFUSED, 429),
        ("500", Answer.ERROR, 500),
        ("503", Answer.ERROR, 503),
    ],
)
async def test_each_answer_is_told_for_what_it_is(site, path, answer, status):
    url = f"{site.origin}/{path}"

    found = (await ask([url]))[url]

    assert (found.answer, found.status) == (answer, status)
    assert found.used_by == ("source 0",)
    assert found.to == (f"{site.origin}/200" if answer is Answer.MOVED else None)


async def test_who_never_answers_is_waited_for_no_longer_than_told(site):
    url = f"{site.origin}/never"

    found = await ask([url, f"{site.origin}/200"], seconds=0.3)

    assert found[url].answer is Answer.TIMEOUT
    assert found[f"{site.origin}/200"].answer is Answer.OK


async def test_redirects_without_end_and_nobody_there_are_no_accident(site):
    nobody = "http://127.0.0.1:9/x"

    found = await ask([f"{site.origin}/round", nobody, "http://nowhere.invalid/"])

    assert found[f"{site.origin}/round"].answer is Answer.ERROR
    assert found[nobody].answer is Answer.UNREACHABLE
    assert found["http://nowhere.invalid/"].answer is Answer.UNREACHABLE


async def test_each_host_is_asked_one_at_a_time_once_and_told_who_asks(site):
    urls = [f"{site.origin}/page{index}" for index in range(20)]

    await ask(urls)

    assert site.most_at_once == 1
    assert set(site.asked.values()) == {1}
    assert set(site.agents) == {USER_AGENT}


def test_every_whole_address_of_the_directory_is_asked_once():
    directory = load_directory(ROOT / "resources")

    links = find_links(directory)

    assert not [url for url in links if "…" in url]
    assert "service bornetelefonen" in links["https://bornetelefonen.dk"]
    shown = {s.web for s in directory.services.values()} | {
        s.chat for s in directory.services.values()
    }
    assert shown - {None} <= links.keys()
    assert {c.page for c in directory.contacts.values()} - {None} <= links.keys()
