"""Golden conversations replayed on changed content, without stores, clocks or texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import bot.app.conversation
from bot.domain.content import Content, Exit, FlowGraph, Node
from bot.domain.effects import Say
from bot.domain.engine import advance
from bot.domain.errors import FlowLoopError
from bot.domain.flow import END, Noop
from bot.domain.heard import Heard
from bot.domain.state import State
from tests.flows.walk import TRANSCRIPTS, Walk, expected_responses

Place = tuple[str, str]
"""Flow and step."""


@dataclass(frozen=True)
class Turn:
    """What the engine heard in one turn, what it said, and what the transcript expects."""

    heard: Heard
    said: tuple[Say, ...]
    expected: tuple[str, ...] | None

    def lines(self) -> Iterator[tuple[str, int]]:
        """Response and variant of each text that was said, those of a note among them."""
        for each in self.said:
            yield each.response, each.variant
            if each.note:
                yield from (each.note.about, *each.note.parts)


@dataclass(frozen=True)
class Recording:
    name: str
    turns: tuple[Turn, ...]
    places: frozenset[Place]

    def notices(self, content: Content) -> bool:
        """Whether the transcript fails on this content, by the texts that answer."""
        state = State()
        for turn in self.turns:
            try:
                state, effects = advance(state, turn.heard, content)
            except (FlowLoopError, KeyError):
                return True
            said = [effect for effect in effects if isinstance(effect, Say)]
            expected = turn.expected
            if expected is not None and [each.response for each in said] != list(expected):
                return True
        return False


async def record(app: Any, nlu: Any, monkeypatch: Any) -> list[Recording]:
    """Play every transcript once and keep what the engine heard and where it went."""
    recordings = []
    for number, (name, transcript) in enumerate(TRANSCRIPTS.items()):
        heard: list[tuple[Heard, tuple[Say, ...]]] = []
        watched = Watched()

        def listen(state, message, content, heard=heard, watched=watched):
            after, effects = advance(state, message, watched.over(content))
            said = tuple(effect for effect in effects if isinstance(effect, Say))
            heard.append((message, said))
            return after, effects

        monkeypatch.setattr(bot.app.conversation, "advance", listen)
        walk = Walk(app, nlu, transcript, f"visitor {number}")
        expected = []
        for turn in transcript["turns"]:
            await walk.says(turn)
            wanted = expected_responses(turn)
            expected.append(tuple(wanted) if wanted is not None else None)
        turns = (Turn(*pair, e) for pair, e in zip(heard, expected, strict=True))
        recordings.append(Recording(name, tuple(turns), frozenset(watched.places)))
    return recordings


class Watched:
    """Remembers every step of a content that the engine comes to."""

    def __init__(self) -> None:
        self.places: set[Place] = set()
        self._over: dict[int, Content] = {}

    def over(self, content: Content) -> Content:
        if id(content) not in self._over:
            flows = {name: self._watch(graph) for name, graph in content.flows.items()}
            self._over[id(content)] = replace(content, flows=flows)
        return self._over[id(content)]

    def _watch(self, graph: FlowGraph) -> FlowGraph:
        return replace(graph, nodes=_Watching(graph, self.places))


class _Watching(dict[str, Node]):
    def __init__(self, graph: FlowGraph, places: set[Place]) -> None:
        super().__init__(graph.nodes)
        self._flow, self._places = graph.id, places

    def get(self, key: str, default: Any = None) -> Any:
        if key in self:
            self._places.add((self._flow, key))
        return super().get(key, default)


def without_exit(content: Content, flow: str, step: str, number: int) -> Content:
    """The content with one branch of a step gone: what is below it is tried instead."""
    graph = content.flows[flow]
    node = graph.nodes[step]
    exits = tuple(e for at, e in enumerate(node.exits) if at != number)
    return _with_node(content, graph, replace(node, exits=exits))


def without_flow(content: Content, flow: str) -> Content:
    """The content with a flow that has nothing to say any more, whoever leads to it."""
    graph = content.flows[flow]
    silent = Node(graph.first, Noop(noop=True), (Exit(None, END),))
    return _with_node(content, graph, silent)


def _with_node(content: Content, graph: FlowGraph, node: Node) -> Content:
    changed = replace(graph, nodes={**graph.nodes, node.id: node})
    return replace(content, flows={**content.flows, graph.id: changed})


def branches(content: Content) -> Iterator[tuple[str, str, int]]:
    """Flow, step and number of each way on where there are several; a last one to the end is none.

    Where no way on is left, a flow ends.
    """
    for flow, graph in content.flows.items():
        for step, node in graph.nodes.items():
            last = len(node.exits) - 1
            for number, exit_ in enumerate(node.exits):
                if last and not (number == last and exit_.to == END):
                    yield flow, step, number
