"""What the golden conversations cover, and whether they would notice if something were gone."""

import asyncio
import re

import pytest

from bot.adapters.system_clock import FixedClock
from bot.bootstrap import build_app
from bot.domain.narration import STANDING
from bot.domain.phone import show_phone
from bot.settings import Settings
from tests.conftest import EVENING, ScriptedNlu
from tests.flows.expectations import response_of, words_of
from tests.flows.replay import branches, record, without_exit, without_flow
from tests.flows.walk import TRANSCRIPTS

NOT_BY_TEXTS = {
    "losing_control.ask_whom branch 2",
    "pattern_find_way.ask_who branch 1",
    "sexual_thoughts.ask_thoughts_or_acts branch 2",
}
"""Branches that decide whose services are shown, or spare a step that would decide the same."""
PHONE = re.compile(r"\{phone\.(\w+)\}")


@pytest.fixture(scope="module")
def recordings(library, tmp_path_factory):
    async def play():
        nlu, settings = ScriptedNlu(), Settings(run_dir=tmp_path_factory.mktemp("run"))
        async with build_app(settings, library, nlu=nlu, clock=FixedClock(EVENING)) as app:
            with pytest.MonkeyPatch.context() as patch:
                return await record(app, nlu, patch)

    return asyncio.run(play())


def test_there_are_enough():
    assert len(TRANSCRIPTS) >= 60


def test_every_step_is_walked(library, recordings):
    walked = {place for recording in recordings for place in recording.places}
    steps = {(flow, s) for flow, graph in library.content.flows.items() for s in graph.nodes}

    assert steps <= walked, sorted(steps - walked)


def test_every_text_is_said(library, recordings):
    said = {response for r in recordings for turn in r.turns for response, _ in turn.lines()}
    said |= {f"utter_button_{command.value}" for command in STANDING}  # titles of every turn
    said |= {"utter_button_more_topics"}  # a title, too
    said |= {"utter_no_topics"}  # for content with fewer topics

    assert library.content.responses.keys() <= said, sorted(library.content.responses.keys() - said)


def test_every_branch_that_were_gone_would_be_noticed(library, recordings):
    unnoticed = []
    for flow, step, number in branches(library.content):
        changed = without_exit(library.content, flow, step, number)
        touched = (r for r in recordings if (flow, step) in r.places)
        if not any(recording.notices(changed) for recording in touched):
            unnoticed.append(f"{flow}.{step} branch {number + 1}")

    assert set(unnoticed) <= NOT_BY_TEXTS, "\n".join(unnoticed)


def test_every_flow_that_were_gone_would_be_noticed(library, recordings):
    unnoticed = [
        flow
        for flow in library.content.flows
        if not any(r.notices(without_flow(library.content, flow)) for r in recordings)
    ]

    assert not unnoticed, "\n".join(unnoticed)


def test_every_number_that_were_gone_would_be_noticed(library, recordings):
    """A text that gives a number has it in a conversation: in that very reply, or in the turn."""
    services = library.directory.services
    given, asked = set(), set()
    for recording in recordings:
        written = TRANSCRIPTS[recording.name]["turns"]
        for turn, played in zip(written, recording.turns, strict=True):
            for response, variant in played.lines():
                text = library.content.responses[response][variant].text
                given |= {(response, service) for service in PHONE.findall(text)}
                asked |= {(response, words) for words in turn.get("contains", ())}
            for reply in turn.get("replies", ()):
                asked |= {(response_of(reply), words) for words in words_of(reply)}
    unnoticed = [
        f"{response}: {service}"
        for response, service in given
        if not any(
            name == response and show_phone(services[service].phone) in words
            for name, words in asked
        )
    ]

    assert not unnoticed, "\n".join(sorted(unnoticed))
