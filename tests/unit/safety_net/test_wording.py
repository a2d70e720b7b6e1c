"""The words that a rule matched, as the text has them."""

import pytest

from bot.adapters.safety_net.text import split
from bot.adapters.safety_net.wording import as_written, quote


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("Min FAR slår, mig altid!!", "hit_by_family", ("FAR slår mig",)),
        ("kl. 8 slaar min papfar mig", "hit_by_family", ("slaar min papfar mig",)),
        ("mor er her ikke. min far slåååår mig.", "hit_by_family", ("far slåååår mig",)),
        ("min far sl4r mig", "hit_by_family", ("far sl4r mig",)),
        ("min far s l å r mig", "hit_by_family", ("far slår mig",)),
        (
            "han står uden for døren med en Kniv nu",
            "outside_waiting",
            ("han står uden for", "Kniv"),
        ),
    ],
)
def test_a_rule_quotes_what_it_matched(net, text, rule, words):
    assert net.quote_matches(text)[rule] == words


def test_only_rules_that_fire_quote(net):
    text = "jeg vil ikke leve mere, jeg gør det i aften"

    assert set(net.quote_matches(text)) == {fired.id for fired in net.judge(text).fired}
    assert net.quote_matches("hej") == {}


def test_where_words_cannot_be_told_apart_the_folded_ones_are_quoted():
    words = split("ikke")

    assert as_written("noget andet", words, str) == words.forms
    assert quote(as_written("IKKE!", words, str), (0, 3)) == "IKKE"
