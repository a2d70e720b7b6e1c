"""Content compiled for the engine: flows as flat graphs, texts, slots, answers.

Compiling assumes nothing about correctness beyond the models; ``lint`` finds the mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from bot.domain.flow import (
    END,
    Action,
    Answers,
    Call,
    Collect,
    Else,
    Flow,
    If,
    Link,
    Noop,
    SetSlots,
    Slot,
    Step,
    Text,
)
from bot.domain.language import Languages
from bot.domain.note import Note
from bot.domain.predicate import Predicate, parse_predicate
from bot.domain.topic import Topic


@dataclass(frozen=True, slots=True)
class Exit:
    """Where a step leads. ``when`` None: always."""

    when: Predicate | None
    to: str


@dataclass(frozen=True, slots=True)
class Node:
    """One step with its id and exits, in the order they are tried."""

    id: str
    step: Step
    exits: tuple[Exit, ...]


@dataclass(frozen=True, slots=True)
class FlowGraph:
    id: str
    flow: Flow
    first: str
    nodes: Mapping[str, Node]
    guard: Predicate | None
    has_open_branch: tuple[str, ...] = ()
    """Ids of inline branches that neither end nor lead on."""


@dataclass(frozen=True)
class Content:
    """Everything the engine speaks from. Immutable; a reload builds a new one."""

    flows: Mapping[str, FlowGraph]
    responses: Mapping[str, tuple[Text, ...]]
    slots: Mapping[str, Slot]
    answers: Mapping[str, Answers]
    commands: Mapping[str, tuple[str, ...]]
    languages: Languages = field(default_factory=Languages)
    notes: Mapping[str, Note] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    """By the id of the flow each of them opens, in the order of the menu."""
    by_intent: Mapping[str, tuple[FlowGraph, ...]] = field(init=False)
    by_topic_words: Mapping[str, str] = field(init=False)
    """The topic that a whole message means; ``lint`` sees to it that it is one."""

    def __post_init__(self) -> None:
        table: dict[str, list[FlowGraph]] = {}
        for graph in self.flows.values():
            for trigger in graph.flow.nlu_trigger:
                table.setdefault(trigger.name, []).append(graph)
        object.__setattr__(self, "by_intent", {k: tuple(v) for k, v in table.items()})
        words = {w: name for name, topic in self.topics.items() for w in topic.words}
        object.__setattr__(self, "by_topic_words", words)


def compile_flow(flow_id: str, flow: Flow) -> FlowGraph:
    """Flatten nested branches into one table of nodes.

    Raises:
        PredicateError: a condition cannot be read.
        ValueError: two steps share an id.
    """
    flattening = _Flattening(flow_id)
    first = flattening.add(flow.steps, fall_through=END)
    return FlowGraph(
        id=flow_id,
        flow=flow,
        first=first,
        nodes=flattening.nodes,
        guard=parse_predicate(flow.if_) if flow.if_ else None,
        has_open_branch=tuple(flattening.open_branches),
    )


class _Flattening:
    def __init__(self, flow_id: str) -> None:
        self.flow_id = flow_id
        self.nodes: dict[str, Node] = {}
        self.open_branches: list[str] = []

    def add(self, steps: tuple[Step, ...], *, fall_through: str | None) -> str:
        """Add steps in order; return the id of the first. ``fall_through`` None: must lead on."""
        ids = [self._reserve(step) for step in steps]
        for index, (step_id, step) in enumerate(zip(ids, steps, strict=True)):
            below = ids[index + 1] if index + 1 < len(ids) else fall_through
            if below is None and step.next is None and not isinstance(step, Link):
                self.open_branches.append(step_id)
            self.nodes[step_id] = Node(step_id, step, tuple(self._exits(step, below or END)))
        return ids[0] if ids else (fall_through or END)

    def _reserve(self, step: Step) -> str:
        """Take the step's own id, or make one that stays the same when other steps change."""
        step_id = step.id or _name(step)
        if step.id is None:
            taken = (name for name in _numbered(step_id) if name not in self.nodes)
            step_id = next(taken)
        if step_id in self.nodes:
            raise ValueError(f"two steps are called '{step_id}'")
        self.nodes[step_id] = Node(step_id, step, ())
        return step_id

    def _exits(self, step: Step, below: str) -> Iterator[Exit]:
        if step.next is None:
            yield Exit(None, below)
        elif isinstance(step.next, str):
            yield Exit(None, step.next)
        else:
            for branch in step.next:
                yield self._branch(branch)

    def _branch(self, branch: If | Else) -> Exit:
        target = branch.then if isinstance(branch, If) else branch.else_
        to = target if isinstance(target, str) else self.add(target, fall_through=None)
        return Exit(parse_predicate(branch.if_) if isinstance(branch, If) else None, to)


def _name(step: Step) -> str:
    match step:
        case Action(action=name):
            return name
        case Collect(collect=slot):
            return f"ask_{slot}"
        case Link(link=flow) | Call(call=flow):
            return f"go_{flow}"
        case SetSlots():
            return "set_slots"
        case Noop():
            return "decide"


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(2))
