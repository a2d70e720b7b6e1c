"""The checks behind `betro doctor`. Each returns findings; none raises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
from redis.exceptions import RedisError

from bot.adapters.embedded_valkey import embedded_valkey
from bot.adapters.key_ring import KeyRing
from bot.adapters.redis_client import redis_client
from bot.app.release import find_problem
from bot.bootstrap import load_library
from bot.commands import checkup_machine as machine
from bot.commands.checkup_turns import check_agreement, check_share
from bot.commands.checkup_understanding import check_shadow, check_understanding
from bot.commands.finding import Finding, Level, ok
from bot.commands.telegram import plan_telegram
from bot.domain.content import Content
from bot.domain.directory import Directory
from bot.domain.errors import BetroError, ContentError, SettingsError
from bot.domain.review import find_drafts
from bot.settings import ROOT, Settings

OPS_SECONDS = 2.0


async def examine(settings: Settings) -> list[Finding]:
    """Check everything, cheapest first."""
    running = await _running_parts(settings)
    return [
        *machine.check_python(),
        *machine.check_environment("environment", ROOT / ".venv", ROOT / "requirements.lock"),
        *_check_environment_of_nlu(settings),
        *machine.check_room(settings),
        *machine.check_clock(),
        *_check_key(settings),
        *machine.check_ports(settings, running),
        *await _check_sessions(settings),
        *_check_content(settings),
        *await check_understanding(settings, running),
        *await check_shadow(settings),
        *(await _check_counts(settings) if running else ()),
        *await _check_telegram(settings),
        *_check_switches(settings),
        *machine.check_browser(),
    ]


async def _check_counts(settings: Settings) -> list[Finding]:
    metrics = await _ask(settings, "/metrics")
    return [*check_share(metrics), *check_agreement(metrics)]


def _check_environment_of_nlu(settings: Settings) -> Iterator[Finding]:
    """An NLU that somebody else runs needs no environment here."""
    if settings.nlu_start:
        folder = settings.nlu_dir
        yield from machine.check_environment(
            "environment of the NLU", folder / ".venv", folder / "requirements.lock"
        )


async def _running_parts(settings: Settings) -> dict[str, Any] | None:
    """What a running Betro says of itself; None when none runs here."""
    try:
        parts = json.loads(await _ask(settings, "/ready"))
    except ValueError:
        return None
    return parts if isinstance(parts, dict) and "page" in parts else None


async def _ask(settings: Settings, path: str) -> str:
    """A page of health and metrics, whatever its status; empty when nothing answers."""
    url = f"http://{settings.ops_host}:{settings.ops_port}{path}"
    timeout = aiohttp.ClientTimeout(total=OPS_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as http,
            http.get(url) as answer,
        ):
            return await answer.text()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return ""


def _check_key(settings: Settings) -> Iterator[Finding]:
    if settings.key_file is None:
        yield ok("key", "random, made anew at each start")
        return
    try:
        KeyRing.from_file(settings.key_file)
    except BetroError as error:
        yield Finding("key", Level.ERROR, str(error))
    else:
        yield ok("key", f"read from {settings.key_file}")


async def _check_sessions(settings: Settings) -> list[Finding]:
    try:
        if settings.redis_url is not None:
            return await _check_redis(settings.redis_url)
        async with embedded_valkey(settings.run_dir) as url:
            await _check_redis(url)
    except BetroError as error:
        return [Finding("sessions", Level.ERROR, str(error))]
    return [ok("sessions", "the embedded Valkey starts and answers")]


async def _check_redis(url: str) -> list[Finding]:
    """Raises SettingsError when the address cannot be read."""
    async with redis_client(url) as redis:
        try:
            await redis.ping()
        except (RedisError, OSError, TimeoutError):
            said, mend = (
                "BETRO_REDIS_URL does not answer.",
                "Start it, or check address and password.",
            )
            return [Finding("sessions", Level.ERROR, said, mend)]
        try:
            kept = {**await redis.config_get("save"), **await redis.config_get("appendonly")}
        except RedisError:
            said = "BETRO_REDIS_URL answers; whether it writes to disk cannot be seen."
            return [Finding("sessions", Level.WARNING, said, "Ask whoever runs it.")]
    if kept.get("save") or kept.get("appendonly") == "yes":
        said = "BETRO_REDIS_URL writes its data to disk, where erased sessions can live on."
        return [Finding("sessions", Level.WARNING, said, 'Set: save "" and appendonly no.')]
    return [ok("sessions", "BETRO_REDIS_URL answers and writes nothing to disk")]


def _check_content(settings: Settings) -> Iterator[Finding]:
    try:
        library = load_library(settings.content_dir)
    except ContentError as error:
        said = f"{len(error.issues)} problems, the first: {error.issues[0]}"
        yield Finding("content", Level.ERROR, said, "Run: betro flows check; betro resources check")
        return
    except (BetroError, OSError) as error:
        yield Finding("content", Level.ERROR, str(error), "Run: betro flows check")
        return
    yield ok("content", f"{len(library.content.flows)} flows are sound and safe")
    yield from _check_release(settings, library.content)
    yield from _check_facts(library.directory)


def _check_release(settings: Settings, content: Content) -> Iterator[Finding]:
    problem = find_problem(settings, content)
    drafts = sum(1 for _ in find_drafts(content))
    if problem:
        yield Finding("release", Level.ERROR, f"BETRO_RELEASE=production: {problem[0]}", problem[1])
    elif drafts:
        said = f"{settings.release.value}: {drafts} texts were read by no professional."
        mend = "The banner says so. Let them be read: betro texts export, then betro texts import."
        yield Finding("release", Level.WARNING, said, mend)
    else:
        yield ok("release", f"{settings.release.value}: professionals have read every text")


def _check_facts(directory: Directory) -> Iterator[Finding]:
    today = datetime.now(UTC).date()
    due = [
        f"{service.id}.{name}"
        for service in directory.services.values()
        for name, fact in service.facts.items()
        if fact.is_due(today)
    ]
    if due:
        said = f"{len(due)} facts are past their recheck date: {', '.join(due[:5])}"
        mend = "Look them up and set seen and recheck_by in resources/services."
        yield Finding("directory", Level.WARNING, said, mend)
    else:
        yield ok("directory", f"{len(directory.services)} services, no fact past its recheck date")


async def _check_telegram(settings: Settings) -> list[Finding]:
    try:
        plan = plan_telegram(settings)
    except SettingsError as error:
        return [Finding("telegram", Level.ERROR, str(error))]
    if plan is None:
        return [ok("telegram", "off; BETRO_TELEGRAM_TOKEN is not set")]
    from bot.commands.checkup_telegram import ask_telegram  # noqa: PLC0415 - loads aiogram

    return await ask_telegram(plan.access)


def _check_switches(settings: Settings) -> Iterator[Finding]:
    if settings.menus_only:
        said = "BETRO_MENUS_ONLY is set: free text is judged by the safety net alone."
        yield Finding("switches", Level.WARNING, said, "Unset it when the incident is over.")
