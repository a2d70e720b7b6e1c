"""Flows, texts, slots and answers from their folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.adapters.content_languages import read_languages, translate
from bot.adapters.content_models import Model, read_file
from bot.adapters.proof_memory import ProofMemory
from bot.adapters.yaml_lines import line_of
from bot.domain.answers import normalise
from bot.domain.content import Content, FlowGraph, compile_flow
from bot.domain.directory import Directory
from bot.domain.errors import ContentError
from bot.domain.flow import AnswerFile, Answers, Flow, FlowFile, ResponseFile, SlotFile, Text
from bot.domain.issue import Issue, Severity
from bot.domain.lint import check_content
from bot.domain.predicate import PredicateError
from bot.domain.safety import check_safety

Value = TypeVar("Value")
NOT_FLOWS = frozenset({"slots.yml", "answers.yml", "languages.yml"})


@dataclass
class Sources:
    """Where each flow and response is written, so that an issue can name file and line."""

    places: dict[tuple[str, str], Path] = field(default_factory=dict)

    def locate(self, issue: Issue) -> Issue:
        """Give an issue found on compiled content its file and line."""
        parts = issue.at.split(".")
        kind = "responses" if parts[0].startswith("utter_") else "flows"
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
    folder: Path, directory: Directory, *, prove: bool = True
) -> tuple[Content | None, list[Issue]]:
    """The content and all its problems; no content when the files do not even compile."""
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
            self._merge(texts, responses.responses if responses else {}, path, "responses")
        graphs = dict(self._graphs(flows.items()))
        answers, languages = read_languages(flows_dir / "languages.yml", answers, self.issues)
        texts = translate(texts, flows_dir / "responses", self.issues)
        if self._is_broken() or slots is None or answers is None:
            return None
        return Content(
            flows=graphs,
            responses=texts,
            slots=slots.slots,
            answers={slot: _comparable(known) for slot, known in answers.answers.items()},
            commands={name: _normalised(words) for name, words in answers.commands.items()},
            languages=languages,
        )

    def _is_broken(self) -> bool:
        return any(issue.severity is Severity.ERROR for issue in self.issues)

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
                self.issues.append(
                    Issue(
                        path,
                        name,
                        str(error),
                        "Correct it; flows/README.md shows the forms.",
                        line=line_of(path, ["flows", name]),
                    )
                )


def _comparable(answers: Answers) -> Answers:
    values = {value: _normalised(words) for value, words in answers.values.items()}
    return answers.model_copy(update={"values": values})


def _normalised(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(normalise(phrase) for phrase in phrases)
