"""All parts of a conversation, running side by side, and proof that both dialogues say the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.bench.doors import Door, Http, RasaDialogue, WebTurn, encoder_alone
from tests.bench.messages import MESSAGES
from tests.bench.rasa_project import Scene, build, has_the_same_nlu, newest_model
from tests.bench.rasa_server import rasa_server
from tests.bench.store import Store, store
from tests.nlu_process import NluServer, nlu_server
from tests.run_process import running_betro

Say = Callable[[str], None]


@dataclass
class Stage:
    """``doors`` and ``pids`` by part; ``same``: what was found the same for both dialogues."""

    scenes: list[Scene]
    metrics: Callable[[], str]
    doors: dict[str, Door] = field(default_factory=dict)
    pids: dict[str, int] = field(default_factory=dict)
    same: dict[str, bool] = field(default_factory=dict)


@asynccontextmanager
async def set_stage(folder: Path, say: Say, *, rasa: bool) -> AsyncIterator[Stage]:
    """Start every part, all with one store; ended on leaving."""
    async with AsyncExitStack() as stack:
        kept = stack.enter_context(store())
        say("starting the NLU and the page")
        nlu = stack.enter_context(nlu_server())
        betro = stack.enter_context(running_betro(_settings(nlu, kept)))
        betro.wait_for("understanding")
        encode, encoder_pid = stack.enter_context(encoder_alone())
        session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
        ours, web = Http(session, nlu.url, nlu.token), WebTurn(session, betro.page)
        stage = Stage(await _scenes(ours, web), lambda: betro.get("/metrics"))
        stage.doors = {"encoder": encode, "parse": ours.parse, "turn": web.turn}
        stage.pids = {
            "encoder": encoder_pid,
            "nlu": nlu.process.pid,
            "page": betro.process.pid,
            "store": kept.pid,
        }
        if rasa:
            say("preparing Rasa's own dialogue; the first time it is trained, a minute or two")
            model = build(stage.scenes, folder, kept.port)
            server = stack.enter_context(rasa_server(model))
            stage.pids["rasa"] = server.pid
            await _add_rasa(stage, model, ours, Http(session, server.url))
        yield stage


def _settings(nlu: NluServer, kept: Store) -> dict[str, str]:
    return {
        "BETRO_NLU_START": "0",
        "BETRO_NLU_URL": nlu.url,
        "BETRO_NLU_TOKEN": nlu.token,
        "BETRO_NLU_TIMEOUT": "10",  # else a slow answer is left out of the turn, not measured
        "BETRO_REDIS_URL": kept.url,
    }


async def _scenes(nlu: Http, web: WebTurn) -> list[Scene]:
    """What Betro replies to each message; of two messages with one concern, the first."""
    scenes: dict[str, Scene] = {}
    for text in MESSAGES:
        concern = (await nlu.judge(text))["intent"]["name"]
        if concern not in scenes:
            scenes[concern] = Scene(text, concern, await web.replies(text))
    return list(scenes.values())


async def _add_rasa(stage: Stage, model: Path, ours: Http, its: Http) -> None:
    """Open Rasa's doors, once they are proved to lead to the same.

    Raises:
        AssertionError: another model, judgement or reply; a comparison would say nothing.
    """
    dialogue = RasaDialogue(its)
    texts = [scene.text for scene in stage.scenes]
    stage.same = {
        "trained_parts_of_the_nlu": has_the_same_nlu(model, newest_model()),
        "judgements": all([await ours.judge(text) == await its.judge(text) for text in texts]),
        "replies": all(
            [_heard(await dialogue.replies(s.text)) == _wanted(s) for s in stage.scenes]
        ),
    }
    assert all(stage.same.values()), f"not the same for both: {stage.same}"
    stage.doors |= {"rasa_parse": its.parse, "rasa_dialogue": dialogue.turn}


def _wanted(scene: Scene) -> dict[str, Any]:
    """Texts, buttons and services of Betro's replies, in order."""
    return {
        "texts": [part for reply in scene.replies for part in reply["text"].split("\n\n")],
        "buttons": [reply["buttons"] for reply in scene.replies if reply["buttons"]],
        "services": [card["id"] for reply in scene.replies for card in reply["services"]],
    }


def _heard(replies: list[dict[str, Any]]) -> dict[str, Any]:
    """The same of Rasa's, which breaks texts at empty lines and sends cards by themselves."""
    texts = [reply["text"] for reply in replies if "text" in reply]
    cards = [reply["custom"]["services"] for reply in replies if "custom" in reply]
    return {
        "texts": [part for text in texts for part in text.split("\n\n")],
        "buttons": [reply["buttons"] for reply in replies if "buttons" in reply],
        "services": [card["id"] for shown in cards for card in shown],
    }
