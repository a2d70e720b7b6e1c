"""Notes: shown only where nobody finds what is kept, with the parts that hold, and proved so."""

import pytest

from bot.domain.effects import Say
from bot.domain.engine import advance
from bot.domain.heard import Heard
from bot.domain.lint import check_content
from bot.domain.liveness import find_live_slots
from bot.domain.note import may_keep
from bot.domain.paths import Exploration, certain
from bot.domain.safety import check_safety
from bot.domain.state import State
from bot.domain.taxonomy import Audience, Concern, Urgency

PHONES = ("bornetelefonen",)
ASK_FOUND = {
    "id": "found",
    "collect": "note_found",
    "description": "Who finds it?",
    "next": [
        {"if": 'slots.note_found = "nej"', "then": "show"},
        {"else": [{"action": "utter_note_not_kept", "next": "END"}]},
    ],
}
STEPS = [
    {"action": "action_show_services"},
    {"id": "where", "collect": "plan_where", "description": "Where?"},
    {"id": "code", "collect": "plan_code", "description": "A code word?"},
    ASK_FOUND,
    {"id": "show", "action": "note_plan", "next": "END"},
]


def with_note(plain):
    plain["slots"] |= {
        "note_found": {"type": "categorical", "values": ["ja", "nej", "ved_ikke"]},
        "phone_watched": {"type": "categorical", "values": ["ja", "nej", "ved_ikke"]},
        "plan_where": {"type": "categorical", "values": ["nabo", "ven"]},
        "plan_code": {"type": "categorical", "values": ["ja", "nej"]},
    }
    plain["answers"] |= {
        "note_found": {"otherwise": "ved_ikke", "values": {"nej": ["nej"]}},
        "phone_watched": {"otherwise": "ved_ikke", "values": {"nej": ["nej"]}},
    }
    text = {"text": "Ring, {phone.bornetelefonen}.", "metadata": {"review": "draft"}}
    names = ("ask_plan_where", "ask_plan_code", "plan_title", "plan_call", "plan_neighbour")
    for name in names:
        plain["responses"][f"utter_{name}"] = [dict(text)]
    plain["flows"]["plan"] = {
        "description": "A plan to keep.",
        "if": 'slots.audience = "child_friend"',
        "nlu_trigger": [{"intent": "physical_violence"}],
        "steps": [dict(step) for step in STEPS],
    }
    plain["notes"] = {
        "note_plan": {
            "title": "utter_plan_title",
            "parts": [
                {"say": "utter_plan_call"},
                {"say": "utter_plan_neighbour", "if": 'slots.plan_where = "nabo"'},
            ],
        }
    }


def parts(plain):
    return plain["notes"]["note_plan"]["parts"]


def made(make_content, change=lambda _: None):
    def both(plain):
        with_note(plain)
        change(plain)

    return make_content(both)


def walk(content, **answers):
    """The plan's flow, answered; what is said last."""
    friend = certain(Audience.CHILD_FRIEND, Concern.PHYSICAL_VIOLENCE, Urgency.LOW)
    state, effects = advance(State(), Heard(understanding=friend), content)
    for slot, value in answers.items():
        state, effects = advance(state, Heard(filled=((slot, value),)), content)
    return state, [effect for effect in effects if isinstance(effect, Say)]


def test_the_small_note_is_sound_and_safe(make_content, directory):
    content = made(make_content)

    assert [str(issue) for issue in check_content(content, PHONES)] == []
    assert [str(issue) for issue in check_safety(content, directory)] == []


def test_a_note_says_the_parts_whose_conditions_hold(make_content):
    content = made(make_content)

    state, (note,) = walk(content, plan_where="nabo", plan_code="ja", note_found="nej")
    assert note.response == "utter_plan_title"
    assert [name for name, _ in note.note.parts] == ["utter_plan_call", "utter_plan_neighbour"]
    assert note.note.about[0] == "utter_note_about"
    assert state.slots == (), "nothing of it is remembered"

    _, (note,) = walk(content, plan_where="ven", plan_code="ja", note_found="nej")
    assert [name for name, _ in note.note.parts] == ["utter_plan_call"]


@pytest.mark.parametrize("found", ["ja", "ved_ikke"])
def test_whatever_a_flow_says_the_engine_shows_no_note_that_may_be_found(make_content, found):
    content = made(make_content, lambda p: p["flows"]["plan"]["steps"][3].update(next="show"))

    _, (said,) = walk(content, plan_where="nabo", plan_code="ja", note_found=found)

    assert said.response == "utter_note_not_kept"
    assert said.note.parts == ()


@pytest.mark.parametrize(
    ("audience", "slots", "expected"),
    [
        (Audience.CHILD_SELF, {"note_found": "nej"}, True),
        (Audience.CHILD_SELF, {"note_found": "ved_ikke"}, False),
        (Audience.CHILD_SELF, {}, False),
        (Audience.ADULT_VICTIM, {"note_found": "nej"}, False),
        (Audience.ADULT_VICTIM, {"note_found": "nej", "phone_watched": "nej"}, True),
        (Audience.ADULT_VICTIM, {"note_found": "nej", "phone_watched": "ved_ikke"}, False),
        (Audience.NETWORK, {"note_found": "nej"}, True),
        (Audience.NETWORK, {"note_found": "nej", "phone_watched": "ja"}, False),
    ],
)
def test_only_no_means_that_nobody_finds_it(audience, slots, expected):
    assert may_keep(State(audience=audience, slots=tuple(sorted(slots.items())))) is expected


UNSAFE = {
    "(j) 'note_plan' may be found": lambda p: p["flows"]["plan"]["steps"][3].update(next="show"),
    "(f) 'utter_plan_neighbour' reaches": lambda p: p["responses"]["utter_plan_neighbour"][
        0
    ].update(metadata={"review": "draft", "serves": ["adult_victim"]}),
}


@pytest.mark.parametrize("problem", UNSAFE)
def test_an_unsafe_note_is_found_with_the_turn_that_shows_it(make_content, directory, problem):
    content = made(make_content, UNSAFE[problem])

    assert problem in "\n".join(str(issue) for issue in check_safety(content, directory))


def test_a_part_that_never_meets_an_audience_may_serve_another(make_content, directory):
    def change(plain):
        UNSAFE["(f) 'utter_plan_neighbour' reaches"](plain)
        parts(plain)[1]["if"] = 'slots.audience = "adult_victim"'

    assert check_safety(made(make_content, change), directory) == []


def test_what_only_notes_read_does_not_multiply_the_states(make_content):
    content = made(make_content)
    live = find_live_slots(content)

    assert "plan_where" not in live.before["plan", "code"]
    assert "note_found" in live.before["plan", "show"]
    exploration = Exploration(content)
    turns = [*exploration.entries(), *exploration.turns()]
    asked = {t.after for t in turns if t.after.step == "found" and not t.after.unclear}
    assert {state.slots for state in asked} == {()}


MISTAKES = {
    "a name without its beginning": (
        lambda p: p["notes"].update(plan_note=p["notes"].pop("note_plan")),
        "its name does not begin with 'note_'",
    ),
    "a note that nothing shows": (
        lambda p: p["flows"]["plan"]["steps"].pop(),
        "no flow shows this note",
    ),
    "an unknown note": (
        lambda p: p["flows"]["plan"]["steps"][4].update(action="note_plam"),
        "'note_plam' is no text, note or action",
    ),
    "an unknown part": (lambda p: parts(p)[0].update(say="utter_plan_cal"), "is no text"),
    "a part that is never said": (
        lambda p: parts(p)[1].update({"if": 'slots.plan_where = "x" and slots.plan_where = "y"'}),
        "'utter_plan_neighbour' is never said",
    ),
    "an unknown slot": (
        lambda p: parts(p)[1].update({"if": 'slots.plan_wher = "nabo"'}),
        "'plan_wher' is no slot",
    ),
    "an unknown value": (
        lambda p: parts(p)[1].update({"if": 'slots.plan_where = "nabu"'}),
        "'nabu' is no value of 'plan_where'",
    ),
    "a note of which nothing may remain": (
        lambda p: parts(p).pop(0),
        "nothing may remain of this note",
    ),
    "no text on what a note is": (
        lambda p: p["responses"].pop("utter_note_about"),
        "this text is missing",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_note_is_found(make_content, mistake):
    change, problem = MISTAKES[mistake]

    issues = check_content(made(make_content, change), PHONES)

    assert problem in "\n".join(str(issue) for issue in issues)
