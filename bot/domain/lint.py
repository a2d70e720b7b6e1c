"""Checks across all content files that the models alone cannot make. Problems are data."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import product
from pathlib import Path

from bot.domain.content import Content, FlowGraph, Node
from bot.domain.engine import COMMAND_FLOWS, ENGINE_RESPONSES
from bot.domain.flow import END, Action, Call, Collect, Else, If, Link, SetSlots, Step
from bot.domain.further import ORDER
from bot.domain.heard import Command
from bot.domain.issue import Issue, Severity, near
from bot.domain.language import Lang
from bot.domain.lint_doors import check_notes, check_topics
from bot.domain.lint_texts import check_answers, check_texts
from bot.domain.narration import ACTIONS, STANDING
from bot.domain.silence import RETURN
from bot.domain.state import BUILT_IN_SLOTS, CHANNELS
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.domain.triage import CLARIFY, DEFAULT_FLOW, guards_holding

ENGINE_FLOWS = frozenset({CLARIFY, DEFAULT_FLOW, RETURN, *COMMAND_FLOWS.values()})
"""Flows the engine starts by itself; content must have them."""
READERS = ("child", "young", "adult", "easy")
MUNICIPALITY = "municipality"
"""A slot whose values come from the directory."""
WORDS_ONLY = frozenset({"reader", "further", "lang"})
"""Slots that choose among variants of a text and that no step may decide by."""
FLOWS = Path("flows")
Values = dict[str, frozenset[str] | None]


def check_content(content: Content, phones: Collection[str]) -> list[Issue]:
    """Every problem found; ``phones`` are the ids of services with a number to show."""
    issues = [
        *_check_required(content),
        *(issue for graph in content.flows.values() for issue in _check_flow(graph, content)),
        *_check_guards(content),
        *_check_used(content),
        *check_texts(content, slot_values(content), phones),
        *check_answers(content, slot_values(content)),
        *check_notes(content, slot_values(content)),
        *check_topics(content),
    ]
    return sorted(set(issues), key=lambda issue: (issue.at, issue.problem))


def slot_values(content: Content) -> Values:
    """Every slot with the values it can hold; None: any id (municipality codes)."""
    values: Values = {name: frozenset(slot.values) for name, slot in content.slots.items()}
    values["audience"] = frozenset(Audience) - {Audience.UNKNOWN}
    values["concern"] = frozenset(Concern)
    values["urgency"] = frozenset(urgency.id for urgency in Urgency)
    values["reader"] = frozenset(READERS)
    values["lang"] = frozenset(Lang)
    values["channel"] = frozenset(CHANNELS)
    values["further"] = frozenset(ORDER)
    values[MUNICIPALITY] = None
    return values


def _issue(at: str, problem: str, mend: str, severity: Severity = Severity.ERROR) -> Issue:
    return Issue(FLOWS, at, problem, mend, severity)


def _check_required(content: Content) -> Iterator[Issue]:
    for name in sorted(ENGINE_FLOWS - content.flows.keys()):
        yield _issue(name, "this flow is missing", "The engine starts it itself: write it.")
    standing = tuple(f"utter_button_{command.value}" for command in STANDING)
    said = (*ENGINE_RESPONSES, *standing, "utter_services", "utter_municipality")
    for name in (*said, "utter_button_more_topics"):
        if name not in content.responses:
            yield _issue(name, "this text is missing", "The engine says it itself: write it.")
    for name in content.slots:
        if name in (*BUILT_IN_SLOTS, MUNICIPALITY):
            yield _issue(name, "this slot is built in", "Remove it from flows/slots.yml.")


def _check_flow(graph: FlowGraph, content: Content) -> Iterator[Issue]:
    yield from _check_shape(graph.id, graph.flow.steps)
    values = slot_values(content)
    for node in graph.nodes.values():
        at = f"{graph.id}.{node.id}"
        for problem, mend in _node_problems(node, graph, content):
            yield _issue(at, problem, mend)
        for exit_ in node.exits:
            if exit_.when:
                yield from _check_compared(at, exit_.when.compared, values)
                yield from _check_words_only(at, exit_.when.slots)
    if graph.guard:
        yield from _check_words_only(f"{graph.id}.if", graph.guard.slots)
        yield from _check_compared(f"{graph.id}.if", graph.guard.compared, values)
    for name in graph.has_open_branch:
        yield _issue(f"{graph.id}.{name}", "this branch leads nowhere", "End it with 'next:'.")
    for name in sorted(graph.nodes.keys() - _reachable(graph)):
        yield _issue(f"{graph.id}.{name}", "no step leads here", "Lead to it or remove it.")
    for trigger in graph.flow.nlu_trigger:
        if trigger.name not in set(Concern):
            mend = near(trigger.name, list(Concern)) or "Use a concern of resources/taxonomy.yml."
            yield _issue(f"{graph.id}.nlu_trigger", f"'{trigger.name}' is no intent", mend)


def _check_shape(at: str, steps: tuple[Step, ...]) -> Iterator[Issue]:
    """Rasa's own rules on lists of steps and branches."""
    if not steps:
        yield _issue(at, "there are no steps", "Write at least one step.")
    for index, step in enumerate(steps):
        if isinstance(step, Link) and (index < len(steps) - 1 or step.next is not None):
            yield _issue(f"{at}.{step.link}", "a link is not the last step", "Move it last.")
        if not isinstance(step.next, tuple):
            continue
        place = f"{at}.{step.id or index}.next"
        if not step.next or not isinstance(step.next[-1], Else):
            yield _issue(place, "the branches have no 'else'", "Add '- else: ...' as the last.")
        if any(isinstance(branch, Else) for branch in step.next[:-1]):
            yield _issue(place, "'else' is not the last branch", "Move it last.")
        for branch in step.next:
            target = branch.then if isinstance(branch, If) else branch.else_
            if isinstance(target, tuple):
                yield from _check_shape(place, target)


def _node_problems(node: Node, graph: FlowGraph, content: Content) -> Iterator[tuple[str, str]]:
    for exit_ in node.exits:
        if exit_.to != END and exit_.to not in graph.nodes:
            yield f"'{exit_.to}' is not a step", near(exit_.to, graph.nodes) or "Name a step here."
    values = slot_values(content)
    match node.step:
        case Action(action=name):
            known = [*content.responses, *ACTIONS, *content.notes]
            if name not in known:
                yield f"'{name}' is no text, note or action", near(name, known) or "Write the text."
        case Collect() as question:
            yield from _question_problems(question, values, content)
        case SetSlots(set_slots=pairs):
            for name, value in (item for pair in pairs for item in pair.items()):
                yield from _setting_problems(name, value, values)
        case Link(link=name) | Call(call=name):
            yield from _jump_problems(name, node, graph, content)


def _question_problems(
    question: Collect, values: Values, content: Content
) -> Iterator[tuple[str, str]]:
    slot = question.collect
    if slot not in values or slot in {"urgency", "lang", "reader", "channel", "further"}:
        yield f"'{slot}' is no slot to ask for", near(slot, values) or "Add it to slots.yml."
    if question.question not in content.responses:
        mend = near(question.question, content.responses) or "Write the text."
        yield f"the question '{question.question}' is missing", mend


def _setting_problems(name: str, value: str | None, values: Values) -> Iterator[tuple[str, str]]:
    allowed = values.get(name, frozenset())
    if name not in values:
        yield f"'{name}' is no slot", near(name, values) or "Add it to slots.yml."
    elif name == "channel":
        yield "'channel' cannot be set", "It is where the visitor writes."
    elif name == "further":
        yield "'further' cannot be set", "It is what the visitor told."
    elif value is not None and allowed is not None and value not in allowed:
        yield f"'{value}' is no value of '{name}'", near(value, allowed) or "Correct it."


def _jump_problems(
    name: str, node: Node, graph: FlowGraph, content: Content
) -> Iterator[tuple[str, str]]:
    if name not in content.flows:
        yield f"'{name}' is no flow", near(name, content.flows) or "Write the flow."
        return
    if name == graph.id:
        yield "the flow leads to itself", "Lead to another flow, or back to a step of this one."
    leaves = any(
        isinstance(other.step, Link)
        or (isinstance(other.step, Action) and other.step.action == "action_route")
        for other in content.flows[name].nodes.values()
    )
    if isinstance(node.step, Call) and leaves:
        yield f"the called flow '{name}' goes elsewhere", "Link to it, or remove its link."


def _check_compared(
    at: str,
    compared: Collection[tuple[str, str]],
    values: Values,
) -> Iterator[Issue]:
    for slot, value in sorted(compared):
        allowed = values.get(slot, frozenset())
        if slot not in values:
            yield _issue(at, f"'{slot}' is no slot", near(slot, values) or "Add it to slots.yml.")
        elif allowed is not None and value not in allowed:
            mend = near(value, allowed) or f"Use one of: {', '.join(sorted(allowed))}."
            yield _issue(at, f"'{value}' is no value of '{slot}'", mend)


def _check_words_only(at: str, slots: Collection[str]) -> Iterator[Issue]:
    """These change words, never the way: the proofs walk each way once for all their values."""
    for name in sorted(WORDS_ONLY.intersection(slots)):
        yield _issue(at, f"a condition reads '{name}'", "Write a variant of the text instead.")


def _reachable(graph: FlowGraph) -> set[str]:
    seen: set[str] = set()
    todo = [graph.first]
    while todo:
        name = todo.pop()
        if name in seen or name not in graph.nodes:
            continue
        seen.add(name)
        todo += [exit_.to for exit_ in graph.nodes[name].exits]
    return seen


def _check_guards(content: Content) -> Iterator[Issue]:
    """At most one guard holds for every audience, concern and urgency; the default takes none."""
    for audience, concern, urgency in product(Audience, Concern, Urgency):
        holding = sorted(g.id for g in guards_holding(content, audience, concern, urgency))
        if len(holding) > 1:
            yield _issue(
                holding[1],
                f"'{holding[0]}' takes {audience}, {concern}, {urgency.id} too",
                "Narrow one of their 'if:' conditions, so that exactly one holds.",
            )


def _check_used(content: Content) -> Iterator[Issue]:
    """Flows nothing starts are dead weight and look alive to their author."""
    led_to = {
        node.step.link if isinstance(node.step, Link) else node.step.call
        for graph in content.flows.values()
        for node in graph.nodes.values()
        if isinstance(node.step, Link | Call)
    }
    for graph in content.flows.values():
        started = graph.id in ENGINE_FLOWS or graph.id in led_to or graph.id in content.topics
        if not (started or graph.flow.nlu_trigger):
            yield _issue(graph.id, "nothing starts this flow", "Give it a trigger or a link.")
    for command in Command:
        if command.value not in content.commands:
            yield _issue(
                command.value, "this command has no words", "Add it to commands in answers.yml."
            )
