"""Golden conversations: what visitors say and which texts answer, on the project's own content."""

from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.adapters.system_clock import FixedClock
from bot.app.turn import Incoming, Reader
from bot.bootstrap import build_app
from bot.channels.terminal import read_line
from bot.domain.flow import STEP_KINDS
from bot.settings import ROOT, Settings
from tests.doors import Bubble
from tests.flows.expectations import KEYS, check_reply
from tests.quiet_store import AfterSilence

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = {
    f"{path.stem}: {transcript['name']}": transcript
    for path in sorted(FOLDER.glob("*.yml"))
    for transcript in YAML(typ="safe").load(path.read_text("utf-8"))
}


class Walk:
    """Plays one transcript and remembers what was offered."""

    def __init__(self, app, nlu, transcript):
        self.app, self.nlu = app, nlu
        self.reader = Reader(transcript["reader"]) if "reader" in transcript else None
        self.result = None

    async def says(self, turn):
        if "judged" in turn:
            self.nlu.says(**turn["judged"])
        buttons = tuple(b for r in self.result.replies for b in r.buttons) if self.result else ()
        number = self.result.turn if self.result else 0
        if "presses" in turn:
            payload = next(b.payload for b in buttons if b.title == turn["presses"])
            incoming = Incoming(payload=payload, turn=number)
        else:
            incoming = read_line(turn["visitor"], buttons, number)
        incoming = replace(incoming, reader=self.reader)
        app = self.app
        if minutes := turn.get("after_minutes"):
            store = AfterSilence(app.store, minutes)
            app = replace(app, conversation=replace(app.conversation, store=store))
        self.result = await app.take_turn("transcript", "visitor", incoming)
        return self.result


@pytest.mark.parametrize("name", TRANSCRIPTS)
async def test_transcript(name, library, nlu, clock, tmp_path):
    transcript = TRANSCRIPTS[name]
    if "now" in transcript:
        clock = FixedClock(transcript["now"])
    async with build_app(Settings(run_dir=tmp_path), library, nlu=nlu, clock=clock) as app:
        walk = Walk(app, nlu, transcript)
        for number, turn in enumerate(transcript["turns"], start=1):
            result = await walk.says(turn)
            at = f"turn {number}, after '{turn.get('visitor', turn.get('presses'))}'"
            if "replies" in turn or not (KEYS | {"note"}) & turn.keys():
                assert [r.response for r in result.replies] == turn["replies"], at
            if "note" in turn:
                notes = [reply.note for reply in result.replies if reply.note]
                assert [part.response for note in notes for part in note.parts] == turn["note"], at
            check_reply(turn, [_bubble(reply) for reply in result.replies], at, "page")


def _bubble(reply):
    cards = (f"{c.name} {c.phone_shown} {c.opening} {c.caution}" for c in reply.services)
    parts = (reply.note.about, *(part.text for part in reply.note.parts)) if reply.note else ()
    return Bubble(
        "\n".join((reply.text, *parts)), tuple(b.title for b in reply.buttons), tuple(cards)
    )


def test_every_kind_of_step_is_used_by_a_flow_with_a_transcript(library):
    flows = {flow for t in TRANSCRIPTS.values() for flow in t.get("flows", ())}
    assert flows <= library.content.flows.keys()

    used = {
        kind
        for graph in library.content.flows.values()
        for node in graph.nodes.values()
        for kind in STEP_KINDS
        if hasattr(node.step, kind)
    }
    assert used == set(STEP_KINDS)


def test_the_transcripts_lie_with_the_tests():
    assert TRANSCRIPTS
    assert (ROOT / "flows").is_dir()
