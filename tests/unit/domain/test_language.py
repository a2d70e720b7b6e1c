"""Which language a message is in: Danish unless it is clear."""

import pytest

from bot.adapters.content_files import read_content
from bot.adapters.directory_files import load_directory
from bot.domain.answers import normalise
from bot.domain.engine import advance
from bot.domain.heard import Heard
from bot.domain.judgement import FiredRule, NetVerdict, RuleId
from bot.domain.language import CARD_ONLY, Lang, find_asked, recognise
from bot.domain.lint_texts import starts_with_112
from bot.domain.state import State
from bot.domain.taxonomy import Urgency
from bot.settings import ROOT

ACUTE = NetVerdict((FiredRule(RuleId("any"), Urgency.ACUTE, 1.0),))


@pytest.fixture(scope="module")
def real():
    content, issues = read_content(ROOT, load_directory(ROOT / "resources"), prove=False)
    assert content is not None, issues
    return content


def tell(text, content, *guesses, by_rule=None):
    return recognise(normalise(text), guesses, by_rule, content.languages)


@pytest.mark.parametrize(
    ("text", "guesses", "by_rule", "told"),
    [
        ("I would like to talk about my son", [("en", 0.95)], None, Lang.EN),
        ("I would like to talk about my son", [("en", 0.79)], None, None),
        ("I would like to talk about my son", [], None, None),
        ("help", [("en", 0.99)], None, None),
        ("ok", [("pl", 0.99)], None, None),
        ("hej med dig", [("pl", 0.9)], None, None),
        ("help me", [], None, Lang.EN),
        ("допоможіть", [], None, Lang.UK),
        ("ساعدوني", [], None, Lang.AR),
        ("mama drepur meg", [("so", 0.9)], "so", Lang.SO),
        ("у меня дома очень плохо", [("ru", 0.9)], None, Lang.UK),
        ("من نمی خواهم با او ازدواج کنم", [("fa", 0.99)], None, Lang.EN),
        ("jeg wanna die fordi han er sur", [("en", 0.9)], "en", Lang.DA),
        ("min far er tit meget vred", [("nb", 0.95)], None, None),
        ("jag är rädd för pappa", [("sv", 0.97)], None, Lang.SV),
        ("faren min slår meg og jeg er redd", [("da", 0.72), ("nb", 0.28)], None, Lang.NO),
        ("jeg vil gerne have hjælp", [("da", 0.95)], None, Lang.DA),
        ("ersivunga", [], None, Lang.KL),
    ],
)
def test_a_message_tells_its_language_only_when_it_is_clear(real, text, guesses, by_rule, told):
    assert tell(text, real, *guesses, by_rule=by_rule) is told


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("English", Lang.EN),
        ("in English, please!", Lang.EN),
        ("العربية", Lang.AR),
        ("Українська", Lang.UK),
        ("polski", Lang.PL),
        ("Türkçe", Lang.TR),
        ("soomaali", Lang.SO),
        ("Deutsch", Lang.DE),
        ("kalaallisut", Lang.KL),
        ("dansk", Lang.DA),
        ("/sprog_ar", Lang.AR),
        ("/sprog_xx", None),
        ("min engelsk er dårlig", None),
    ],
)
def test_a_language_is_asked_for_by_its_own_name(real, text, asked):
    assert find_asked(normalise(text), real.languages) is asked


def said(content, state, **heard):
    after, effects = advance(state, Heard(**heard), content)
    return after, [(effect.response, effect.lang) for effect in effects if hasattr(effect, "lang")]


@pytest.mark.parametrize("lang", sorted(CARD_ONLY))
def test_danger_is_answered_by_the_card_in_the_visitors_language(real, lang):
    after, effects = advance(State(), Heard(net=ACUTE, lang=lang.value), real)

    first = effects[0]
    text = real.responses[first.response][first.variant]
    assert first.response == "utter_language"
    assert first.services is not None
    assert starts_with_112(text.text)
    assert text.metadata.review == "draft"
    assert after.lang == lang
    if lang is not Lang.KL:  # nobody here writes it well enough
        assert first.lang == lang


def test_danger_in_english_is_answered_in_english(real):
    _, effects = advance(State(), Heard(net=ACUTE, lang="en"), real)

    first = effects[0]
    text = real.responses[first.response][first.variant]
    assert (first.response, first.lang) == ("utter_acute", "en")
    assert starts_with_112(text.translation["en"])
    assert "utter_language" in [effect.response for effect in effects]


def test_the_card_comes_once(real):
    after, first = said(real, State(), lang="pl")
    _, second = said(real, after, lang="pl")

    assert first[0] == ("utter_language", "pl")
    assert "utter_language" not in [response for response, _ in second]


def test_what_was_asked_for_is_kept_and_the_question_is_asked_in_it(real):
    asked, _ = advance(State(), Heard(), real)

    after, replies = said(real, asked, lang="en", lang_told=True)

    assert (after.lang, after.lang_told) == ("en", True)
    assert replies[0] == ("utter_language", "en")
    assert (after.flow, after.step) == (asked.flow, asked.step)


def test_going_back_to_danish_by_writing_it_says_nothing_of_it(real):
    english, _ = said(real, State(), lang="en")
    after, replies = said(real, english, lang="da")

    assert after.lang == "da"
    assert {lang for _, lang in replies} == {"da"}
    assert "utter_language" not in [response for response, _ in replies]
