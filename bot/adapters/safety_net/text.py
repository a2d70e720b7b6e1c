"""From raw chat text to words that rules can be written for.

Both the messages and the words in the rule files go through ``fold``, so a rule written in
correct Danish also meets 'slaar', 'HJÆÆÆLP' and 'komer'.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from bot.settings import MESSAGE_LENGTH

BREAK = "."
"""The word that stands for the end of a sentence; it also opens and closes every text."""

_SWAPS = str.maketrans(
    {"ä": "æ", "ö": "ø", "é": "e", "è": "e", "ü": "u", "ß": "s", "'": "", "’": "", "`": "", "´": ""}
)
_ABBREVIATION = re.compile(r"\b(kl|ca|nr|dvs|pga|osv|mht|bl|fx|feks|ift|evt)\.", re.IGNORECASE)
_LONG_DRAWN = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"([b-df-hj-np-tv-xz])\1")
_TOKEN = re.compile(r"[^\W_]+|[.!?;…\n\r\u2028\u2029]|[,:()\[\]\"«»„“”*]|(?<=\s)[-–—]+(?=\s)")
_SENTENCE_ENDS = frozenset(".!?;…\n\r\u2028\u2029")
_CONNECTORS = frozenset({"når", "fordi", "hvis", "mens", "men", "selvom", "imens"})
_SPELLINGS = (("aa", "å"), ("ae", "æ"), ("oe", "ø"))


@dataclass(frozen=True, slots=True)
class Words:
    """One message as folded words with ``BREAK`` between sentences.

    ``clauses[i]`` numbers the clause of word i; commas, colons, quotes, sentence ends and
    words such as 'når' and 'men' start a new one. ``sentences`` are (start, end) slices that
    include the breaks on both sides.
    """

    forms: tuple[str, ...]
    clauses: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]


def fold(text: str) -> str:
    """Bring spellings together: case, 'aa' and 'å', long-drawn and doubled letters."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_SWAPS)
    text = "".join(c for c in text if unicodedata.category(c) not in {"Mn", "Cf"})
    text = _LONG_DRAWN.sub(r"\1", text)
    for written, meant in _SPELLINGS:
        text = text.replace(written, meant)
    return _DOUBLED.sub(r"\1", text)


def shorten(text: str) -> str:
    """Of a text over the limit, its head and its tail."""
    half = MESSAGE_LENGTH // 2
    return text if len(text) <= MESSAGE_LENGTH else f"{text[:half]}\n{text[-half:]}"


def split(text: str) -> Words:
    """Cut a message into folded words."""
    forms, clauses, breaks, clause = [BREAK], [0], [0], 0
    for token in _TOKEN.findall(fold(_ABBREVIATION.sub(r"\1 ", text))):
        if token[0].isalnum():
            clause += token in _CONNECTORS
            forms.append(token)
            clauses.append(clause)
        elif token in _SENTENCE_ENDS:
            if forms[-1] != BREAK:
                breaks.append(len(forms))
                forms.append(BREAK)
                clauses.append(clause)
            clause += 1
        else:
            clause += 1
    if forms[-1] != BREAK:
        breaks.append(len(forms))
        forms.append(BREAK)
        clauses.append(clause)
    sentences = tuple((a, b + 1) for a, b in pairwise(breaks))
    return Words(tuple(forms), tuple(clauses), sentences)
