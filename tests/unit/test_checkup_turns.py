"""`betro doctor` on a running Betro: messages without the NLU, and how its shadow agreed."""

import pytest

from bot.adapters.tally import PrometheusTally
from bot.commands.checkup_turns import check_agreement, check_share
from bot.commands.finding import Level


@pytest.fixture
def tally():
    return PrometheusTally()


def count(tally, *, judged, left_out):
    """As `Conversation` and `Hearing` count; a button's turn is no message for the NLU."""
    for urgency in ["high", "low"] * judged:
        tally.count("turns", by_nlu="true", urgency=urgency)
    for _ in range(left_out):
        tally.count("nlu_left_out")
        tally.count("turns", by_nlu="false", urgency="none")
    tally.count("turns", by_nlu="false", urgency="none")


@pytest.mark.parametrize(
    ("judged", "left_out", "level", "words"),
    [
        (0, 0, Level.OK, "no message"),
        (95, 10, Level.OK, "10 of 200 messages since the start (5%)"),
        (94, 12, Level.WARNING, "12 of 200 messages since the start (6%)"),
        (0, 3, Level.WARNING, "3 of 3 messages"),
    ],
)
def test_the_share_is_told_and_too_much_is_a_warning(tally, judged, left_out, level, words):
    count(tally, judged=judged, left_out=left_out)

    (found,) = check_share(tally.render().decode())

    assert found.level is level
    assert words in found.said


def test_how_the_shadow_agreed_is_told_once_something_was_compared(tally):
    assert list(check_agreement(tally.render().decode())) == []

    for urgency in ["agreed"] * 7 + ["higher"] * 2 + ["lower"]:
        tally.count("nlu_shadow", urgency=urgency)
    tally.count("nlu_shadow_left_out")

    (found,) = check_agreement(tally.render().decode())
    assert found.level is Level.OK
    assert found.said == (
        "of 10 messages since the start it called 2 more urgent and 1 less; 1 were left out"
    )
