"""Which texts an audience can meet."""

from __future__ import annotations

from bot.domain.audience_texts import ENGINE, texts_for
from bot.domain.taxonomy import Audience


def variants(*conditions):
    return [
        {
            "text": f"Tekst {index}.",
            "condition": [{"type": "slot", "name": n, "value": v} for n, v in condition.items()],
            "metadata": {"review": "draft"},
        }
        for index, condition in enumerate(conditions)
    ]


def of(content, audience, name="utter_believe_you"):
    found = [ref for section in texts_for(content, audience) for ref in section.texts]
    assert len(found) == len(set(found))
    return [index for response, index in found if response == name]


def test_only_what_their_conditions_allow(make_content):
    def change(plain):
        plain["responses"]["utter_hello"] = variants(
            {"audience": "child_self"},
            {"audience": "parent", "reader": "easy"},
            {"audience": "parent"},
            {"reader": "child"},
            {"reader": "adult"},
            {},
        )

    content = make_content(change)

    assert of(content, Audience.CHILD_SELF, "utter_hello") == [0]
    assert of(content, Audience.PARENT, "utter_hello") == [1, 2]
    assert of(content, Audience.CHILD_FRIEND, "utter_hello") == [3, 5]
    assert of(content, Audience.SURVIVOR, "utter_hello") == [4, 5]
    assert of(content, Audience.UNKNOWN, "utter_hello") == [3, 4, 5]


def test_a_flow_that_others_have_is_not_theirs(content):
    assert of(content, Audience.CHILD_SELF) == [0]
    assert of(content, Audience.PARENT) == []


def test_what_the_robot_says_of_its_own_accord_comes_first(content):
    first = texts_for(content, Audience.PARENT)[0]

    assert first.flow == ENGINE
    assert ("utter_acute", 0) in first.texts


def test_whom_a_text_does_not_serve_does_not_get_it(make_content):
    def change(plain):
        plain["responses"]["utter_hello"][0]["metadata"]["serves"] = ["adult_sexual"]

    assert of(make_content(change), Audience.CHILD_SELF, "utter_hello") == []
    assert of(make_content(change), Audience.ADULT_SEXUAL, "utter_hello") == [0]
