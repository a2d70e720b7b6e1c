"""What `POST /model/parse` of the real, trained NLU answers, and to what."""

from __future__ import annotations

import json
import math
import time

import pytest

from bot.domain.taxonomy import Audience, Concern, Urgency

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


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\0",
        "min far\0slår mig",
        "😀😭🙏",
        "\ud800 halv emoji",
        "أبي يضربني كل يوم",
        "我爸爸打我",
        "/human",
        "/" * 50,
        '/sexual_abuse{"a": "b"}',
        "[far](person) slår mig",
        "${HOME} $BETRO_NLU_TOKEN",
        "a" * 20_000,
        "jeg er bange " * 2_000,
        "\u202e\u200b\ufeff",
        "İSTANBUL ẞ ﬁ",
    ],
    ids=range(17),
)
def test_any_text_gets_a_whole_answer(real_nlu, text):
    check(real_nlu.parse(text))


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
