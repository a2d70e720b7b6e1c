"""What holds for every text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.safety_net import SafetyNet
from bot.adapters.safety_net.compiled import UNKNOWN
from bot.adapters.safety_net.text import BREAK, split
from bot.domain.taxonomy import Urgency

ANY_TEXT = st.text(st.characters(), max_size=300)  # surrogates and NUL included
AROUND = st.text(st.characters(), max_size=500)
WORDS = "min far han slår mig ikke nu dør kniv i fifa film jeg vil aldrig hvis . , hjælp haha og"
SENTENCES = st.lists(st.sampled_from(WORDS.split()), max_size=60).map(" ".join)
ACUTE = (
    "han slår mig lige nu",
    "jeg vil dø i aften",
    "jeg har gjort noget ved mig selv",
    "min far truer os med en kniv",
    "en mand følger efter mig",
    "mor trækker ikke vejret",
    "jeg er ved at miste det",
    "de sender mig til pakistan i morgen",
)


@given(ANY_TEXT | SENTENCES)
@settings(max_examples=400, deadline=None)
def test_judging_never_raises(net: SafetyNet, text: str):
    verdict = net.judge(text)

    assert verdict.urgency in Urgency


@given(before=AROUND | SENTENCES, after=AROUND | SENTENCES, danger=st.sampled_from(ACUTE))
@settings(max_examples=300, deadline=None)
def test_other_sentences_never_lower_what_an_acute_one_says(
    net: SafetyNet, before: str, after: str, danger: str
):
    assert net.judge(f"{before}. {danger}. {after}").urgency is Urgency.ACUTE


@given(st.text(max_size=200))
def test_every_text_is_cut_into_sentences_between_breaks(text: str):
    words = split(text)

    assert words.forms[0] == words.forms[-1] == BREAK
    assert len(words.clauses) == len(words.forms)
    assert list(words.clauses) == sorted(words.clauses)
    for start, end in words.sentences:
        assert words.forms[start] == words.forms[end - 1] == BREAK
        assert BREAK not in words.forms[start + 1 : end - 1]


@pytest.mark.parametrize("danger", ACUTE)
def test_head_and_tail_of_a_very_long_text_are_read(net: SafetyNet, danger: str):
    filler = "vi var i skoven og det var en god dag. " * 2_500

    assert net.judge(f"{danger}. {filler}").urgency is Urgency.ACUTE
    assert net.judge(f"{filler} {danger}").urgency is Urgency.ACUTE


def test_words_no_rule_speaks_of_never_reach_spacy(net: SafetyNet):
    net.judge("kanarienavnet Ingeborgsen slår mig")

    document = net._compiled.document(("ingeborgsen", "slår"))
    assert [token.text for token in document] == [UNKNOWN, "slår"]
    assert "ingeborgsen" not in document.vocab.strings
