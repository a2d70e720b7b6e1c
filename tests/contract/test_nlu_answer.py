"""What `POST /model/parse` of the real, trained NLU answers, and to what."""

from __future__ import annotations

import json
import math
import time

import pytest

from bot.domain.taxonomy import Audience, Concern, Urgency
from tests.odd_texts import ODD_TEXTS

IDS = {
    "audience": {audience.value for audience in Audience},
    "concern": {concern.value for concern in Concern},
    "urgency": {urgency.id for urgency in Urgency},
}


def check(answer):
    """The contract: three judgements, whole and summing to 1, beside Rasa's own answer."""
    judgement = answer["judgement"]
    assert set(judgement) == set(IDS)
    for question, ids in IDS.items():
        scores = judgement[question]["scores"]
        assert set(scores) == ids
        assert all(0 <= score <= 1 for score in scores.values())
        assert math.fsum(scores.values()) == pytest.approx(1, abs=1e-6)
        assert judgement[question]["id"] in ids
    concern = judgement["concern"]
    assert concern["id"] == answer["intent"]["name"] == answer["intent_ranking"][0]["name"]
    assert {entry["name"] for entry in answer["intent_ranking"]} == IDS["concern"]
    assert set(concern["also"]) <= IDS["concern"] - {concern["id"], "none"}
    assert len(set(concern["also"])) == len(concern["also"])
    assert isinstance(answer["entities"], list)


@pytest.mark.parametrize(
    ("text", "audience", "concern", "urgency"),
    [
        ("min far slår mig", "child_self", "physical_violence", {"high", "acute"}),
        ("Jeg tror min nabo slår sine børn", "bystander", "physical_violence", {"medium", "high"}),
        ("hvordan laver man en underretning", None, "notification", {"low"}),
        ("jeg vil ikke leve mere og jeg gør det i aften", None, "suicide_self_harm", {"acute"}),
        ("er jeg anonym her", None, "privacy", {"low"}),
        ("hej", "unknown", "none", {"none"}),
    ],
)
def test_plain_words_are_understood(real_nlu, text, audience, concern, urgency):
    answer = real_nlu.parse(text)

    check(answer)
    judgement = answer["judgement"]
    assert judgement["concern"]["id"] == concern
    assert judgement["urgency"]["id"] in urgency
    assert audience is None or judgement["audience"]["id"] == audience


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_any_text_gets_a_whole_answer(real_nlu, text):
    check(real_nlu.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "m i n  f a r  s l å r  m i g",
        "m i n f a r s l å r m i g",
        "min far s.l.å.r mig",
        "min far sl4r mig",
        "min far sl@r mig",
        "min far $lår mig",
        "min far sl*r mig",
        "min far slååååår mig",
        "mіn fаr ѕlår mіg",
        "min far s\u200bl\u200bå\u200br mig",
        "\u202emin far sl\u00adår mig\u202c",
        "min far s\u0336l\u0336å\u0336r\u0336 mig",
        "ｍｉｎ ｆａｒ ｓｌåｒ ｍｉｇ",
        "𝓶𝓲𝓷 𝓯𝓪𝓻 𝓼𝓵å𝓻 𝓶𝓲𝓰",
        "/ ／\u0301/min far slår mig",
        " " * 10_000 + "min far slår mig",
    ],
)
def test_a_disguise_changes_no_judgement(real_nlu, text):
    disguised, plain = real_nlu.parse(text), real_nlu.parse("min far slår mig")

    for question in IDS:
        for label, score in plain["judgement"][question]["scores"].items():
            # Blanks may differ, and the encoder counts them.
            assert disguised["judgement"][question]["scores"][label] == pytest.approx(
                score, abs=0.05
            )


def test_the_end_of_a_long_text_is_judged(real_nlu):
    dull = "vi var i skoven og det var en god dag. " * 300

    ends = [real_nlu.parse(text) for text in (dull, dull + "min far slår mig")]

    alarms = [answer["judgement"]["urgency"]["scores"] for answer in ends]
    assert alarms[0] != alarms[1]


def quickest(server, text, *, tries=5):
    """Seconds of the quickest try: what the message itself costs on a busy machine."""
    times = []
    for _ in range(tries):
        begun = time.perf_counter()
        server.parse(text)
        times.append(time.perf_counter() - begun)
    return min(times)


def test_a_long_message_costs_little_more_than_one_of_400_characters(real_nlu):
    """The encoder alone would take ten times as long, and the bot would not wait for it."""
    text = "jeg tør ikke gå hjem, han er vred igen. " * 103

    assert quickest(real_nlu, text[:4096]) < 4 * quickest(real_nlu, text[:400])


@pytest.mark.parametrize("sign", ["'", "(", "*", '"', "😀", "\u05b0\u05c1", "a!"])
def test_a_text_without_a_blank_costs_little_more_than_words(real_nlu, sign):
    """The tokeniser alone took 1.7 s for 4,096 signs, and one request is handled at a time."""
    words = "jeg tør ikke gå hjem, han er vred igen. " * 103
    signs = (sign * 4096)[:4096]

    assert quickest(real_nlu, signs) < 20 * quickest(real_nlu, words[:4096])


def test_commands_of_rasa_are_read_as_words(real_nlu):
    with_slash, without = real_nlu.parse("/human"), real_nlu.parse("human")

    assert with_slash["judgement"] == without["judgement"]


def test_the_answer_does_not_repeat_the_text(real_nlu):
    canary = "kanariefugl7391"

    answer = json.dumps(real_nlu.parse(f"min nabo hedder {canary}"))

    assert canary not in answer


def test_the_same_text_gets_the_same_answer(real_nlu):
    text = "min far slår mig når han er fuld"

    assert real_nlu.parse(text) == real_nlu.parse(text)


@pytest.mark.parametrize("text", ["min far slår mig", "han slår mig", "jeg vil dø i aften"])
def test_negation_lowers_the_alarm(real_nlu, text):
    def alarm(words):
        scores = real_nlu.parse(words)["judgement"]["urgency"]["scores"]
        return scores["acute"] + scores["high"]

    negated = text.replace(" mig", " mig ikke").replace("vil dø", "vil ikke dø")

    assert negated != text
    assert alarm(negated) < alarm(text)
