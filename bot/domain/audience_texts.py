"""The texts one audience can meet, in the order of the flows that say them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from bot.domain.content import Content, FlowGraph
from bot.domain.flow import Action, Collect, Text
from bot.domain.state import CHILDREN, State
from bot.domain.taxonomy import Audience, Concern, Urgency

ENGINE = "engine"
"""The section of what the robot says of its own accord, and of what no flow of theirs says."""


@dataclass(frozen=True)
class Section:
    """A flow, and the variants it says first. ``texts`` are (response, index)."""

    flow: str
    texts: tuple[tuple[str, int], ...]


def texts_for(content: Content, audience: Audience) -> tuple[Section, ...]:
    """Every variant this audience can get, each once.

    More rather than less: a text that only a way this does not follow could show is there too.
    """
    flows = [graph for graph in content.flows.values() if _is_open_to(graph, audience)]
    elsewhere = set(_said_by(content.flows.values(), content)) - set(_said_by(flows, content))
    told: set[str] = set()
    sections = []
    for graph in flows:
        names = [n for n in dict.fromkeys(_said_by([graph], content)) if n not in told]
        told.update(names)
        sections.append(Section(graph.id, tuple(_variants(content, names, audience))))
    rest = [name for name in content.responses if name not in told and name not in elsewhere]
    sections.insert(0, Section(ENGINE, tuple(_variants(content, rest, audience))))
    return tuple(section for section in sections if section.texts)


def _is_open_to(graph: FlowGraph, audience: Audience) -> bool:
    """Whether its guard can hold for them, whatever they write about."""
    if graph.guard is None:
        return True
    states = (State(audience=audience, concern=c, urgency=u) for c, u in product(Concern, Urgency))
    return any(graph.guard.holds(state.slot) for state in states)


def _said_by(graphs: Iterable[FlowGraph], content: Content) -> Iterator[str]:
    for graph in graphs:
        for node in graph.nodes.values():
            if isinstance(node.step, Action):
                note = content.notes.get(node.step.action)
                yield note.title if note else node.step.action
                yield from (part.say for part in note.parts) if note else ()
            elif isinstance(node.step, Collect):
                yield node.step.question


def _variants(
    content: Content, names: Iterable[str], audience: Audience
) -> Iterator[tuple[str, int]]:
    for name in names:
        earlier: list[frozenset[tuple[str, str]]] = []
        for index, text in enumerate(content.responses.get(name, ())):
            asked = frozenset((each.name, each.value) for each in text.condition)
            asked -= {("audience", audience.value)}
            if can_meet(text, audience) and not any(other <= asked for other in earlier):
                yield name, index
            earlier += [asked] if _fits(text, audience) else []


def can_meet(text: Text, audience: Audience) -> bool:
    """Whether the variant's own conditions and ``serves`` let this audience have it."""
    serves = text.metadata.serves
    return (not serves or audience.value in serves) and _fits(text, audience)


def _fits(text: Text, audience: Audience) -> bool:
    """Whether its conditions can hold for them: who they are, and how they may read."""
    if audience is Audience.UNKNOWN:
        never: set[str] = set()
    else:
        never = {"adult"} if audience in CHILDREN else {"child", "young"}
    return all(
        each.value == audience.value
        if each.name == "audience"
        else each.name != "reader" or each.value not in never
        for each in text.condition
    )
