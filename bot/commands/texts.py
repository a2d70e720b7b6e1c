"""`betro texts`: what visitors read, brought to practitioners and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.adapters.content_files import read_content
from bot.adapters.directory_files import load_directory
from bot.adapters.review_answers import Outcome, read_answers, report, weigh
from bot.adapters.review_document import Reviewing
from bot.adapters.system_clock import COPENHAGEN
from bot.adapters.text_files import Change, TextFiles, write_all
from bot.domain.audience_texts import can_meet
from bot.domain.content import Content
from bot.domain.errors import ContentError, SettingsError
from bot.domain.flow import Text
from bot.domain.meeting import find_must_be_read
from bot.domain.reading import lix
from bot.domain.review import hash_words, languages_of, name_condition
from bot.domain.taxonomy import Audience
from bot.settings import ROOT

app = typer.Typer(help="Bring the texts to practitioners and back.", no_args_is_help=True)

ContentDir = Annotated[
    Path, typer.Option(help="A folder that holds flows/ and resources/.", exists=True)
]


class ReviewState(StrEnum):
    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"


@app.callback()
def texts() -> None:
    """Bring the texts to practitioners and back."""


@app.command()
def export(
    to: Annotated[Path, typer.Option(help="The folder to write to; made if missing.")],
    audience: Annotated[
        list[Audience] | None, typer.Option(help="Only for them; may be given again.")
    ] = None,
    content: ContentDir = ROOT,
) -> None:
    """Write one HTML document for each audience, to be read and signed off without any tool.

    Each text stands there as a visitor sees it, in every language, with when it is said, what it
    builds on, how hard it is to read and who has read it. The page works from a file, sends
    nothing, and saves the answers as a file for `betro texts import`. It can be printed.

    Examples:
    `betro texts export --to review/`

    `betro texts export --to review/ --audience child_self --audience child_friend`
    """
    compiled = _read(content)
    reviewing = Reviewing(compiled, load_directory(content / "resources"), content, _today())
    wanted = audience or list(Audience)
    try:
        to.mkdir(parents=True, exist_ok=True)
        for each in wanted:
            (to / f"{each.value}.html").write_text(reviewing.document(each), "utf-8")
        (to / "index.html").write_text(reviewing.index(wanted), "utf-8")
    except OSError as error:
        raise SettingsError(f"--to: {to} cannot be written to ({error.strerror}).") from None
    print(f"{len(wanted)} documents in {to}; open {to / 'index.html'}.")


@app.command(name="import")
def import_answers(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Saved answers.", show_default=False)
    ],
    *,
    by: Annotated[
        str | None, typer.Option(help="The role of whoever read, where an answer names none.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="The date, e.g. 2027-01-31, where an answer has none.")
    ] = None,
    apply_wordings: Annotated[
        bool, typer.Option("--apply-wordings", help="Write proposed wordings in, as drafts.")
    ] = False,
    report_to: Annotated[
        Path | None,
        typer.Option("--report", help="Where proposals and refusals are written, as Markdown."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say it, change nothing.")] = False,
    content: ContentDir = ROOT,
) -> None:
    """Take practitioners' answers back into the files of texts.

    A text that was signed off gets `review: reviewed`, the role, the date and the hash of the
    words that were read; what shares its lines with others stays as it was for them. A text that
    changed since the export is refused and named. Proposed wordings and comments go into the
    report; with `--apply-wordings` wordings are written in too, and their text is a draft.
    The exit status is 1 if something was refused. Run `betro flows check` afterwards.

    Examples:
    `betro texts import betro-svar-child_self.json`

    `betro texts import answers/*.json --by "psykolog, børnehus" --on 2027-01-31`

    `betro texts import answers/*.json --apply-wordings --report proposals.md`
    """
    compiled = _read(content)
    answers = [answer for path in files for answer in read_answers(path).answers]
    outcome = weigh(answers, compiled, by=_role(by), on=_day(on), today=_today())
    new, cannot = TextFiles(content).change(_changes(outcome, compiled, words=apply_wordings))
    if not dry_run:
        write_all(new)
    if report_to:
        report_to.write_text(report(outcome, applied=apply_wordings and not dry_run), "utf-8")
    for refusal in outcome.refused:
        print(f"refused: {refusal.at}: {refusal.why}")
    for at, why in cannot:
        print(f"refused: {at}: {why}")
    _say_what_came(outcome, new, report_to, dry_run=dry_run, applied=apply_wordings)
    if outcome.refused or cannot:
        raise typer.Exit(1)


@app.command(name="list")
def list_texts(
    *,
    state: Annotated[ReviewState | None, typer.Option(help="Only those in this state.")] = None,
    audience: Annotated[Audience | None, typer.Option(help="Only what they can meet.")] = None,
    blocking: Annotated[
        bool,
        typer.Option(
            "--blocking",
            help="Only drafts that production refuses whatever is set (takes some seconds).",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per text.")] = False,
    content: ContentDir = ROOT,
) -> None:
    """List the texts with file, line and state of review.

    Examples:
    `betro texts list --state draft --json`

    `betro texts list --audience child_self`

    `betro texts list --blocking | wc -l`
    """
    compiled = _read(content)
    files = TextFiles(content)
    must = find_must_be_read(compiled) if blocking else None
    for name, variants in compiled.responses.items():
        for index, text in enumerate(variants):
            is_wanted = (
                (state is None or text.metadata.review == state.value)
                and (audience is None or can_meet(text, audience))
                and (must is None or (text.metadata.review == "draft" and (name, index) in must))
            )
            if is_wanted:
                _list(_Listed(name, index, text, files), as_json=as_json)


@dataclass(frozen=True)
class _Listed:
    name: str
    index: int
    text: Text
    files: TextFiles

    def plain(self) -> Mapping[str, object]:
        recheck = self.files.recheck_by(self.name, self.index)
        read = self.text.metadata
        return {
            "id": f"{self.name}.{self.index}",
            "file": str(self.files.path_of(self.name)),
            "line": self.files.line_of(self.name, self.index),
            "state": read.review,
            "reviewed_by": read.reviewed_by,
            "reviewed_on": read.reviewed_on,
            "recheck_by": recheck.isoformat() if recheck else None,
            "condition": name_condition(self.text),
            "serves": list(read.serves),
            "source": list(read.source),
            "languages": list(languages_of(self.text)),
            "lix": round(lix(self.text.text), 1),
            "hash": hash_words(self.text),
        }


def _list(listed: _Listed, *, as_json: bool) -> None:
    plain = listed.plain()
    if as_json:
        print(json.dumps(plain, ensure_ascii=False))
    else:
        condition = f" ({plain['condition']})" if plain["condition"] else ""
        print(f"{plain['file']}:{plain['line']}: {plain['id']}: {plain['state']}{condition}")


def _changes(outcome: Outcome, content: Content, *, words: bool) -> list[Change]:
    changes = [
        Change(
            name,
            index,
            {
                "review": "reviewed",
                "reviewed_by": answer.by,
                "reviewed_on": answer.on,
                "reviewed_text": hash_words(content.responses[name][index]),
            },
            {},
        )
        for (name, index), answer in outcome.signed.items()
    ]
    proposed = {place: p.answer.wording for place, p in outcome.proposals if p.answer.wording}
    if words:
        changes += [
            Change(name, index, {"review": "draft"}, wording)
            for (name, index), wording in proposed.items()
        ]
    return changes


def _say_what_came(
    outcome: Outcome,
    new: Mapping[Path, str],
    report_to: Path | None,
    *,
    dry_run: bool,
    applied: bool,
) -> None:
    wordings = sum(bool(proposal.answer.wording) for _, proposal in outcome.proposals)
    comments = sum(bool(proposal.answer.comment) for _, proposal in outcome.proposals)
    print(
        f"{len(outcome.signed)} texts signed off, {wordings} wordings proposed"
        f"{' and written in as drafts' if applied and wordings else ''}, {comments} comments, "
        f"{len(outcome.refused)} refused, {len(new)} files {'to change' if dry_run else 'changed'}."
    )
    if report_to:
        print(f"Report: {report_to}")
    elif outcome.proposals:
        print("Name a file with --report to read the proposals and comments.")


def _read(content: Path) -> Content:
    """Raises ``ContentError`` when the files do not even compile."""
    compiled, issues = read_content(content, load_directory(content / "resources"), prove=False)
    if compiled is None:
        raise ContentError(issues)
    return compiled


def _role(text: str | None) -> str | None:
    if text is not None and (not text.strip() or len(text) > 80 or "\n" in text):
        raise SettingsError("--by: name a role on one line of at most 80 letters.")
    return text.strip() if text else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingsError(f"--on: '{text}' is no date. Write it as 2027-01-31.") from None


def _today() -> date:
    return datetime.now(COPENHAGEN).date()
