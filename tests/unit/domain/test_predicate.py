import pytest

from bot.domain.predicate import PredicateError, parse_predicate

SLOTS = {"safe_now": "ja", "audience": "child_self", "empty": None}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ('slots.safe_now = "ja"', True),
        ("slots.safe_now is ja", True),
        ('slots.safe_now != "ja"', False),
        ('slots.safe_now is not "nej"', True),
        ("slots.empty is null", True),
        ("slots.safe_now is not null", True),
        ("slots.safe_now != null", True),
        ('{"child_self" "child_friend"} contains slots.audience', True),
        ('{"parent", "network"} contains slots.audience', False),
        ('not slots.safe_now = "ja"', False),
        ('slots.safe_now = "ja" and slots.audience = "parent"', False),
        ('slots.safe_now = "nej" or slots.audience = "child_self"', True),
        ('slots.safe_now = "nej" and slots.empty is null or true', True),
        ('slots.safe_now = "nej" and (slots.empty is null or true)', False),
    ],
)
def test_conditions_of_rasas_flows(condition, holds):
    assert parse_predicate(condition).holds(SLOTS.get) is holds


def test_it_tells_what_it_reads():
    predicate = parse_predicate('slots.a = "x" and {"y" "z"} contains slots.b')

    assert predicate.slots == {"a", "b"}
    assert predicate.compared == {("a", "x"), ("b", "y"), ("b", "z")}


@pytest.mark.parametrize("condition", ["", "slots.a =", 'a = "x"', "slots.a = 'x'", "(true"])
def test_a_condition_that_cannot_be_read_says_which(condition):
    with pytest.raises(PredicateError, match="cannot be read") as caught:
        parse_predicate(condition)
    assert condition in str(caught.value)
