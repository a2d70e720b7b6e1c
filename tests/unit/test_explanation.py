"""Which words pushed the urgency: those without which the judge is calmer."""

import json
from dataclasses import replace

import pytest

from bot.commands.explanation import MOST_STRETCHES, Explainer
from bot.domain.judgement import NetVerdict
from bot.domain.paths import certain
from bot.domain.taxonomy import Audience, Concern, Urgency

CALM = certain(Audience.UNKNOWN, Concern.NONE, Urgency.NONE)


class WordNlu:
    """Fears some words, each for itself."""

    def __init__(self, fears):
        self.fears, self.asked = fears, []

    async def understand(self, text):
        self.asked.append(text)
        fear = sum(push for word, push in self.fears.items() if word in text.split())
        scores = dict.fromkeys(Urgency, 0.0) | {Urgency.NONE: 1 - fear, Urgency.ACUTE: fear}
        return replace(CALM, urgency_scores=scores)


class NoneNear:
    async def ask(self, line):
        assert set(json.loads(line)) == {"text"}
        return b'{"nearest": []}'


@pytest.fixture
def explain(library):
    async def explaining(text, **fears):
        nlu = WordNlu(fears)
        judged = await nlu.understand(text)
        nlu.asked.clear()
        explainer = Explainer(library.net, nlu, NoneNear())
        return await explainer.explain(text, NetVerdict(), judged), nlu.asked

    return explaining


async def test_the_words_that_push_most_come_first_and_others_not_at_all(explain):
    told, _ = await explain("han har en kniv og er vred", kniv=0.5, vred=0.2, og=0.005)

    assert told["pushed"] == [{"words": "kniv", "by": 0.5}, {"words": "vred", "by": 0.2}]


async def test_a_word_that_calms_is_no_pushing_word(explain):
    told, _ = await explain("kniv nej", kniv=0.5, nej=-0.2)

    assert told["pushed"] == [{"words": "kniv", "by": 0.5}]


@pytest.mark.parametrize("text", ["kniv", "  kniv  "])
async def test_a_single_word_is_not_left_out(explain, text):
    told, asked = await explain(text, kniv=0.5)

    assert (told["pushed"], asked) == ([], [])


async def test_a_long_message_costs_no_more_than_so_many_parses(explain):
    text = " ".join(["ord"] * 400 + ["kniv"] + ["ord"] * 300)

    told, asked = await explain(text, kniv=0.5)

    assert len(asked) <= MOST_STRETCHES
    assert "kniv" in told["pushed"][0]["words"].split()


async def test_what_the_rules_matched_is_quoted(library):
    text = "min Far slår mig"
    explainer = Explainer(library.net, WordNlu({}), NoneNear())

    told = await explainer.explain(text, library.net.judge(text), CALM)

    assert told["fired"][0]["words"] == ["Far slår mig"]
    assert told["decided"] == "safety_net"
