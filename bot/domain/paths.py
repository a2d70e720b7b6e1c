"""Every reachable abstract state of the conversation, by running the engine itself.

A state is abstract when what no condition reads is left out: the turn's number, and the concern
where neither the running flows nor those they lead to look at it. From every state the visitor
answers in every way, says something unclear, something acute, or gives any command.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from bot.domain.content import Content, FlowGraph
from bot.domain.effects import Effect
from bot.domain.engine import advance
from bot.domain.flow import Action, Call, Collect, Link
from bot.domain.heard import Command, Heard, Odd
from bot.domain.judgement import FiredRule, NetVerdict, RuleId, Understanding
from bot.domain.payload import parse_payload
from bot.domain.state import State
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
        self._reads_concern = {flow: _reads(content, flow, "concern") for flow in content.flows}
        self._reads_urgency = {flow: _reads(content, flow, "urgency") for flow in content.flows}
        self._seen: set[State] = set()
        self._todo: list[State] = []

    @property
    def states(self) -> int:
        """How many abstract states were found so far."""
        return len(self._seen)

    def entries(self) -> Iterator[Turn]:
        """The first turn for every audience, concern and urgency."""
        for audience, concern, urgency in product(Audience, Concern, Urgency):
            heard = Heard(understanding=certain(audience, concern, urgency))
            yield self._take(State(), heard, f"({audience}, {concern}, {urgency.id})")
        for command in (Command.START, Command.NOT_ME):
            yield self._take(State(), Heard(command=command), f"/{command.value}")

    def turns(self) -> Iterator[Turn]:
        """Every turn from every state that ``entries`` and earlier turns reached."""
        while self._todo:
            state = self._todo.pop()
            for heard, said in self._inputs(state):
                yield self._take(state, heard, said, keep=heard.command not in _ENDING)

    def _take(self, state: State, heard: Heard, said: str, *, keep: bool = True) -> Turn:
        after, effects = advance(state, heard, self._content)
        abstract = self._abstract(after)
        if keep and abstract not in self._seen:
            self._seen.add(abstract)
            self._todo.append(abstract)
        return Turn(state, heard, said, abstract, effects)

    def _abstract(self, state: State) -> State:
        state = replace(state, turn=0, unclear=state.unclear if state.flow else 0)
        running = [flow for flow in (state.flow, *(f.flow for f in state.stack)) if flow]
        if not any(self._reads_concern[flow] for flow in running):
            state = replace(state, concern=Concern.NONE, concern_told=False)
        if not any(self._reads_urgency[flow] for flow in running):
            state = replace(state, urgency=Urgency.LOW)
        if not running:
            state = replace(state, audience_told=False)
        return state

    def _inputs(self, state: State) -> Iterator[tuple[Heard, str]]:
        yield from self._answers(state)
        yield Heard(), "(unclear words)"
        yield Heard(net=ACUTE), "(something acute)"
        for command in Command:
            yield Heard(command=command), f"/{command.value}"
        yield Heard(odd=Odd.EMPTY), "(nothing)"

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
"""Where these lead does not depend on where they were said; ``entries`` covers it."""

ACUTE = NetVerdict((FiredRule(RuleId("any_acute"), Urgency.ACUTE, 1.0),))


def certain(audience: Audience, concern: Concern, urgency: Urgency) -> Understanding:
    """A judgement without doubt."""
    return Understanding(
        audience, {audience: 1.0}, concern, {concern: 1.0}, (), urgency, {urgency: 1.0}
    )


def _reads(content: Content, flow: str, slot: str) -> bool:
    """Whether the flow, or one it leads to, decides anything by the slot."""
    return any(_decides_by(graph, slot) for graph in _closure(content, flow))


def _decides_by(graph: FlowGraph, slot: str) -> bool:
    for node in graph.nodes.values():
        if isinstance(node.step, Action) and node.step.action == "action_route":
            return True
        if isinstance(node.step, Collect) and node.step.collect == slot:
            return True
        if any(exit_.when and slot in exit_.when.slots for exit_ in node.exits):
            return True
    return False


def _closure(content: Content, flow: str) -> list[FlowGraph]:
    found: dict[str, FlowGraph] = {}
    todo = [flow]
    while todo:
        name = todo.pop()
        if name in found or name not in content.flows:
            continue
        graph = found[name] = content.flows[name]
        for node in graph.nodes.values():
            if isinstance(node.step, Link):
                todo.append(node.step.link)
            elif isinstance(node.step, Call):
                todo.append(node.step.call)
    return list(found.values())
