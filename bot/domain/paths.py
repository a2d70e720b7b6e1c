"""Every reachable abstract state of the conversation, by running the engine itself.

A state is abstract when what no later step reads is left out (see ``liveness``). ``evidence`` and
``further`` are left out whole, as no condition can read them (``lint`` sees to it): the first only
changes what a message is taken for, and every such picture is an entry; the second is offered and
taken up in entries of its own. From every state the visitor answers in every way. Unclear words,
acute words and commands do not look at slots, so these are said once for each question, audience
and way back.

How somebody reads, and where they write, changes words and never the way (``lint`` sees to the
first; flows that branch on ``channel`` are walked on every channel). So a turn is taken anew for
an easy reader, and on other channels, only where its words could differ in what is proved of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from bot.domain.content import Content
from bot.domain.effects import Effect, Say
from bot.domain.engine import advance
from bot.domain.evidence import NO_EVIDENCE
from bot.domain.flow import Collect, Text
from bot.domain.further import ORDER
from bot.domain.heard import Command, Heard, Odd
from bot.domain.judgement import FiredRule, NetVerdict, RuleId, Understanding
from bot.domain.lint_texts import starts_with_112
from bot.domain.liveness import find_live_slots
from bot.domain.narration import CARRIED
from bot.domain.payload import parse_payload
from bot.domain.silence import RETURN
from bot.domain.state import CHANNELS, State
from bot.domain.taxonomy import Audience, Concern, Urgency

SAMPLE_MUNICIPALITY = "0101"
"""Municipalities differ in their contacts only, never in where a flow goes."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of the exploration, with enough to show it as a conversation."""

    before: State
    heard: Heard
    said: str
    after: State
    effects: tuple[Effect, ...]


class Exploration:
    """Walks every reachable abstract state once; iterate ``entries`` and ``turns``."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._live = find_live_slots(content)
        self._read_otherwise = _read_otherwise(content)
        self._asides_taken: set[State] = set()
        self._opened: set[tuple[str, State]] = set()
        self._noted: set[tuple[Audience, str, str]] = set()
        self._branches_on_channel = _branches_on_channel(content)
        self._vary_by_channel = _vary_by_channel(content)
        self._questions: set[tuple[str | None, str | None]] = set()
        self._seen: set[State] = set()
        self._todo: list[State] = []

    @property
    def states(self) -> int:
        """How many abstract states were found so far."""
        return len(self._seen)

    def entries(self) -> Iterator[Turn]:
        """The first turn for every audience, concern and urgency, and new words after danger."""
        for audience, concern, urgency in product(Audience, Concern, Urgency):
            heard = Heard(understanding=certain(audience, concern, urgency))
            yield from self._take(State(), heard, f"({audience}, {concern}, {urgency.id})")
        for audience, concern in product(Audience, Concern):
            heard = Heard(understanding=certain(audience, concern, Urgency.HIGH))
            said = f"(after danger: {audience}, {concern}, high)"
            yield from self._take(AFTER_DANGER, heard, said)
        for audience, urgency in product(Audience, Urgency):
            heard = Heard(understanding=undecided(audience, urgency))
            yield from self._take(State(), heard, f"({audience}, unsure of what, {urgency.id})")
        yield from self._further()
        for command in (Command.START, Command.NOT_ME, Command.EASY):
            yield from self._take(State(), Heard(command=command), f"/{command.value}")
        for odd in Odd:
            yield from self._take(State(), Heard(odd=odd), f"({odd.value})")

    def _further(self) -> Iterator[Turn]:
        """What else was told is offered where a flow ends, and taken up."""
        for audience, concern in product(Audience, ORDER):
            state = State(turn=1, audience=audience, further=(concern,))
            offered = Heard(command=Command.ABOUT)
            yield from self._take(state, offered, f"({concern} told besides, {audience})")
            for urgency in Urgency:
                taken = Heard(command=Command.MORE)
                said = f"(back to {concern}, {audience}, {urgency.id})"
                yield from self._take(replace(state, urgency=urgency), taken, said)

    def turns(self) -> Iterator[Turn]:
        """Every turn from every state that ``entries`` and earlier turns reached."""
        yield from self._walk()
        opened = -1
        while opened < len(self._opened):  # a topic may note what another, or itself, then carries
            opened = len(self._opened)
            yield from self._asides()
            yield from self._walk()

    def _walk(self) -> Iterator[Turn]:
        while self._todo:
            state = self._todo.pop()
            for heard, said in self._inputs(state):
                yield from self._take(state, heard, said, keep=_leads_on(heard))

    def _take(self, state: State, heard: Heard, said: str, *, keep: bool = True) -> Iterator[Turn]:
        """The turn, and the same for other readers and channels where the words could differ."""
        turn = self._turn(state, heard, said)
        self._note(turn, keep=keep)
        yield turn
        for reader, channel in product(self._readers(turn), self._channels(turn)):
            other = replace(state, reader_chosen=reader, channel=channel)
            if other != state:
                again = self._turn(other, heard, said + _how(state, other))
                self._note(again, keep=keep and self._branches_on_channel)
                yield again

    def _note(self, turn: Turn, *, keep: bool) -> None:
        plain = replace(turn.after, reader_chosen=None)
        if keep and plain not in self._seen:
            self._seen.add(plain)
            self._todo.append(plain)

    def _readers(self, turn: Turn) -> tuple[str | None, ...]:
        variants = {(e.response, e.variant) for e in turn.effects if isinstance(e, Say)}
        command = turn.heard.command not in (None, Command.MORE)  # that one leads as words do
        differs = command or not variants.isdisjoint(self._read_otherwise)
        return (None, EASY) if differs else (None,)

    def _channels(self, turn: Turn) -> tuple[str, ...]:
        differs = (
            self._branches_on_channel
            or (turn.before.turn == 0 and turn.before.flow is None)  # a notice may be said
            or any(isinstance(e, Say) and e.response in self._vary_by_channel for e in turn.effects)
        )
        return CHANNELS if differs else (turn.before.channel,)

    def _turn(self, state: State, heard: Heard, said: str) -> Turn:
        after, effects = advance(state, heard, self._content)
        self._noted |= {(after.audience, *pair) for pair in after.slots if pair[0] in CARRIED}
        return Turn(state, heard, said, self._abstract(after), effects)

    def _abstract(self, state: State) -> State:
        matter = self._live.matter(state)
        return replace(
            state,
            turn=0,
            evidence=NO_EVIDENCE,
            further=(),
            channel=state.channel if self._branches_on_channel else CHANNELS[0],
            slots=tuple(pair for pair in state.slots if pair[0] in matter),
            audience_told=False,
            concern_told=False,
            concern=state.concern if "concern" in matter else Concern.NONE,
            urgency=state.urgency if "urgency" in matter else min(state.urgency, Urgency.HIGH),
        )

    def _inputs(self, state: State) -> Iterator[tuple[Heard, str]]:
        if state.unclear:  # any other input leads where it leads from the same state, calm
            yield Heard(), "(unclear words)"
            return
        yield from self._answers(state)
        bare = replace(state, slots=(), concern=Concern.NONE, urgency=Urgency.NONE)
        if bare in self._asides_taken:
            return
        self._asides_taken.add(bare)
        yield Heard(), "(unclear words)"
        yield Heard(net=ACUTE), "(something acute)"
        yield Heard(odd=Odd.EMPTY), "(nothing)"
        is_new_question = self._is_new_question(state)
        for command in Command:
            if command not in _ENDING or is_new_question:
                yield Heard(command=command), f"/{command.value}"
        if is_new_question:
            for odd in Odd:
                yield Heard(odd=odd), f"({odd.value})"
                yield Heard(beside=odd), f"(unclear words beside {odd.value})"

    def _asides(self) -> Iterator[Turn]:
        """Every topic for every audience it serves, and the return after a silence.

        An aside begins with no slots but ``CARRIED``, and gives back the question and the slots it
        found: whatever it interrupts, it goes the same way. So it is walked once, from rest, with
        all that it may read, and not from every question anew.
        """
        for name, audience in product(self._content.topics, Audience):
            if self._content.topics[name].fits(audience):
                for state in self._openings(name, audience):
                    yield from self._open(name, state, Heard(topic=name))
        for audience in Audience:
            for state in self._openings(RETURN, audience):
                yield from self._open(RETURN, state, Heard(returned=True))

    def _openings(self, flow: str, audience: Audience) -> Iterator[State]:
        reads = self._live.before.get((flow, self._content.flows[flow].first), frozenset())
        concerns = tuple(Concern) if "concern" in reads else (Concern.NONE,)
        urgencies = tuple(Urgency) if "urgency" in reads else (Urgency.NONE, Urgency.HIGH)
        carried = sorted(
            ((slot, value),)
            for who, slot, value in self._noted
            if who is audience and slot in reads
        )
        for concern, urgency, slots in product(concerns, urgencies, ((), *carried)):
            state = State(audience=audience, concern=concern, urgency=urgency, slots=slots)
            yield state
            if urgency >= Urgency.HIGH:
                yield replace(state, helped=True)

    def _open(self, flow: str, state: State, heard: Heard) -> Iterator[Turn]:
        if (flow, state) in self._opened:
            return
        self._opened.add((flow, state))
        yield from self._take(state, heard, f"({flow})")
        yield from self._take(state, replace(heard, net=ACUTE), f"({flow}, something acute)")

    def _is_new_question(self, state: State) -> bool:
        question = (state.flow, state.step)
        is_new = question not in self._questions
        self._questions.add(question)
        return is_new

    def _answers(self, state: State) -> Iterator[tuple[Heard, str]]:
        graph = self._content.flows.get(state.flow or "")
        node = graph.nodes.get(state.step or "") if graph else None
        if node is None or not isinstance(node.step, Collect):
            return
        for slot, value in sorted(self._fillings(node.step)):
            yield Heard(filled=((slot, value),)), f"{slot}={value}"
        answers = self._content.answers.get(node.step.collect)
        for value in answers.opening if answers else ():
            filled = ((node.step.collect, value),)
            yield Heard(filled=filled, goes_on=True, net=ACUTE), f"{value}, and something acute"

    def _fillings(self, question: Collect) -> set[tuple[str, str]]:
        """Every (slot, value) that a button of the question or the slot's words can give."""
        slot = question.collect
        pairs: set[tuple[str, str]] = set()
        for text in self._content.responses[question.question]:
            for button in text.buttons:
                payload = parse_payload(button.payload)
                pairs.update(payload if isinstance(payload, tuple) else ())
        answers = self._content.answers.get(slot)
        if answers:
            pairs.update((slot, value) for value in answers.values)
        if slot in self._content.slots:
            pairs.update((slot, value) for value in self._content.slots[slot].values)
        if slot == "municipality":
            pairs.add((slot, SAMPLE_MUNICIPALITY))
        return pairs


_ENDING = frozenset({Command.ERASE, Command.STOP, Command.START, Command.NOT_ME})
"""Where these lead does not depend on who says them: said once for each question."""

EASY = "easy"
"""The reader that a visitor can choose."""


def _leads_on(heard: Heard) -> bool:
    return heard.command not in _ENDING and heard.odd is not Odd.STALE


def _how(state: State, other: State) -> str:
    read = ", read easily" if other.reader_chosen != state.reader_chosen else ""
    return read + (f", on {other.channel}" if other.channel != state.channel else "")


def _vary_by_channel(content: Content) -> frozenset[str]:
    """The responses whose variants ask where the visitor writes."""
    return frozenset(
        name
        for name, variants in content.responses.items()
        if any(condition.name == "channel" for text in variants for condition in text.condition)
    )


def _branches_on_channel(content: Content) -> bool:
    return any(
        exit_.when is not None and "channel" in exit_.when.slots
        for graph in content.flows.values()
        for node in graph.nodes.values()
        for exit_ in node.exits
    )


AFTER_DANGER = State(urgency=Urgency.ACUTE, helped=True)
"""A conversation that was acute and has come to rest: flows shorten what they said then."""
ACUTE = NetVerdict((FiredRule(RuleId("any_acute"), Urgency.ACUTE, 1.0),))


def _read_otherwise(content: Content) -> frozenset[tuple[str, int]]:
    """Variants in whose place an easy reader may get one that a safety property sees otherwise."""
    return frozenset(
        (name, index)
        for name, variants in content.responses.items()
        if len({(text.metadata.serves, starts_with_112(text.text)) for text in variants}) > 1
        for index, text in enumerate(variants)
        if _reader(text) or any(_reader(earlier) == EASY for earlier in variants[:index])
    )


def _reader(text: Text) -> str | None:
    return next((c.value for c in text.condition if c.name == "reader"), None)


def certain(audience: Audience, concern: Concern, urgency: Urgency) -> Understanding:
    """A judgement without doubt."""
    return Understanding(
        audience, {audience: 1.0}, concern, {concern: 1.0}, (), urgency, {urgency: 1.0}
    )


def undecided(audience: Audience, urgency: Urgency) -> Understanding:
    """A judgement sure of who writes and how urgent it is, not of what it is about."""
    concern = Concern.PHYSICAL_VIOLENCE
    scores = dict.fromkeys(Concern, 1 / len(Concern))
    return Understanding(audience, {audience: 1.0}, concern, scores, (), urgency, {urgency: 1.0})
