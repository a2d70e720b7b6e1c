"""The first moments of ten people, through every door with its real parts behind it.

The turn itself is played by ``test_transcripts``. The desk of a counsellor does not exist yet: what
can be true today is that nobody is promised one, and that the state holds what a card will need.
"""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.adapters.session_store import recognise
from bot.app.turn import Incoming
from bot.domain.lint_texts import FORBIDDEN
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.settings import ROOT
from tests.doors import DOORS
from tests.flows.expectations import check_reply

FILE = Path(__file__).parent / "transcripts" / "first_moments.yml"
MOMENTS = {each["name"]: each["turns"] for each in YAML(typ="safe").load(FILE.read_text("utf-8"))}
SHOWN_FILES = ("static/index.html", "plain.html", "words.py")


@pytest.mark.parametrize("door_name", DOORS)
@pytest.mark.parametrize("name", MOMENTS)
async def test_first_moment(name, door_name, app, nlu):
    async with DOORS[door_name](app) as door:
        arriving, *turns = MOMENTS[name]
        assert arriving["visitor"] == "/start", "a moment begins at the door"
        check_reply(arriving, await door.arrives(), f"{door_name}, arriving", door_name)
        for turn in turns:
            if "judged" in turn:
                nlu.says(**turn["judged"])
            pressed = turn.get("presses")
            shown = await (door.presses(pressed) if pressed else door.says(turn["visitor"]))
            assert shown, "every turn answers"
            check_reply(
                turn, shown, f"{door_name}, after {pressed or turn['visitor']!r}", door_name
            )


async def test_the_state_holds_what_a_later_counsellors_card_needs(app, nlu):
    nlu.says("child_self", "physical_violence", "high")
    await app.take_turn("test", "visitor", Incoming(text="min far slår mig"))

    state = await app.store.load(await recognise(app.keys, app.store, "test", "visitor"))

    assert state.urgency is Urgency.HIGH
    assert state.audience is Audience.CHILD_SELF
    assert state.concern is Concern.PHYSICAL_VIOLENCE
    assert state.flow == "violence_at_home"


@pytest.mark.parametrize("file", SHOWN_FILES)
def test_the_pages_own_texts_promise_nothing_that_cannot_be_kept(file):
    shown = (ROOT / "bot" / "channels" / "web" / file).read_text("utf-8").lower()

    assert [phrase for phrase in FORBIDDEN if phrase in shown] == []


def test_no_service_is_shown_with_a_promise_that_cannot_be_kept(library):
    shown = [
        text.lower()
        for service in library.directory.services.values()
        for text in (service.what.da, service.anonymity.da)
    ]

    assert [phrase for phrase in FORBIDDEN for text in shown if phrase in text] == []
