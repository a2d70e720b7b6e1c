"""The labelled messages of a folder, each with its line, and everything that is wrong with them.

    .venv/bin/python nlu/training_data.py [FOLDER ...]

Names every mistake of `nlu/data` and `nlu/held_out`, or of the folders given. Needs neither Rasa
nor a model, so it runs in both environments and before anything slow. Messages of plain Rasa data,
which carry no labels, are read and not judged; where one message of a folder is labelled, all are.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ("audience", "concern", "urgency")
NEEDED = ("id", "audience", "urgency")
LISTS = ("also", *(f"{question}_ok" for question in QUESTIONS))
KEYS = frozenset({*NEEDED, *LISTS, "hint", "twin_of", "language"})
OTHER_KINDS = frozenset({"synonym", "regex", "lookup"})
"""What else a Rasa file may hold beside intents; no messages."""


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing to mend. ``message`` is an id, or empty where there is none; lines count from 1."""

    file: Path
    line: int
    message: str
    problem: str
    mend: str

    def __str__(self) -> str:
        named = f", message {self.message}" if self.message else ""
        file = self.file.relative_to(ROOT) if self.file.is_relative_to(ROOT) else self.file
        return f"{file}:{self.line}{named}: {self.problem}. {self.mend}"


@dataclass(frozen=True)
class Value:
    """A YAML value and its line. Numbers and dates come as None: no label is one."""

    plain: str | bool | tuple[Value, ...] | None
    line: int

    @property
    def word(self) -> str:
        """The value if it is text, else an empty text."""
        return self.plain if isinstance(self.plain, str) else ""


@dataclass(frozen=True)
class Message:
    """One example of an intent; ``labels`` is what its metadata holds, None without metadata."""

    file: Path
    line: int
    intent: Value
    text: Value
    labels: Mapping[str, Value] | None

    @property
    def id(self) -> str:
        return self.labels["id"].word if self.labels and "id" in self.labels else ""

    @property
    def metadata(self) -> dict[str, object]:
        """The labels as plain data."""
        return {key: _bare(value) for key, value in (self.labels or {}).items()}

    def mistake(self, line: int, problem: str, mend: str) -> Mistake:
        return Mistake(self.file, line, self.id, problem, mend)


def find_mistakes(folder: Path, taxonomy: Path) -> list[Mistake]:
    """Every mistake of the folder's `.yml` files, by file and line."""
    messages, mistakes = read_messages(folder)
    if any(KEYS & (message.labels or {}).keys() for message in messages):
        ids = read_ids(taxonomy)
        mistakes += _wrong_intents(messages, ids["concern"])
        for message in messages:
            mistakes += _wrong_labels(message, ids)
        mistakes += _at_odds(messages)
    return sorted(mistakes)


def read_ids(taxonomy: Path) -> dict[str, tuple[str, ...]]:
    """The ids of each question, in the taxonomy's order."""
    read = YAML(typ="safe").load(taxonomy.read_text("utf-8"))
    return {question: tuple(read[question]) for question in QUESTIONS}


def read_messages(folder: Path) -> tuple[list[Message], list[Mistake]]:
    """The messages in file order, and what is no message."""
    found = [each for file in sorted(folder.glob("*.yml")) for each in _read_file(file)]
    messages = [each for each in found if isinstance(each, Message)]
    return messages, [each for each in found if isinstance(each, Mistake)]


def _read_file(file: Path) -> Iterator[Message | Mistake]:
    try:
        # Nodes know their lines, and the C parser makes them in no time.
        root = YAML(typ="safe").compose(file.read_text("utf-8"))
    except UnicodeDecodeError:
        yield Mistake(file, 1, "", "the file is not UTF-8 text", "Save it as UTF-8.")
    except MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        yield _broken(file, line, problem.problem or "it cannot be read")
    except (YAMLError, RecursionError) as problem:
        yield _broken(file, 1, type(problem).__name__)
    else:
        yield from _read_groups(file, root)


def _broken(file: Path, line: int, problem: str) -> Mistake:
    mend = "Mend the line; indentation, quotes and brackets are the usual causes."
    return Mistake(file, line, "", f"no YAML that can be read ({problem.splitlines()[0]})", mend)


def _read_groups(file: Path, root: Node | None) -> Iterator[Message | Mistake]:
    if not isinstance(root, MappingNode):
        mend = "Begin it with `version` and `nlu`, as the files of nlu/data do."
        yield Mistake(file, _line(root), "", "the file is no mapping", mend)
        return
    groups = _entries(root).get("nlu")
    if isinstance(groups, SequenceNode):
        for group in groups.value:
            yield from _read_group(file, group)
    elif groups is not None:
        mend = "Begin each intent with `- intent:`."
        yield Mistake(file, _line(groups), "", "`nlu` is no list", mend)


def _read_group(file: Path, group: Node) -> Iterator[Message | Mistake]:
    entries = _entries(group)
    if OTHER_KINDS & entries.keys():
        return
    intent = entries.get("intent")
    if not isinstance(intent, ScalarNode):
        mend = "Write `- intent: <concern>` and `examples:` below it."
        yield Mistake(file, _line(group), "", "an entry of `nlu` has no intent", mend)
        return
    examples = entries.get("examples")
    if isinstance(examples, SequenceNode):
        for example in examples.value:
            yield _read_example(file, _value(intent), example)
    elif isinstance(examples, ScalarNode):
        yield from _read_lines(file, _value(intent), examples)
    else:
        mend = "Add `examples:`, or take the intent out."
        yield Mistake(file, _line(group), "", f"the intent '{intent.value}' has no examples", mend)


def _read_lines(file: Path, intent: Value, examples: ScalarNode) -> Iterator[Message]:
    """Rasa's short form: one block of text, a message on each line after a dash."""
    for line, text in enumerate(examples.value.split("\n"), start=_line(examples) + 1):
        if text.startswith("-"):
            yield Message(file, line, intent, Value(text[1:].strip(), line), None)


def _read_example(file: Path, intent: Value, node: Node) -> Message | Mistake:
    entries, line = _entries(node), _line(node)
    if "text" not in entries:
        return Mistake(file, line, "", "the example has no text", "Begin it with `- text: |`.")
    text = _value(entries["text"])
    metadata = entries.get("metadata")
    labels = None
    if isinstance(metadata, MappingNode):
        labels = {key: _value(value) for key, value in _entries(metadata).items()}
    message = Message(file, line, intent, text, labels)
    if not isinstance(text.plain, str):
        mend = "Write it as a block below `- text: |`."
        return message.mistake(text.line, "what stands at 'text' is no text", mend)
    if not text.plain.strip():
        mend = "Write what the person says, or take the message out."
        return message.mistake(text.line, "the text is empty", mend)
    if metadata is not None and labels is None:
        return message.mistake(_line(metadata), "the metadata is no mapping", _labels_mend())
    return _told_twice(message, metadata) or message


def _told_twice(message: Message, metadata: MappingNode | None) -> Mistake | None:
    seen = set()
    for key, _ in metadata.value if metadata else ():
        name = str(key.value)
        if name in seen:
            return message.mistake(_line(key), f"'{name}' is there twice", "Keep one.")
        seen.add(name)
    return None


def _wrong_intents(messages: Sequence[Message], ids: Sequence[str]) -> Iterator[Mistake]:
    for file, intent in dict.fromkeys((message.file, message.intent) for message in messages):
        if intent.word not in ids:
            yield Mistake(file, intent.line, "", *_unknown("concern", intent.word, ids))


def _wrong_labels(message: Message, ids: Mapping[str, Sequence[str]]) -> Iterator[Mistake]:
    """What one message says that it may not, or does not say and must."""
    labels = message.labels
    if labels is None:
        yield message.mistake(message.line, "the message carries no labels", _labels_mend())
        return
    for key in NEEDED:
        if key not in labels:
            yield message.mistake(message.line, f"'{key}' is missing", "Add it to the metadata.")
    for key, value in labels.items():
        if key not in KEYS:
            mend = _meant(key, KEYS) or f"A message may have: {', '.join(sorted(KEYS))}."
            yield message.mistake(value.line, f"'{key}' is no key of a message", mend)
        else:
            yield from _wrong_kind(message, key, value)
    for question in QUESTIONS:
        yield from _wrong_ids(message, question, ids[question])


def _wrong_kind(message: Message, key: str, value: Value) -> Iterator[Mistake]:
    wanted, problem, mend = {
        **dict.fromkeys(LISTS, (tuple, "is no list", "Write it as [first, second].")),
        "hint": (bool, "is neither true nor false", "Write true, or leave it out."),
    }.get(key, (str, "is no word", "Write a word, and quotes around what looks like a number."))
    if not isinstance(value.plain, wanted) or value.plain == "":
        yield message.mistake(value.line, f"'{key}' {problem}", mend)


def _wrong_ids(message: Message, question: str, ids: Sequence[str]) -> Iterator[Mistake]:
    """Unknown ids, and ids that say again what the first label or the same list has said."""
    labels = {**(message.labels or {}), "concern": message.intent}
    first = labels[question].word if question in labels else ""
    if first and first not in ids and question != "concern":
        yield message.mistake(labels[question].line, *_unknown(question, first, ids))
    for name in (f"{question}_ok", *(["also"] if question == "concern" else [])):
        further = labels[name].plain if name in labels else ()
        seen = {first}
        for value in further if isinstance(further, tuple) else ():
            if not value.word:
                yield message.mistake(value.line, f"'{name}' holds what is no word", "Take it out.")
            elif value.word not in ids:
                yield message.mistake(value.line, *_unknown(question, value.word, ids))
            elif value.word in seen:
                yield message.mistake(
                    value.line, f"'{name}' tells '{value.word}' again", "Keep one."
                )
            seen.add(value.word)


def _unknown(question: str, word: str, ids: Sequence[str]) -> tuple[str, str]:
    """What is wrong with an id, and what was perhaps meant."""
    mend = _meant(word, ids) or f"It is one of: {', '.join(ids)}."
    return f"'{word}' is no {question} of the taxonomy", mend


def _at_odds(messages: Sequence[Message]) -> Iterator[Mistake]:
    """What shows between messages alone: ids used twice, a text labelled twice, twins of nobody."""
    by_id: dict[str, Message] = {}
    by_text: dict[str, Message] = {}
    for message in messages:
        if message.id and (other := by_id.setdefault(message.id, message)) is not message:
            problem = f"the id is also that of the message at {other.file.name}:{other.line}"
            yield message.mistake(_labels_line(message), problem, "Give it one of its own.")
        if not message.labels:
            continue
        same = by_text.setdefault(message.text.word.strip().casefold(), message)
        if _judged(same) != _judged(message):
            problem = f"the same text has other labels at {same.file.name}:{same.line}"
            yield message.mistake(message.text.line, problem, "Keep one of them.")
    for message in messages:
        twin = (message.labels or {}).get("twin_of")
        if twin and twin.word and twin.word not in by_id:
            mend = _meant(twin.word, by_id) or "Name a message of this folder, or take it out."
            yield message.mistake(twin.line, f"its twin '{twin.word}' is no message", mend)


def _judged(message: Message) -> dict[str, object]:
    """How it is labelled, wherever it stands and whatever its twin."""
    kept = {key: _bare(value) for key, value in (message.labels or {}).items() if key in LISTS}
    first = {key: message.metadata.get(key) for key in ("audience", "urgency")}
    return {"concern": message.intent.word, **first, **kept}


def _labels_line(message: Message) -> int:
    return message.labels["id"].line if message.labels else message.line


def _labels_mend() -> str:
    return "Add `metadata: {id: ..., audience: ..., urgency: ...}`, as nlu/data/README.md says."


def _meant(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, sorted(known), n=1)
    return f"Did you mean '{near[0]}'?" if near else ""


def _entries(node: Node) -> dict[str, Node]:
    """A mapping's values by their keys; nothing of any other node."""
    if not isinstance(node, MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, ScalarNode)}


def _value(node: Node) -> Value:
    if isinstance(node, SequenceNode):
        return Value(tuple(_single(item) for item in node.value), _line(node))
    return _single(node)


def _single(node: Node) -> Value:
    """Of a scalar; a list within a list is no label, and may hold itself."""
    kind = str(node.tag).rpartition(":")[2]
    if kind == "bool":
        return Value(node.value.lower() == "true", _line(node))
    return Value(node.value if kind == "str" else None, _line(node))


def _bare(value: Value) -> object:
    if isinstance(value.plain, tuple):
        return [_bare(item) for item in value.plain]
    return value.plain


def _line(node: Node | None) -> int:
    return node.start_mark.line + 1 if node else 1


def main(arguments: list[str] | None = None) -> int:
    from paths import DATA, HELD_OUT, TAXONOMY  # noqa: PLC0415 - tests import this file alone

    parser = argparse.ArgumentParser(description="Name every mistake in labelled messages.")
    parser.add_argument("folders", nargs="*", type=Path, default=[DATA, HELD_OUT])
    folders = parser.parse_args(arguments).folders
    mistakes = [each for folder in folders for each in find_mistakes(folder, TAXONOMY)]
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
