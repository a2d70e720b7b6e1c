"""Every reachable abstract state of the conversation, by running the engine itself.

A state is abstract when what no later step reads is left out (see ``liveness``). From every
state the visitor answers in every way. Unclear words, acute words and commands do not look at
slots, so these are said once for each question, audience and way back.

Where the visitor writes (the slot ``channel``) changes texts only, unless a flow branches on it.
So only turns that say a text with variants by channel are taken in every channel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from bot.domain.content import Content
from bot.domain.effects import Effect, Say
from bot.domain.engine import advance
from bot.domain.flow import Collect
from bot.domain.heard import Command, Heard, Odd
from bot.domain.judgement import FiredRule, NetVerdict, RuleId, Understanding
from bot.domain.liveness import find_live_slots
from bot.domain.payload import parse_payload
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
        self._asides_taken: set[State] = set()
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
        for command in (Command.START, Command.NOT_ME):
            yield from self._take(State(), Heard(command=command), f"/{command.value}")
        for odd in Odd:
            yield from self._take(State(), Heard(odd=odd), f"({odd.value})")

    def turns(self) -> Iterator[Turn]:
        """Every turn from every state that ``entries`` and earlier turns reached."""
        while self._todo:
            state = self._todo.pop()
            for heard, said in self._inputs(state):
                yield from self._take(state, heard, said, keep=_leads_on(heard))

    def _take(self, state: State, heard: Heard, said: str, *, keep: bool = True) -> Iterator[Turn]:
        turn = self._advance(state, heard, said, keep=keep)
        yield turn
        if self._differs_by_channel(turn):
            for channel in CHANNELS:
                if channel != state.channel:
                    elsewhere = replace(state, channel=channel)
                    yield self._advance(elsewhere, heard, f"{said} on {channel}", keep=keep)

    def _differs_by_channel(self, turn: Turn) -> bool:
        return (
            self._branches_on_channel
            or (turn.before.turn == 0 and turn.before.flow is None)  # a notice may be said
            or any(isinstance(e, Say) and e.response in self._vary_by_channel for e in turn.effects)
        )

    def _advance(self, state: State, heard: Heard, said: str, *, keep: bool) -> Turn:
        after, effects = advance(state, heard, self._content)
        abstract = self._abstract(after)
        if keep and abstract not in self._seen:
            self._seen.add(abstract)
            self._todo.append(abstract)
        return Turn(state, heard, said, abstract, effects)

    def _abstract(self, state: State) -> State:
        matter = self._live.matter(state)
        return replace(
            state,
            turn=0,
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


def _leads_on(heard: Heard) -> bool:
    return heard.command not in _ENDING and heard.odd is not Odd.STALE


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


def certain(audience: Audience, concern: Concern, urgency: Urgency) -> Understanding:
    """A judgement without doubt."""
    return Understanding(
        audience, {audience: 1.0}, concern, {concern: 1.0}, (), urgency, {urgency: 1.0}
    )
