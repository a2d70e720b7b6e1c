"""More than one thing was told: what waits, in which order, and how it is come back to."""

import pytest

from bot.domain.effects import Say
from bot.domain.engine import advance
from bot.domain.evidence import SAY_NOTHING
from bot.domain.further import LIMIT, ORDER
from bot.domain.heard import Command, Heard
from bot.domain.judgement import FiredRule, NetVerdict, RuleId
from bot.domain.state import State
from bot.domain.taxonomy import Audience, Concern, Urgency
from tests.unit.domain.test_carried import CHILD, HIT, NEGLECT, SUICIDE, says


class Talk:
    def __init__(self, content):
        self.content, self.state, self.effects = content, State(), ()

    def hears(self, **heard):
        self.state, self.effects = advance(self.state, Heard(**heard), self.content)
        return [effect.response for effect in self.effects if isinstance(effect, Say)]

    def ends_the_first_flow(self):
        self.hears(filled=(("safe_now", "ja"),))
        return self.hears(filled=(("want_human", "nej"),))


@pytest.fixture
def talk(content):
    return Talk(content)


# 'far slår mig, og nogle gange tænker jeg, at det var bedre, hvis jeg ikke var her'
BOTH = says({CHILD: 0.9}, {HIT: 0.5, SUICIDE: 0.4}, also=[SUICIDE])


def test_every_harm_has_its_place_in_the_order():
    assert set(Concern) - set(ORDER) == {
        *(SAY_NOTHING & set(Concern)),
        Concern.WELLBEING,
        Concern.NOTIFICATION,
    }
    assert ORDER[:3] == (SUICIDE, Concern.SEXUAL_ABUSE, HIT)


def test_a_child_who_is_hit_and_does_not_want_to_live_is_asked_back_when_the_first_is_done(talk):
    assert talk.hears(understanding=BOTH)[0] == "utter_believe_you"
    assert talk.state.further == (SUICIDE,)

    assert talk.ends_the_first_flow() == ["utter_door_open", "utter_further"]
    assert "/mere" in [choice.payload for choice in talk.effects[-1].choices]

    said = talk.hears(command=Command.MORE)
    assert said == ["utter_services", "utter_ask_want_human"], "help comes with it"
    assert talk.state.concern is SUICIDE
    assert talk.state.further == ()
    assert talk.hears(filled=(("want_human", "nej"),)) == ["utter_door_open"]


def test_what_is_left_in_the_middle_comes_back_after_the_other(talk):
    talk.hears(understanding=BOTH)

    talk.hears(command=Command.MORE)

    assert talk.state.concern is SUICIDE
    assert talk.state.further == (HIT,)
    assert talk.hears(filled=(("want_human", "nej"),))[-1] == "utter_further"


def test_a_concern_that_another_one_displaces_is_not_lost(talk):
    talk.hears(understanding=says({CHILD: 0.9}, {HIT: 0.9}))
    talk.hears(filled=(("safe_now", "ja"),))

    talk.hears(understanding=says({CHILD: 0.9}, {SUICIDE: 0.95}))

    assert talk.state.concern is SUICIDE
    assert talk.state.further == (HIT,)


def test_a_concern_that_what_was_told_before_outweighs_is_not_lost(talk):
    talk.hears(understanding=says({CHILD: 0.9}, {HIT: 0.9}))

    talk.hears(understanding=says({CHILD: 0.9}, {SUICIDE: 0.42, HIT: 0.2}))

    assert talk.state.concern is HIT
    assert talk.state.further == (SUICIDE,)


def test_a_concern_that_is_told_but_not_followed_is_not_lost(talk):
    talk.hears(understanding=says({CHILD: 0.9}, {HIT: 0.9}))

    talk.hears(understanding=says({CHILD: 0.9}, {SUICIDE: 0.95}))  # counts as 'not safe'

    assert talk.state.concern is HIT
    assert talk.state.further == (SUICIDE,)


def test_when_its_flow_has_ended_a_concern_does_not_come_back(talk):
    talk.hears(understanding=says({CHILD: 0.9}, {HIT: 0.9}))
    talk.ends_the_first_flow()

    talk.hears(understanding=says({CHILD: 0.9}, {SUICIDE: 0.95}))

    assert talk.state.further == ()


def test_the_most_urgent_waits_first_and_the_list_is_short(talk):
    many = [NEGLECT, Concern.DIGITAL_ABUSE, Concern.SEXUAL_ABUSE, SUICIDE]
    for concern in many:
        talk.hears(understanding=says({CHILD: 0.9}, {HIT: 0.45, concern: 0.4}, also=[concern]))

    assert talk.state.further == (SUICIDE, Concern.SEXUAL_ABUSE, Concern.DIGITAL_ABUSE)
    assert len(talk.state.further) == LIMIT


def test_what_the_same_flow_speaks_to_does_not_wait(make_content):
    def take_both(plain):
        plain["flows"]["violence_at_home"]["nlu_trigger"].append({"intent": "neglect"})

    talk = Talk(make_content(take_both))
    talk.hears(understanding=says({CHILD: 0.9}, {HIT: 0.5, NEGLECT: 0.4}, also=[NEGLECT]))

    assert talk.state.further == ()


@pytest.mark.parametrize(
    ("understanding", "why"),
    [
        (says({CHILD: 0.9}, {HIT: 0.6, SUICIDE: 0.2}, also=[SUICIDE]), "a guess is not said"),
        (says({CHILD: 0.9}, {Concern.NONE: 0.6, SUICIDE: 0.35}, Urgency.NONE, [SUICIDE]), "chat"),
        (says({CHILD: 0.9}, {HIT: 0.6, Concern.RIGHTS: 0.35}, also=[Concern.RIGHTS]), "a request"),
    ],
)
def test_what_does_not_wait(talk, understanding, why):
    talk.hears(understanding=understanding)

    assert talk.state.further == (), why


@pytest.mark.parametrize(("urgency", "waits"), [(Urgency.HIGH, (SUICIDE,)), (Urgency.MEDIUM, ())])
def test_the_net_names_further_concerns_too_but_not_by_a_hint(talk, urgency, waits):
    net = NetVerdict(
        (
            FiredRule(RuleId("hits"), Urgency.HIGH, 0.9, HIT, Audience.CHILD_SELF),
            FiredRule(RuleId("gives_up"), urgency, 0.9, SUICIDE),
        )
    )

    talk.hears(net=net)

    assert talk.state.concern is HIT
    assert talk.state.further == waits


def test_asked_for_more_when_nothing_waits_the_question_is_asked_again(talk):
    talk.hears(understanding=says({CHILD: 0.9}, {HIT: 0.9}))

    assert talk.hears(command=Command.MORE) == ["utter_no_further", "utter_ask_safe_now"]


def test_asked_for_more_before_anything_was_told(talk):
    assert talk.hears(command=Command.MORE) == ["utter_no_further"]
