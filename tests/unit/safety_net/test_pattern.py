"""The pattern language, piece by piece."""

from __future__ import annotations

import pytest

from bot.adapters.safety_net.lexicon import UnknownName, build_lexicon
from bot.adapters.safety_net.pattern import BadPattern, Gap, OneOf, read_pattern
from bot.adapters.safety_net.text import BREAK

LEXICON, PROBLEMS = build_lexicon(
    {"slå": ("slår", "slog")},
    {"kin": ("far", "mor"), "doer": ("{kin}", "han", "<slå>")},
    {"tonight": ("i aften", "snart")},
)


def test_a_word_is_folded_like_the_messages():
    assert read_pattern("Komme", LEXICON) == [(OneOf(frozenset({"kome"})),)]


def test_a_family_keeps_its_lemma_and_meets_every_form():
    assert read_pattern("<slå>", LEXICON) == [(OneOf(frozenset({"slå", "slår", "slog"}), "slå"),)]


def test_alternatives_sets_and_families_join_into_one_word():
    ((word,),) = read_pattern("{doer}|hun", LEXICON)

    assert word.forms == {"far", "mor", "han", "slå", "slår", "slog", "hun"}


def test_gap_and_optional_word():
    assert read_pattern("far ..3 nu?", LEXICON) == [
        (OneOf(frozenset({"far"})), Gap(3), OneOf(frozenset({"nu"}), optional=True))
    ]


def test_a_group_stands_for_each_alternative_and_an_optional_one_for_nothing_too():
    variants = read_pattern("far (slår mig | råber)? nu", LEXICON)

    assert [len(variant) for variant in variants] == [4, 3, 2]


def test_single_words_of_a_group_become_one_element():
    assert len(read_pattern("(far | mor | i aften) slår", LEXICON)) == 2


def test_a_phrase_is_put_in_and_edges_mean_the_ends_of_a_sentence():
    first, second = read_pattern("^ @tonight $", LEXICON)

    assert first[0] == first[-1] == OneOf(frozenset({BREAK}))
    assert [len(first), len(second)] == [4, 3]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("(far slår", "never closed"),
        ("far) slår", "closes nothing"),
        ("far ..0 mor", "a gap is"),
        ("far ..99 mor", "a gap is"),
        ("fa-r", "'fa-r' is no word"),
        ("(far|mor)|hun", "a space on both sides"),
        ("far? ..3", "at least one word"),
        ("(a | b c)" * 10, "more than"),
        ("( | far)", "an alternative is empty"),
    ],
)
def test_a_bad_pattern_says_why(source, why):
    with pytest.raises(BadPattern, match=why.replace("(", r"\(").replace("'", ".")):
        read_pattern(source, LEXICON)


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("<slo>", "<slo>.*Did you mean 'slå'"),
        ("{kinn}", "Did you mean 'kin'"),
        ("@tonite", "'tonight'"),
    ],
)
def test_an_unknown_name_gets_a_hint(source, hint):
    with pytest.raises(UnknownName, match=hint):
        read_pattern(source, LEXICON)


def test_a_form_in_two_families_is_a_problem():
    _, problems = build_lexicon({"få": ("får",), "far": ("får",)}, {"s": ("{nope}",)}, {})

    assert [keys for keys, _ in problems] == [("families", "far"), ("sets", "s")]
