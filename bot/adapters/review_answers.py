"""What practitioners answered: their files read, and held against the texts as they are now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.domain.content import Content
from bot.domain.errors import ReviewUnreadable
from bot.domain.flow import Text
from bot.domain.review import DANISH, hash_words, name_condition, words_of

SCHEMA = 1
LARGEST = 8 * 2**20
"""Bytes of one file; the answers to every text are a tenth of that."""
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=80, pattern=r"^[^\r\n]*$")
]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Answer(_Strict):
    """What one practitioner says of one text; ``hash`` is of the words that were read."""

    text: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    variant: Annotated[int, Field(ge=0)]
    condition: Annotated[str, StringConstraints(max_length=1000)]
    hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
    approved: bool
    by: Line = ""
    on: Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = ""
    wording: dict[str, Words] = {}
    comment: Words = ""


class AnswerFile(_Strict):
    kind: Literal["betro-review"]
    schema_: Annotated[Literal[1], Field(alias="schema")]
    audience: str
    exported: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Refusal:
    """A text that keeps its state, and why."""

    at: str
    why: str
    answer: Answer


@dataclass(frozen=True)
class Proposal:
    """Other words that a practitioner wants, or a comment."""

    at: str
    text: Text
    answer: Answer


@dataclass(frozen=True)
class Outcome:
    """What is to happen with the answers. ``signed`` and ``proposals`` are by (text, variant)."""

    signed: Mapping[tuple[str, int], Answer] = field(default_factory=dict)
    proposals: Sequence[tuple[tuple[str, int], Proposal]] = ()
    refused: Sequence[Refusal] = ()


def read_answers(path: Path) -> AnswerFile:
    """Raises ``ReviewUnreadable``, which says what is wrong with the file."""
    try:
        if path.stat().st_size > LARGEST:
            raise ReviewUnreadable(f"{path} is too large for answers to a review.")
        data = path.read_bytes()
    except OSError as error:
        raise ReviewUnreadable(f"{path} cannot be read ({error.strerror}).") from None
    try:
        return AnswerFile.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = ".".join(map(str, first["loc"])) or "file"
        raise ReviewUnreadable(
            f"{path} is no file of answers that this version reads: at {at}: {first['msg']}. "
            "Use the file that the button 'Gem mine svar' of an exported document saved."
        ) from None


def weigh(
    answers: Sequence[Answer], content: Content, *, by: str | None, on: date | None, today: date
) -> Outcome:
    """Hold every answer against the text as it is now.

    ``by`` and ``on`` stand in where an answer names no role or no date. A text is signed off by
    its own answer alone, and not at all where somebody proposes other words for it.
    """
    signed: dict[tuple[str, int], Answer] = {}
    proposals: list[tuple[tuple[str, int], Proposal]] = []
    refused: list[Refusal] = []
    for answer in answers:
        filled = replace_missing(answer, by=by, on=on)
        place, why = _find(filled, content)
        if place is None:
            refused.append(Refusal(f"{answer.text}.{answer.variant}", why, filled))
            continue
        at, text = f"{place[0]}.{place[1]}", content.responses[place[0]][place[1]]
        wanted = _wanted(filled, text)
        if wanted or filled.comment:
            kept = filled.model_copy(update={"wording": wanted})
            proposals.append((place, Proposal(at, text, kept)))
        if not filled.approved:
            continue
        if why := _unsigned(filled, today):
            refused.append(Refusal(at, why, filled))
        elif wanted:
            refused.append(Refusal(at, "it is both signed off and to be reworded", filled))
        else:
            signed[place] = filled
    return _without_disputed(Outcome(signed, proposals, refused))


def replace_missing(answer: Answer, *, by: str | None, on: date | None) -> Answer:
    """The answer with role and date from the command line where it names none itself."""
    given = {"by": answer.by or (by or ""), "on": answer.on or (on.isoformat() if on else "")}
    return answer.model_copy(update=given)


def _find(answer: Answer, content: Content) -> tuple[tuple[str, int] | None, str]:
    for index, text in enumerate(content.responses.get(answer.text, ())):
        if name_condition(text) == answer.condition:
            if hash_words(text) == answer.hash:
                return (answer.text, index), ""
            return None, "its words changed since the export; export it again"
    return None, "it is not there any more, or is said on another condition; export again"


def _wanted(answer: Answer, text: Text) -> dict[str, str]:
    """Proposed words that differ from those there are."""
    known = {DANISH, *text.translation}
    return {
        lang: words
        for lang, words in answer.wording.items()
        if lang in known and words and words != words_of(text, lang)[0]
    }


def _unsigned(answer: Answer, today: date) -> str:
    if not answer.by:
        return "nobody signed it; name a role with --by"
    try:
        day = date.fromisoformat(answer.on)
    except ValueError:
        return "it has no date; give one with --on"
    return "its date is yet to come" if day > today else ""


def _without_disputed(outcome: Outcome) -> Outcome:
    """Not signed off where another answer wants other words."""
    disputed = {place for place, proposal in outcome.proposals if proposal.answer.wording}
    both = [place for place in outcome.signed if place in disputed]
    refused = [
        Refusal(
            f"{name}.{index}", "somebody else proposes other words", outcome.signed[name, index]
        )
        for name, index in both
    ]
    signed = {place: each for place, each in outcome.signed.items() if place not in disputed}
    return replace(outcome, signed=signed, refused=[*outcome.refused, *refused])


def report(outcome: Outcome, *, applied: bool) -> str:
    """What was proposed and refused, as Markdown for whoever mends the texts."""
    return "\n".join(_report(outcome, applied=applied)) + "\n"


def _report(outcome: Outcome, *, applied: bool) -> Iterator[str]:
    done = "written into the files as drafts" if applied else "not written into the files"
    yield "# Answers of practitioners\n"
    yield f"{len(outcome.signed)} texts signed off. Proposed wordings are {done}.\n"
    if outcome.proposals:
        yield "## Proposed wordings and comments\n"
    for _, proposal in outcome.proposals:
        who = " ".join(filter(None, (proposal.answer.by or "no role", proposal.answer.on)))
        yield f"### {proposal.at} ({who})\n"
        for lang, words in proposal.answer.wording.items():
            yield f"Now ({lang}):\n\n{_quoted(words_of(proposal.text, lang)[0])}\n"
            yield f"Proposed ({lang}):\n\n{_quoted(words)}\n"
        if proposal.answer.comment:
            yield f"Comment:\n\n{_quoted(proposal.answer.comment)}\n"
    if outcome.refused:
        yield "## Refused\n"
        yield from (f"- {refusal.at}: {refusal.why}" for refusal in outcome.refused)


def _quoted(words: str) -> str:
    return "\n".join(f"> {line}" for line in words.split("\n"))
