"""Golden conversations: what visitors say and which texts answer, on the project's own content."""

import pytest

from bot.adapters.system_clock import FixedClock
from bot.bootstrap import build_app
from bot.domain.flow import STEP_KINDS
from bot.settings import Settings
from tests.doors import Bubble
from tests.flows.expectations import check_reply, words_of
from tests.flows.walk import TRANSCRIPTS, Walk, expected_responses


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
            expected = expected_responses(turn)
            assert expected in (None, [r.response for r in result.replies]), at
            for wanted, reply in zip(turn.get("replies", ()), result.replies, strict=False):
                for words in words_of(wanted):
                    assert words in reply.text, f"{at}: '{words}' is missing in\n{reply.text}"
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
