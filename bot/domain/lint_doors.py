"""Checks of notes and topics: what they name exists, is shown, and means one thing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from bot.domain.content import Content, FlowGraph
from bot.domain.flow import Action, Call, Collect, Link, SetSlots
from bot.domain.issue import Issue, near
from bot.domain.note import NOTE_TEXTS, PREFIX, Note, SlotValues, can_hold
from bot.domain.payload import TopicChoice, parse_payload
from bot.domain.state import State
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.domain.topic import LONGEST_TITLE, Topic

WHO_AND_WHAT = frozenset({"audience", "concern"})
"""What an aside may not change: the question it returns to was put to somebody else then."""
FLOWS = Path("flows")


def check_notes(content: Content, values: SlotValues) -> Iterator[Issue]:
    """Of each part by itself: the proof walks notes as if none had conditions (``liveness``)."""
    if content.notes:
        for name in NOTE_TEXTS:
            if name not in content.responses:
                yield _issue(name, "this text is missing", "Every note needs it: write it.")
    shown = {
        node.step.action
        for graph in content.flows.values()
        for node in graph.nodes.values()
        if isinstance(node.step, Action)
    }
    for name, note in content.notes.items():
        if not name.startswith(PREFIX):
            yield _issue(name, f"its name does not begin with '{PREFIX}'", "Rename it.")
        if name not in shown:
            yield _issue(name, "no flow shows this note", f"Add 'action: {name}', or remove it.")
        yield from _note_problems(name, note, content, values)


def _note_problems(name: str, note: Note, content: Content, values: SlotValues) -> Iterator[Issue]:
    if all(part.when for part in note.parts):
        yield _issue(name, "nothing may remain of this note", "Add a part without 'if:'.")
    for response in (note.title, *(part.say for part in note.parts)):
        if response not in content.responses:
            mend = near(response, content.responses) or "Write the text."
            yield _issue(name, f"'{response}' is no text", mend)
    for part in note.parts:
        compared = sorted(part.when.compared) if part.when else []
        for slot, value in compared:
            allowed = values.get(slot, frozenset())
            if slot not in values:
                mend = near(slot, values) or "Add it to slots.yml."
                yield _issue(name, f"'{slot}' is no slot", mend)
            elif allowed is not None and value not in allowed:
                mend = near(value, allowed) or f"Use one of: {', '.join(sorted(allowed))}."
                yield _issue(name, f"'{value}' is no value of '{slot}'", mend)
        if part.when and not can_hold(part.when, values, {}):
            yield _issue(name, f"'{part.say}' is never said", "Correct its 'if:'.")


def check_topics(content: Content) -> Iterator[Issue]:
    for name, topic in content.topics.items():
        for problem, mend in _topic_problems(name, topic, content):
            yield _issue(f"topics.{name}", problem, mend)
    yield from _ambiguous_words(content)
    for response, variants in content.responses.items():
        for index, text in enumerate(variants):
            for button in text.buttons:
                payload = parse_payload(button.payload)
                if isinstance(payload, TopicChoice) and payload.id not in content.topics:
                    mend = near(payload.id, content.topics) or "Name one of flows/topics.yml."
                    yield _issue(f"{response}.{index}", f"'{payload.id}' is no topic", mend)


def _topic_problems(name: str, topic: Topic, content: Content) -> Iterator[tuple[str, str]]:
    if len(topic.title) > LONGEST_TITLE:
        yield f"the title has {len(topic.title)} letters", f"At most {LONGEST_TITLE}."
    for audience in topic.serves:
        if audience not in set(Audience) - {Audience.UNKNOWN}:
            mend = near(audience, list(Audience)) or "Use one of resources/taxonomy.yml."
            yield f"'{audience}' is no audience", mend
    graph = content.flows.get(name)
    if graph is None:
        yield f"'{name}' is no flow", near(name, content.flows) or "Write the flow."
        return
    for audience in topic.serves or tuple(set(Audience) - {Audience.UNKNOWN}):
        if audience in set(Audience) and not _may_run(graph, Audience(audience)):
            yield f"the flow's 'if:' never holds for {audience}", "Change 'if:' or 'serves:'."
    for flow, slot in sorted(_changed(name, content)):
        yield (
            f"the flow '{flow}' asks for or sets '{slot}'",
            "A topic is run in between: it may not change who writes or what about.",
        )


def _may_run(graph: FlowGraph, audience: Audience) -> bool:
    return graph.guard is None or any(
        graph.guard.holds(State(audience=audience, concern=concern, urgency=urgency).slot)
        for concern, urgency in product(Concern, Urgency)
    )


def _changed(flow: str, content: Content) -> set[tuple[str, str]]:
    """(flow, slot) for every step, in the flow and those it leads to, that changes the theme."""
    found, todo, seen = set(), [flow], set()
    while todo:
        name = todo.pop()
        if name in seen or name not in content.flows:
            continue
        seen.add(name)
        for node in content.flows[name].nodes.values():
            match node.step:
                case Collect(collect=slot) if slot in WHO_AND_WHAT:
                    found.add((name, slot))
                case SetSlots(set_slots=pairs):
                    found |= {(name, slot) for pair in pairs for slot in pair} & {
                        (name, slot) for slot in WHO_AND_WHAT
                    }
                case Link(link=other) | Call(call=other):
                    todo.append(other)
    return found


def _ambiguous_words(content: Content) -> Iterator[Issue]:
    """Words mean one topic, and nothing else."""
    meaning = {
        word: f"the command '{c}'" for c, words in content.commands.items() for word in words
    }
    for slot, answers in content.answers.items():
        for words in answers.values.values():
            meaning |= {word: f"an answer to '{slot}'" for word in words if word not in meaning}
    for name, topic in content.topics.items():
        for word in topic.words:
            other = meaning.setdefault(word, f"the topic '{name}'")
            if other != f"the topic '{name}'":
                yield _issue(
                    f"topics.{name}",
                    f"'{word}' means {other} too",
                    "Leave it out here; the menu still shows the topic.",
                )


def _issue(at: str, problem: str, mend: str) -> Issue:
    return Issue(FLOWS, at, problem, mend)
