"""`betro flows`: is the content sound and safe?"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bot.adapters.content_files import read_content
from bot.adapters.directory_files import load_directory
from bot.adapters.safety_net import check_safety_net
from bot.domain.content import Content
from bot.domain.issue import Issue, Severity
from bot.domain.language import Lang
from bot.domain.lint_languages import TRANSLATED, check_translated, find_missing
from bot.domain.lint_texts import check_reviewed
from bot.settings import ROOT

app = typer.Typer(help="Check what authors write.", no_args_is_help=True)


@app.callback()
def flows() -> None:
    """Check what authors write."""


@app.command()
def check(
    content: Annotated[
        Path, typer.Option(help="A folder that holds flows/ and resources/.", exists=True)
    ] = ROOT,
    *,
    release: Annotated[
        bool, typer.Option("--release", help="Refuse texts that no professional has read.")
    ] = False,
) -> None:
    """Check flows, texts and safety-net rules, and prove the safety properties.

    Lists every problem with file, line and mend; the exit status is 1 if there is an error.

    Examples:
    `betro flows check --content ~/my-content`

    `betro flows check --release`
    """
    started = time.perf_counter()
    directory = load_directory(content / "resources")
    compiled, issues = read_content(content, directory)
    issues += check_safety_net(content / "flows" / "safety_net")
    if release and compiled is not None:
        issues += [*check_reviewed(compiled), *check_translated(compiled)]
        issues = [replace(issue, severity=Severity.ERROR) for issue in issues]
    errors = _show(issues)
    if errors or compiled is None:
        print(f"{errors} to mend.")
        raise typer.Exit(1)
    texts = sum(len(variants) for variants in compiled.responses.values())
    seconds = time.perf_counter() - started
    print(
        f"{len(compiled.flows)} flows and {texts} texts are sound, "
        f"the safety properties hold on every path ({seconds:.1f} s)."
    )
    for lang in TRANSLATED:
        _count_translated(compiled, lang, texts)


def _count_translated(content: Content, lang: Lang, texts: int) -> None:
    missing = sum(1 for _ in find_missing(content, lang))
    if missing:
        print(
            f"{texts - missing} of {texts} are there in '{lang}'; the others are said in Danish: "
            "`betro translations --missing`."
        )


def _show(issues: list[Issue]) -> int:
    """Print each problem, sorted by file and line; return how many are errors."""
    for issue in sorted(issues, key=lambda item: (str(item.path), item.line or 0, item.at)):
        print(f"{issue.severity.value}: {issue}")
    return sum(issue.severity is Severity.ERROR for issue in issues)
