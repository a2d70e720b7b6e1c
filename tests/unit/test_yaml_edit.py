"""One value changes; every other character stays, and whoever shared it keeps what it said."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from bot.adapters.yaml_edit import CannotEdit, literal, set_value

FILE = """\
# The file's own comment.
responses:
  utter_a:
    - condition: [{type: slot, name: reader, value: easy}]  # why
      text: &same |-
        Ring 112.
        Gå væk.

      # A comment between.
      metadata: &all {review: draft, serves: [], source: [x]}
    - text: *same
      metadata: *all
    - text: 'Kort: »nu«.'   # at the end
      metadata: *all

  utter_b:
    - text: Andet.
      metadata: {review: draft}
"""


def read(text):
    return YAML(typ="safe").load(text)["responses"]


def changed_lines(after):
    before = FILE.splitlines()
    return [line for line in after.splitlines() if line not in before]


def test_an_own_value_is_changed_alone():
    after = set_value(FILE, ("responses", "utter_b", 0, "metadata"), "{review: reviewed}")

    assert after == FILE.replace("{review: draft}\n", "{review: reviewed}\n")


def test_an_alias_is_replaced_and_the_others_keep_the_shared_value():
    after = set_value(FILE, ("responses", "utter_a", 1, "metadata"), "{review: reviewed}")

    assert [v["metadata"]["review"] for v in read(after)["utter_a"]] == [
        "draft",
        "reviewed",
        "draft",
    ]
    assert changed_lines(after) == ["      metadata: {review: reviewed}"]


def test_where_the_shared_value_stands_the_anchor_moves_to_the_next():
    after = set_value(FILE, ("responses", "utter_a", 0, "metadata"), "{review: reviewed}")

    assert [v["metadata"]["review"] for v in read(after)["utter_a"]] == [
        "reviewed",
        "draft",
        "draft",
    ]
    assert after.count("&all") == 1
    assert "# A comment between." in after


def test_a_shared_block_of_words_moves_with_its_indentation():
    place = ("responses", "utter_a", 0, "text")
    after = set_value(FILE, place, literal("Nyt.\nMed: kolon # og mere"))

    assert [v["text"] for v in read(after)["utter_a"]] == [
        "Nyt.\nMed: kolon # og mere",
        "Ring 112.\nGå væk.",
        "Kort: »nu«.",
    ]
    assert "# The file's own comment." in after
    assert "# why" in after


@pytest.mark.parametrize("words", ["It's: #no", "a\n\n  b: c\n- d", "{phone.x} [y] & *z", "»«"])
def test_any_words_come_back_as_they_were(words):
    after = set_value(FILE, ("responses", "utter_a", 1, "text"), literal(words))

    assert read(after)["utter_a"][1]["text"] == words
    assert "# at the end" in after


def test_a_comment_never_becomes_words():
    one_line = set_value(FILE, ("responses", "utter_a", 2, "text"), literal("Nyt."))

    assert "'Nyt.'   # at the end" in one_line
    with pytest.raises(CannotEdit, match="a comment follows"):
        set_value(FILE, ("responses", "utter_a", 2, "text"), literal("Nyt.\nTo."))


@pytest.mark.parametrize(
    "place",
    [
        ("responses", "utter_c", 0, "text"),
        ("responses", "utter_a", 7, "text"),
        ("responses", "utter_b", 0, "translation"),
    ],
)
def test_what_is_not_there_is_refused(place):
    with pytest.raises(CannotEdit):
        set_value(FILE, place, "x")


def test_a_whole_variant_that_is_shared_is_refused():
    shared = "responses:\n  a:\n    - &v {text: x, metadata: {review: draft}}\n  b:\n    - *v\n"

    with pytest.raises(CannotEdit, match="shared"):
        set_value(shared, ("responses", "b", 0, "text"), "y")
