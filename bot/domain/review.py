"""Who has read which text: the state of its review, and whether its words are still those read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date

from bot.domain.content import Content
from bot.domain.flow import Text

DRAFT = "draft"
HASH_LENGTH = 12
"""Hex digits: enough to notice a change, short enough to read aloud."""
DANISH = "da"


def languages_of(text: Text) -> tuple[str, ...]:
    """Danish first, then every language the text or one of its buttons is translated to."""
    others = {*text.translation, *(lang for b in text.buttons for lang in b.translation)}
    return (DANISH, *sorted(others - {DANISH}))


def words_of(text: Text, lang: str) -> tuple[str, ...]:
    """What a visitor reads in one language: the text, then the titles of its buttons."""
    said = text.text if lang == DANISH else text.translation.get(lang, "")
    titles = (b.title if lang == DANISH else b.translation.get(lang, "") for b in text.buttons)
    return (said.strip(), *titles)


def hash_words(text: Text) -> str:
    """A short hash of everything that is read, in every language; another word, another hash."""
    words = {lang: words_of(text, lang) for lang in languages_of(text)}
    canonical = json.dumps(words, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:HASH_LENGTH]


def name_condition(text: Text) -> str:
    """When the variant is said, as one string that names it among its siblings."""
    return "&".join(sorted(f"{each.name}={each.value}" for each in text.condition))


def find_drafts(content: Content) -> Iterator[tuple[str, int]]:
    """Every variant that no professional has read."""
    for name, variants in content.responses.items():
        for index, text in enumerate(variants):
            if text.metadata.review == DRAFT:
                yield name, index


def review_problems(text: Text) -> Iterator[tuple[str, str]]:
    """A text counts as read only by whom, when, and as long as no word of it changes."""
    read = text.metadata
    if read.review == DRAFT:
        return
    if not (read.reviewed_by and read.reviewed_by.strip()):
        yield f"it is '{read.review}' by nobody", "Add 'reviewed_by:', a role is enough."
    if not _is_date(read.reviewed_on):
        yield f"it is '{read.review}' without a date", "Add 'reviewed_on: 2027-01-31'."
    if read.reviewed_text is None:
        yield (
            f"it is '{read.review}', but not which words",
            f"Add 'reviewed_text: {hash_words(text)}', or let `betro texts import` write it.",
        )
    elif read.reviewed_text != hash_words(text):
        yield (
            f"its words are not those that were {read.review}",
            "Set 'review: draft' and let a professional read it again (`betro texts export`).",
        )


def _is_date(value: str | None) -> bool:
    try:
        return value is not None and bool(date.fromisoformat(value))
    except ValueError:
        return False
