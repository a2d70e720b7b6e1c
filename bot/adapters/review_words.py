"""What a practitioner must know of a text, in plain Danish: when it is said, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from bot.adapters.yaml_lines import Document, Plain, read_yaml
from bot.domain.content import Content
from bot.domain.directory import Directory
from bot.domain.flow import Collect, Condition, Metadata, Text
from bot.domain.lint_texts import reader_of
from bot.domain.payload import parse_payload
from bot.domain.provenance import Source, SourceId
from bot.domain.reading import CEILINGS, FEWEST_WORDS, count_words, lix

READERS = {
    "child": "den, der læser, er et barn",
    "young": "den, der læser, er ung, eller vi ved det ikke",
    "adult": "den, der læser, er voksen",
    "easy": "»Let at læse« er valgt",
}
CHANNELS = {
    "web": "samtalen er på hjemmesiden",
    "telegram": "samtalen er i Telegram",
    "terminal": "samtalen er i en terminal",
}
NAMED = {
    "audience": ("den, der skriver", "audience"),
    "concern": ("det handler om", "concern"),
    "further": ("der blev også nævnt", "concern"),
    "urgency": ("hvor meget det haster", "urgency"),
}
WORDED = {"reader": READERS, "channel": CHANNELS}
FILES = {
    "CONTRIBUTING.md": "Betros regler for, hvordan der skrives",
    "README.md": "Betros beskrivelse af, hvordan den selv virker",
}
STATES = {
    "draft": "Kladde: ingen fagperson har læst den",
    "reviewed": "Læst",
    "approved": "Godkendt",
}
READER_NAMES = {"child": "barn", "young": "ung", "adult": "voksen", "easy": "let at læse"}


@dataclass(frozen=True)
class Rests:
    """One thing a text builds on; ``web`` where it can be read."""

    title: str
    web: str | None = None


@dataclass(frozen=True)
class Plainly:
    """Turns ids into words, for one folder of content."""

    content: Content
    directory: Directory
    content_dir: Path

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, str]]:
        """Danish names of audiences, concerns and urgencies."""
        document = read_yaml(self.content_dir / "resources" / "taxonomy.yml")
        data = document.data if isinstance(document, Document) else {}
        return {
            kind: {id_: _danish(entry) for id_, entry in entries.items()}
            for kind, entries in (data.items() if isinstance(data, dict) else ())
            if isinstance(entries, dict)
        }

    def name(self, kind: str, id_: str) -> str:
        """The Danish name of an audience, a concern or an urgency."""
        return self._names.get(kind, {}).get(id_) or id_

    def when(self, text: Text, *, index: int) -> list[str]:
        """When the variant is said; empty: always."""
        said = [self._condition(each) for each in text.condition]
        if index and said:
            return [*said, "og ingen af varianterne før denne passer"]
        return said or (["når ingen af varianterne før denne passer"] if index else [])

    def _condition(self, condition: Condition) -> str:
        name, value = condition.name, condition.value
        if name in NAMED:
            words, kind = NAMED[name]
            return f"{words}: {self.name(kind, value)}"
        if name in WORDED:
            return WORDED[name].get(value, value)
        return self._answer(name, value)

    def _answer(self, slot: str, value: str) -> str:
        """What the visitor answered before, by the question and the button's title."""
        titles = dict.fromkeys(
            button.title
            for variants in self.content.responses.values()
            for text in variants
            for button in text.buttons
            if (slot, value) in _pairs(button.payload)
        )
        title = next(iter(titles), value.replace("_", " "))
        questions = self._questions.get(slot, ())
        if len(questions) == 1:
            return f"svaret på »{questions[0]}« var »{title}«"
        return f"svaret var »{title}« ({slot.replace('_', ' ')})"

    @cached_property
    def _questions(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for graph in self.content.flows.values():
            for node in graph.nodes.values():
                if isinstance(node.step, Collect):
                    variants = self.content.responses.get(node.step.question)
                    if variants:
                        last = variants[-1].text.strip().split("\n")[-1]
                        found.setdefault(node.step.collect, {}).setdefault(last)
        return {slot: tuple(asked) for slot, asked in found.items()}

    def rests_on(self, metadata: Metadata) -> list[Rests]:
        """The sources with their titles; for a service and a law, what those rest on too."""
        return [each for id_ in metadata.source for each in self._source(id_)]

    def _source(self, id_: str) -> Iterator[Rests]:
        if id_ in self.directory.services:
            service = self.directory.services[id_]
            yield Rests(f"{service.name.da} ({service.operator}): {service.what.da}", service.web)
        elif id_ in self.directory.law:
            law = self.directory.law[id_]
            yield Rests(f"{law.cite}: {law.says.da}")
            yield from (self._page(each) for each in law.fact.sources)
        elif id_ in self.directory.sources:
            yield self._page(SourceId(id_))
        else:
            yield Rests(FILES.get(id_, id_))

    def _page(self, id_: SourceId) -> Rests:
        source: Source | None = self.directory.sources.get(id_)
        if source is None:
            return Rests(id_)
        return Rests(f"{source.about} ({source.publisher}, set: {source.seen})", source.url)

    def reads(self, text: Text) -> str:
        """How hard it is to read, and how hard it may be."""
        reader = reader_of(text)
        name = READER_NAMES.get(reader, reader)
        if count_words(text.text) < FEWEST_WORDS:
            return f"under {FEWEST_WORDS} ord, måles ikke ({name})"
        return f"LIX {lix(text.text):.0f}, højst {CEILINGS[reader]} ({name})"


def say_state(metadata: Metadata) -> str:
    """Who read it, and when."""
    said = STATES[metadata.review]
    if metadata.reviewed_by:
        said += f" af {metadata.reviewed_by}"
    return f"{said} den {metadata.reviewed_on}" if metadata.reviewed_on else said


def say_recheck(day: date | None, today: date) -> str:
    if day is None:
        return "ingen dato"
    return f"{day.isoformat()} (overskredet)" if day < today else day.isoformat()


def _danish(entry: Plain) -> str:
    return str(entry.get("da", "")) if isinstance(entry, dict) else ""


def _pairs(payload: str) -> tuple[tuple[str, str], ...]:
    read = parse_payload(payload)
    return read if isinstance(read, tuple) else ()
