"""`betro triage`: judge messages, one per line, as JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Annotated

import typer

from bot.adapters.proof_memory import ProofMemory
from bot.adapters.system_clock import SystemClock
from bot.app.ports import Nlu
from bot.bootstrap import Library, load_library
from bot.commands.explanation import Explainer, explaining
from bot.commands.standard_lines import read_lines, say_line
from bot.commands.triage_batch import triage_batch
from bot.commands.understanding import join_or_start_nlu, reporting
from bot.domain.answers import read_command
from bot.domain.disguise import visible
from bot.domain.engine import COMMAND_FLOWS
from bot.domain.errors import BetroError, NluUnavailable, PartEnded
from bot.domain.judgement import NetVerdict, Understanding
from bot.domain.state import State
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.domain.triage import destination, judge, learn
from bot.settings import MESSAGE_LENGTH, Settings

TIMEOUT = 10.0
"""Seconds for one message: nobody waits in a conversation here."""


def triage(
    *,
    explain: Annotated[
        bool,
        typer.Option(
            help="Add the words that each fired rule matched, the words that pushed the urgency "
            "most, the three nearest training messages, and what decided. Parses each message "
            "once more for each of its words."
        ),
    ] = False,
    jsonl: Annotated[bool, typer.Option(help='Read {"text": ...} per line.')] = False,
    batch: Annotated[
        bool,
        typer.Option(
            help="Judge many lines at once, on every core. It starts NLU processes of its own, so "
            "that no visitor waits behind a batch, unless BETRO_NLU_URLS or BETRO_NLU_START=0 "
            "says that others run them."
        ),
    ] = False,
) -> None:
    """Judge each line of standard input; one JSON object per line comes out, in the same order.

    The NLU is started if none is running, and loaded once for all lines. A line that holds no
    text gives an object with an `error`. Only with `--explain` does the answer repeat words of
    the text.

    Examples:
    `echo "min far slår mig" | betro triage`

    `echo "min far slår mig" | betro triage --explain | jq .explain`

    `betro triage --jsonl --batch < messages.jsonl > judged.jsonl`
    """
    logging.disable(logging.CRITICAL)
    settings = Settings.from_environment()
    if batch:
        asyncio.run(triage_batch(settings, explain=explain, jsonl=jsonl))
        return
    library = load_library(settings.content_dir, memory=ProofMemory(settings.run_dir))
    asyncio.run(_triage_all(settings, library, explain=explain, jsonl=jsonl))


async def _triage_all(settings: Settings, library: Library, *, explain: bool, jsonl: bool) -> None:
    quiet = not sys.stderr.isatty()
    async with AsyncExitStack() as stack:
        nlu = await stack.enter_async_context(
            join_or_start_nlu(settings, quiet=quiet, timeout=TIMEOUT)
        )
        explainer = None
        if explain:
            explainer = await stack.enter_async_context(
                explaining(settings, library.net, nlu, reporting(quiet=quiet))
            )
        async for raw in read_lines(sys.stdin.fileno()):
            say_line(as_line(await _answer(raw, library, nlu, explainer, jsonl=jsonl)))


def as_line(answer: Mapping[str, object]) -> bytes:
    """The answer as JSON in UTF-8, on one line; half characters become '?'."""
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")


async def _answer(
    raw: bytes, library: Library, nlu: Nlu, explainer: Explainer | None, *, jsonl: bool
) -> dict[str, object]:
    """One line's judgement, or an error object that does not quote the line."""
    try:
        text = _read_line(raw, jsonl=jsonl)
        return await judge_text(text, library, nlu, explainer)
    except NluUnavailable:
        return {"error": "The NLU gave no valid answer. See `betro doctor`."}
    except PartEnded:
        raise  # it would be the same on every line from here on
    except (ValueError, BetroError) as error:
        return {"error": str(error)}


def _read_line(raw: bytes, *, jsonl: bool) -> str:
    try:
        line = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("The line is not UTF-8.") from None
    text = visible(_read_json(line) if jsonl else line).strip()
    if not text:
        raise ValueError("The line holds no text.")
    if len(text) > MESSAGE_LENGTH:
        raise ValueError(f"The text is longer than {MESSAGE_LENGTH} characters.")
    return text


def _read_json(line: str) -> str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("The line is not JSON.") from None
    match value:
        case {"text": str(text)}:
            return text
    raise ValueError('The line is no object with a "text" that is a string.')


async def judge_text(
    text: str, library: Library, nlu: Nlu, explainer: Explainer | None = None
) -> dict[str, object]:
    """What both judges say of one message, merged as a turn would merge it.

    ``id`` is the best guess; ``route`` and ``services`` follow it only where it is sure enough.

    Raises:
        NluUnavailable: the NLU gave no valid answer.
        PartEnded: the search for the nearest messages ended by itself.
    """
    started = time.perf_counter()
    net = library.net.judge(text)
    understanding = await nlu.understand(text)
    picture = judge(net, understanding)
    state = learn(State(), picture)
    command = read_command(text, library.content)
    flow = destination(library.content, state, picture)
    if command is not None and command in COMMAND_FLOWS:
        flow = COMMAND_FLOWS[command]
    answer: dict[str, object] = {
        "audience": {
            "id": (picture.audience or understanding.audience).value,
            "scores": _scores(understanding.audience_scores),
        },
        "concern": {
            "id": (picture.concern or understanding.concern).value,
            "scores": _scores(understanding.concern_scores),
            "also": [concern.value for concern in understanding.also],
        },
        "urgency": {
            "id": picture.urgency.id,
            "scores": _urgency_scores(net, understanding),
            "by": {"nlu": understanding.urgency.id, "safety_net": net.urgency.id},
            "nlu_scores": {u.id: round(p, 6) for u, p in understanding.urgency_scores.items()},
        },
        "safety_net": [str(rule.id) for rule in net.fired],
        "route": flow,
        "services": _services(library, state, SystemClock().now()),
    }
    if explainer is not None:
        answer["explain"] = await explainer.explain(text, net, understanding)
    answer["ms"] = round((time.perf_counter() - started) * 1000, 2)
    return answer


def _services(library: Library, state: State, now: datetime) -> list[str]:
    picked = library.directory.pick(
        state.audience,
        state.concern,
        state.urgency,
        is_open=lambda service: library.guide.is_open(service, now),
    )
    return [service.id for service in picked]


def _scores(scores: Mapping[Audience, float] | Mapping[Concern, float]) -> dict[str, float]:
    return {label.value: round(score, 6) for label, score in scores.items()}


def _urgency_scores(net: NetVerdict, understanding: Understanding) -> dict[str, float]:
    """The NLU's probabilities; the fired rule's measured precision when the net raised it."""
    scores = {urgency: understanding.urgency_scores.get(urgency, 0.0) for urgency in Urgency}
    if net.urgency > understanding.urgency:
        precision = max(rule.precision for rule in net.fired if rule.urgency is net.urgency)
        rest = 1.0 - scores[net.urgency]
        scale = (1.0 - precision) / rest if rest > 0 else 0.0
        scores = {urgency: score * scale for urgency, score in scores.items()}
        scores[net.urgency] = 1.0 - sum(s for u, s in scores.items() if u is not net.urgency)
    return {urgency.id: round(score, 6) for urgency, score in scores.items()}
