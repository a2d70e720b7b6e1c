"""A turn on texts that nobody means to write: an answer, and never one that hides a danger."""

from __future__ import annotations

import pytest

from bot.app.last_resort import LAST_RESORT
from bot.app.turn import Incoming
from bot.domain.taxonomy import Urgency
from tests.odd_texts import CANARY, HUGE_TEXTS, ODD_TEXTS


@pytest.mark.parametrize("text", (ODD_TEXTS | HUGE_TEXTS).values(), ids=ODD_TEXTS | HUGE_TEXTS)
async def test_any_text_gets_an_answer_that_does_not_repeat_it(app, text):
    result = await app.take_turn("test", "v", Incoming(text=text))

    assert result.replies
    assert LAST_RESORT not in result.replies
    assert all(CANARY not in reply.text for reply in result.replies)


@pytest.mark.parametrize("name", ["right to left", "zero width", "lookalikes", "spaced", "figures"])
async def test_a_disguised_danger_leads_where_the_plain_one_does(app, name):
    result = await app.take_turn("test", "v", Incoming(text=ODD_TEXTS[name]))

    assert result.flow == "violence_at_home"
    assert result.urgency >= Urgency.HIGH


async def test_padding_makes_no_message_too_long(app):
    padded = " \u200b" * 10_000 + "min far slår mig" + "\n\u2060" * 10_000

    result = await app.take_turn("test", "v", Incoming(text=padded))

    assert result.flow == "violence_at_home"
    assert all(reply.response != "utter_odd_too_long" for reply in result.replies)


async def test_a_command_with_invisible_characters_is_obeyed(app):
    await app.take_turn("test", "v", Incoming(text="min far slår mig"))

    assert (await app.take_turn("test", "v", Incoming(text="\u202esl\u200bet alt"))).forgotten
