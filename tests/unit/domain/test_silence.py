"""Back after a silence: is it safe to write, before anything else; danger and erasing first."""

import pytest

from bot.domain.effects import Forget, Say
from bot.domain.engine import advance
from bot.domain.heard import Command, Heard, Odd
from bot.domain.paths import ACUTE, certain
from bot.domain.safety import check_safety
from bot.domain.silence import AT_ONCE, was_about_violence
from bot.domain.state import State
from bot.domain.taxonomy import Audience, Concern, Urgency

HIT = certain(Audience.CHILD_SELF, Concern.PHYSICAL_VIOLENCE, Urgency.MEDIUM)


def says(effects):
    return [effect.response for effect in effects if isinstance(effect, Say)]


@pytest.fixture
def asked(content):
    return advance(State(), Heard(understanding=HIT), content)[0]


def test_the_return_asks_then_goes_on_where_the_visitor_was(content, asked):
    state, effects = advance(asked, Heard(filled=(("safe_now", "ja"),), returned=True), content)
    assert says(effects) == ["utter_ask_safe_return"], "the answer was to what others may have read"

    state, effects = advance(state, Heard(filled=(("safe_return", "ja"),)), content)
    assert says(effects) == ["utter_go_on", "utter_ask_safe_now"]
    assert (state.step, state.slots, state.stack) == (asked.step, asked.slots, ())


@pytest.mark.parametrize("heard", [Heard(filled=(("safe_return", "nej"),)), Heard()])
def test_only_yes_is_safe(content, asked, heard):
    state, _ = advance(asked, Heard(returned=True), content)

    state, effects = advance(state, heard, content)

    assert says(effects) == ["utter_leave_now", "utter_ask_safe_return"]


def test_danger_is_answered_by_112_at_once(content, asked):
    _, effects = advance(asked, Heard(net=ACUTE, returned=True), content)

    assert says(effects)[0] == "utter_acute"
    assert "utter_ask_safe_return" not in says(effects)


@pytest.mark.parametrize("command", sorted(AT_ONCE))
def test_what_erases_or_calls_a_human_is_not_delayed(content, asked, command):
    _, effects = advance(asked, Heard(command=command, returned=True), content)

    assert "utter_ask_safe_return" not in says(effects)


def test_other_commands_wait(content, asked):
    _, effects = advance(asked, Heard(command=Command.HELP, returned=True), content)

    assert says(effects) == ["utter_ask_safe_return"]


def test_what_was_written_hours_ago_begins_anew(content, asked):
    _, effects = advance(asked, Heard(odd=Odd.STALE, returned=True), content)

    assert "utter_ask_safe_return" not in says(effects)


def test_at_rest_the_words_of_the_return_are_taken_up_when_it_is_safe(content):
    rest = State(turn=4, audience=Audience.CHILD_SELF, concern=Concern.PHYSICAL_VIOLENCE)

    state, effects = advance(rest, Heard(understanding=HIT, returned=True), content)
    assert says(effects) == ["utter_ask_safe_return"]
    state, effects = advance(state, Heard(filled=(("safe_return", "ja"),)), content)
    assert says(effects)[:2] == ["utter_go_on", "utter_believe_you"]
    assert (state.flow, state.step) == ("violence_at_home", "ask_safe")


def test_at_rest_without_words_of_concern_it_only_says_so(content):
    rest = State(turn=4, audience=Audience.CHILD_SELF, concern=Concern.PHYSICAL_VIOLENCE)

    state, _ = advance(rest, Heard(returned=True), content)
    state, effects = advance(state, Heard(filled=(("safe_return", "ja"),)), content)

    assert says(effects) == ["utter_go_on"]
    assert state.flow is None


def test_asked_again_within_the_question_it_is_not_stacked(content, asked):
    state, _ = advance(asked, Heard(returned=True), content)
    again, effects = advance(state, Heard(returned=True), content)

    assert says(effects) == ["utter_ask_safe_return"]
    assert again.stack == state.stack


def test_erasing_on_return_forgets(content, asked):
    state, effects = advance(asked, Heard(command=Command.ERASE, returned=True), content)

    assert Forget() in effects
    assert (state.flow, state.slots, state.audience) == (None, (), Audience.UNKNOWN)


@pytest.mark.parametrize(
    ("audience", "concern", "expected"),
    [
        (Audience.CHILD_SELF, Concern.PHYSICAL_VIOLENCE, True),
        (Audience.ADULT_VICTIM, Concern.NONE, True),
        (Audience.NETWORK, Concern.PARTNER_VIOLENCE, True),
        (Audience.CHILD_SELF, Concern.WELLBEING, False),
        (Audience.UNKNOWN, Concern.NONE, False),
    ],
)
def test_it_is_asked_where_violence_was_the_theme(audience, concern, expected):
    assert was_about_violence(State(audience=audience, concern=concern)) is expected


def test_a_return_that_shows_something_else_first_is_found(make_content, directory):
    def change(plain):
        plain["flows"]["pattern_return"]["steps"] = [{"action": "utter_hello"}]

    issues = check_safety(make_content(change), directory)

    assert "(k) it does not ask whether it is safe" in "\n".join(map(str, issues))
