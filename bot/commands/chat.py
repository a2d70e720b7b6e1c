"""`betro chat`: the conversation in the terminal, for people and (``--json``) for programs."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Annotated

import typer

from bot.adapters.proof_memory import ProofMemory
from bot.adapters.system_clock import COPENHAGEN, FixedClock
from bot.app.release import TRIAL
from bot.app.turn import Reader
from bot.bootstrap import build_app, load_library
from bot.channels.terminal import JsonVoice, PlainVoice, converse
from bot.commands.understanding import join_or_start_nlu
from bot.domain.errors import SettingsError
from bot.domain.language import Lang
from bot.settings import Settings


def chat(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per line of input.")
    ] = False,
    now: Annotated[
        str | None, typer.Option(help="Set the clock, e.g. 2026-11-22T23:15+01:00.")
    ] = None,
    lang: Annotated[
        Lang | None, typer.Option(help="The language of the texts; else what you write in.")
    ] = None,
    reader: Annotated[
        Reader | None, typer.Option(help="Whom the wording is for; else it follows who writes.")
    ] = None,
    understanding: Annotated[
        bool, typer.Option(help="Whether the NLU takes part, besides the safety net.")
    ] = True,
) -> None:
    """Talk with Betro in the terminal.

    Write in Danish; `/button 2` presses the second button of the last reply; `/slet`, `/stop`,
    `/hjaelp`, `/menneske`, `/rettigheder`, `/om`, `/let`, `/almindelig`, `/emner` and `/start` work
    at any time. Nothing of what you write is kept.

    Examples:
    `betro chat`

    `echo "min far slår mig" | betro chat --json --now 2026-11-22T23:15+01:00`
    """
    logging.disable(logging.CRITICAL)  # the terminal is the visitor's
    clock = FixedClock(_read_time(now)) if now else None
    settings = Settings.from_environment()

    async def talk() -> None:
        library = load_library(settings.content_dir, memory=ProofMemory(settings.run_dir))
        trial = TRIAL if library.is_trial else None
        voice = JsonVoice() if as_json else PlainVoice(trial=trial)
        nlu_setting = join_or_start_nlu(settings, quiet=as_json) if understanding else None
        if nlu_setting is None:
            async with build_app(settings, library, nlu=None, clock=clock) as app:
                await converse(app.take_turn, voice, lang=lang, reader=reader)
            return
        async with (
            nlu_setting as nlu,
            build_app(settings, library, nlu=nlu, clock=clock) as app,
        ):
            await converse(app.take_turn, voice, lang=lang, reader=reader)

    asyncio.run(talk())


def _read_time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"--now: '{text}' is no time. Write it as 2026-11-22T23:15+01:00."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=COPENHAGEN)
