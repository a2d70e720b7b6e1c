"""One turn through all parts, with a real store."""

import asyncio
from dataclasses import replace

import pytest

from bot.app.last_resort import LAST_RESORT
from bot.app.turn import Channel, Incoming, Pseudonym
from bot.bootstrap import build_app
from bot.domain.content import compile_flow
from bot.domain.flow import Flow
from bot.domain.heard import Odd
from bot.domain.taxonomy import Urgency
from bot.settings import Settings
from tests.quiet_store import AfterSilence

HIT = "min far slår mig"
ACUTE = "han kommer nu med en kniv og jeg er alene"


async def test_without_nlu_the_safety_net_leads_a_child_who_is_hit_to_help(app):
    result = await app.take_turn("test", "v", Incoming(text=HIT))

    assert result.flow == "violence_at_home"
    assert result.urgency >= Urgency.HIGH
    assert not result.judged_by_nlu
    assert [card.id for reply in result.replies for card in reply.services]


async def test_visitors_do_not_see_each_other(app):
    await app.take_turn("test", "one", Incoming(text=HIT))
    other = await app.take_turn("test", "two", Incoming(text="/om"))

    assert other.flow is None
    assert other.turn == 1


async def test_two_messages_at_the_same_moment_are_taken_one_after_the_other(app):
    turns = [app.take_turn("test", "v", Incoming(text=HIT)) for _ in range(8)]

    results = await asyncio.gather(*turns)

    assert sorted(result.turn for result in results) == list(range(1, 9))


async def test_a_button_pressed_twice_is_an_old_button_the_second_time(app):
    first = await app.take_turn("test", "v", Incoming(text=HIT))
    safe = next(b for r in first.replies for b in r.buttons if "safe_now=ja" in b.payload)

    pressed = Incoming(payload=safe.payload, turn=first.turn)
    again = [await app.take_turn("test", "v", pressed) for _ in range(2)]

    assert again[0].replies[0].response != "utter_odd_old_button"
    assert again[1].replies[0].response == "utter_odd_old_button"


async def test_erase_says_truthfully_whether_anything_was_kept(app):
    nothing = await app.take_turn("test", "v", Incoming(text="/slet"))
    await app.take_turn("test", "v", Incoming(text=HIT))
    something = await app.take_turn("test", "v", Incoming(text="slet alt"))

    assert "ikke gemt noget" in nothing.replies[0].text
    assert "har slettet" in something.replies[0].text
    assert something.forgotten
    assert (await app.take_turn("test", "v", Incoming(text="/om"))).turn == 1


async def test_the_words_beside_a_picture_are_an_answer_and_are_judged(app):
    await app.take_turn("test", "v", Incoming(text=HIT))

    answered = await app.take_turn("test", "v", Incoming(text="ja", odd=Odd.PICTURE))
    acute = await app.take_turn("test", "v", Incoming(text=ACUTE, odd=Odd.PICTURE))
    alone = await app.take_turn("test", "v", Incoming(odd=Odd.PICTURE))

    assert answered.replies[0].response == "utter_odd_picture"
    assert answered.step != "ask_safe"
    assert "112" in acute.replies[0].text.splitlines()[0]
    assert alone.replies[0].response == "utter_odd_picture"
    assert len(alone.replies) > 1, "the question is asked again"


ANSWERS = ("nej", "Nej.", "jeg er ikke sikker", "2")
"""Whole answers to 'Er du i sikkerhed lige nu?'; the last is a button's number."""


@pytest.mark.parametrize("answer", ANSWERS)
async def test_a_bare_answer_is_judged_by_the_net_alone(app, nlu, answer):
    """The flow's author has said what it means; without the question a model can only guess."""
    await app.take_turn("test", "v", Incoming(text=HIT))
    nlu.says("child_self", "none", "acute")

    result = await app.take_turn("test", "v", Incoming(text=answer))

    assert result.replies[0].response == "utter_not_safe"
    assert not result.judged_by_nlu
    assert nlu.next is not None, "the NLU was not asked"


async def test_an_answer_that_says_more_is_read_as_the_answer_and_judged_by_both(app, nlu):
    await app.take_turn("test", "v", Incoming(text=HIT))
    nlu.says("child_self", "physical_violence", "acute")

    result = await app.take_turn("test", "v", Incoming(text="nej, og nu står han udenfor"))

    assert [reply.response for reply in result.replies] == ["utter_acute", "utter_ask_after_112"]
    assert result.replies[0].text.startswith("Ring 112")
    assert result.told is Urgency.ACUTE
    assert result.judged_by_nlu


async def test_an_answer_that_says_more_is_read_when_the_nlu_is_away(app):
    """The net sees 'kniv', the grammar sees 'nej'."""
    await app.take_turn("test", "v", Incoming(text=HIT))

    result = await app.take_turn(
        "test", "v", Incoming(text="nej, og han kommer nu med en kniv og jeg er alene")
    )

    assert [reply.response for reply in result.replies] == ["utter_acute", "utter_ask_after_112"]
    assert not result.judged_by_nlu


async def test_a_yes_that_says_more_is_never_safe(app, nlu):
    await app.take_turn("test", "v", Incoming(text=HIT))
    nlu.says("child_self", "none", "none")

    result = await app.take_turn("test", "v", Incoming(text="ja, og han kommer hjem klokken ti"))

    assert result.replies[0].response == "utter_not_safe"


async def test_forwarded_words_are_judged_but_neither_answer_nor_command(app):
    await app.take_turn("test", "v", Incoming(text=HIT))

    answer = await app.take_turn("test", "v", Incoming(text="ja", odd=Odd.FORWARDED))
    command = await app.take_turn("test", "v", Incoming(text="/slet", odd=Odd.FORWARDED))
    acute = await app.take_turn("test", "v", Incoming(text=ACUTE, odd=Odd.FORWARDED))

    for result in (answer, command):
        assert result.replies[0].response == "utter_odd_forwarded"
        assert result.step == "ask_safe"
    assert not command.forgotten
    assert "112" in acute.replies[0].text.splitlines()[0]


@pytest.mark.parametrize("command", ["/slet", "/stop"])
async def test_a_wish_to_erase_is_granted_hours_later(app, command):
    await app.take_turn("test", "v", Incoming(text=HIT))

    result = await app.take_turn("test", "v", Incoming(text=command, odd=Odd.STALE))

    assert result.forgotten


async def test_other_channels_name_the_page_if_its_address_is_known(library, nlu, tmp_path):
    start = Incoming(text="/start", channel=Channel.TELEGRAM)
    page = "https://betro.example"
    said = []
    for settings in (
        Settings(run_dir=tmp_path / "a"),
        Settings(run_dir=tmp_path / "b", page_url=page),
    ):
        async with build_app(settings, library, nlu=nlu) as app:
            result = await app.take_turn("telegram", "v", start)
            said.append("\n".join(reply.text for reply in result.replies))

    assert "Telegram ved, hvem du er" in said[0]
    assert page in said[1]
    assert "{page}" not in said[0]


async def test_a_store_that_is_gone_costs_the_memory_not_the_answer(library, nlu, tmp_path):
    nowhere = Settings(redis_url=f"unix://{tmp_path}/nobody")
    async with build_app(nowhere, library, nlu=nlu) as app:
        result = await app.take_turn("test", "v", Incoming(text=HIT))

        erased = await app.take_turn("test", "v", Incoming(text="/slet"))

    assert result.flow == "violence_at_home"
    assert any(reply.services for reply in result.replies)
    assert "har slettet" not in erased.replies[0].text, "nothing could be deleted"
    assert "slettes af sig selv" in erased.replies[0].text


async def test_a_flow_that_never_asks_still_gives_a_number(app):
    """Lint refuses such a flow; should one slip through, the visitor is not left alone."""
    loop = Flow.model_validate(
        {
            "description": "x",
            "nlu_trigger": [{"intent": "physical_violence"}],
            "steps": [{"id": "a", "noop": True, "next": "a"}],
        }
    )
    content = app.library.content
    looping = replace(
        content, flows={**content.flows, "violence_at_home": compile_flow("violence_at_home", loop)}
    )
    conversation = replace(app.conversation, content=lambda: looping)

    result = await conversation.take_turn(Pseudonym("v"), Incoming(text=HIT))

    assert result.replies == (LAST_RESORT,)
    assert "112" in LAST_RESORT.text
    assert "116 111" in LAST_RESORT.text


def later(app, minutes):
    return replace(app.conversation, store=AfterSilence(app.store, minutes))


BACK = Pseudonym("ef" * 20)


@pytest.mark.parametrize("channel", Channel)
async def test_after_half_an_hour_of_silence_it_asks_whether_it_is_safe_to_write(app, channel):
    hit = await app.conversation.take_turn(BACK, Incoming(text=HIT, channel=channel))

    result = await later(app, 30).take_turn(BACK, Incoming(text="ja", channel=channel))
    assert [r.text for r in result.replies] == ["Er det sikkert at skrive nu?"]

    result = await app.conversation.take_turn(BACK, Incoming(text="ved ikke", channel=channel))
    assert "112" in result.replies[0].text
    assert "116 111" in result.replies[0].text

    result = await app.conversation.take_turn(BACK, Incoming(text="Nu er det sikkert"))
    assert (result.flow, result.step) == (hit.flow, hit.step)


async def test_a_shorter_silence_is_nobodys_business(app):
    await app.conversation.take_turn(BACK, Incoming(text=HIT))

    result = await later(app, 29).take_turn(BACK, Incoming(text="ja"))

    assert result.flow == "violence_at_home"


async def test_without_violence_a_silence_is_only_a_silence(app):
    await app.conversation.take_turn(BACK, Incoming(text="/start"))

    result = await later(app, 50).take_turn(BACK, Incoming(text="/om"))

    assert result.replies[0].response == "utter_about"


async def test_after_erasing_nothing_is_remembered_however_long_ago(app):
    await app.conversation.take_turn(BACK, Incoming(text=HIT))
    erased = await app.conversation.take_turn(BACK, Incoming(text="/slet"))
    assert erased.forgotten

    back = await later(app, 50).take_turn(BACK, Incoming(text="hej"))
    new = await app.conversation.take_turn(Pseudonym("12" * 20), Incoming(text="hej"))

    assert back == new
    assert back.turn == 1
