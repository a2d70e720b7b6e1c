"""The safety properties, proved over every reachable abstract state by running the engine.

(a) acute: 112 in the first line of the first reply, and a service with it; (b) a human or a
service within six turns, in the first for acute and high, and beside the question wherever one is
asked because the judges are not sure; (c) every command works in every
state; (d) no loop without an answer in it; (f) no text reaches an audience it does not serve;
(g) services exist for everyone and serve them; (j) a note is shown only where nobody finds what is
kept; (k) a return after silence begins with whether it is safe. ``lint`` checks (e), (h) and (i).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from bot.domain.content import Content
from bot.domain.directory import Directory
from bot.domain.effects import Close, Forget, Say
from bot.domain.errors import FlowLoopError
from bot.domain.heard import Command
from bot.domain.issue import Issue
from bot.domain.lint import slot_values
from bot.domain.lint_texts import starts_with_112
from bot.domain.note import texts_shown_to
from bot.domain.paths import EASY, Exploration, Turn
from bot.domain.silence import RETURN
from bot.domain.state import State
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.domain.triage import judge

TURNS_TO_HELP = 6
"""Most turns until a human or a service is shown, whatever the visitor answers."""
PHONE = "{phone."
"""Begins the placeholder of a service's number."""
FLOWS = Path("flows")


def check_safety(content: Content, directory: Directory) -> list[Issue]:
    """Every property that does not hold, with the turn that breaks it."""
    exploration = Exploration(content)
    found: dict[tuple[str, str], Issue] = {}
    waits = _Waits()
    try:
        for turn in _all_turns(exploration):
            waits.note(turn)
            for problem, mend in _problems(turn, content):
                at = turn.after.flow or turn.before.flow or "conversation"
                found.setdefault((at, problem), _issue(at, _shown(turn, problem), mend))
    except FlowLoopError as error:
        return [_issue("conversation", f"(d) {error}", "Let the loop ask something.")]
    return [*found.values(), *waits.issues(), *_check_directory(directory)]


def _all_turns(exploration: Exploration) -> Iterator[Turn]:
    yield from exploration.entries()
    yield from exploration.turns()


def _problems(turn: Turn, content: Content) -> Iterator[tuple[str, str]]:
    said = [effect for effect in turn.effects if isinstance(effect, Say)]
    if not said:
        yield "nothing is said", "Every turn answers."
        return
    urgency = _heard_urgency(turn)
    offers = any(effect.services for effect in said)
    first = content.responses[said[0].response][said[0].variant]
    if urgency is Urgency.ACUTE and not starts_with_112(first.text):
        yield "(a) 112 is not in the first line", "Begin the text with 'Ring 112'."
    if turn.heard.returned and urgency is not Urgency.ACUTE and turn.after.flow != RETURN:
        yield "(k) it does not ask whether it is safe to write", f"Let '{RETURN}' ask first."
    is_new = not turn.before.helped or turn.before.flow is None
    owed = urgency is Urgency.ACUTE or (urgency is Urgency.HIGH and is_new)
    if owed and not offers:
        yield "(b) no service in the first reply", "Add 'action: action_show_services'."
    if _asks_unsure(turn) and not any(_names_someone(effect, content) for effect in said):
        yield (
            "(b) it asks because it is not sure, and names nobody to call",
            "Add a number to the text, or 'action: action_show_services'.",
        )
    yield from _command_problems(turn, said)
    for effect in said:
        yield from _note_problems(effect, turn, content)
        serves = content.responses[effect.response][effect.variant].metadata.serves
        audience = _spoken_to(effect, turn)
        if serves and audience is not Audience.UNKNOWN and audience.value not in serves:
            yield (
                f"(f) '{effect.response}' reaches {audience}, whom it does not serve",
                "Guard the step, or add a variant for them.",
            )


def _note_problems(say: Say, turn: Turn, content: Content) -> Iterator[tuple[str, str]]:
    """Every text that may be in it, as the walk knows nothing of what the parts ask for."""
    if say.note is None:
        return
    if not say.note.parts:
        yield (
            f"(j) '{say.note.id}' may be found by others",
            "Show it only when 'note_found' is 'nej', and 'phone_watched' too for adult_victim.",
        )
    audience, note = turn.after.audience, content.notes[say.note.id]
    for name, text in texts_shown_to(note, audience, content.responses, slot_values(content)):
        serves = text.metadata.serves
        if serves and audience is not Audience.UNKNOWN and audience.value not in serves:
            yield f"(f) '{name}' reaches {audience}, whom it does not serve", "Guard the part."


def _spoken_to(say: Say, turn: Turn) -> Audience:
    """Who is believed to read it.

    What is said of danger comes before the answer is read; before all else, the answer may have
    told who it is, or led from adult to young.
    """
    if say.services and say is turn.effects[0] and _heard_urgency(turn) is Urgency.ACUTE:
        return say.services.audience
    return turn.after.audience


def _heard_urgency(turn: Turn) -> Urgency:
    judged = turn.heard.understanding
    return max(turn.heard.net.urgency, judged.urgency if judged else Urgency.NONE)


def _asks_unsure(turn: Turn) -> bool:
    """Whether the first message got a question, being below the stated confidence."""
    if turn.before != State() or turn.heard.understanding is None or turn.after.step is None:
        return False
    picture = judge(turn.heard.net, turn.heard.understanding)
    return picture.concern is None or (
        picture.audience is None and picture.concern is not Concern.NONE
    )


def _names_someone(say: Say, content: Content) -> bool:
    text = content.responses[say.response][say.variant].text
    return say.services is not None or PHONE in text


def _command_problems(turn: Turn, said: list[Say]) -> Iterator[tuple[str, str]]:
    kinds = {type(effect) for effect in turn.effects}
    mend = "The engine's own flows must keep these promises."
    match turn.heard.command:
        case Command.ERASE if Forget not in kinds:
            yield "(c) /slet does not erase", mend
        case Command.STOP if not {Forget, Close} <= kinds:
            yield "(c) /stop does not end", mend
        case Command.HUMAN if not any(effect.services for effect in said):
            yield "(c) /menneske shows no human", mend
        case Command.MORE if _owes_services(turn) and not any(effect.services for effect in said):
            yield "(b) no service in the reply to /mere", mend
        case Command.NOT_ME if turn.after.audience is not Audience.UNKNOWN:
            yield "(c) /passer_ikke keeps the wrong guess", mend
        case Command.START | Command.NOT_ME if turn.after.step is None:
            yield "(c) it leads to no question", mend
        case Command.EASY | Command.PLAIN:
            yield from _reading_problems(turn)
        case _ if turn.before.reader_chosen and not _keeps_reading(turn):
            yield "(c) the visitor's way of reading is lost", mend


def _owes_services(turn: Turn) -> bool:
    return bool(turn.before.further) and turn.before.urgency >= Urgency.HIGH


def _reading_problems(turn: Turn) -> Iterator[tuple[str, str]]:
    """Easy words are chosen and left again, and the pending question is repeated in them."""
    chosen = EASY if turn.heard.command is Command.EASY else None
    if turn.after.reader_chosen != chosen:
        yield "(c) it does not change how texts read", "Set or empty the slot 'reader' in its flow."
    if turn.before.step and turn.after.step != turn.before.step:
        yield "(c) the pending question is not asked again", "Its flow must only say something."


def _keeps_reading(turn: Turn) -> bool:
    forgets = turn.heard.command in {Command.ERASE, Command.STOP}
    return forgets or turn.after.reader_chosen == turn.before.reader_chosen


class _Waits:
    """How long the visitor can be kept without a human or a service in sight.

    Followed over answers; one unclear word more delays by one turn, and the second one itself
    shows services, so a chain of answers may be one turn shorter than the limit.
    """

    def __init__(self) -> None:
        self._next: dict[State, set[State]] = {}
        self._entries: set[State] = set()

    def note(self, turn: Turn) -> None:
        helped = any(isinstance(e, Say) and e.services for e in turn.effects)
        aside = turn.heard.command or turn.heard.returned
        if helped or aside or turn.after.step is None or turn.after.unclear:
            return
        if turn.before == State():
            self._entries.add(turn.after)
        else:
            self._next.setdefault(turn.before, set()).add(turn.after)

    def issues(self) -> Iterator[Issue]:
        waiting, turns = set(self._entries), 1
        while waiting and turns < TURNS_TO_HELP:
            waiting = {after for state in waiting for after in self._next.get(state, ())}
            turns += 1
        for flow in sorted({state.flow or "" for state in waiting}):
            yield _issue(
                flow,
                f"(b) {TURNS_TO_HELP} turns can pass here without a human or a service",
                "Add 'action: action_show_services' earlier.",
            )


def _check_directory(directory: Directory) -> Iterator[Issue]:
    for audience, concern, urgency in product(Audience, Concern, Urgency):
        picked = directory.pick(audience, concern, urgency, is_open=lambda _: None)
        wrong = [service.id for service in picked if not service.helps(audience)]
        if wrong and audience is not Audience.UNKNOWN:
            yield _issue("services", f"(g) '{wrong[0]}' is shown to {audience}", "Check 'serves:'.")
        if not picked:
            yield _issue("services", f"(g) none for {audience}, {concern}", "Add one.")


def _shown(turn: Turn, problem: str) -> str:
    where = f"{turn.before.flow}.{turn.before.step}" if turn.before.flow else "the first message"
    return f"{problem} (at {where}, after {turn.said})"


def _issue(at: str, problem: str, mend: str) -> Issue:
    return Issue(FLOWS, at, problem, mend)
