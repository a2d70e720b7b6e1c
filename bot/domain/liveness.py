"""Which slots still matter at a step: what later steps may read before it is set anew.

A backward data-flow analysis over all flows at once. Two states that differ only in slots that
no longer matter lead to the same conversation, so the proofs look at one of them.

What only the parts of a note read is left out: nothing later depends on it, so the parts need not
be walked in all their combinations. ``lint_doors`` checks the condition of each by itself, and
``safety`` each text that may be among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.content import Content, FlowGraph, Node
from bot.domain.flow import END, Action, Call, Collect, Link, SetSlots
from bot.domain.note import FOUND, NOTE_TEXTS, WATCHED
from bot.domain.state import State

Slots = frozenset[str]
Place = tuple[str, str]
NOTHING: Slots = frozenset()
KEPT_BY: Slots = frozenset({FOUND, WATCHED})
ROUTED_BY: Slots = frozenset({"audience", "concern", "urgency"})


@dataclass(frozen=True)
class Liveness:
    """``before``: slots that matter when a step begins; ``after``: when it has been done."""

    before: Mapping[Place, Slots]
    after: Mapping[Place, Slots]

    def matter(self, state: State) -> Slots:
        """The slots that matter to a conversation waiting in ``state``."""
        frames = [(frame.flow, frame.step) for frame in state.stack]
        here = (state.flow or "", state.step or "")
        return NOTHING.union(
            self.before.get(here, NOTHING), *(self.after.get(place, NOTHING) for place in frames)
        )


def find_live_slots(content: Content) -> Liveness:
    """Iterate until nothing changes; each round only adds, so it ends."""
    before: dict[Place, Slots] = {}
    after: dict[Place, Slots] = {}
    nodes = [(flow, node) for flow, graph in content.flows.items() for node in _backwards(graph)]
    changed = True
    while changed:
        changed = False
        for flow, node in nodes:
            place = (flow, node.id)
            leaving = _union(
                before.get((flow, exit_.to), NOTHING)
                | (exit_.when.slots if exit_.when else NOTHING)
                for exit_ in node.exits
                if exit_.to != END or exit_.when
            )
            entering = (
                _reads(node, content) | (leaving - _sets(node)) | _ahead(node, content, before)
            )
            if leaving != after.get(place, NOTHING) or entering != before.get(place, NOTHING):
                after[place], before[place] = leaving, entering
                changed = True
    return Liveness(before, after)


def _backwards(graph: FlowGraph) -> list[Node]:
    return list(graph.nodes.values())[::-1]


def _union(sets: Iterable[Slots]) -> Slots:
    return NOTHING.union(*sets)


def _reads(node: Node, content: Content) -> Slots:
    """What the step itself looks at: its text's conditions, and whether its slot is filled."""
    match node.step:
        case Collect(collect=slot) as question:
            own = NOTHING if question.ask_before_filling else frozenset({slot})
            return own | _conditions(question.question, content)
        case Action(action="action_route"):
            return ROUTED_BY
        case Action(action=name) if name in content.notes:
            said = (content.notes[name].title, *NOTE_TEXTS)
            return KEPT_BY.union(*(_conditions(response, content) for response in said))
        case Action(action=name):
            return _conditions(name, content)
        case _:
            return NOTHING


def _conditions(response: str, content: Content) -> Slots:
    variants = content.responses.get(response, ())
    return frozenset(c.name for text in variants for c in text.condition)


def _sets(node: Node) -> Slots:
    match node.step:
        case Collect(collect=slot):
            return frozenset({slot})
        case SetSlots(set_slots=pairs):
            return frozenset(name for pair in pairs for name in pair)
        case _:
            return NOTHING


def _ahead(node: Node, content: Content, before: Mapping[Place, Slots]) -> Slots:
    """What matters in the flow that a link or a call leads to."""
    match node.step:
        case Link(link=flow) | Call(call=flow) if flow in content.flows:
            return before.get((flow, content.flows[flow].first), NOTHING)
        case _:
            return NOTHING
