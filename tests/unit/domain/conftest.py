"""A conversation small enough to read at a glance, for tests of the engine and the checks."""

import copy
from collections.abc import Callable, Mapping

import pytest
from ruamel.yaml import YAML

from bot.domain.content import Content, compile_flow
from bot.domain.directory import Directory
from bot.domain.flow import AnswerFile, FlowFile, ResponseFile, SlotFile
from bot.domain.heard import Odd
from bot.domain.note import NoteFile, compile_note
from bot.domain.topic import TopicFile

FLOWS = """
flows:
  violence_at_home:
    description: A child is hit.
    if: slots.audience = "child_self"
    nlu_trigger:
      - intent: {name: physical_violence, confidence_threshold: 0.4}
    steps:
      - action: utter_believe_you
      - action: action_show_services
      - id: decide
        noop: true
        next:
          - if: slots.urgency = "acute"
            then: ask_human
          - else: ask_safe
      - id: ask_safe
        collect: safe_now
        description: Safe at this moment?
        next:
          - if: slots.safe_now = "ja"
            then: ask_human
          - else:
              - action: utter_call_112
                next: ask_human
      - id: ask_human
        collect: want_human
        description: Offer a counsellor.
        next:
          - if: slots.want_human = "ja"
            then: [{link: pattern_human_handoff}]
          - else: [{action: utter_door_open, next: END}]
  privacy:
    description: Who sees this?
    nlu_trigger: [{intent: privacy}]
    steps: [{action: utter_privacy}]
  greeting:
    description: Hello.
    nlu_trigger: [{intent: none}]
    steps: [{action: utter_hello}]
  pattern_session_start:
    description: The greeting.
    steps:
      - action: utter_hello
      - {collect: audience, description: "Who are you?"}
      - {action: action_route}
  pattern_clarification:
    description: Who and what.
    steps:
      - {collect: audience, description: "Who are you?"}
      - {collect: concern, description: "What is it about?"}
      - {action: action_route}
  pattern_first_help:
    description: Everything else.
    steps:
      - action: action_show_services
      - {collect: want_human, description: Offer a counsellor.}
      - {action: utter_door_open}
  pattern_return:
    description: Is it safe now?
    steps:
      - id: ask
        collect: safe_return
        ask_before_filling: true
        description: Only 'ja' is safe.
        next:
          - if: slots.safe_return = "ja"
            then: [{action: utter_go_on, next: END}]
          - else: [{action: utter_leave_now, next: ask}]
  pattern_help: {description: Help., steps: [{action: utter_hello}]}
  pattern_human_handoff: {description: A human., steps: [{action: action_show_services}]}
  pattern_rights: {description: Rights., steps: [{action: utter_rights}]}
  pattern_about: {description: About., steps: [{action: utter_about}]}
  pattern_easy_reading:
    description: Easy words.
    steps: [{set_slots: [{reader: easy}]}, {action: utter_hello}]
  pattern_plain_reading:
    description: Plain words.
    steps: [{set_slots: [{reader: null}]}, {action: utter_hello}]
  pattern_languages: {description: Languages., steps: [{action: utter_hello}]}
"""
SLOTS = """
slots:
  safe_now: {type: categorical, values: [ja, nej, ved_ikke]}
  want_human: {type: categorical, values: [ja, nej]}
  safe_return: {type: categorical, values: [ja, nej]}
"""
ANSWERS = """
commands:
  start: [forfra]
  hjaelp: [hjælp]
  menneske: [menneske, jeg vil tale med et menneske]
  slet: [slet, slet alt]
  stop: [stop]
  rettigheder: [rettigheder]
  om: [hvem er du]
  passer_ikke: [det passer ikke på mig]
  let: [let at læse]
  almindelig: [almindelig tekst]
  mere: [er der mere]
  sprog: [sprog]
  emner: [emner]
answers:
  safe_now:
    otherwise: ved_ikke
    opening: [nej, ved_ikke]
    values: {ja: [ja, jep], nej: [nej], ved_ikke: [ved ikke]}
  safe_return:
    otherwise: nej
    values: {ja: [ja], nej: [nej]}
  want_human:
    opening: [nej]
    values: {ja: [ja], nej: [nej]}
"""
BUTTONS = {
    "utter_ask_safe_now": [("Ja", "/SetSlots(safe_now=ja)"), ("Nej", "/SetSlots(safe_now=nej)")],
    "utter_ask_want_human": [
        ("Ja", "/SetSlots(want_human=ja)"),
        ("Nej", "/SetSlots(want_human=nej)"),
    ],
    "utter_ask_audience": [("Jeg er barn", "/SetSlots(audience=child_self)")],
    "utter_ask_concern": [("Nogen slår mig", "/SetSlots(concern=physical_violence)")],
    "utter_ask_safe_return": [("Ja", "/SetSlots(safe_return=ja)")],
    "utter_further": [("Lad os tale om det", "/mere")],
}
SPOKEN = (
    *("believe_you", "call_112", "door_open", "privacy", "hello", "rights", "about", "services"),
    *("municipality", "erased", "goodbye", "heard_you", "unclear", "unclear_human", "which_one"),
    *("no_further", "topics", "no_topics", "button_more_topics", "leave_now", "go_on"),
    *("ask_note_found", "note_about", "note_not_kept", "language"),
    *(f"odd_{odd.value}" for odd in Odd),
    "notice_telegram",
    *("button_passer_ikke", "button_menneske"),
)


def _response(name: str, text: str) -> list[dict]:
    buttons = [{"title": t, "payload": p} for t, p in BUTTONS.get(name, [])]
    return [{"text": text, "buttons": buttons, "metadata": {"review": "draft"}}]


def _responses() -> dict:
    said = {f"utter_{name}": _response(f"utter_{name}", f"Tekst {name}.") for name in SPOKEN}
    said |= {name: _response(name, "{phone.bornetelefonen}. Spørgsmål?") for name in BUTTONS}
    said["utter_acute"] = _response("utter_acute", "Ring 112 nu.")
    return {"responses": said}


MakeContent = Callable[..., Content]
Change = Callable[[dict], None]


@pytest.fixture
def make_content() -> MakeContent:
    """Build the small content, after ``change`` has altered its plain data, if given."""

    def make(change: Change | None = None) -> Content:
        yaml = YAML(typ="safe")
        plain = {
            **yaml.load(FLOWS),
            **yaml.load(SLOTS),
            **yaml.load(ANSWERS),
            **copy.deepcopy(_responses()),
        }
        if change:
            change(plain)
        return _compile(plain)

    return make


def _compile(plain: Mapping[str, object]) -> Content:
    flows = FlowFile.model_validate({"flows": plain["flows"]}).flows
    answers = AnswerFile.model_validate(
        {"commands": plain["commands"], "answers": plain["answers"]}
    )
    responses = ResponseFile.model_validate(
        {"recheck_by": "2027-05-23", "responses": plain["responses"]}
    )
    notes = NoteFile.model_validate({"notes": plain.get("notes", {})}).notes
    return Content(
        flows={name: compile_flow(name, flow) for name, flow in flows.items()},
        responses=responses.responses,
        slots=SlotFile.model_validate({"slots": plain["slots"]}).slots,
        answers=answers.answers,
        commands=answers.commands,
        notes={name: compile_note(note) for name, note in notes.items()},
        topics=TopicFile.model_validate({"topics": plain.get("topics", {})}).topics,
    )


@pytest.fixture
def content(make_content: MakeContent) -> Content:
    return make_content()


@pytest.fixture
def directory(library) -> Directory:
    """The project's own, as what it shows is proved with the content."""
    return library.directory
