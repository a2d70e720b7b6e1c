"""What a second message does to what the first one told: short dialogues, scored by hand.

The scores are the value type of the judges. What the real ones say of words is tested elsewhere.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.confidence import AUDIENCE_SURE, CONCERN_SURE, NOTHING_SURE, SLIGHT
from bot.domain.engine import advance
from bot.domain.evidence import KEPT, Level, find_best, remember, weigh
from bot.domain.heard import Command, Heard
from bot.domain.judgement import FiredRule, NetVerdict, RuleId, Understanding
from bot.domain.state import State
from bot.domain.taxonomy import ASIDES, Audience, Concern, Urgency
from bot.domain.triage import judge, learn

SILENT = NetVerdict()
CHILD, PARENT, FRIEND = Audience.CHILD_SELF, Audience.PARENT, Audience.CHILD_FRIEND
HIT, SUICIDE, NEGLECT = Concern.PHYSICAL_VIOLENCE, Concern.SUICIDE_SELF_HARM, Concern.NEGLECT


def spread(labels, scores):
    """The given scores; what is missing to 1 falls evenly on all other labels."""
    rest = (1 - sum(scores.values())) / (len(labels) - len(scores))
    return {label: scores.get(label, rest) for label in labels}


def says(audience, concern, urgency=Urgency.HIGH, also=()):
    audiences, concerns = spread(Audience, audience), spread(Concern, concern)
    return Understanding(
        max(audiences, key=audiences.get),
        audiences,
        max(concerns, key=concerns.get),
        concerns,
        tuple(also),
        urgency,
        spread(Urgency, {urgency: 0.9}),
    )


def hear(*messages, state=None):
    """What is known after these messages, judged by the NLU alone."""
    state = state or State()
    for understanding in messages:
        state = learn(state, judge(SILENT, understanding, state.evidence))
    return state


# 'min far slår mig når han har drukket', then 'det er bare sådan det er'
CLEAR = says({CHILD: 0.9}, {HIT: 0.85})
VAGUE = says({Audience.UNKNOWN: 0.6, PARENT: 0.2}, {Concern.NONE: 0.35, NEGLECT: 0.3}, Urgency.LOW)
# 'jeg ved præcis, hvilke trin der knirker', then 'man kan høre på dem, hvordan aftenen bliver'
HALF = says({CHILD: 0.4, Audience.UNKNOWN: 0.35}, {HIT: 0.35, Concern.NONE: 0.3})
# 'jeg skrev for min datter, jeg er hendes mor'
OTHER = says({PARENT: 0.92}, {Concern.SEXUAL_ABUSE: 0.9})


def test_a_vague_message_leaves_a_clear_one_standing():
    state = hear(CLEAR, VAGUE, VAGUE)

    assert (state.audience, state.concern) == (CHILD, HIT)


def test_a_vague_message_that_leans_elsewhere_is_read_in_the_light_of_the_clear_one():
    leans = says({PARENT: 0.55, CHILD: 0.35}, {NEGLECT: 0.42, HIT: 0.38})

    assert hear(leans).audience is PARENT
    assert hear(CLEAR, leans).audience is CHILD
    assert hear(CLEAR, leans).concern is HIT


def test_two_half_sure_messages_of_one_mind_become_sure():
    once, twice = hear(HALF), hear(HALF, HALF)

    assert (once.audience, once.concern) == (Audience.UNKNOWN, Concern.NONE)
    assert (twice.audience, twice.concern) == (CHILD, HIT)


def test_two_half_sure_messages_of_two_minds_stay_unsure():
    other_half = says({PARENT: 0.4, Audience.UNKNOWN: 0.35}, {NEGLECT: 0.35, Concern.NONE: 0.3})

    state = hear(HALF, other_half)

    assert (state.audience, state.concern) == (Audience.UNKNOWN, Concern.NONE)


def test_a_clear_message_that_contradicts_a_clear_one_wins():
    state = hear(CLEAR, OTHER)

    assert (state.audience, state.concern) == (PARENT, Concern.SEXUAL_ABUSE)
    assert dict(state.evidence.audience) == {CHILD: Level.LIKELY, PARENT: Level.CLEAR}


def test_who_was_borne_out_is_not_given_up_for_a_fair_guess():
    """'jeg er lærer', then 'jeg har ikke sagt det til nogen', which sounds like a child."""
    teacher = says({Audience.PROFESSIONAL: 0.6}, {HIT: 0.6})
    sounds = says({CHILD: 0.7}, {SUICIDE: 0.3})

    assert hear(sounds).audience is CHILD
    assert hear(teacher, sounds).audience is Audience.PROFESSIONAL
    assert hear(teacher, sounds, sounds).audience is CHILD


def test_what_is_contradicted_again_and_again_is_forgotten():
    state = hear(CLEAR, OTHER, OTHER, OTHER)

    assert dict(state.evidence.audience) == {PARENT: Level.CLEAR}


def test_guesses_under_one_in_three_never_add_up():
    guess = says({CHILD: 0.3}, {HIT: 0.3})

    state = hear(*[guess] * 6)

    assert (state.audience, state.concern) == (Audience.UNKNOWN, Concern.NONE)
    assert state.evidence == State().evidence


def test_what_was_told_before_does_not_speak_for_a_message_that_is_about_nothing():
    thanks = says({Audience.UNKNOWN: 0.7, CHILD: 0.25}, {Concern.NONE: 0.65, HIT: 0.3})
    before = hear(CLEAR)

    picture = judge(SILENT, thanks, before.evidence)

    assert picture.concern is Concern.NONE
    assert learn(before, picture).concern is HIT


def test_urgency_stays_the_highest_so_far():
    state = hear(CLEAR, replace(VAGUE, urgency=Urgency.ACUTE), VAGUE)

    assert state.urgency is Urgency.ACUTE


def test_what_the_visitor_chose_is_no_guess_to_be_overridden():
    chosen = State().with_slot("audience", "parent").with_slot("concern", "neglect")

    state = hear(CLEAR, CLEAR, CLEAR, state=chosen)

    assert (state.audience, state.concern) == (PARENT, NEGLECT)


def test_a_request_is_no_other_concern():
    privacy = says({CHILD: 0.6}, {Concern.PRIVACY: 0.95}, Urgency.LOW)

    state = hear(CLEAR, privacy)

    assert state.concern is HIT
    assert dict(state.evidence.concern) == {HIT: Level.CLEAR}
    assert hear(privacy).concern is Concern.PRIVACY


def test_without_the_nlu_the_nets_words_are_evidence_and_contradict():
    hits = FiredRule(RuleId("hits"), Urgency.HIGH, 0.9, HIT, CHILD)
    first = learn(State(), judge(NetVerdict((hits,)), None))
    silent = learn(first, judge(SILENT, None, first.evidence))
    own = replace(hits, audience=PARENT, concern=NEGLECT)
    second = learn(silent, judge(NetVerdict((own,)), None, silent.evidence))

    assert silent.evidence == first.evidence
    assert dict(first.evidence.audience) == {CHILD: Level.LIKELY}
    assert dict(second.evidence.audience) == {CHILD: Level.SLIGHT, PARENT: Level.LIKELY}
    assert (second.audience, second.concern) == (PARENT, NEGLECT)


def test_the_nets_word_for_who_writes_gives_way_to_a_clear_conversation_only():
    word = NetVerdict((FiredRule(RuleId("word"), Urgency.MEDIUM, 0.9, None, FRIEND),))
    says_self = says({CHILD: 0.7}, {HIT: 0.6})

    assert judge(word, says_self).audience is FRIEND
    assert judge(word, says_self, hear(CLEAR).evidence).audience is CHILD


def test_the_net_has_the_word_on_the_concern_where_one_of_its_rules_names_none():
    rules = (
        FiredRule(RuleId("who"), Urgency.HIGH, 0.9, None, FRIEND),
        FiredRule(RuleId("hits"), Urgency.HIGH, 0.9, HIT),
    )

    assert judge(NetVerdict(rules), says({FRIEND: 0.4}, {HIT: 0.34})).concern is HIT


# Below the stated confidence


@pytest.mark.parametrize("label", set(Audience) - {Audience.UNKNOWN})
def test_an_audience_is_believed_from_its_bound_on(label):
    def believed(score):
        return judge(SILENT, says({label: score}, {HIT: 0.9})).audience

    assert believed(AUDIENCE_SURE) is label
    assert believed(AUDIENCE_SURE - 0.01) is None


@pytest.mark.parametrize("label", set(Concern) - {Concern.NONE})
def test_a_concern_is_believed_from_its_bound_on(label):
    def believed(score):
        return judge(SILENT, says({CHILD: 0.9}, {label: score})).concern

    assert believed(CONCERN_SURE) is label
    assert believed(CONCERN_SURE - 0.01) is None


def test_that_it_is_about_nothing_is_believed_when_likelier_than_all_concerns_together():
    def believed(score):
        return judge(SILENT, says({}, {Concern.NONE: score, HIT: 0.39}, Urgency.NONE)).concern

    assert believed(NOTHING_SURE) is Concern.NONE
    assert believed(NOTHING_SURE - 0.01) is None


# The levels themselves

labels = st.sampled_from(Concern)
levels = st.dictionaries(
    labels.filter(lambda c: c not in ASIDES | {Concern.NONE}), st.sampled_from(Level), max_size=KEPT
).map(lambda known: tuple(sorted(known.items())))
scores = st.lists(st.floats(0.001, 1), min_size=len(Concern), max_size=len(Concern)).map(
    lambda raw: {c: s / sum(raw) for c, s in zip(Concern, raw, strict=True)}
)


@given(levels, scores)
def test_weighed_scores_sum_to_one_and_a_level_only_helps_its_label(known, given_scores):
    weighed = weigh(given_scores, known)

    assert sum(weighed.values()) == pytest.approx(1)
    for label in Concern:
        if label not in dict(known):
            assert weighed[label] <= given_scores[label] + 1e-9
    assert weigh(given_scores, ()) == pytest.approx(given_scores)


@given(levels, scores)
def test_what_is_believed_is_borne_out_by_the_message_itself(known, given_scores):
    best = find_best(given_scores, weigh(given_scores, known), sure=CONCERN_SURE)

    assert best is None or given_scores[best] >= SLIGHT


@given(levels, scores, st.none() | labels)
def test_what_is_remembered_is_little_and_in_order(known, given_scores, told):
    kept = remember(known, weigh(given_scores, known), told)

    assert len(kept) <= KEPT
    assert list(kept) == sorted(kept)
    assert all(label not in ASIDES and label is not Concern.NONE for label, _ in kept)
    if told in ASIDES | {Concern.NONE, None}:
        assert all(dict(kept).get(label, 0) >= level for label, level in known) or len(kept) == KEPT


# In the engine


def test_who_it_is_after_all_leads_to_the_flow_for_them(content):
    state, _ = advance(State(), Heard(understanding=CLEAR), content)
    state, _ = advance(state, Heard(filled=(("safe_now", "ja"),)), content)
    assert state.flow == "violence_at_home"

    mother = says({PARENT: 0.92}, {Concern.NONE: 0.9}, Urgency.LOW)
    state, _ = advance(state, Heard(understanding=mother), content)

    assert (state.audience, state.concern) == (PARENT, HIT)
    assert state.flow == "pattern_first_help"


def test_a_fair_guess_at_somebody_else_leaves_no_flow(content):
    state, _ = advance(State(), Heard(understanding=CLEAR), content)
    state, _ = advance(state, Heard(filled=(("safe_now", "ja"),)), content)

    guess = says({PARENT: 0.7}, {Concern.NONE: 0.9}, Urgency.LOW)
    state, _ = advance(state, Heard(understanding=guess), content)

    assert (state.audience, state.flow) == (CHILD, "violence_at_home")


def test_who_it_is_after_all_is_asked_what_it_is_about_if_that_is_not_known(content):
    child = says({CHILD: 0.9}, {HIT: 0.2}, Urgency.LOW)
    mother = says({PARENT: 0.95}, {Concern.NONE: 0.9}, Urgency.LOW)
    state, _ = advance(State(), Heard(understanding=child), content)
    state, _ = advance(state, Heard(understanding=mother), content)

    assert (state.audience, state.concern) == (PARENT, Concern.NONE)
    assert (state.flow, state.step) == ("pattern_clarification", "ask_concern")


def test_danger_told_in_words_about_nothing_is_about_what_was_told_before(content):
    state, _ = advance(State(), Heard(understanding=CLEAR), content)
    rested = replace(state, flow=None, step=None, slots=())
    danger = says({Audience.UNKNOWN: 0.9}, {Concern.NONE: 0.9}, Urgency.ACUTE)

    state, effects = advance(rested, Heard(understanding=danger), content)

    assert effects[0].response == "utter_acute"
    assert (state.audience, state.concern) == (CHILD, HIT)
    assert state.flow == "violence_at_home"


@pytest.mark.parametrize("command", [Command.NOT_ME, Command.START, Command.ERASE, Command.STOP])
def test_a_wrong_guess_and_a_new_start_leave_no_evidence(content, command):
    told = says({CHILD: 0.9}, {HIT: 0.5, SUICIDE: 0.4}, also=[SUICIDE])
    state, _ = advance(State(), Heard(understanding=told), content)
    assert state.evidence.audience
    assert state.further

    state, _ = advance(state, Heard(command=command), content)

    assert state.evidence == State().evidence
    assert state.further == ()
