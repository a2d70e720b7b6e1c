"""The engine as a specification: turns in, texts and state out."""

import pytest

from bot.domain.effects import Close, Forget, Say
from bot.domain.engine import advance
from bot.domain.heard import Command, Heard, Odd
from bot.domain.judgement import FiredRule, NetVerdict, RuleId, Understanding
from bot.domain.paths import certain
from bot.domain.state import State
from bot.domain.taxonomy import Audience, Concern, Urgency


class Talk:
    """A conversation with the engine, remembering its state."""

    def __init__(self, content):
        self.content, self.state, self.effects = content, State(), ()

    def hears(self, **heard):
        self.state, self.effects = advance(self.state, Heard(**heard), self.content)
        return self.said

    def told(self, audience, concern, urgency):
        return self.hears(understanding=certain(audience, concern, urgency))

    def answers(self, slot, value):
        return self.hears(filled=((slot, value),))

    @property
    def said(self):
        return [effect.response for effect in self.effects if isinstance(effect, Say)]

    @property
    def buttons(self):
        return [c.payload for e in self.effects if isinstance(e, Say) for c in e.choices]


@pytest.fixture
def talk(content):
    return Talk(content)


CHILD_HIT = (Audience.CHILD_SELF, Concern.PHYSICAL_VIOLENCE, Urgency.HIGH)
ACUTE = NetVerdict((FiredRule("r", Urgency.ACUTE, 0.9),))


def test_a_child_who_is_hit_is_believed_shown_help_and_asked_one_thing(talk):
    said = talk.told(*CHILD_HIT)

    assert said == ["utter_believe_you", "utter_services", "utter_ask_safe_now"]
    assert (talk.state.flow, talk.state.step) == ("violence_at_home", "ask_safe")


@pytest.mark.parametrize(("answer", "warned"), [("ja", False), ("nej", True), ("ved_ikke", True)])
def test_only_yes_is_safe(talk, answer, warned):
    talk.told(*CHILD_HIT)

    assert ("utter_call_112" in talk.answers("safe_now", answer)) is warned


def test_anything_unclear_after_safe_now_counts_as_not_safe(talk):
    talk.told(*CHILD_HIT)

    assert talk.hears()[0] == "utter_call_112"
    assert talk.state.slot("safe_now") == "ved_ikke"


def test_acute_words_come_first_whatever_was_asked(talk):
    talk.told(*CHILD_HIT)
    talk.answers("safe_now", "ja")

    said = talk.hears(net=ACUTE)

    assert said[0] == "utter_acute"
    assert talk.effects[0].services is not None
    assert said[-1] == "utter_ask_want_human"


def test_neither_judge_lowers_what_the_other_saw(talk):
    calm = certain(Audience.CHILD_SELF, Concern.NONE, Urgency.NONE)
    assert talk.hears(net=ACUTE, understanding=calm)[0] == "utter_acute"

    acute = certain(*CHILD_HIT[:2], Urgency.ACUTE)
    assert talk.hears(net=NetVerdict(), understanding=acute)[0] == "utter_acute"


@pytest.mark.parametrize(
    ("urgency", "believed"),
    [(Urgency.MEDIUM, Concern.HONOUR_VIOLENCE), (Urgency.HIGH, Concern.WELLBEING)],
)
def test_the_nets_hint_excludes_another_concern_from_high_on_only(talk, urgency, believed):
    net = NetVerdict((FiredRule(RuleId("a_hint"), urgency, 0.9, Concern.WELLBEING),))

    talk.hears(
        net=net,
        understanding=certain(Audience.BYSTANDER, Concern.HONOUR_VIOLENCE, Urgency.MEDIUM),
    )

    assert talk.state.concern is believed


def test_the_nets_hint_stands_where_the_nlu_sees_nothing(talk):
    net = NetVerdict((FiredRule(RuleId("a_hint"), Urgency.LOW, 0.9, Concern.PRIVACY),))

    said = talk.hears(net=net, understanding=certain(Audience.UNKNOWN, Concern.NONE, Urgency.NONE))

    assert said == ["utter_privacy"]


def test_an_answer_that_goes_on_is_taken_and_judged(talk):
    talk.told(*CHILD_HIT)
    danger = certain(Audience.CHILD_SELF, Concern.PHYSICAL_VIOLENCE, Urgency.ACUTE)

    said = talk.hears(filled=(("safe_now", "nej"),), goes_on=True, understanding=danger)

    assert said == ["utter_acute", "utter_call_112", "utter_ask_want_human"]
    assert talk.state.slot("safe_now") == "nej"
    assert talk.state.urgency is Urgency.ACUTE


def test_an_answer_that_goes_on_to_another_concern_is_followed_there(talk):
    talk.told(*CHILD_HIT)
    other = certain(Audience.CHILD_SELF, Concern.SUICIDE_SELF_HARM, Urgency.HIGH)

    talk.hears(filled=(("safe_now", "nej"),), goes_on=True, understanding=other)

    assert talk.state.flow == "pattern_first_help"
    assert talk.state.concern is Concern.SUICIDE_SELF_HARM


def test_an_answer_that_would_end_it_all_does_not_when_it_goes_on_to_danger(talk):
    talk.told(*CHILD_HIT)
    talk.answers("safe_now", "ja")

    said = talk.hears(filled=(("want_human", "nej"),), goes_on=True, net=ACUTE)

    assert said[0] == "utter_acute"
    assert said[-1] == "utter_ask_want_human"
    assert "utter_door_open" not in said


def test_a_calm_answer_that_goes_on_ends_the_flow_like_any(talk):
    talk.told(*CHILD_HIT)
    talk.answers("safe_now", "ja")

    calm = certain(Audience.CHILD_SELF, Concern.NONE, Urgency.NONE)
    said = talk.hears(filled=(("want_human", "nej"),), goes_on=True, understanding=calm)

    assert said == ["utter_door_open"]


def test_urgency_is_never_forgotten_within_a_conversation(talk):
    talk.told(*CHILD_HIT)
    talk.told(Audience.CHILD_SELF, Concern.NONE, Urgency.NONE)

    assert talk.state.urgency is Urgency.HIGH


def test_low_confidence_asks_instead_of_guessing(talk):
    scores = {Concern.PHYSICAL_VIOLENCE: 0.2}
    unsure = Understanding(
        Audience.CHILD_SELF,
        {Audience.CHILD_SELF: 0.3},
        Concern.PHYSICAL_VIOLENCE,
        scores,
        (),
        Urgency.LOW,
        {Urgency.LOW: 1.0},
    )

    assert talk.hears(understanding=unsure) == ["utter_ask_audience"]
    assert talk.state.audience is Audience.UNKNOWN


def test_what_the_visitor_chose_is_not_overridden_by_a_guess(talk):
    talk.hears(command=Command.NOT_ME)
    talk.answers("audience", "parent")
    talk.told(Audience.CHILD_SELF, Concern.WELLBEING, Urgency.LOW)

    assert talk.state.audience is Audience.PARENT


def test_free_words_can_answer_who_you_are(talk):
    talk.hears(command=Command.NOT_ME)

    said = talk.told(Audience.CHILD_SELF, Concern.PHYSICAL_VIOLENCE, Urgency.HIGH)

    assert said[0] == "utter_believe_you"


def test_a_question_about_privacy_is_answered_in_between(talk):
    talk.told(*CHILD_HIT)
    talk.answers("safe_now", "ja")

    said = talk.told(Audience.CHILD_SELF, Concern.PRIVACY, Urgency.LOW)

    assert said == ["utter_privacy", "utter_ask_want_human"]
    assert talk.state.flow == "violence_at_home"


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (Command.RIGHTS, "utter_rights"),
        (Command.ABOUT, "utter_about"),
        (Command.HELP, "utter_hello"),
        (Command.HUMAN, "utter_services"),
    ],
)
def test_a_command_is_answered_and_the_question_asked_again(talk, command, text):
    talk.told(*CHILD_HIT)

    assert talk.hears(command=command) == [text, "utter_ask_safe_now"]


def test_repeated_asides_do_not_pile_up(talk):
    talk.told(*CHILD_HIT)
    for _ in range(20):
        talk.hears(command=Command.ABOUT)

    assert talk.state.stack == ()


def test_erase_forgets_everything_but_how_to_read(talk):
    talk.told(*CHILD_HIT)
    talk.hears(command=Command.ABOUT, reader="easy")

    assert talk.hears(command=Command.ERASE) == ["utter_erased"]
    assert Forget() in talk.effects
    assert talk.state == State(turn=talk.state.turn, reader_chosen="easy")
    assert talk.buttons == []


def test_stop_ends_and_forgets(talk):
    talk.told(*CHILD_HIT)
    talk.hears(command=Command.STOP)

    assert {Forget(), Close()} <= set(talk.effects)


def test_a_wrong_guess_is_no_locked_door(talk):
    talk.told(*CHILD_HIT)
    assert "/passer_ikke" in talk.buttons

    assert talk.hears(command=Command.NOT_ME) == ["utter_ask_audience"]
    assert talk.state.audience is Audience.UNKNOWN
    assert talk.state.urgency is Urgency.HIGH


def test_every_turn_offers_a_human_and_the_way_out(talk):
    for turn in (CHILD_HIT, (Audience.UNKNOWN, Concern.NONE, Urgency.NONE)):
        talk.told(*turn)
        assert {"/menneske", "/passer_ikke"} <= set(talk.buttons)


def test_three_unclear_answers_give_a_human_not_a_fourth_question(talk):
    talk.hears(command=Command.NOT_ME)

    assert talk.hears() == ["utter_unclear", "utter_ask_audience"]
    assert talk.effects[0].services is None
    assert talk.hears() == ["utter_unclear", "utter_ask_audience"]
    assert talk.effects[0].services is not None
    assert talk.hears() == ["utter_unclear_human"]
    assert talk.effects[0].services is not None
    assert talk.answers("audience", "child_self")[0] == "utter_ask_concern"


def test_telling_more_of_the_same_is_heard_and_not_unclear(talk):
    talk.told(*CHILD_HIT)
    talk.answers("safe_now", "ja")

    assert talk.told(*CHILD_HIT) == ["utter_heard_you", "utter_ask_want_human"]
    assert talk.state.unclear == 0


@pytest.mark.parametrize("odd", sorted(set(Odd) - {Odd.STALE}))
def test_odd_input_is_answered_and_the_question_stays(talk, odd):
    talk.told(*CHILD_HIT)

    said = talk.hears(odd=odd)

    assert said == [f"utter_odd_{odd.value}", "utter_ask_safe_now"]


def test_a_message_hours_old_gets_the_numbers_and_a_fresh_greeting(talk):
    talk.told(*CHILD_HIT)

    said = talk.hears(odd=Odd.STALE)

    assert said == ["utter_odd_stale", "utter_hello", "utter_ask_audience"]
    assert talk.effects[0].services is not None
    assert talk.state.urgency is Urgency.NONE


def test_a_message_hours_old_that_is_serious_is_taken_as_the_first_one(talk):
    talk.told(*CHILD_HIT)
    talk.answers("safe_now", "ja")

    said = talk.hears(odd=Odd.STALE, understanding=certain(*CHILD_HIT))

    assert said == ["utter_believe_you", "utter_services", "utter_ask_safe_now"]
    assert talk.hears(odd=Odd.STALE, net=ACUTE)[0] == "utter_acute"


@pytest.mark.parametrize("odd", [Odd.FORWARDED, Odd.EDITED, Odd.INTERRUPTED])
def test_words_that_are_only_judged_answer_no_question_however_serious(talk, odd):
    talk.told(*CHILD_HIT)

    said = talk.hears(odd=odd, understanding=certain(*CHILD_HIT))

    assert said == ["utter_heard_you", "utter_ask_safe_now"]
    assert talk.state.urgency is Urgency.HIGH


def test_what_comes_beside_words_is_said_first_and_the_words_are_answered(talk):
    talk.told(*CHILD_HIT)

    said = talk.hears(filled=(("safe_now", "ja"),), beside=Odd.PICTURE)

    assert said == ["utter_odd_picture", "utter_ask_want_human"]
    assert talk.hears(net=ACUTE, beside=Odd.PICTURE)[0] == "utter_acute"
    assert "utter_odd_picture" not in talk.said


def test_on_telegram_what_it_knows_is_said_once_above_the_first_question(talk):
    said = talk.hears(understanding=certain(*CHILD_HIT), channel="telegram")

    assert said[-2:] == ["utter_notice_telegram", "utter_ask_safe_now"]
    assert "utter_notice_telegram" not in talk.answers("safe_now", "ja")
    talk.hears(command=Command.ERASE)
    assert "utter_notice_telegram" not in talk.said


def test_on_telegram_112_comes_before_the_notice(talk):
    said = talk.hears(net=ACUTE, channel="telegram")

    assert said[0] == "utter_acute"
    assert "utter_notice_telegram" in said


def test_elsewhere_nothing_is_said_of_telegram(talk):
    assert "utter_notice_telegram" not in talk.hears(command=Command.START)


def test_an_urgent_message_is_not_too_long_to_be_answered(talk):
    assert talk.hears(odd=Odd.TOO_LONG, net=ACUTE)[0] == "utter_acute"


def test_a_step_that_a_reload_removed_leads_to_the_start_of_its_flow(talk):
    talk.told(*CHILD_HIT)
    talk.state = State(flow="violence_at_home", step="gone", audience=Audience.CHILD_SELF)

    talk.hears(command=Command.ABOUT)
    assert talk.hears()[0]


def test_a_flow_that_a_reload_removed_leads_to_the_choice_of_who_and_what(talk):
    talk.state = State(flow="gone", step="gone")

    assert talk.hears() == ["utter_ask_audience"]


def test_start_over_keeps_only_how_to_read(talk):
    talk.told(*CHILD_HIT)
    talk.hears(command=Command.START, reader="easy")

    assert talk.state.urgency is Urgency.NONE
    assert talk.state.reader == "easy"
    assert talk.said == ["utter_hello", "utter_ask_audience"]


def test_easy_words_are_chosen_and_left_at_any_time_and_the_question_stays(talk):
    assert talk.hears(command=Command.EASY) == ["utter_hello"]
    assert talk.state.reader == "easy"

    talk.told(*CHILD_HIT)
    assert talk.state.reader == "easy"
    assert talk.hears(command=Command.PLAIN) == ["utter_hello", "utter_ask_safe_now"]
    assert talk.state.reader == "child"

    talk.hears(command=Command.EASY)
    talk.hears(command=Command.START)
    assert talk.state.reader == "easy"


def test_candidates_become_buttons(talk, make_content):
    def add_question(plain):
        plain["flows"]["pattern_about"]["steps"] = [
            {"collect": "municipality", "description": "Which?", "utter": "utter_ask_audience"}
        ]

    talk.content = make_content(add_question)
    talk.hears(command=Command.ABOUT)
    talk.hears(candidates=("0253", "0707"))

    assert talk.said == ["utter_which_one"]
    assert talk.buttons[:2] == ["/SetSlots(municipality=0253)", "/SetSlots(municipality=0707)"]


def test_a_serious_message_gets_a_service_in_the_same_reply_even_if_its_flow_forgets(talk):
    said = talk.told(Audience.CHILD_SELF, Concern.PRIVACY, Urgency.HIGH)

    assert said == ["utter_privacy", "utter_services"]


def test_a_new_disclosure_after_danger_gets_a_service_again(talk):
    talk.hears(net=ACUTE)
    talk.state = State(turn=2, urgency=Urgency.ACUTE, helped=True)

    said = talk.told(Audience.CHILD_SELF, Concern.PRIVACY, Urgency.HIGH)

    assert said == ["utter_privacy", "utter_services"]
