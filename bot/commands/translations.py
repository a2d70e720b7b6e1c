"""`betro translations`: what is said in English, and what still is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.adapters.content_files import read_content
from bot.adapters.content_languages import mark
from bot.adapters.directory_files import load_directory
from bot.domain.content import Content
from bot.domain.flow import Text
from bot.domain.language import Lang
from bot.domain.lint_languages import is_missing
from bot.settings import ROOT


def translations(
    content: Annotated[
        Path, typer.Option(help="A folder that holds flows/ and resources/.", exists=True)
    ] = ROOT,
    *,
    lang: Annotated[Lang, typer.Option(help="The language.")] = Lang.EN,
    missing: Annotated[bool, typer.Option("--missing", help="Only what is missing.")] = False,
) -> None:
    """Print texts with their translations, as YAML for flows/responses/<language>/.

    What is missing has its Danish words as a comment and the mark that binds a translation to
    them; write the translation below it and put it into the file of the same name.

    Examples:
    `betro translations --missing > missing.yml`
    """
    compiled, _ = read_content(content, load_directory(content / "resources"), prove=False)
    if compiled is None:
        print("The content cannot be read: `betro flows check` says why.")
        raise typer.Exit(1)
    print("responses:")
    for line in _lines(compiled, lang, only_missing=missing):
        print(line)


def _lines(content: Content, lang: Lang, *, only_missing: bool) -> Iterator[str]:
    for name, variants in content.responses.items():
        shown: dict[str, Text] = {}
        for text in variants:
            if is_missing(text, lang) or (not only_missing and lang in text.translation):
                shown.setdefault(mark(text), text)
        if shown:
            yield f"  {name}:"
        for of, text in shown.items():
            yield f'    - of: "{of}"'  # in quotes: digits alone are a number
            yield from (f"      # {line}" for line in text.text.strip().splitlines())
            yield from (f"      # [{button.title}]" for button in text.buttons)
            yield "      text: |-"
            words = text.translation.get(lang, "")
            yield from (f"        {line}" for line in words.splitlines())
            titles = [button.translation.get(lang, "") for button in text.buttons]
            if titles:
                yield f"      buttons: {_listed(titles)}"


def _listed(titles: list[str]) -> str:
    return "[" + ", ".join("'" + title.replace("'", "''") + "'" for title in titles) + "]"
