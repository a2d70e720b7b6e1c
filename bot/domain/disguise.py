"""What hides words from a machine and not from a reader, undone before a message is judged.

Characters nobody sees, letters of another alphabet, 's l å r', 'sl4r', 'sl*r', 'slåååår'. What only
a list of words can tell ('sl4r' is 'slår', 'kl4' is nothing) is changed where the result is a known
word, else left. Each judge knows words of its own and so does this itself. The file is there twice,
in `bot/domain` and `nlu/components`, for neither program is installed with the other's folder; a
test keeps the two alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import chain, product, zip_longest

Knows = Callable[[str], bool]
"""Whether the judge knows a word; it is asked in lower case."""

LONGEST = 16
"""Letters of the longest word that is found in a row of letters or behind figures."""
CUT = 400
"""Spaced letters of one row that are cut into words; a longer row stays one word."""
MANY = 4
"""Places of a word that may be read in two ways; one with more is left."""

_BLANK = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u115f\u1160\u2800\u3164\uffa0\ud800-\udfff]"
)
_UNSEEN = re.compile(
    "[\xad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# Emoji and some alphabets are written with joiners; Latin, Greek and Cyrillic letters are not.
_JOINER = re.compile(
    "[\u200c\u200d\ufe00-\ufe0f](?<![\u0590-\u1fff\u2100-\ufdff\ufe10-\U0010ffff].)", re.DOTALL
)
_WIDE = re.compile(r"(\s\s)\s+")

# All but what needs no composing or comes apart badly: fractions, accents, whole Arabic phrases.
_STRANGE = "[^\x00-\x7fæøåÆØÅéäöüÄÖÜ–—‘’“”«»…½¼¾´¨¯¸\ufdf0-\ufdff]"
_COMPOSABLE = re.compile(_STRANGE)
# Piece by piece: to put n marks on one letter in order takes n * n steps.
_PIECE = re.compile(f"[a-zA-Z]?{_STRANGE}{{1,64}}")
_MARK = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True))
_WHITE_ON_BLACK = {chr(at + i): chr(97 + i) for at in (0x1F150, 0x1F170) for i in range(26)}
_ORNATE = re.compile("[ʀ-ʟᴀ-ᴢꜰꜱꞯ\U0001f150-\U0001f189]")
_PLAIN = str.maketrans(_SMALL_CAPITALS | _WHITE_ON_BLACK)
_ALIKE = dict(
    zip(
        "авеѕіјкмнорстухԁԛԝүһгпьӕөӓёАВЕЅІЈКМНОРСТУХԌԚԜҮҺӔӨӒЁαονρτυικεηωγχΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡ",
        "abesijkmhopctyxdqwyhrnbæøäeABESIJKMHOPCTYXGQWYHÆØÄEaovptuikenwyxABEZHIKMNOPTYXag",
        strict=True,
    )
)
"""Letters of other alphabets, most of them Cyrillic and Greek, that look like one of ours."""
_TRANSLATED = str.maketrans(_ALIKE)
_FOREIGN = re.compile("[\u0250-\u02af\u0370-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")

_LETTER = re.compile(r"[^\W\d_]")
_ROW = re.compile(r"(?<![^\W_])[^\W\d_](?:[\s.\-_*·•|~]{1,3}[^\W\d_](?![^\W_]))+")
_VOWELS = frozenset("aeiouyæøå")
_SINGLE = frozenset("iå")
"""Words of one letter that may stand in a row of letters."""

_LEET = {
    "0": "oø", "1": "il", "3": "eæ", "4": "aåæ", "5": "s", "7": "t", "8": "b",
    "@": "aå", "$": "s", "€": "e", "!": "i", "|": "li",
}  # fmt: skip
_AT_THE_END = frozenset("034")
"""Figures that stand for the last letter of a word; others there count something ('del1')."""
_MARKED = re.compile(r"[0134578@$€|*](?<=[^\W\d_].)|[0134578@$€|!][^\W\d_]")
_TOKEN = re.compile(r"(?:[^\W_]|[@$€|!*])+")
_DRAWN = re.compile(r"([^\W\d_])\1\1")
_RUN = re.compile(r"(.)\1*")
_HIDDEN = (
    "slå", "slår", "slog", "slået", "tæsk", "vold", "voldtægt", "voldtaget", "voldtog", "dø", "dør",
    "død", "dræbe", "dræber", "dræbt", "myrde", "mord", "selvmord", "selvskade", "sex", "incest",
    "overgreb", "misbrug", "kniv", "hjælp",
)  # fmt: skip
"""Words that people hide: what an asterisk stands for, and the first guess behind a figure."""


def visible(text: str) -> str:
    """The text without what nobody sees, and with at most two blanks in a row.

    So a limit on length counts what was written, and nothing is pushed beyond it by padding.
    """
    text = _UNSEEN.sub("", _BLANK.sub(" ", text))
    return _WIDE.sub(r"\1", _JOINER.sub("", text))


def unmask(text: str, knows: Knows) -> str:
    """The text as it was meant, as far as that is certain; ordinary text comes back as it is."""
    text = _one_alphabet(_plain_letters(visible(text)))
    if _ROW.search(text):
        text = _ROW.sub(partial(_join_row, knows), text)
    if _MARKED.search(text):
        text = _TOKEN.sub(lambda found: _read_token(found[0], knows), text)
    if _DRAWN.search(text.lower()):
        text = _WORD.sub(lambda found: _shorten(found[0], knows), text)
    return text


def _plain_letters(text: str) -> str:
    """Composed letters, no wide, ringed or ornate ones, no heaps of marks."""
    if not _COMPOSABLE.search(text):
        return text
    text = _PIECE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    if _ORNATE.search(text):
        text = text.translate(_PLAIN)
    if _MARK.search(text):
        text = re.sub(r"\S+", lambda found: _without_marks(found[0]), text)
    return text


def _without_marks(word: str) -> str:
    """A word with marks that no letter is composed with keeps no others but those of å, ä and ö."""
    if not _MARK.search(word):
        return word
    bare = (c if c in "åäöÅÄÖ" else _base(c) for c in word if not _MARK.match(c))
    return "".join(bare)


def _base(letter: str) -> str:
    first = unicodedata.normalize("NFD", letter)[0]
    return first if first.isascii() else letter


def _one_alphabet(text: str) -> str:
    """Put letters that only look like ours right: in mixed words, and in a message of ours.

    Words that are truly Greek or Cyrillic have letters that look like none of ours; they are left,
    and with one of them in a message all others that are wholly foreign.
    """
    if not _FOREIGN.search(text):
        return text
    words = _WORD.findall(text)
    all_ours = any(map(_has_ours, words)) and not any(map(_is_foreign, words))

    def mend(found: re.Match[str]) -> str:
        word = found[0]
        meant = word.translate(_TRANSLATED)
        mends = not _FOREIGN.search(meant) and (all_ours or _has_ours(word))
        return meant if mends else word

    return _WORD.sub(mend, text)


def _has_ours(word: str) -> bool:
    return any(c < "\u0250" and c not in _ALIKE for c in word)


def _is_foreign(word: str) -> bool:
    return not _has_ours(word) and _FOREIGN.search(word.translate(_TRANSLATED)) is not None


def _join_row(knows: Knows, found: re.Match[str]) -> str:
    """Letters with the same sign between them each time are words; other gaps part these words."""
    gaps = [gap for gap in _LETTER.split(found[0]) if gap]
    within = Counter(gaps).most_common(1)[0][0]
    if len(within) > 1:
        return found[0]
    letters, between = [[found[0][0]]], []
    for letter, gap in zip(_LETTER.findall(found[0])[1:], gaps, strict=True):
        if gap == within:
            letters[-1].append(letter)
        else:
            letters.append([letter])
            between.append(gap)
    groups = list(map("".join, letters))
    in_a_row = any(len(group) > 2 and not _VOWELS.issuperset(group.lower()) for group in groups)
    read = [_read_group(group, within, knows, in_a_row=in_a_row) for group in groups]
    return "".join(chain(*zip_longest(read, between, fillvalue="")))


def _read_group(group: str, within: str, knows: Knows, *, in_a_row: bool) -> str:
    """``in_a_row``: beside letters that are surely a word, two letters may be one too."""
    known = knows(group.lower())
    joins = in_a_row and (known or len(group) > 2)
    if not joins and group.lower() not in _HIDDEN:
        return within.join(group)
    return group if known else _cut(group, knows)


def _cut(row: str, knows: Knows) -> str:
    """The few words that a row of letters consists of; the row if it is not words alone."""
    if len(row) > CUT:
        return row
    # For each end: how few words lead there, and where the last of them begins.
    fewest: list[tuple[int, int] | None] = [(0, 0)]
    for end in range(1, len(row) + 1):
        starts = range(max(0, end - LONGEST), end)
        ways = ((at[0] + 1, start) for start in starts
                if (at := fewest[start]) and _is_piece(row[start:end].lower(), knows))  # fmt: skip
        fewest.append(min(ways, default=None))
    words: list[str] = []
    end = len(row)
    while end and (way := fewest[end]):
        words.insert(0, row[way[1] : end])
        end = way[1]
    likely = len(row) > 2 * len(words) or any(word.lower() in _HIDDEN for word in words)
    return " ".join(words) if likely and not end else row


def _is_piece(letters: str, knows: Knows) -> bool:
    return letters in _SINGLE if len(letters) == 1 else knows(letters)


def _read_token(token: str, knows: Knows) -> str:
    body = token.lstrip("!*")
    before = token[: len(token) - len(body)]
    body = body.rstrip("!*" if "*" in before else "!")
    if len(body) < 2 or body.isalpha() or body.isdigit():
        return token
    meant = _behind_stars(body) if "*" in body else _behind_figures(body, knows)
    return before + _cased(meant, body) + token[len(before) + len(body) :] if meant else token


def _behind_stars(body: str) -> str | None:
    """The one word of ``_HIDDEN`` that fits, if most of it can be seen."""
    if 2 * body.count("*") > len(body) or body.lower().rstrip("*") in _HIDDEN:
        return None  # 'slå*' corrects a word written before
    fitting = [word for word in _HIDDEN if len(word) == len(body) and _fits(word, body.lower())]
    return fitting[0] if len(fitting) == 1 else None


def _fits(word: str, body: str) -> bool:
    return all(c in ("*", w) or w in _LEET.get(c, "") for w, c in zip(word, body, strict=True))


def _behind_figures(body: str, knows: Knows) -> str | None:
    figures = [c for c in body if c in _LEET]
    if not _may_be_letters(body, figures) or (len(figures) == 1 and _counts(body, knows)):
        return None
    read = ["".join(letters) for letters in product(*(_LEET.get(c, c) for c in body.lower()))]
    return next((w for w in read if w in _HIDDEN), None) or next(filter(knows, read), None)


def _may_be_letters(body: str, figures: list[str]) -> bool:
    """Whether the figures stand where no number would, unlike those of 'kl1', 'a4', 'covid19'."""
    letters = sum(map(str.isalpha, body))
    return (
        len(body) <= LONGEST
        and len(figures) <= min(letters, MANY)
        and letters + len(figures) == len(body)
        and not (body[-1].isdigit() and (body[-1] not in _AT_THE_END or body[-2].isdigit()))
        and (len(body) > 2 or body[-1] == "0")
    )


def _counts(body: str, knows: Knows) -> bool:
    """Whether a figure stands before what it counts: '5år', '3er'."""
    return body[0].isdigit() and (len(body) < 4 or knows(body[1:].lower()))


def _shorten(word: str, knows: Knows) -> str:
    """A word with a letter drawn out, as it is spelled: with that letter once or twice."""
    lower = word.lower()
    if not _DRAWN.search(lower):
        return word
    runs = [run[0] for run in _RUN.finditer(lower)]
    ways = [_spellings(run) for run in runs]
    if sum(len(way) > 1 for way in ways) > MANY:
        return word
    read = map("".join, product(*ways))
    meant = next((w for w in read if len(set(w)) > 1 and knows(w)), None)
    return _cased(meant, word) if meant else word


def _spellings(run: str) -> tuple[str, ...]:
    if len(run) < 3:
        return (run,)
    once, twice = run[0], run[:2]
    return (once, twice) if once in _VOWELS else (twice, once)


def _cased(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word
