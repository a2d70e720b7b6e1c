"""Flows, texts, slots and answers from their folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from bot.adapters.content_languages import read_languages, translate
from bot.adapters.content_models import Model, read_file
from bot.adapters.opening_hours import COPENHAGEN
from bot.adapters.proof_memory import ProofMemory
from bot.adapters.yaml_lines import line_of, read_yaml
from bot.domain.answers import normalise
from bot.domain.content import Content, FlowGraph, compile_flow
from bot.domain.directory import Directory
from bot.domain.errors import ContentError
from bot.domain.flow import AnswerFile, Answers, Flow, FlowFile, ResponseFile, SlotFile, Text
from bot.domain.issue import Issue, Severity
from bot.domain.lint import check_content
from bot.domain.lint_texts import check_rechecks
from bot.domain.note import PREFIX, Note, NoteFile, WrittenNote, compile_note
from bot.domain.predicate import PredicateError
from bot.domain.safety import check_safety
from bot.domain.topic import Topic, TopicFile

Value = TypeVar("Value")
NOT_FLOWS = frozenset({"slots.yml", "answers.yml", "languages.yml", "notes.yml", "topics.yml"})
KINDS = (("utter_", "responses"), (PREFIX, "notes"))
"""By how its id begins: what an issue is about, and the key under which that is written."""
KEYED = frozenset({"topics"})
"""Keys that begin the place of an issue themselves, as their ids are those of flows."""


@dataclass
class Sources:
    """Where each flow and response is written, so that an issue can name file and line."""

    places: dict[tuple[str, str], Path] = field(default_factory=dict)

    def locate(self, issue: Issue) -> Issue:
        """Give an issue found on compiled content its file and line."""
        parts = issue.at.split(".")
        kind = next((kind for begin, kind in KINDS if parts[0].startswith(begin)), "flows")
        if parts[0] in KEYED:
            kind, *parts = parts
        path = self.places.get((kind, parts[0]), issue.path)
        line = line_of(path, [kind, *parts]) if path.is_file() else None
        return Issue(path, issue.at, issue.problem, issue.mend, issue.severity, line)


def load_content(
    folder: Path, directory: Directory, *, memory: ProofMemory | None = None
) -> Content:
    """Load, lint and prove the content of a folder holding ``flows/``.

    The proof is left out when ``memory`` holds that of exactly this content.

    Raises:
        ContentError: with every problem found, each with file, line and mend.
    """
    is_proved = memory is not None and memory.holds(folder)
    content, issues = read_content(folder, directory, prove=not is_proved)
    errors = [issue for issue in issues if issue.severity is Severity.ERROR]
    if content is None or errors:
        raise ContentError(errors)
    if memory and not is_proved:
        memory.keep(folder)
    return content


def read_content(
    folder: Path, directory: Directory, *, prove: bool = True, today: date | None = None
) -> tuple[Content | None, list[Issue]]:
    """The content and all its problems; no content when the files do not even compile.

    Texts past their recheck date are warnings. ``today`` is for them (None: today in Denmark).
    """
    flows_dir = folder / "flows"
    if not flows_dir.is_dir():
        missing = Issue(flows_dir, "folder", "it is missing", "Name a folder that holds flows/.")
        return None, [missing]
    reading = _Reading()
    content = reading.compile(flows_dir)
    if content is None:
        return None, reading.issues
    phones = [s.id for s in directory.services.values() if s.phone and s.withheld is None]
    found = check_content(content, phones)
    if prove and not any(issue.severity is Severity.ERROR for issue in found):
        found += check_safety(content, directory)
    found += check_rechecks(content, today or datetime.now(COPENHAGEN).date())
    return content, [*reading.issues, *(reading.sources.locate(issue) for issue in found)]


class _Reading:
    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self.sources = Sources()

    def compile(self, flows_dir: Path) -> Content | None:
        slots = self._one(flows_dir / "slots.yml", SlotFile)
        answers = self._one(flows_dir / "answers.yml", AnswerFile)
        flow_paths = [p for p in sorted(flows_dir.glob("*.yml")) if p.name not in NOT_FLOWS]
        flows: dict[str, Flow] = {}
        for path in flow_paths:
            file = self._one(path, FlowFile)
            self._merge(flows, file.flows if file else {}, path, "flows")
        texts: dict[str, tuple[Text, ...]] = {}
        for path in sorted((flows_dir / "responses").glob("*.yml")):
            responses = self._one(path, ResponseFile)
            self._merge(texts, responses.dated() if responses else {}, path, "responses")
        graphs = dict(self._graphs(flows.items()))
        answers, languages = read_languages(flows_dir / "languages.yml", answers, self.issues)
        texts = translate(texts, flows_dir / "responses", self.issues)
        notes = dict(self._notes(flows_dir / "notes.yml"))
        topics = self._topics(flows_dir / "topics.yml")
        if self._is_broken() or slots is None or answers is None:
            return None
        return Content(
            flows=graphs,
            responses=texts,
            slots=slots.slots,
            answers={slot: _comparable(known) for slot, known in answers.answers.items()},
            commands={name: _normalised(words) for name, words in answers.commands.items()},
            languages=languages,
            notes=notes,
            topics=topics,
        )

    def _is_broken(self) -> bool:
        return any(issue.severity is Severity.ERROR for issue in self.issues)

    def _notes(self, path: Path) -> Iterable[tuple[str, Note]]:
        file = self._one(path, NoteFile) if _has_content(path) else None
        written: dict[str, WrittenNote] = {}
        self._merge(written, file.notes if file else {}, path, "notes")
        for name, note in written.items():
            try:
                yield name, compile_note(note)
            except PredicateError as error:
                self._refuse(path, name, str(error), ["notes", name])

    def _topics(self, path: Path) -> dict[str, Topic]:
        file = self._one(path, TopicFile) if _has_content(path) else None
        topics: dict[str, Topic] = {}
        self._merge(topics, file.topics if file else {}, path, "topics")
        return {name: _findable(topic) for name, topic in topics.items()}

    def _one(self, path: Path, model: type[Model]) -> Model | None:
        value = read_file(path, model)
        if isinstance(value, list):
            self.issues += value
            return None
        return value

    def _merge(self, into: dict[str, Value], more: dict[str, Value], path: Path, kind: str) -> None:
        for name, value in more.items():
            if name in into:
                first = self.sources.places[kind, name]
                problem = f"'{name}' stands in {first} already"
                self.issues.append(
                    Issue(
                        path,
                        name,
                        problem,
                        "Give one of them another name.",
                        line=line_of(path, [kind, name]),
                    )
                )
                continue
            into[name] = value
            self.sources.places[kind, name] = path

    def _graphs(self, flows: Iterable[tuple[str, Flow]]) -> Iterable[tuple[str, FlowGraph]]:
        for name, flow in flows:
            try:
                yield name, compile_flow(name, flow)
            except (PredicateError, ValueError) as error:
                path = self.sources.places["flows", name]
                self._refuse(path, name, str(error), ["flows", name])

    def _refuse(self, path: Path, name: str, problem: str, place: list[str | int]) -> None:
        mend = "Correct it; flows/README.md shows the forms."
        self.issues.append(Issue(path, name, problem, mend, line=line_of(path, place)))


def _has_content(path: Path) -> bool:
    """Notes and topics may be missing, and their files empty."""
    if not path.is_file():
        return False
    document = read_yaml(path)
    return isinstance(document, Issue) or document.data is not None


def _findable(topic: Topic) -> Topic:
    """With its words as they are compared; the title means it too."""
    words = dict.fromkeys(normalise(phrase) for phrase in (topic.title, *topic.words))
    return topic.model_copy(update={"words": tuple(words)})


def _comparable(answers: Answers) -> Answers:
    values = {value: _normalised(words) for value, words in answers.values.items()}
    return answers.model_copy(update={"values": values})


def _normalised(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(normalise(phrase) for phrase in phrases)
