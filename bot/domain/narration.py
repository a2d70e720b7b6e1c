"""The turn while it is being told: runs flow steps and gathers what is said."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.content import Content, Node
from bot.domain.effects import (
    Choice,
    Close,
    Effect,
    Forget,
    Line,
    NotePage,
    Say,
    ServiceQuery,
)
from bot.domain.errors import FlowLoopError
from bot.domain.flow import END, Action, Call, Collect, Link, Noop, SetSlots, Text, TextButton
from bot.domain.heard import Command
from bot.domain.note import ABOUT, NOT_KEPT, may_keep
from bot.domain.state import Frame, State
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.domain.topic import menu_page
from bot.domain.triage import route

MAX_STEPS_PER_TURN = 60
MAX_STACK = 4
"""Deepest nesting of calls and asides; older asides are dropped."""
STANDING = (Command.NOT_ME, Command.HUMAN)
"""Offered at the end of every turn: no locked door, and a human in reach."""
ACTIONS = frozenset({"action_show_services", "action_show_municipality", "action_route"})
"""The engine's own actions, besides ``utter_*`` and ``note_*``."""
CARRIED = frozenset({"phone_watched"})
"""What an aside may know of what the flow before it noted; the rest begins empty.

So an aside does the same wherever it is asked for, which is what lets the proof walk it once."""


class Narration:
    """Mutable while one turn is told; ``finish`` gives the immutable result."""

    def __init__(self, state: State, content: Content) -> None:
        self.state = state
        """Its ``flow`` and ``step`` are those of the turn's beginning until ``finish``."""
        self.content = content
        self._flow, self._step_id = state.flow, state.step  # moved often: cheaper than new states
        self._effects: list[Effect] = []
        self._closed = False

    # What is going on

    def pending(self) -> Collect | None:
        """The question that waits for an answer, if its flow and step still exist."""
        node = self._node()
        return node.step if node and isinstance(node.step, Collect) else None

    def running(self) -> tuple[str, ...]:
        """The flow of the pending question and the flows it returns to."""
        here = (self._flow,) if self._flow else ()
        return (*here, *(frame.flow for frame in self.state.stack))

    def _node(self) -> Node | None:
        graph = self.content.flows.get(self._flow or "")
        return graph.nodes.get(self._step_id or "") if graph else None

    # Moving

    def start(self, flow: str) -> None:
        """Begin a flow afresh; what other flows asked is dropped."""
        self.state = replace(self.state, stack=(), slots=(), unclear=0, helped=False)
        self._enter(flow)
        self._run()

    def interrupt(self, flow: str, *, then: str | None = None) -> None:
        """Run a flow in between, then ask the pending question again, with what was noted there.

        ``then``: begin that flow instead of going back.
        """
        state = self.state
        if then:
            state = replace(state, stack=(Frame(then, END),), unclear=0)
        elif self.pending() and self._flow and self._step_id and flow not in self.running():
            frame = Frame(self._flow, self._step_id, state.slots)
            state = replace(state, stack=(*state.stack, frame)[-MAX_STACK:])
        carried = tuple(pair for pair in state.slots if pair[0] in CARRIED)
        self.state = replace(state, slots=carried)
        self._enter(flow)
        self._run()

    def fill(self, values: dict[str, str]) -> None:
        """Fill slots as the answer to the pending question and go on."""
        node = self._node()
        for name, value in values.items():
            self.state = self.state.with_slot(name, value)
        if node:
            self._leave(node)
            self._run()

    def would_end(self, values: dict[str, str]) -> bool:
        """Whether this answer leads to the end of the conversation, with nothing left to ask."""
        trial = Narration(self.state, self.content)
        trial.fill(values)
        return not trial.running()

    def ask_again(self) -> None:
        self._run()

    def ask_which(self, slot: str, candidates: tuple[str, ...]) -> None:
        """The words fit several values: offer them as buttons, the question still pending."""
        choices = tuple(Choice(None, f"/SetSlots({slot}={value})") for value in candidates)
        self.say("utter_which_one", choices=choices)

    def restart(self) -> None:
        self.state = self.state.begin_anew()
        self._flow = self._step_id = None

    def forget(self, response: str, *, close: bool = False) -> None:
        self.say(response)
        self._effects += [Forget(), Close()] if close else [Forget()]
        self.restart()
        self._closed = True

    def keep_to(self, before: State) -> None:
        """The message does not lead elsewhere: what was known of who and what still holds."""
        state = self.state
        audience = state.audience if before.audience is Audience.UNKNOWN else before.audience
        concern = state.concern if before.concern is Concern.NONE else before.concern
        if (audience, concern) != (state.audience, state.concern):
            self.state = replace(state, audience=audience, concern=concern)

    def count_unclear(self) -> int:
        self.state = replace(self.state, unclear=min(self.state.unclear + 1, 3))
        return self.state.unclear

    # Running steps

    def _enter(self, flow: str) -> None:
        self._flow, self._step_id = flow, self.content.flows[flow].first

    def _leave(self, node: Node) -> None:
        """Go to the first exit whose condition holds."""
        read = self.state.slot
        self._step_id = next(
            (e.to for e in node.exits if e.when is None or e.when.holds(read)), END
        )

    def _run(self) -> None:
        for _ in range(MAX_STEPS_PER_TURN):
            if self._flow is None:
                return
            if self._step_id == END:
                self._return()
            elif not self._step():
                return
        raise FlowLoopError(f"The flow '{self._flow}' takes too many steps in one turn.")

    def _return(self) -> None:
        """A flow ended: go back to its caller, or rest until the visitor writes."""
        if not self.state.stack:
            self._flow = self._step_id = None
            self.state = replace(self.state, slots=())
            return
        *rest, frame = self.state.stack
        self.state = replace(self.state, stack=tuple(rest))
        self._flow, self._step_id = frame.flow, frame.step
        node = self._node()
        if node and isinstance(node.step, Call):
            self._leave(node)
        elif node or frame.step == END:  # a question that an aside interrupted, or a flow to begin
            self.state = replace(self.state, slots=frame.slots)
            self._step_id = node.id if node else None
        else:
            self._step_id = END

    def _step(self) -> bool:
        """Do one step; False when the turn ends here, at a question."""
        node = self._node()
        if node is None:  # not begun, or a reload removed the step: begin the flow
            is_known = self._flow in self.content.flows
            self._enter(self._flow if is_known and self._flow else "pattern_clarification")
            return True
        match node.step:
            case Collect() as question:
                if question.ask_before_filling or self.state.slot(question.collect) is None:
                    self.say(question.question)
                    return False
                self._leave(node)
            case Action(action="action_route"):
                state = self.state
                target = route(self.content, state.audience, state.concern, state.urgency)
                self.state = replace(state, stack=(), slots=())
                self._enter(target)
            case Action(action=name):
                self._act(name)
                self._leave(node)
            case SetSlots(set_slots=pairs):
                self._set(pairs)
                self._leave(node)
            case Link(link=flow):
                self._enter(flow)
            case Call(call=flow):
                frame = Frame(self._flow or flow, node.id)
                self.state = replace(self.state, stack=(*self.state.stack, frame))
                self._enter(flow)
            case Noop():
                self._leave(node)
        return True

    def _set(self, pairs: tuple[dict[str, str | None], ...]) -> None:
        for name, value in (item for pair in pairs for item in pair.items()):
            self.state = (
                self.state.without_slots([name])
                if value is None
                else self.state.with_slot(name, value)
            )

    def _act(self, action: str) -> None:
        match action:
            case "action_show_services":
                self.say("utter_services", services=True)
            case "action_show_municipality":
                self.say("utter_municipality")
            case _ if action in self.content.notes:
                self._show_note(action)
            case _:
                self.say(action)

    def _show_note(self, name: str) -> None:
        """The note, or what to do instead where somebody may find it."""
        note, is_safe = self.content.notes[name], may_keep(self.state)
        parts = tuple(map(self._line, note.remaining(self.state))) if is_safe else ()
        say = self._saying(note.title if is_safe else NOT_KEPT)
        self._effects.append(replace(say, note=NotePage(name, self._line(ABOUT), parts)))

    def _line(self, response: str) -> Line:
        return response, choose_variant(self.content.responses[response], self.state)

    # Saying

    def say(
        self,
        response: str,
        *,
        services: bool = False,
        limit: int = 3,
        choices: tuple[Choice, ...] = (),
    ) -> None:
        """Say the variant that fits the state, with its own buttons unless others are given."""
        self._effects.append(self._saying(response, services=services, limit=limit, own=choices))

    def ensure_services(self) -> None:
        """Show services even if no step of the turn did, above the question if one is asked."""
        if self.state.helped:
            return
        self.state = replace(self.state, helped=True)
        if any(isinstance(effect, Say) and effect.services for effect in self._effects):
            return
        self._insert(self._saying("utter_services", services=True))

    def say_above_question(self, response: str) -> None:
        """Say something before what is asked, unless the conversation was just forgotten."""
        if not self._closed:
            self._insert(self._saying(response))

    def offer_further(self) -> None:
        """Where nothing is asked any more: a button to what else was told."""
        if self.state.further and not self.running() and not self._closed:
            self.say("utter_further")

    def offer_topics(self, page: int) -> None:
        """One page of what this visitor can ask for by name."""
        names, has_more = menu_page(self.content.topics, self.state, page)
        topics = self.content.topics
        choices = [Choice(topics[name].title, f"/emne({name})") for name in names]
        if has_more:
            title = self._words("utter_button_more_topics")
            choices.append(Choice(title, f"/emner({page + 1})"))
        self.say("utter_topics" if names else "utter_no_topics", choices=tuple(choices))

    def _insert(self, say: Say) -> None:
        place = len(self._effects) - (1 if self.pending() and self._effects else 0)
        self._effects.insert(place, say)

    def _saying(
        self,
        response: str,
        *,
        services: bool = False,
        limit: int = 3,
        own: tuple[Choice, ...] = (),
    ) -> Say:
        if services and self.state.urgency >= Urgency.HIGH and not self.state.helped:
            self.state = replace(self.state, helped=True)
        variants = self.content.responses[response]
        variant = choose_variant(variants, self.state)
        text = variants[variant]
        state = self.state
        query = ServiceQuery(state.audience, state.concern, state.urgency, limit)
        return Say(
            response,
            variant,
            own or tuple(Choice(_title(b, state.lang), b.payload) for b in text.buttons),
            query if services else None,
            text.spoken(state.lang),
            state.slot("municipality"),
        )

    def finish(self) -> tuple[State, tuple[Effect, ...]]:
        """The new state and the effects, the last text carrying the standing buttons."""
        if not self._closed:
            self._add_standing_buttons()
        state = replace(self.state, flow=self._flow, step=self._step_id)
        return state, tuple(self._effects)

    def _add_standing_buttons(self) -> None:
        for index in range(len(self._effects) - 1, -1, -1):
            effect = self._effects[index]
            if isinstance(effect, Say):
                there = {choice.payload for choice in effect.choices}
                extra = tuple(
                    Choice(self._words(f"utter_button_{command.value}"), f"/{command.value}")
                    for command in STANDING
                    if f"/{command.value}" not in there
                )
                self._effects[index] = replace(effect, choices=effect.choices + extra)
                return

    def _words(self, response: str) -> str:
        variants = self.content.responses[response]
        text = variants[choose_variant(variants, self.state)]
        return text.translation.get(self.state.lang, text.text)


def choose_variant(variants: tuple[Text, ...], state: State) -> int:
    """Index of the first variant whose conditions all hold; lint proves that one always does."""
    known: dict[str, str | None] = {}
    for index, text in enumerate(variants):
        for condition in text.condition:
            name = condition.name
            if name not in known:
                known[name] = state.slot(name)
            if known[name] != condition.value:
                break
        else:
            return index
    return len(variants) - 1


def _title(button: TextButton, lang: str) -> str:
    return button.translation.get(lang, button.title)
