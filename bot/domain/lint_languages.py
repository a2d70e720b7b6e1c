"""Checks of what is said in other languages than Danish: the same promises, numbers and 112."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.domain.content import Content
from bot.domain.flow import Text
from bot.domain.issue import Issue, Severity
from bot.domain.language import FULL, Lang

FORBIDDEN: Mapping[str, tuple[str, ...]] = {
    "en": (
        "completely anonymous",
        "fully anonymous",
        "totally anonymous",
        "100 %",
        "100%",
        "hundred per cent",
        "guarantee",
        "between us",
        "nobody will know",
        "no one will know",
        "nobody can see",
        "no one can see",
        "nobody will find out",
        "no one will find out",
        "nobody else will",
        "cannot be traced",
        "can't be traced",
        "fully confidential",
        "completely confidential",
        "completely secret",
        "our secret",
        "completely safe here",
        "will not tell anyone",
        "won't tell anyone",
        "did that help",
        "did it help",
        "was that helpful",
        "paedophile",
        "pedophile",
    )
}
"""Promises that cannot be kept, and words that hurt, as ``lint_texts.FORBIDDEN`` in Danish."""
TRANSLATED = tuple(sorted(FULL - {Lang.DA}))
"""Every text must exist in these; until it does, its readers get it in Danish."""

_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_EMERGENCY = re.compile(r"\b112\b")


def find_problems(text: Text) -> Iterator[tuple[str, str]]:
    """What a translation loses of the Danish words, or adds to them."""
    own = text.metadata.lang.value
    yield from _promises(own, (text.text, *(button.title for button in text.buttons)))
    for lang, words in text.translation.items():
        titles = (button.translation.get(lang, "") for button in text.buttons)
        yield from _promises(lang, (words, *titles))
        if sorted(_PLACEHOLDER.findall(words)) != sorted(_PLACEHOLDER.findall(text.text)):
            yield f"the '{lang}' words have other placeholders", "Name the same numbers and names."
        if bool(_EMERGENCY.search(words)) != bool(_EMERGENCY.search(text.text)):
            yield f"112 stands in one of 'da' and '{lang}' only", "Say it in both."


def _promises(lang: str, shown: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for phrase in FORBIDDEN.get(lang, ()):
        if any(phrase in words.lower() for words in shown):
            yield f"'{phrase}' may not be said", "Say it as CONTRIBUTING.md shows."


def find_missing(content: Content, lang: Lang) -> Iterator[tuple[str, int]]:
    """(response, variant) of every text that readers of ``lang`` get in Danish."""
    for name, variants in content.responses.items():
        for index, text in enumerate(variants):
            if is_missing(text, lang):
                yield name, index


def is_missing(text: Text, lang: Lang) -> bool:
    chosen = [c.value for c in text.condition if c.name == "lang"]
    return lang not in text.translation and not chosen


def check_translated(content: Content) -> list[Issue]:
    """Texts that some visitors would get in a language they do not read."""
    return [
        Issue(
            Path("flows"),
            f"{name}.{index}",
            f"the translation '{lang}' is missing",
            "`betro translations --missing` shows what to translate.",
            Severity.ERROR,
        )
        for lang in TRANSLATED
        for name, index in find_missing(content, lang)
    ]
