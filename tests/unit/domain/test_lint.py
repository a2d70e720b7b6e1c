"""Every mistake an author can make is found, placed and mended in words."""

import pytest

from bot.domain.lint import check_content
from bot.domain.lint_texts import FORBIDDEN, check_reviewed
from bot.domain.paths import Exploration
from bot.domain.safety import check_safety
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.domain.triage import DEFAULT_FLOW, guards_holding, route

PHONES = ("bornetelefonen",)


def steps(plain, flow="violence_at_home"):
    return plain["flows"][flow]["steps"]


def set_text(name, text, **more):
    def change(plain):
        plain["responses"][name][0] |= {"text": text, **more}

    return change


def easy_variant(name, text, serves=()):
    def change(plain):
        metadata = {"review": "draft", "serves": list(serves)}
        condition = [{"type": "slot", "name": "reader", "value": "easy"}]
        easy = {"text": text, "condition": condition, "metadata": metadata}
        plain["responses"][name].insert(0, easy)

    return change


def edit(place):
    """A change that assigns one value: ``edit(lambda p: ...)`` reads better than a def each."""
    return place


BROKEN = {
    "a flow the engine needs is missing": (
        lambda p: p["flows"].pop("pattern_about"),
        "pattern_about",
        "this flow is missing",
        "",
    ),
    "a text the engine needs is missing": (
        lambda p: p["responses"].pop("utter_acute"),
        "utter_acute",
        "this text is missing",
        "",
    ),
    "an unknown step": (
        lambda p: steps(p)[0].update(next="ask_saef"),
        "violence_at_home.utter_believe_you",
        "'ask_saef' is not a step",
        "Did you mean 'ask_safe'?",
    ),
    "an unknown text": (
        lambda p: steps(p)[0].update(action="utter_beleive_you"),
        "violence_at_home.utter_beleive_you",
        "'utter_beleive_you' is no text, note or action",
        "Did you mean 'utter_believe_you'?",
    ),
    "an unknown slot": (
        lambda p: steps(p)[3].update(collect="safe_nwo", utter="utter_ask_safe_now"),
        "violence_at_home.ask_safe",
        "'safe_nwo' is no slot to ask for",
        "Did you mean 'safe_now'?",
    ),
    "a question without text": (
        lambda p: p["responses"].pop("utter_ask_safe_now"),
        "violence_at_home.ask_safe",
        "the question 'utter_ask_safe_now' is missing",
        "",
    ),
    "a condition on an unknown value": (
        lambda p: steps(p)[3]["next"][0].update({"if": 'slots.safe_now = "jaa"'}),
        "violence_at_home.ask_safe",
        "'jaa' is no value of 'safe_now'",
        "Did you mean 'ja'?",
    ),
    "a branch without else": (
        lambda p: steps(p)[3]["next"].pop(),
        "violence_at_home.ask_safe.next",
        "the branches have no 'else'",
        "",
    ),
    "an else before the end": (
        lambda p: steps(p)[3]["next"].reverse(),
        "violence_at_home.ask_safe.next",
        "'else' is not the last branch",
        "",
    ),
    "an inline branch that leads nowhere": (
        lambda p: steps(p)[3]["next"][1]["else"][0].pop("next"),
        "violence_at_home.utter_call_112",
        "this branch leads nowhere",
        "End it with 'next:'.",
    ),
    "an unreachable step": (
        lambda p: steps(p)[0].update(next="END"),
        "violence_at_home.decide",
        "no step leads here",
        "",
    ),
    "a link that is not last": (
        lambda p: steps(p).insert(0, {"link": "privacy"}),
        "violence_at_home.privacy",
        "a link is not the last step",
        "Move it last.",
    ),
    "a link to nowhere": (
        lambda p: steps(p).append({"link": "privcy", "id": "x"}),
        "violence_at_home.x",
        "'privcy' is no flow",
        "Did you mean 'privacy'?",
    ),
    "a flow that leads to itself": (
        lambda p: steps(p, "privacy").append({"link": "privacy"}),
        "privacy.go_privacy",
        "the flow leads to itself",
        "",
    ),
    "a called flow that goes elsewhere": (
        lambda p: steps(p, "privacy").append({"call": "violence_at_home"}),
        "privacy.go_violence_at_home",
        "the called flow 'violence_at_home' goes elsewhere",
        "",
    ),
    "a set slot that does not exist": (
        lambda p: steps(p, "privacy").append({"set_slots": [{"saef": "ja"}]}),
        "privacy.set_slots",
        "'saef' is no slot",
        "",
    ),
    "a set value that does not exist": (
        lambda p: steps(p, "privacy").append({"set_slots": [{"safe_now": "maaske"}]}),
        "privacy.set_slots",
        "'maaske' is no value of 'safe_now'",
        "",
    ),
    "an unknown intent": (
        lambda p: p["flows"]["privacy"].update(nlu_trigger=[{"intent": "privcy"}]),
        "privacy.nlu_trigger",
        "'privcy' is no intent",
        "Did you mean 'privacy'?",
    ),
    "two guards that hold at once": (
        lambda p: p["flows"]["greeting"].update(nlu_trigger=[{"intent": "physical_violence"}]),
        "violence_at_home",
        "'greeting' takes child_self, physical_violence, none too",
        "Narrow one of their 'if:' conditions, so that exactly one holds.",
    ),
    "a flow nothing starts": (
        lambda p: p["flows"]["greeting"].pop("nlu_trigger"),
        "greeting",
        "nothing starts this flow",
        "Give it a trigger or a link.",
    ),
    "a flow without steps": (
        lambda p: p["flows"]["greeting"].update(steps=[]),
        "greeting",
        "there are no steps",
        "",
    ),
    "a text nothing says": (
        lambda p: p["responses"].update(utter_new=p["responses"]["utter_hello"]),
        "utter_new",
        "nothing says this text",
        "",
    ),
    "a text without a last resort": (
        set_text(
            "utter_hello", "Hej", condition=[{"type": "slot", "name": "reader", "value": "easy"}]
        ),
        "utter_hello",
        "no variant is left when no condition holds",
        "",
    ),
    "a variant that is never said": (
        lambda p: p["responses"]["utter_hello"].append(p["responses"]["utter_hello"][0]),
        "utter_hello.0",
        "the variants after this one are never said",
        "",
    ),
    "an empty text": (set_text("utter_hello", "  "), "utter_hello.0", "the text is empty", ""),
    "a promise nobody can keep": (
        set_text("utter_hello", "Du er helt anonym her."),
        "utter_hello.0",
        "'helt anonym' may not be said",
        "",
    ),
    "a number without a source": (
        set_text("utter_hello", "Ring 33 33 00 47."),
        "utter_hello.0",
        "the number '33 33 00 47' is written out",
        "",
    ),
    "a short number without a source": (
        set_text("utter_hello", "Ring 1888."),
        "utter_hello.0",
        "the number '1888' is written out",
        "",
    ),
    "an unknown placeholder": (
        set_text("utter_hello", "Hej {navn}."),
        "utter_hello.0",
        "'{navn}' is no placeholder",
        "",
    ),
    "a service without a number": (
        set_text("utter_hello", "Ring {phone.ingen}."),
        "utter_hello.0",
        "'ingen' has no number to show",
        "",
    ),
    "a condition on an unknown slot": (
        set_text("utter_hello", "Hej", condition=[{"type": "slot", "name": "alder", "value": "9"}]),
        "utter_hello.0",
        "'alder' is no slot",
        "",
    ),
    "a condition with an unknown value": (
        set_text(
            "utter_hello", "Hej", condition=[{"type": "slot", "name": "reader", "value": "x"}]
        ),
        "utter_hello.0",
        "'x' is no value of 'reader'",
        "",
    ),
    "a button that does nothing": (
        set_text("utter_hello", "Hej", buttons=[{"title": "Ja", "payload": "ja"}]),
        "utter_hello.0",
        "the button 'Ja' has no payload Betro knows",
        "",
    ),
    "a button with an unknown value": (
        set_text(
            "utter_hello", "Hej", buttons=[{"title": "Ja", "payload": "/SetSlots(safe_now=x)"}]
        ),
        "utter_hello.0",
        "'x' is no value of 'safe_now'",
        "",
    ),
    "an unknown audience": (
        set_text("utter_hello", "Hej", metadata={"review": "draft", "serves": ["kids"]}),
        "utter_hello.0",
        "'kids' is no audience",
        "",
    ),
    "a text too hard for its reader": (
        set_text("utter_hello", "Kommunalbestyrelsens sagsbehandlere " * 13),
        "utter_hello.0",
        "it reads at LIX 126, over 30 for 'young'",
        "",
    ),
    "words with two meanings": (
        lambda p: p["answers"]["want_human"]["values"].update(nej=["ja"]),
        "answers.want_human",
        "'ja' means both 'ja' and 'nej'",
        "",
    ),
    "answers to an unknown slot": (
        lambda p: p["answers"].update(age={"values": {"ti": ["10"]}}),
        "answers.age",
        "'age' is no slot",
        "",
    ),
    "answers with an unknown value": (
        lambda p: p["answers"]["want_human"]["values"].update(tja=["tja"]),
        "answers.want_human",
        "'tja' is no value of 'want_human'",
        "",
    ),
    "unclear words that would count as safe": (
        lambda p: p["answers"]["safe_now"].update(otherwise="ja"),
        "answers.safe_now",
        "unclear words would not count as 'not safe'",
        "Set 'otherwise: ved_ikke'.",
    ),
    "unclear words that would count as no wish to die": (
        lambda p: (
            p["slots"].update(die_today={"type": "categorical", "values": ["ja", "nej"]}),
            p["answers"].update(die_today={"otherwise": "nej", "values": {"nej": ["nej"]}}),
        ),
        "answers.die_today",
        "unclear words would not count as 'not safe'",
        "Set 'otherwise: ved_ikke'.",
    ),
    "a way that depends on the reader": (
        lambda p: steps(p)[3]["next"][0].update({"if": 'slots.reader = "easy"'}),
        "violence_at_home.ask_safe",
        "a condition reads 'reader'",
        "Write a variant of the text instead.",
    ),
    "a way that depends on what else was told": (
        lambda p: steps(p)[3]["next"][0].update({"if": 'slots.further = "neglect"'}),
        "violence_at_home.ask_safe",
        "a condition reads 'further'",
        "Write a variant of the text instead.",
    ),
    "a step that says what else was told": (
        lambda p: steps(p).insert(0, {"id": "x", "set_slots": [{"further": "neglect"}]}),
        "violence_at_home.x",
        "'further' cannot be set",
        "It is what the visitor told.",
    ),
    "an opening that makes all well": (
        lambda p: p["answers"]["safe_now"].update(opening=["ja"]),
        "answers.safe_now",
        "'ja' would count whatever follows it",
        "Take it out of 'opening:': only a whole answer means that all is well.",
    ),
    "an opening without words": (
        lambda p: p["answers"]["want_human"].update(opening=["maaske"]),
        "answers.want_human",
        "'maaske' of 'opening' has no words",
        "Add it to 'values:'.",
    ),
    "more buttons than are easy": (
        lambda p: (
            easy_variant("utter_hello", "Hej")(p),
            p["responses"]["utter_hello"][0].update(
                buttons=[{"title": t, "payload": "/om"} for t in "abcd"]
            ),
        ),
        "utter_hello.0",
        "4 buttons are too many for 'easy'",
        "",
    ),
    "a command without words": (
        lambda p: p["commands"].pop("slet"),
        "slet",
        "this command has no words",
        "",
    ),
    "words for no command": (
        lambda p: p["commands"].update(dans=["dans"]),
        "commands.dans",
        "this is no command",
        "",
    ),
    "a slot that is built in": (
        lambda p: p["slots"].update(audience={"type": "categorical", "values": ["x"]}),
        "audience",
        "this slot is built in",
        "",
    ),
}


def test_the_small_content_is_sound(content):
    assert check_content(content, PHONES) == []


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_mistake_is_named_placed_and_mended(make_content, mistake):
    change, at, problem, mend = BROKEN[mistake]

    found = check_content(make_content(change), PHONES)

    issue = next((i for i in found if (i.at, i.problem) == (at, problem)), None)
    assert issue, [str(i) for i in found]
    assert issue.mend == mend if mend else len(issue.mend) > 5


@pytest.mark.parametrize("promise", FORBIDDEN)
def test_a_promise_that_cannot_be_kept_is_found_in_texts_and_on_buttons(make_content, promise):
    button = {"title": f"Ja, {promise}", "payload": "/om"}
    changes = (
        set_text("utter_hello", f"Det er {promise.upper()}."),
        set_text("utter_hello", "Hej", buttons=[button]),
    )
    for change in changes:
        found = check_content(make_content(change), PHONES)
        assert f"'{promise}' may not be said" in {issue.problem for issue in found}


def test_exactly_one_flow_takes_every_audience_concern_and_urgency(content):
    for audience in Audience:
        for concern in Concern:
            for urgency in Urgency:
                holding = list(guards_holding(content, audience, concern, urgency))
                assert len(holding) <= 1
                expected = holding[0].id if holding else DEFAULT_FLOW
                assert route(content, audience, concern, urgency) == expected


class FittingDirectory:
    """Always one service, which serves everyone."""

    class Service:
        id = "bornetelefonen"

        def helps(self, _audience):
            return True

    def pick(self, *_, **__):
        return (self.Service(),)


class EmptyDirectory:
    def pick(self, *_, **__):
        return ()


def problems(content, directory=None):
    return " ".join(i.problem for i in check_safety(content, directory or FittingDirectory()))


def test_the_small_content_is_safe(content):
    assert problems(content) == ""


def test_a_text_for_one_channel_is_proved_too(make_content):
    def change(plain):
        plain["responses"]["utter_acute"].insert(
            0,
            {
                "text": "Hej fra Telegram.",
                "condition": [{"type": "slot", "name": "channel", "value": "telegram"}],
                "metadata": {"review": "draft"},
            },
        )

    assert "112 is not in the first line" in problems(make_content(change))


def test_a_branch_for_one_channel_is_walked_too(make_content):
    def change(plain):
        plain["flows"]["pattern_about"]["steps"] = [
            {
                "id": "begin",
                "noop": True,
                "next": [
                    {"if": 'slots.channel = "telegram"', "then": "loop"},
                    {"else": [{"action": "utter_about", "next": "END"}]},
                ],
            },
            {"id": "loop", "noop": True, "next": "loop"},
        ]

    assert "takes too many steps" in problems(make_content(change))


def test_the_channel_cannot_be_set_by_a_flow(make_content):
    def change(plain):
        steps(plain).insert(0, {"set_slots": [{"channel": "web"}]})

    issues = check_content(make_content(change), PHONES)
    assert any("'channel' cannot be set" in issue.problem for issue in issues)


def test_the_exploration_reaches_every_step_that_asks(content):
    exploration = Exploration(content)
    turns = [*exploration.entries(), *exploration.turns()]

    asked = {(t.after.flow, t.after.step) for t in turns if t.after.step}
    assert asked == {
        ("violence_at_home", "ask_safe"),
        ("violence_at_home", "ask_human"),
        ("pattern_session_start", "ask_audience"),
        ("pattern_clarification", "ask_audience"),
        ("pattern_clarification", "ask_concern"),
        ("pattern_first_help", "ask_want_human"),
        ("pattern_return", "ask"),
    }


UNSAFE = {
    "(a) 112 is not in the first line": set_text("utter_acute", "Kære du.\nRing 112."),
    "(c) /menneske shows no human": lambda p: steps(p, "pattern_human_handoff").__setitem__(
        0, {"action": "utter_hello"}
    ),
    "(d) The flow": lambda p: steps(p, "privacy").append(
        {"id": "round", "action": "utter_hello", "next": "round"}
    ),
    "(f) 'utter_believe_you' reaches child_self": set_text(
        "utter_believe_you", "Hej", metadata={"review": "draft", "serves": ["adult_sexual"]}
    ),
    "after (child_self, physical_violence, acute), read easily)": easy_variant(
        "utter_acute", "Hent hjælp."
    ),
    "(f) 'utter_about' reaches child_self": easy_variant(
        "utter_about", "Hej", serves=["adult_sexual"]
    ),
    "(c) it does not change how texts read": lambda p: steps(p, "pattern_easy_reading").pop(0),
    "(c) the pending question is not asked again": lambda p: steps(
        p, "pattern_plain_reading"
    ).append({"link": "pattern_clarification"}),
    "(c) the visitor's way of reading is lost": lambda p: steps(p, "pattern_help").append(
        {"set_slots": [{"reader": None}]}
    ),
    "(b) it asks because it is not sure": set_text("utter_ask_audience", "Hvem er du?"),
    "(b) it asks because it is not sure, and names nobody to call (at the first message, after "
    "(child_self, unsure of what, none))": set_text("utter_ask_concern", "Hvad er det?"),
    "(b) 6 turns can pass": lambda p: p["flows"]["greeting"].update(
        steps=[
            {
                "id": "again",
                "collect": "want_human",
                "description": "?",
                "ask_before_filling": True,
                "next": "again",
            }
        ]
    ),
}


@pytest.mark.parametrize("problem", UNSAFE)
def test_a_broken_safety_property_is_found(make_content, problem):
    assert problem in problems(make_content(UNSAFE[problem]))


@pytest.mark.parametrize(("serves", "is_sound"), [("youth_at_risk", True), ("child_self", False)])
def test_an_answer_that_changes_the_audience_leads_to_texts_for_the_new_one(
    make_content, serves, is_sound
):
    def change(plain):
        steps(plain)[3]["next"][0]["then"] = [
            {"set_slots": [{"audience": "youth_at_risk"}]},
            {"action": "utter_welcome_young", "next": "ask_human"},
        ]
        plain["responses"]["utter_welcome_young"] = [
            {"text": "Godt.", "metadata": {"review": "draft", "serves": [serves]}}
        ]

    found = problems(make_content(change))
    assert (found == "") is is_sound, found


def test_an_audience_without_services_is_found(content):
    assert "(g) none for" in problems(content, EmptyDirectory())


def test_texts_that_nobody_has_read_are_not_for_release(content, make_content):
    assert {i.at for i in check_reviewed(content)} == set(content.responses)

    def review_all(plain):
        for variants in plain["responses"].values():
            for text in variants:
                text["metadata"] = {"review": "reviewed", "reviewed_by": "x"}

    assert list(check_reviewed(make_content(review_all))) == []
