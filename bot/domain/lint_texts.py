"""Checks of what visitors read and of what their words are taken to mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

from bot.domain.content import Content
from bot.domain.engine import ENGINE_RESPONSES
from bot.domain.flow import Action, Collect, Text
from bot.domain.heard import Command
from bot.domain.issue import Issue, Severity
from bot.domain.language import Lang
from bot.domain.lint_languages import find_problems
from bot.domain.narration import STANDING
from bot.domain.note import NOTE_TEXTS
from bot.domain.payload import parse_payload
from bot.domain.reading import CEILINGS, FEWEST_WORDS, count_words, lix
from bot.domain.review import review_problems
from bot.domain.taxonomy import Audience

SlotValues = Mapping[str, frozenset[str] | None]

FORBIDDEN = (
    "helt anonym",
    "fuldstændig anonym",
    "ingen får det at vide",
    "ingen andre får det at vide",
    "mellem os",
    "garanter",
    "100 %",
    "100%",
    "hundrede procent",
    "ingen kan se",
    "ingen ser",
    "ingen finder ud af",
    "ingen opdager",
    "ingen ved, at du",
    "kan ikke spores",
    "siger det ikke til nogen",
    "helt hemmelig",
    "helt sikker her",
    "fuldt fortrolig",
    "helt fortrolig",
    "hjalp det",
    "pædofil",
)
"""Promises that cannot be kept, and words that hurt (safeguarding rules 8 and 17)."""
CALM_ANSWERS = {
    "safe_now": "ja",
    "suicide_now": "nej",
    "die_today": "nej",
    "friend_today": "nej",
    "meet_today": "nej",
    "dark_thoughts": "nej",
    "risk_now": "nej",
    "apart": "ja",
    "violence_now": "nej",
    "phone_watched": "nej",
    "note_found": "nej",
    "safe_return": "ja",
    # Worry about a child
    "can_wait": "ja",
}
"""Questions about danger, each with its one calm answer; unclear words never mean it (rule 3)."""
EASY_BUTTONS = 3
"""Most buttons of a text in easy words (safeguarding, habits of good practice)."""
PLACEHOLDERS = frozenset({"municipality", "municipality_contact", "erased", "page"})
FLOWS = Path("flows")

_NUMBER = re.compile(r"(?<![\d§.])\b(?!112\b)(\+?\d[\d ]{5,}\d|1888|1813|114|116 ?\d{3})\b")
_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
_EMERGENCY = re.compile(r"\b112\b")


def check_texts(content: Content, values: SlotValues, phones: Collection[str]) -> Iterator[Issue]:
    said = _said(content)
    for name, variants in content.responses.items():
        if name not in said:
            yield _issue(name, "nothing says this text", "Use it in a flow or remove it.")
        if variants[-1].condition:
            yield _issue(
                name,
                "no variant is left when no condition holds",
                "Add a last variant without 'condition:'.",
            )
        for index, text in enumerate(variants):
            at = f"{name}.{index}"
            if not text.condition and index < len(variants) - 1:
                yield _issue(
                    at,
                    "the variants after this one are never said",
                    "Move the variant without 'condition:' last.",
                )
            for problem, mend in _text_problems(text, values, phones):
                yield _issue(at, problem, mend)


def _said(content: Content) -> set[str]:
    said = {*ENGINE_RESPONSES, *NOTE_TEXTS, "utter_services", "utter_municipality"}
    said.add("utter_button_more_topics")
    said |= {f"utter_button_{command.value}" for command in STANDING}
    for note in content.notes.values():
        said |= {note.title, *(part.say for part in note.parts)}
    for graph in content.flows.values():
        for node in graph.nodes.values():
            if isinstance(node.step, Action):
                said.add(node.step.action)
            elif isinstance(node.step, Collect):
                said.add(node.step.question)
    return said


def _text_problems(
    text: Text, values: SlotValues, phones: Collection[str]
) -> Iterator[tuple[str, str]]:
    if not text.text.strip():
        yield "the text is empty", "Write it, or remove the variant."
    shown = (text.text, *text.translation.values(), *(button.title for button in text.buttons))
    for phrase in FORBIDDEN:
        if any(phrase in words.lower() for words in shown):
            yield f"'{phrase}' may not be said", "Say it as CONTRIBUTING.md shows."
    for audience in text.metadata.serves:
        if audience not in set(Audience):
            yield f"'{audience}' is no audience", "Use one of resources/taxonomy.yml."
    yield from find_problems(text)
    for words in (text.text, *text.translation.values()):
        yield from _number_problems(words, phones)
        if starts_with_112(text.text) and not starts_with_112(words):
            yield "a translation does not begin with 112", "Put it in its first line."
    for condition in text.condition:
        yield from _value_problems(condition.name, condition.value, values)
    yield from _button_problems(text, values)
    yield from _reading_problems(text)
    yield from review_problems(text)


def _number_problems(text: str, phones: Collection[str]) -> Iterator[tuple[str, str]]:
    """Numbers come from the directory, where each has its source; 112 alone is written out."""
    for number in _NUMBER.findall(text):
        yield (
            f"the number '{number}' is written out",
            "Write {phone.SERVICE_ID}, so that it comes from resources/ with its source.",
        )
    for name in _PLACEHOLDER.findall(text):
        service = name.removeprefix("phone.")
        if name == service and name not in PLACEHOLDERS:
            yield f"'{{{name}}}' is no placeholder", "Use one of flows/README.md."
        elif name != service and service not in phones:
            yield f"'{service}' has no number to show", "Name a service of resources/ that has."


def _value_problems(name: str, value: str, values: SlotValues) -> Iterator[tuple[str, str]]:
    allowed = values.get(name, frozenset())
    if name not in values:
        yield f"'{name}' is no slot", "Name a slot of flows/slots.yml."
    elif allowed is not None and value not in allowed:
        yield f"'{value}' is no value of '{name}'", "Correct it."


def _button_problems(text: Text, values: SlotValues) -> Iterator[tuple[str, str]]:
    is_easy = any((c.name, c.value) == ("reader", "easy") for c in text.condition)
    if is_easy and len(text.buttons) > EASY_BUTTONS:
        yield (
            f"{len(text.buttons)} buttons are too many for 'easy'",
            f"Keep at most {EASY_BUTTONS}; words can tell the rest.",
        )
    for button in text.buttons:
        payload = parse_payload(button.payload)
        if payload is None:
            yield (
                f"the button '{button.title}' has no payload Betro knows",
                "Write /SetSlots(slot=value), /emne(topic) or a command such as /menneske.",
            )
        elif isinstance(payload, tuple):
            for name, value in payload:
                yield from _value_problems(name, value, values)


def reader_of(text: Text) -> str:
    """Whom the words are measured for; without a reader, everyone's: the young's."""
    readers = [c.value for c in text.condition if c.name == "reader"]
    grown = text.metadata.serves and not any(
        audience.startswith(("child", "youth")) for audience in text.metadata.serves
    )
    return readers[0] if readers else ("adult" if grown else "young")


def _reading_problems(text: Text) -> Iterator[tuple[str, str]]:
    """Under its reader's ceiling, from 25 words on."""
    if text.metadata.lang is not Lang.DA:
        return  # LIX and its ceilings are made for Danish
    reader = reader_of(text)
    score = lix(text.text)
    if count_words(text.text) >= FEWEST_WORDS and score > CEILINGS.get(reader, 0):
        yield (
            f"it reads at LIX {score:.0f}, over {CEILINGS.get(reader, 0)} for '{reader}'",
            "Shorten the sentences and use shorter words.",
        )


def check_answers(content: Content, values: SlotValues) -> Iterator[Issue]:
    """Words mean one value of one slot; unclear words never mean that all is well."""
    for slot, answers in content.answers.items():
        at = f"answers.{slot}"
        allowed = values.get(slot, frozenset())
        if slot not in values:
            yield _issue(at, f"'{slot}' is no slot", "Name a slot of flows/slots.yml.")
            continue
        named = [*answers.values, *([answers.otherwise] if answers.otherwise else [])]
        for value in answers.opening:
            if value not in answers.values:
                yield _issue(at, f"'{value}' of 'opening' has no words", "Add it to 'values:'.")
        for value in named:
            if allowed is not None and value not in allowed:
                yield _issue(at, f"'{value}' is no value of '{slot}'", "Correct it.")
        yield from _ambiguous(at, answers.values)
    yield from _ambiguous("commands", content.commands)
    for name in content.commands:
        if name not in set(Command):
            yield _issue(f"commands.{name}", "this is no command", "Remove it.")
    yield from _unclear_is_not_calm(content)


def _unclear_is_not_calm(content: Content) -> Iterator[Issue]:
    for slot, calm in CALM_ANSWERS.items():
        answers = content.answers.get(slot)
        if slot in content.slots and (answers is None or answers.otherwise in (None, calm)):
            yield _issue(
                f"answers.{slot}",
                "unclear words would not count as 'not safe'",
                "Set 'otherwise: ved_ikke'.",
            )
        if answers and calm in answers.opening:
            yield _issue(
                f"answers.{slot}",
                f"'{calm}' would count whatever follows it",
                "Take it out of 'opening:': only a whole answer means that all is well.",
            )


def _ambiguous(at: str, phrases_by_value: Mapping[str, tuple[str, ...]]) -> Iterator[Issue]:
    meaning: dict[str, str] = {}
    for value, phrases in phrases_by_value.items():
        for phrase in phrases:
            other = meaning.setdefault(phrase, value)
            if other != value:
                yield _issue(
                    at,
                    f"'{phrase}' means both '{other}' and '{value}'",
                    "Leave it under one of them.",
                )


def check_reviewed(content: Content) -> Iterator[Issue]:
    """Texts that no professional has read may not reach visitors (safeguarding rule 14)."""
    for name, variants in content.responses.items():
        drafts = sum(text.metadata.review == "draft" for text in variants)
        if drafts:
            mend = "Let a professional read it: `betro texts export`, then `betro texts import`."
            yield _issue(name, f"{drafts} of {len(variants)} variants are drafts", mend)


def check_rechecks(content: Content, today: date) -> Iterator[Issue]:
    """A warning for each response with texts past their recheck date."""
    for name, variants in content.responses.items():
        due = sum(
            text.metadata.recheck_by is not None and text.metadata.recheck_by < today
            for text in variants
        )
        if due:
            problem = f"{due} of {len(variants)} variants are past their recheck date"
            mend = "Read them and their sources again, and set the next 'recheck_by:'."
            yield _issue(name, problem, mend, Severity.WARNING)


def starts_with_112(text: str) -> bool:
    """Whether 112 stands in the first line, after at most 12 words (safeguarding rule 1)."""
    first_line = text.strip().split("\n", 1)[0]
    found = _EMERGENCY.search(first_line)
    return found is not None and count_words(first_line[: found.start()]) <= 12


def _issue(at: str, problem: str, mend: str, severity: Severity = Severity.ERROR) -> Issue:
    return Issue(FLOWS, at, problem, mend, severity)
