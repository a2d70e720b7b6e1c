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
    "sexual_thoughts.ask_thoughts_or_acts branch 2",
}
"""Branches that decide whose services are shown, not which texts."""
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
    replies = [each for r in recordings for turn in r.turns for each in turn.said]
    said = {reply.response for reply in replies}
    for page in (reply.note for reply in replies if reply.note):
        said |= {response for response, _ in (page.about, *page.parts)}
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


def test_every_number_that_were_gone_would_be_noticed(library):
    """A text that gives a number has it in a conversation, in that very reply or below its note."""
    services = library.directory.services

    def shown(service):
        return show_phone(services[service].phone)

    asked = {
        (response_of(reply), words)
        for transcript in TRANSCRIPTS.values()
        for turn in transcript["turns"]
        for reply in (
            *turn.get("replies", ()),
            *({part: turn.get("contains", ())} for part in turn.get("note", ())),
        )
        for words in words_of(reply)
    }
    unnoticed = [
        f"{response}: {shown(service)}"
        for response, variants in library.content.responses.items()
        for service in {s for text in variants for s in PHONE.findall(text.text)}
        if not any(name == response and shown(service) in words for name, words in asked)
    ]

    assert not unnoticed, "\n".join(unnoticed)
