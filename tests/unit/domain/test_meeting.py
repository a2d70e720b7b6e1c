"""What someone in danger, someone young or someone with thoughts of suicide can be shown."""

from __future__ import annotations

import pytest

from bot.domain.meeting import find_must_be_read
from bot.domain.state import CHILDREN


@pytest.fixture(scope="module")
def must(library):
    return find_must_be_read(library.content)


def test_every_text_of_the_young_must_be_read(library, must):
    young = {audience.value for audience in CHILDREN}
    for name, variants in library.content.responses.items():
        for index, text in enumerate(variants):
            if young.intersection(text.metadata.serves):
                assert (name, index) in must, name


@pytest.mark.parametrize(
    "name", ["utter_acute", "utter_services", "utter_erased", "utter_button_menneske"]
)
def test_what_anyone_can_be_told_must_be_read(library, must, name):
    assert {(name, index) for index in range(len(library.content.responses[name]))} <= must


def test_every_variant_for_danger_or_thoughts_of_suicide_must_be_read(library, must):
    grave = {("urgency", "acute"), ("concern", "suicide_self_harm")}
    for name, variants in library.content.responses.items():
        for index, text in enumerate(variants):
            if grave.intersection((each.name, each.value) for each in text.condition):
                assert (name, index) in must, name


def test_what_only_grown_ups_out_of_danger_are_told_may_wait(library, must):
    """Few: whoever is in danger goes on in the same conversation."""
    total = sum(len(variants) for variants in library.content.responses.values())
    assert 0 < total - len(must) < total / 4
    assert ("utter_worried_start", 0) not in must


def flow_for_grown_ups(plain):
    """A flow of bystanders that stops speaking of more once danger is told."""
    plain["flows"]["worried"] = {
        "description": "An adult worries.",
        "if": 'slots.audience = "bystander" and not slots.urgency = "acute"',
        "nlu_trigger": [{"intent": "neglect"}],
        "steps": [{"action": "action_show_services"}, {"action": "utter_for_them"}],
    }
    metadata = {"review": "draft", "serves": ["bystander"]}
    plain["responses"]["utter_for_them"] = [{"text": "Tekst.", "metadata": metadata}]
    plain["responses"]["utter_never_said"] = [{"text": "Tekst.", "metadata": metadata}]


def test_what_no_walk_reaches_is_never_let_through(make_content):
    must = find_must_be_read(make_content(flow_for_grown_ups))

    assert ("utter_for_them", 0) not in must
    assert ("utter_never_said", 0) in must
    assert ("utter_hello", 0) in must


def test_a_text_without_serves_is_met_by_whom_it_reaches(make_content):
    def change(plain):
        flow_for_grown_ups(plain)
        plain["flows"]["greeting"]["steps"].append({"action": "utter_for_them"})
        plain["responses"]["utter_for_them"][0]["metadata"] = {"review": "draft"}

    assert ("utter_for_them", 0) in find_must_be_read(make_content(change))
