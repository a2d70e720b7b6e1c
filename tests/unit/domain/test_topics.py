"""Topics: found by name, in words and in the menu, run as asides, proved for whom they serve."""

import random

import pytest

from bot.domain.answers import normalise, read_topic
from bot.domain.effects import Say
from bot.domain.engine import advance
from bot.domain.heard import Command, Heard
from bot.domain.lint import check_content
from bot.domain.paths import ACUTE, Exploration, certain
from bot.domain.payload import TopicChoice, TopicPage, every_payload, parse_payload
from bot.domain.safety import check_safety
from bot.domain.state import State
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.domain.topic import menu_page

PHONES = ("bornetelefonen",)
NAMES = ("normal", "tell", "rights_more", "friends")


def with_topics(plain):
    plain["slots"]["how_far"] = {"type": "categorical", "values": ["videre", "slut"]}
    text = {"text": "Ring, {phone.bornetelefonen}.", "metadata": {"review": "draft"}}
    plain["responses"]["utter_ask_how_far"] = [dict(text)]
    for name in NAMES:
        plain["responses"][f"utter_{name}"] = [dict(text)]
        plain["flows"][name] = {
            "description": name,
            "steps": [
                {"action": f"utter_{name}"},
                {
                    "collect": "how_far",
                    "description": "Go on?",
                    "next": [
                        {
                            "if": 'slots.how_far = "videre"',
                            "then": [{"action": f"utter_{name}", "next": "END"}],
                        },
                        {"else": "END"},
                    ],
                },
            ],
        }
        for step in plain["flows"][name]["steps"][1]["next"][1:]:
            step["else"] = [{"action": f"utter_{name}", "next": "END"}]
    plain["topics"] = {
        "normal": {"title": "Er det normalt?", "words": ["er det normalt", "er det vold"]},
        "tell": {"title": "Sige det", "serves": ["child_self"], "words": ["sige det"]},
        "rights_more": {"title": "Retten", "serves": ["child_self", "child_friend"]},
        "friends": {"title": "Venner", "serves": ["adult_sexual"], "words": ["venner"]},
    }


def made(make_content, change=lambda _: None):
    def both(plain):
        with_topics(plain)
        change(plain)

    return make_content(both)


@pytest.fixture
def topical(make_content):
    return made(make_content)


def says(effects):
    return [effect.response for effect in effects if isinstance(effect, Say)]


def asked(content, audience=Audience.CHILD_SELF):
    child = certain(audience, Concern.PHYSICAL_VIOLENCE, Urgency.MEDIUM)
    return advance(State(), Heard(understanding=child), content)[0]


def test_the_small_topics_are_sound_and_safe(topical, directory):
    assert [str(issue) for issue in check_content(topical, PHONES)] == []
    assert [str(issue) for issue in check_safety(topical, directory)] == []


def test_a_topic_is_an_aside_after_which_the_question_is_asked_again(topical):
    state = asked(topical)

    inside, effects = advance(state, Heard(topic="normal"), topical)
    assert says(effects) == ["utter_normal", "utter_ask_how_far"]

    back, effects = advance(inside, Heard(filled=(("how_far", "slut"),)), topical)
    assert says(effects) == ["utter_normal", "utter_ask_safe_now"]
    assert (back.flow, back.step, back.slots, back.stack) == (
        state.flow,
        state.step,
        state.slots,
        state.stack,
    )


def test_a_topic_within_a_topic_comes_back_through_both(topical):
    state, _ = advance(asked(topical), Heard(topic="normal"), topical)
    state, _ = advance(state, Heard(topic="tell"), topical)

    state, effects = advance(state, Heard(filled=(("how_far", "videre"),)), topical)
    assert says(effects) == ["utter_tell", "utter_ask_how_far"]
    assert state.flow == "normal"
    _, effects = advance(state, Heard(filled=(("how_far", "slut"),)), topical)
    assert says(effects) == ["utter_normal", "utter_ask_safe_now"]


def test_what_another_flow_noted_is_kept_for_it_and_not_read_by_the_topic(topical):
    state = asked(topical).with_slot("how_far", "slut")

    inside, effects = advance(state, Heard(topic="normal"), topical)
    assert says(effects) == ["utter_normal", "utter_ask_how_far"], "asked all the same"
    back, _ = advance(inside, Heard(filled=(("how_far", "videre"),)), topical)
    assert back.slots == state.slots


def test_danger_comes_first(topical):
    _, effects = advance(State(), Heard(topic="normal", net=ACUTE), topical)

    assert says(effects)[:2] == ["utter_acute", "utter_normal"]


def test_a_guess_that_does_not_fit_gives_way_to_the_topic(topical):
    bystander = certain(Audience.BYSTANDER, Concern.NEGLECT, Urgency.LOW)

    state, effects = advance(State(), Heard(topic="tell", understanding=bystander), topical)

    assert state.audience is Audience.UNKNOWN
    assert says(effects)[0] == "utter_tell"


def test_from_any_question_a_topic_leads_back_to_it(topical):
    """What lets the proof walk a topic once: wherever it is asked for, it goes the same way."""
    exploration = Exploration(topical)
    turns = [*exploration.entries(), *exploration.turns()]
    waiting = sorted({t.after for t in turns if t.after.step}, key=str)
    for state in random.Random(5).sample(waiting, min(200, len(waiting))):
        for name, topic in topical.topics.items():
            if not topic.fits(state.audience) or state.flow in NAMES:
                continue
            after, _ = advance(state, Heard(topic=name), topical)
            assert after.slots == ()
            after, _ = advance(after, Heard(filled=(("how_far", "slut"),)), topical)
            assert (after.flow, after.step, after.slots) == (state.flow, state.step, state.slots)


def menu(content, audience, page=1):
    state = State(audience=audience)
    _, effects = advance(state, Heard(command=Command.TOPICS, page=page), content)
    return [choice.payload for choice in effects[0].choices]


def test_the_menu_shows_what_serves_the_visitor_page_by_page(topical):
    assert menu(topical, Audience.CHILD_SELF)[:3] == ["/emne(normal)", "/emne(tell)", "/emner(2)"]
    assert menu(topical, Audience.CHILD_SELF, 2)[:1] == ["/emne(rights_more)"]
    assert menu(topical, Audience.PARENT) == ["/emne(normal)", "/passer_ikke", "/menneske"]
    assert menu(topical, Audience.ADULT_SEXUAL)[:2] == ["/emne(normal)", "/emne(friends)"]
    assert "/emne(friends)" not in menu(topical, Audience.UNKNOWN), "a child may be reading"
    assert menu(topical, Audience.CHILD_SELF, 9) == ["/passer_ikke", "/menneske"]


def test_the_menu_asks_the_pending_question_again(topical):
    _, effects = advance(asked(topical), Heard(command=Command.TOPICS), topical)

    assert says(effects) == ["utter_topics", "utter_ask_safe_now"]


def test_three_topics_a_page_and_two_for_whom_three_buttons_are_most(topical):
    topics = dict.fromkeys("abcde", topical.topics["normal"])

    assert menu_page(topics, State(audience=Audience.PARENT), 1) == (("a", "b", "c"), True)
    assert menu_page(topics, State(audience=Audience.CHILD_SELF), 1) == (("a", "b"), True)
    assert menu_page(topics, State(reader_chosen="easy"), 3) == (("e",), False)


def test_words_and_payloads_name_a_topic(topical):
    assert read_topic("Er det normalt??", topical) == "normal"
    assert read_topic("er det normalt at han slår", topical) is None
    assert read_topic("er det normalt" + " " * 600, topical) is None
    assert normalise("Er det normalt?") in topical.topics["normal"].words
    assert parse_payload("/emne(normal)") == TopicChoice("normal")
    assert parse_payload("/emner(2)") == TopicPage(2)
    assert parse_payload("/emner") is Command.TOPICS
    assert {"/emne(normal)", "/emner", "/emner(2)"} <= set(every_payload(topical, []))


def topic(plain, name="normal"):
    return plain["topics"][name]


MISTAKES = {
    "an unknown flow": (lambda p: p["topics"].update(norml=topic(p)), "'norml' is no flow"),
    "a title too long": (lambda p: topic(p).update(title="x" * 31), "the title has 31 letters"),
    "an unknown audience": (lambda p: topic(p).update(serves=["child"]), "'child' is no audience"),
    "words of a command": (lambda p: topic(p)["words"].append("stop"), "means the command 'stop'"),
    "words of an answer": (lambda p: topic(p)["words"].append("jep"), "an answer to 'safe_now'"),
    "words of two topics": (
        lambda p: topic(p)["words"].append("sige det"),
        "'sige det' means the topic 'normal' too",
    ),
    "a guard that never holds": (
        lambda p: p["flows"]["tell"].update({"if": 'slots.audience = "parent"'}),
        "the flow's 'if:' never holds for child_self",
    ),
    "a topic that changes who writes": (
        lambda p: p["flows"]["tell"]["steps"].append({"link": "pattern_clarification"}),
        "the flow 'pattern_clarification' asks for or sets 'audience'",
    ),
    "a topic that sets what it is about": (
        lambda p: p["flows"]["tell"]["steps"].insert(0, {"set_slots": [{"concern": "neglect"}]}),
        "the flow 'tell' asks for or sets 'concern'",
    ),
    "a button to an unknown topic": (
        lambda p: p["responses"]["utter_hello"][0].update(
            buttons=[{"title": "Normalt?", "payload": "/emne(norml)"}]
        ),
        "'norml' is no topic",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_topic_is_found(make_content, mistake):
    change, problem = MISTAKES[mistake]

    issues = check_content(made(make_content, change), PHONES)

    assert problem in "\n".join(str(issue) for issue in issues)


def test_a_text_that_does_not_serve_whom_the_topic_serves_is_found(make_content, directory):
    def change(plain):
        plain["responses"]["utter_normal"][0]["metadata"]["serves"] = ["parent"]

    issues = check_safety(made(make_content, change), directory)

    assert "(f) 'utter_normal' reaches child_self" in "\n".join(map(str, issues))
