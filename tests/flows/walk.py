"""The golden conversations, and a walk through one of them on the project's own content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.app.turn import Channel, Incoming, Reader, TurnResult
from bot.bootstrap import App
from bot.channels.terminal import read_line
from bot.domain.heard import Odd
from tests.flows.expectations import KEYS, response_of
from tests.quiet_store import AfterSilence

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS: dict[str, dict[str, Any]] = {
    f"{path.stem}: {transcript['name']}": transcript
    for path in sorted(FOLDER.glob("*.yml"))
    for transcript in YAML(typ="safe").load(path.read_text("utf-8"))
}


class Walk:
    """Plays one transcript and remembers what was offered.

    A turn has what the visitor writes (``visitor``; ``/button 2`` presses the second) or the title
    of a button (``presses``); ``sends`` names something else that came, beside words or alone;
    ``after_minutes`` comes after a silence.
    """

    def __init__(self, app: App, nlu: Any, transcript: dict[str, Any], visitor: str = "visitor"):
        self.app, self.nlu, self.visitor = app, nlu, visitor
        self.reader = Reader(transcript["reader"]) if "reader" in transcript else None
        self.channel = Channel(transcript["channel"]) if "channel" in transcript else None
        self.result: TurnResult | None = None

    async def says(self, turn: dict[str, Any]) -> TurnResult:
        if "judged" in turn:
            self.nlu.says(**turn["judged"])
        buttons = tuple(b for r in self.result.replies for b in r.buttons) if self.result else ()
        number = self.result.turn if self.result else 0
        if "presses" in turn:
            payload = next(b.payload for b in buttons if b.title == turn["presses"])
            incoming = Incoming(payload=payload, turn=number)
        elif "sends" in turn:
            incoming = Incoming(text=turn.get("visitor", ""), odd=Odd(turn["sends"]))
        else:
            incoming = read_line(turn["visitor"], buttons, number)
        incoming = replace(incoming, reader=self.reader, channel=self.channel)
        app = self.app
        if minutes := turn.get("after_minutes"):
            store = AfterSilence(app.store, minutes)
            app = replace(app, conversation=replace(app.conversation, store=store))
        self.result = await app.take_turn("transcript", self.visitor, incoming)
        return self.result


def expected_responses(turn: dict[str, Any]) -> list[str] | None:
    """The ids of the texts that must answer, in order; None where only words are looked for."""
    if "replies" in turn or not (KEYS | {"note"}) & turn.keys():
        return [response_of(reply) for reply in turn["replies"]]
    return None
