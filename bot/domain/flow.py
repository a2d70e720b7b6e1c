"""Flow models in Rasa's flow syntax, and their compiled form: a flat graph of steps.

Source of the syntax: Rasa's public documentation of flows. Unknown keys are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from bot.domain.language import Lang

ID_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
END = "END"


class Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True
    )


STEP_KINDS = ("action", "collect", "set_slots", "link", "call", "noop")


def _shape(value: object) -> str:
    """Which of several shapes a value was meant to have, so that errors speak of that one."""
    if value is None or isinstance(value, str):
        return "id"
    return "list" if isinstance(value, list | tuple) else "other"


def _keyed(kinds: tuple[str, ...], value: object) -> str | None:
    if isinstance(value, Mapping):
        return next((kind for kind in kinds if kind in value), None)
    return type(value).__name__.lower()


def _step_kind(value: object) -> str | None:
    kind = _keyed(STEP_KINDS, value)
    return "set_slots" if kind == "setslots" else kind


def _branch_kind(value: object) -> str | None:
    return _keyed(("if", "else"), value)


class If(Strict):
    """One guarded exit: ``if: <condition>``, ``then: <step id, END or steps>``."""

    if_: Annotated[str, Field(alias="if")]
    then: Target


class Else(Strict):
    else_: Annotated[Target, Field(alias="else")]


Branch = Annotated[
    Annotated[If, Tag("if")] | Annotated[Else, Tag("else")],
    Discriminator(
        _branch_kind,
        custom_error_type="branch",
        custom_error_message="a branch begins with 'if:' or 'else:'",
    ),
]
Next = Annotated[
    Annotated[str | None, Tag("id")] | Annotated[tuple[Branch, ...], Tag("list")],
    Discriminator(
        _shape,
        custom_error_type="next",
        custom_error_message="'next:' is a step id, END or a list of branches",
    ),
]


class _Base(Strict):
    id: Id | None = None
    next: Next = None


class Action(_Base):
    """Say a text (``utter_*``) or do one of the engine's own actions (``action_*``)."""

    action: Id


class Collect(_Base):
    """Ask for one slot by ``utter_ask_<slot>`` (or ``utter``); words or a button fill it."""

    collect: Id
    description: str
    utter: Id | None = None
    ask_before_filling: bool = False

    @property
    def question(self) -> str:
        return self.utter or f"utter_ask_{self.collect}"


class SetSlots(_Base):
    set_slots: tuple[dict[Id, str | None], ...]


class Link(_Base):
    """Go over to another flow and do not come back."""

    link: Id


class Call(_Base):
    """Run another flow, then go on here."""

    call: Id


class Noop(_Base):
    noop: Literal[True]


Step = Annotated[
    Annotated[Action, Tag("action")]
    | Annotated[Collect, Tag("collect")]
    | Annotated[SetSlots, Tag("set_slots")]
    | Annotated[Link, Tag("link")]
    | Annotated[Call, Tag("call")]
    | Annotated[Noop, Tag("noop")],
    Discriminator(
        _step_kind,
        custom_error_type="step",
        custom_error_message=f"a step has one of the keys {', '.join(STEP_KINDS)}",
    ),
]
Target = Annotated[
    Annotated[str, Tag("id")] | Annotated[tuple[Step, ...], Tag("list")],
    Discriminator(
        _shape,
        custom_error_type="target",
        custom_error_message="a branch leads to a step id, END or a list of steps",
    ),
]


class IntentTrigger(Strict):
    name: Id
    confidence_threshold: Annotated[float, Field(ge=0, le=1)] = 0.0


class Trigger(Strict):
    intent: Id | IntentTrigger

    @property
    def name(self) -> str:
        return self.intent if isinstance(self.intent, str) else self.intent.name

    @property
    def threshold(self) -> float:
        return 0.0 if isinstance(self.intent, str) else self.intent.confidence_threshold


class Flow(Strict):
    """One flow as its author wrote it.

    ``if`` guards it; flows whose name begins with ``pattern_`` are called by the engine itself.
    """

    description: str
    name: str | None = None
    if_: Annotated[str | None, Field(alias="if")] = None
    nlu_trigger: tuple[Trigger, ...] = ()
    steps: tuple[Step, ...]


class FlowFile(Strict):
    flows: dict[Id, Flow]


class Slot(Strict):
    """A slot can only hold one of its values: no free text is ever kept."""

    type: Literal["categorical"]
    values: Annotated[tuple[Id, ...], Field(min_length=1)]


class SlotFile(Strict):
    slots: dict[Id, Slot]


class Answers(Strict):
    """What people write for each value of a slot; ``otherwise`` is what anything else counts as.

    ``opening``: values that also count when more words follow ('nej, og ...'). Never one by which
    all is well: only a whole answer means that.
    """

    otherwise: Id | None = None
    opening: tuple[Id, ...] = ()
    values: dict[Id, tuple[str, ...]]


class AnswerFile(Strict):
    """``commands``: words that mean a command; ``answers``: words that mean a slot's value."""

    commands: dict[Id, tuple[str, ...]]
    answers: dict[Id, Answers]


class Condition(Strict):
    type: Literal["slot"]
    name: Id
    value: str


class TextButton(Strict):
    title: str
    payload: str
    translation: dict[str, str] = {}


class Metadata(Strict):
    """Where a text comes from and who has read it.

    ``review`` is draft, reviewed or approved; ``serves`` the audiences it may be shown to
    (empty: everyone); ``source`` what it builds on; ``lang`` the language of its words.
    ``recheck_by``: the last day it counts without being read again, its file's unless it has
    its own. ``reviewed_by`` is a role, ``reviewed_on`` a date, ``reviewed_text`` the short hash of
    the words that were read (``review.hash_words``).
    """

    review: Literal["draft", "reviewed", "approved"]
    serves: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    lang: Lang = Lang.DA
    reviewed_by: str | None = None
    reviewed_on: str | None = None
    reviewed_text: str | None = None
    recheck_by: date | None = None


class Text(Strict):
    """One variant of a response; the first whose conditions all hold is said."""

    text: str
    condition: tuple[Condition, ...] = ()
    buttons: tuple[TextButton, ...] = ()
    translation: dict[str, str] = {}
    metadata: Metadata

    def spoken(self, lang: str) -> str:
        """The language it is said in to somebody who reads ``lang``."""
        return lang if lang in self.translation else self.metadata.lang.value


class Translation(Strict):
    """The words of every variant of a response whose Danish words have the mark ``of``."""

    of: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]
    text: str
    buttons: tuple[str, ...] = ()
    review: Literal["draft", "reviewed", "approved"] = "draft"


class TranslationFile(Strict):
    """``responses``: for each response its translations, in any order."""

    responses: dict[Id, tuple[Translation, ...]]


class Language(Strict):
    """How a language is told, and what people write in it.

    ``name``: its own name. ``words``: whole messages that ask for it. ``phrases``: tell it,
    wherever they stand. ``marks``: words only this Nordic language has. ``commands`` and
    ``answers``: further words for a command, and for a value in every slot that has it.
    """

    name: str
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    commands: dict[Id, tuple[str, ...]] = {}
    answers: dict[Id, tuple[str, ...]] = {}


class LanguageFile(Strict):
    """``danish``: words that no language met here but Danish and Norwegian has."""

    danish: tuple[str, ...]
    languages: dict[Lang, Language]


class ResponseFile(Strict):
    """``recheck_by``: one date for the whole file, as a theme is read again as a whole.

    A text whose sources change sooner has its own.
    """

    recheck_by: date
    responses: dict[Id, Annotated[tuple[Text, ...], Field(min_length=1)]]

    def dated(self) -> dict[str, tuple[Text, ...]]:
        """The responses, every text with its date."""
        return {
            name: tuple(_dated(text, self.recheck_by) for text in variants)
            for name, variants in self.responses.items()
        }


def _dated(text: Text, day: date) -> Text:
    if text.metadata.recheck_by:
        return text
    metadata = text.metadata.model_copy(update={"recheck_by": day})
    return text.model_copy(update={"metadata": metadata})
