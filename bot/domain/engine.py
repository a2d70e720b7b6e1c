"""One turn of a conversation: what is said next and what is remembered.

``advance`` is pure. Its order is the safety of it: an acute message is answered by 112 before
anything else; then commands, then the pending question, then where the message leads.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.content import Content
from bot.domain.effects import Effect
from bot.domain.evidence import NO_EVIDENCE
from bot.domain.flow import Collect
from bot.domain.further import pick_further
from bot.domain.heard import JUDGED_ONLY, Command, Heard, Odd
from bot.domain.language import CARD_ONLY, Lang
from bot.domain.lead import find_lead
from bot.domain.narration import Narration
from bot.domain.silence import RETURN, asks_if_safe
from bot.domain.state import State
from bot.domain.taxonomy import ASIDES, Audience, Concern, Urgency
from bot.domain.triage import (
    CLARIFY,
    Picture,
    destination,
    judge,
    learn,
    route,
)

UNCLEAR_LIMIT = 3
"""Unclear answers in one flow until a human is named instead of asking again."""

COMMAND_FLOWS = {
    Command.START: "pattern_session_start",
    Command.HELP: "pattern_help",
    Command.HUMAN: "pattern_human_handoff",
    Command.RIGHTS: "pattern_rights",
    Command.ABOUT: "pattern_about",
    Command.NOT_ME: CLARIFY,
    Command.EASY: "pattern_easy_reading",
    Command.PLAIN: "pattern_plain_reading",
    Command.LANGUAGES: "pattern_languages",
}
NOTICES = {"telegram": "utter_notice_telegram"}
"""Said once above the first question where others may read along (safeguarding rule 5)."""
ENGINE_RESPONSES = (
    "utter_acute",
    "utter_erased",
    "utter_further",
    "utter_goodbye",
    "utter_heard_you",
    "utter_language",
    "utter_no_further",
    "utter_no_topics",
    "utter_topics",
    "utter_unclear",
    "utter_unclear_human",
    "utter_which_one",
    *(f"utter_odd_{odd.value}" for odd in Odd),
    *NOTICES.values(),
)
"""Texts the engine says of its own accord; lint requires them."""


def advance(state: State, heard: Heard, content: Content) -> tuple[State, tuple[Effect, ...]]:
    """Decide what is said next and what is remembered. No I/O, no clock, no randomness.

    Raises:
        FlowLoopError: a flow ran on without asking; lint proves that none does.
    """
    if heard.odd is Odd.STALE:
        state = state.begin_anew()
    is_new = state.flow is None and (state.turn == 0 or heard.odd is Odd.STALE)
    lang_before = state.lang
    state = replace(
        state,
        turn=state.turn + 1,
        reader_chosen=heard.reader or state.reader_chosen,
        lang=heard.lang or state.lang,
        lang_told=heard.lang_told or state.lang_told,
        channel=heard.channel or state.channel,
    )
    picture = judge(heard.net, heard.understanding, state.evidence)
    narration = Narration(learn(state, picture), content)
    _say_first(narration, heard, picture, lang_before)
    _answer(narration, heard, picture, before=state)
    if picture.urgency >= Urgency.HIGH:
        narration.ensure_services()  # whatever the flow says, a human is in the same reply
    if is_new and state.channel in NOTICES:
        narration.say_above_question(NOTICES[state.channel])
    _keep_further(narration)
    return narration.finish()


def _say_first(narration: Narration, heard: Heard, picture: Picture, lang_before: str) -> None:
    """Danger, then the language that was just found out, then what came beside the words."""
    state = narration.state
    is_new = heard.lang_told or state.lang not in (lang_before, Lang.DA)
    if picture.urgency is Urgency.ACUTE and state.lang in CARD_ONLY:
        narration.say("utter_language", services=True)  # 112 in words the visitor can read
        return
    if picture.urgency is Urgency.ACUTE:
        narration.say("utter_acute", services=True)
    if is_new:
        narration.say("utter_language")
    if heard.beside is not None and picture.urgency is not Urgency.ACUTE:
        narration.say(f"utter_odd_{heard.beside.value}")


def _answer(narration: Narration, heard: Heard, picture: Picture, *, before: State) -> None:
    question = narration.pending()
    if asks_if_safe(heard, picture.urgency):
        _ask_if_safe(narration, picture, before)
    elif heard.lang_told:
        _go_on_in_it(narration)
    elif heard.command is not None:
        _obey(narration, heard, heard.command)
    elif heard.topic is not None:
        _open_topic(narration, heard.topic, before)
    elif heard.odd is not None and picture.urgency < Urgency.HIGH:
        _answer_odd(narration, heard.odd, picture)
    elif question is None:
        narration.start(destination(narration.content, narration.state, picture))
    elif heard.candidates:
        narration.ask_which(question.collect, heard.candidates)
    else:
        filled = _answer_to(question, heard, picture, narration)
        if filled and not (heard.goes_on and find_lead(narration, picture, before)):
            narration.keep_to(before)
            _fill(narration, heard, picture, filled)
        else:
            _go_on(narration, picture, before=before)


def _go_on_in_it(narration: Narration) -> None:
    """Another language was asked for: the same question in it, or the welcome."""
    state = narration.state
    told = state.audience is not Audience.UNKNOWN or state.concern is not Concern.NONE
    if narration.pending() or told:
        return narration.ask_again()
    return narration.start(COMMAND_FLOWS[Command.START])


def _fill(narration: Narration, heard: Heard, picture: Picture, filled: dict[str, str]) -> None:
    """Go on by the answer; one that would end everything does not when it goes on to danger."""
    if heard.goes_on and picture.urgency is Urgency.ACUTE and narration.would_end(filled):
        return narration.start(destination(narration.content, narration.state, picture))
    return narration.fill(filled)


def _go_on(narration: Narration, picture: Picture, *, before: State) -> None:
    """The words are no answer to the pending question: follow them, or ask again."""
    if lead := find_lead(narration, picture, before):
        return narration.start(lead)
    flow = destination(narration.content, narration.state, picture)
    told = picture.concern not in (None, Concern.NONE)
    narration.keep_to(before)
    if flow in narration.running() and (told or picture.urgency >= Urgency.MEDIUM):
        if picture.urgency is not Urgency.ACUTE:
            narration.say("utter_heard_you")
        return narration.ask_again()
    if picture.concern in ASIDES:
        return narration.interrupt(flow)
    if picture.urgency is Urgency.ACUTE:
        return narration.ask_again()
    return _unclear(narration)


def _answer_to(
    question: Collect, heard: Heard, picture: Picture, narration: Narration
) -> dict[str, str]:
    """What the words fill; nothing when they were not written as an answer."""
    if heard.odd in JUDGED_ONLY:
        return {}
    return dict(heard.filled) or _filled_otherwise(question, narration, picture)


def _filled_otherwise(question: Collect, narration: Narration, picture: Picture) -> dict[str, str]:
    """Free words can answer 'who are you' and 'what is it about'; and unclear is not safe."""
    if question.collect == "audience" and picture.audience is not None:
        return {"audience": narration.state.audience.value}
    if question.collect == "concern" and picture.concern not in (None, Concern.NONE):
        return {"concern": narration.state.concern.value}
    answers = narration.content.answers.get(question.collect)
    return {question.collect: answers.otherwise} if answers and answers.otherwise else {}


def _unclear(narration: Narration) -> None:
    count = narration.count_unclear()
    if count >= UNCLEAR_LIMIT:
        narration.say("utter_unclear_human", services=True, limit=2)
        return
    narration.say("utter_unclear", services=count > 1, limit=2)
    narration.ask_again()


def _answer_odd(narration: Narration, odd: Odd, picture: Picture) -> None:
    if odd is Odd.STALE:
        narration.say("utter_odd_stale", services=True, limit=2)
        return narration.start(COMMAND_FLOWS[Command.START])
    narration.say(f"utter_odd_{odd.value}", services=narration.count_unclear() > 1, limit=2)
    if narration.pending():
        return narration.ask_again()
    return narration.start(destination(narration.content, narration.state, picture))


def _ask_if_safe(narration: Narration, picture: Picture, before: State) -> None:
    """Then go on where the visitor was, or where the words of the return lead."""
    lead = find_lead(narration, picture, before)
    if not narration.pending() and picture.concern not in (None, Concern.NONE):
        lead = destination(narration.content, narration.state, picture)
    if lead is None:
        narration.keep_to(before)
    narration.interrupt(RETURN, then=lead)


def _open_topic(narration: Narration, topic: str, before: State) -> None:
    """The words name a topic: they lead nowhere else. Whom it serves counts more than a guess."""
    narration.keep_to(before)
    if not narration.content.topics[topic].fits(narration.state.audience):
        narration.state = replace(narration.state, audience=before.audience)
    narration.interrupt(topic)


def _obey(narration: Narration, heard: Heard, command: Command) -> None:
    match command:
        case Command.ERASE:
            narration.forget("utter_erased")
        case Command.STOP:
            narration.forget("utter_goodbye", close=True)
        case Command.START:
            narration.restart()
            narration.start(COMMAND_FLOWS[command])
        case Command.NOT_ME:
            narration.state = replace(
                narration.state,
                audience=Audience.UNKNOWN,
                audience_told=False,
                concern=Concern.NONE,
                concern_told=False,
                evidence=NO_EVIDENCE,
                further=(),
            )
            narration.start(CLARIFY)
        case Command.MORE:
            _take_up_further(narration)
        case Command.TOPICS:
            narration.offer_topics(heard.page)
            narration.ask_again()
        case _:
            narration.interrupt(COMMAND_FLOWS[command])


def _take_up_further(narration: Narration) -> None:
    """Talk about what else was told, the most urgent first; what is left undone comes back."""
    state = narration.state
    if not state.further:
        narration.say("utter_no_further")
        return narration.ask_again()
    left = (state.concern,) if narration.pending() else ()
    concern, *rest = state.further
    narration.state = replace(state, concern=concern, concern_told=False, further=(*rest, *left))
    narration.start(route(narration.content, state.audience, concern, state.urgency))
    if state.urgency >= Urgency.HIGH:
        narration.ensure_services()
    return None


def _keep_further(narration: Narration) -> None:
    state = narration.state
    if state.further:
        narration.state = replace(state, further=pick_further(state.further, narration))
        narration.offer_further()
