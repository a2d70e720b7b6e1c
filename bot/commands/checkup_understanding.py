"""The checks of `betro doctor` on the NLU: is there a model, and does each process answer?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.adapters.nlu_balance import http_nlu
from bot.commands.finding import Finding, Level, ok
from bot.commands.supervision import CHOSEN_MODEL
from bot.settings import Settings

PART = "understanding"
SHADOW = "shadow"
MEND = "Look at what `betro run` says, or at the server of BETRO_NLU_URL or BETRO_NLU_URLS."


async def check_understanding(
    settings: Settings, running: Mapping[str, Any] | None
) -> list[Finding]:
    """``running``: what a running Betro says of its parts; None when none runs here."""
    findings = list(_check_model(settings))
    readiness = _told(running) or await _ask_each(settings, *settings.nlu_addresses)
    if any(readiness):
        return [*findings, *_check_each(readiness)]
    if running is not None or not _starts_nlu(settings):
        said = "does not answer; safety net and menus carry on."
        return [*findings, Finding(PART, Level.ERROR, said, MEND)]
    return findings or [ok(PART, "a model is trained; not running now")]


def _starts_nlu(settings: Settings) -> bool:
    return settings.nlu_start and not settings.nlu_urls


def _check_model(settings: Settings) -> Iterator[Finding]:
    models = settings.nlu_dir / "models"
    if _starts_nlu(settings) and not any(models.glob("*.tar.gz")):
        said = f"no trained model in {models}; `betro run` trains one first."
        yield Finding(PART, Level.WARNING, said, "Run: make train")
    if _starts_nlu(settings) and (chosen := _chosen_model(settings)):
        said = f"{chosen} is served by choice, not the model of the present messages."
        yield Finding(PART, Level.WARNING, said, "When it is time: betro model use previous")


def _chosen_model(settings: Settings) -> str:
    try:
        return (settings.nlu_dir / CHOSEN_MODEL).read_text("utf-8").strip()
    except OSError:
        return ""


def _check_each(readiness: list[bool]) -> Iterator[Finding]:
    """Processes are named by the position of their address: addresses may hold secrets."""
    if len(readiness) == 1:
        yield ok(PART, "answers")
        return
    yield ok(PART, f"{sum(readiness)} of {len(readiness)} processes answer")
    for place, ready in enumerate(readiness, start=1):
        if not ready:
            said = f"process {place} of {len(readiness)} does not answer; the others carry on."
            yield Finding(PART, Level.WARNING, said, MEND)


def _told(running: Mapping[str, Any] | None) -> list[bool]:
    """What a running Betro says of each; nothing if it does not answer for any."""
    if running is None or running.get(PART) is not True:
        return []
    each = [ready is True for part, ready in running.items() if part.startswith(f"{PART}_")]
    return each or [True]


async def check_shadow(settings: Settings) -> list[Finding]:
    """Nothing to say without one."""
    if settings.nlu_shadow_url is None:
        return []
    if any(await _ask_each(settings, settings.nlu_shadow_url)):
        return [ok(SHADOW, "answers; it is compared on counts and decides nothing")]
    said = "does not answer; nobody notices but the comparison."
    return [Finding(SHADOW, Level.WARNING, said, "Start it, or unset BETRO_NLU_SHADOW_URL.")]


async def _ask_each(settings: Settings, *urls: str) -> list[bool]:
    async with http_nlu(
        *urls,
        token=settings.nlu_token,
        timeout=settings.nlu_timeout,
        in_flight=settings.nlu_in_flight,
    ) as nlu:
        return await nlu.readiness()
