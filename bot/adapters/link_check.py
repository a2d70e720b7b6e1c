"""Asks every address that the directory shows or rests on whether it still answers.

Polite: a few at a time, one at a time from each host, and a name that says who asks.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import aiohttp

from bot.domain.directory import Directory

USER_AGENT = "Betro-link-check/1.0 (checks addresses of public services a few times a year)"
AT_A_TIME = 6
MOST_REDIRECTS = 5
LEFT_OUT = "…"
"""Marks a part of an address that was not kept: such an address cannot be asked."""
MOVED = frozenset({301, 308})


class Answer(StrEnum):
    """What an address answered."""

    OK = "ok"
    MOVED = "moved"
    """It answers at another address for good: write that one."""
    GONE = "gone"
    """404, 410 or another answer that it is not there."""
    REFUSED = "refused"
    """It does not answer programs (401, 403, 429): a person must look."""
    ERROR = "error"
    """5xx, or redirects without end."""
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"


BROKEN = frozenset({Answer.GONE, Answer.ERROR, Answer.TIMEOUT, Answer.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Checked:
    """One address. ``used_by`` names what shows it or rests on it; ``to`` where it moved."""

    url: str
    answer: Answer
    status: int | None
    used_by: tuple[str, ...]
    to: str | None = None


def find_links(directory: Directory) -> Mapping[str, tuple[str, ...]]:
    """Every whole address with what uses it: services, municipalities, sources."""
    users: dict[str, list[str]] = defaultdict(list)
    for url, user in _links(directory):
        if url and LEFT_OUT not in url and user not in users[url]:
            users[url].append(user)
    return {url: tuple(names) for url, names in sorted(users.items()) if names}


def _links(directory: Directory) -> Iterator[tuple[str | None, str]]:
    for service in directory.services.values():
        yield service.web, f"service {service.id}"
        yield service.chat, f"service {service.id}"
    for code, contact in directory.contacts.items():
        yield contact.page, f"municipality {code}"
    for municipality in directory.municipalities:
        yield municipality.web, f"municipality {municipality.code}"
    for name, source in directory.sources.items():
        yield source.url, f"source {name}"


async def check_links(
    links: Mapping[str, tuple[str, ...]], *, seconds: float, at_a_time: int = AT_A_TIME
) -> AsyncIterator[Checked]:
    """Each address as soon as it answered. ``seconds``: for one address, redirects too."""
    turnstile = asyncio.Semaphore(at_a_time)
    per_host: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
    limits = aiohttp.ClientTimeout(total=seconds)
    headers = {"User-Agent": USER_AGENT, "Accept": "text/html,*/*;q=0.5"}
    async with aiohttp.ClientSession(timeout=limits, headers=headers, trust_env=True) as http:

        async def ask(url: str, users: tuple[str, ...]) -> Checked:
            async with per_host[urlsplit(url).netloc], turnstile:
                return await _ask(http, url, users)

        tasks = [asyncio.create_task(ask(url, users)) for url, users in links.items()]
        try:
            for done in asyncio.as_completed(tasks):
                yield await done
        finally:
            await _end(tasks)


async def _end(tasks: Iterable[asyncio.Task[Checked]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


async def _ask(http: aiohttp.ClientSession, url: str, users: tuple[str, ...]) -> Checked:
    """A GET whose body is not read: many servers answer HEAD with an error."""
    try:
        async with http.get(url, max_redirects=MOST_REDIRECTS) as response:
            moved = any(each.status in MOVED for each in response.history)
            answer = _judge(response.status, moved=moved)
            to = str(response.url) if answer is Answer.MOVED else None
            return Checked(url, answer, response.status, users, to)
    except TimeoutError:
        return Checked(url, Answer.TIMEOUT, None, users)
    except aiohttp.TooManyRedirects as error:
        return Checked(url, Answer.ERROR, error.status, users)
    except (aiohttp.ClientError, OSError, ValueError):
        return Checked(url, Answer.UNREACHABLE, None, users)


def _judge(status: int, *, moved: bool) -> Answer:
    if status in (401, 403, 429):
        return Answer.REFUSED
    if status >= 500:
        return Answer.ERROR
    if status >= 400:
        return Answer.GONE
    return Answer.MOVED if moved else Answer.OK
