"""A text counts as read by a role, on a day, and only as long as its words stay."""

from __future__ import annotations

import pytest

from bot.domain.flow import Text
from bot.domain.review import hash_words, name_condition, review_problems

WORDS = {
    "text": "Ring 112.",
    "translation": {"en": "Call 112."},
    "buttons": [{"title": "Ja", "payload": "/om", "translation": {"en": "Yes"}}],
}


def text(read=None, **changes):
    return Text.model_validate(WORDS | changes | {"metadata": {"review": "draft"} | (read or {})})


READ = {
    "review": "reviewed",
    "reviewed_by": "psykolog",
    "reviewed_on": "2026-11-20",
    "reviewed_text": hash_words(text()),
}


def test_a_draft_and_a_read_text_are_sound():
    assert list(review_problems(text())) == []
    assert list(review_problems(text(READ))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Ring 112!"},
        {"translation": {"en": "Ring 112."}},
        {"translation": {"en": "Call 112.", "de": "Ruf 112 an."}},
        {"translation": {}},
        {"buttons": [{"title": "Jo", "payload": "/om", "translation": {"en": "Yes"}}]},
        {"buttons": [{"title": "Ja", "payload": "/om", "translation": {"en": "Yeah"}}]},
        {"buttons": []},
    ],
)
def test_another_word_in_any_language_is_another_text(change):
    ((problem, mend),) = review_problems(text(READ, **change))

    assert problem == "its words are not those that were reviewed"
    assert "review: draft" in mend


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"reviewed_by": None}, "by nobody"),
        ({"reviewed_by": " "}, "by nobody"),
        ({"reviewed_on": None}, "without a date"),
        ({"reviewed_on": "i går"}, "without a date"),
        ({"reviewed_text": None}, "not which words"),
        ({"review": "approved", "reviewed_text": "0" * 12}, "not those that were approved"),
    ],
)
def test_what_is_missing_is_named(change, problem):
    assert [problem in said for said, _ in review_problems(text(READ | change))] == [True]


def test_how_the_file_is_laid_out_changes_nothing():
    assert hash_words(text(text="Ring 112.\n")) == hash_words(text())
    assert len(hash_words(text())) == 12


def test_a_variant_is_named_by_its_conditions_in_any_order():
    conditions = [
        {"type": "slot", "name": "reader", "value": "easy"},
        {"type": "slot", "name": "audience", "value": "parent"},
    ]

    names = {name_condition(text(condition=c)) for c in (conditions, conditions[::-1])}

    assert names == {"audience=parent&reader=easy"}
    assert name_condition(text()) == ""
