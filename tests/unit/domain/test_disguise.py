"""What is undone in a text before it is judged, and above all what is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.disguise import CUT, unmask, visible
from tests.nlu_process import ROOT

WORDS = frozenset(
    """
    alle alene ikke jeg vil dø min mor far får slår slå mig dig ham i går os sådan bange hjem med
    nej ja tak tillykke hallo kommer mand men dræbe vold rummet dag dage aften uger er blå ler to
    """.split()  # noqa: SIM905 - forty words read better so
)
SIGNS = st.text("aåslr d0134@$€|!*.-_ \n\u200b\u0301\ufe0fаΑ", max_size=40)
ANY_TEXT = st.text(st.characters(), max_size=200)  # surrogates and NUL included

UNSEEN = {
    "zero width": "s\u200bl\u200bå\u200br",
    "joiners": "s\u200dl\u200cå\u2060r",
    "a selector after a joiner": "sl\ufe0f\u200dår",
    "soft hyphens": "s\u00adl\u00adå\u00adr",
    "direction marks": "\u202eslår\u202c\u200f\u2066\u2069",
    "byte order mark": "\ufeffslår",
    "tags": "sl\U000e0061\U000e007får",
}
LETTERS = {
    "a ring of its own": "sla\u030ar",
    "struck through": "s\u0336l\u0336å\u0336r\u0336",
    "heaped with marks": "s\u0300\u0316l\u0301\u0301\u0301å\u0316r\u0489",
    "marks that other letters are composed with": "ṡl\u0307år",
    "wide": "ｓｌåｒ",
    "mathematical": "𝓼𝓵å𝓻",
    "ringed": "ⓢⓛåⓡ",
    "small capitals": "ꜱʟåʀ",
    "white on black": "🆂🅻å🆁",
    "Cyrillic": "ѕlår",
}
ROWS = {
    "s l å r": "slår",
    "S L Å R": "SLÅR",
    "s.l.å.r": "slår",
    "s-l-å-r mig": "slår mig",
    "s_l_å_r": "slår",
    "s*l*å*r": "slår",
    "s\nl\nå\nr": "slår",
    "min far s l å r mig": "min far slår mig",
    "j e g  v i l  d ø": "jeg  vil  dø",
    "j e g v i l d ø": "jeg vil dø",
    "m.i.n f.a.r s.l.å.r m.i.g": "min far slår mig",
    "skal i s l å r mig": "skal i slår mig",
    "jeg vil d ø": "jeg vil dø",
    "d.ø": "dø",
    "d ø i aften": "dø i aften",
    "S O S": "SOS",
    "M A T E M A T I K": "MATEMATIK",
    "d.v.s.": "dvs.",
}
FIGURES = {
    "sl4r": "slår",
    "sl@r": "slår",
    "$lår": "slår",
    "$l4r!!": "slår!!",
    "5l4r": "slår",
    "*sl4r*": "*slår*",
    "SL4R": "SLÅR",
    "F4r": "Far",
    "f4r": "far",
    "sl4": "slå",
    "v0ld": "vold",
    "d0": "dø",
    "dr3be": "dræbe",
    "m!g": "mig",
    "4lene": "alene",
    "1kke": "ikke",
    "@lle": "alle",
}
DRAWN = {
    "slåååår mig": "slår mig",
    "hjææælp": "hjææælp",  # not among these words
    "neeej": "nej",
    "NEEEJ": "NEJ",
    "Neeej": "Nej",
    "tillllykke": "tillykke",
    "kommmmer": "kommer",
    "hallloooo": "hallo",
    "taaaak": "tak",
}
STARS = {
    "sl*r": "slår",
    "v*ld": "vold",
    "V*LD": "VOLD",
    "d*": "dø",
    "d*d": "død",
    "v0ldt*gt": "voldtægt",
    "s*lvm*rd!": "selvmord!",
}
LEFT = [
    # numbers, times, ages, names
    "kl 4", "kl4", "kl 16.30", "4a", "2t", "b4", "w8", "a4", "3er", "7b", "1000kr", "5år",
    "12-årig", "5uger", "10tal", "2. g", "tlf 20 30 40 50", "2 0 3 0", "tv2 og dr1",
    "gta5", "mp3", "covid19", "u18", "1+1=2", "100%", "50/50", "dag1", "v00ld", "10lår",
    "m4t3m4t1k!", "sl444r",
    # signs
    "hahahaha", "hmmm", "www.dr.dk", "x.y@mor.dk", "mor!jeg", "ja!!!", "$", "100$", "f.eks. nu",
    "e.l. o.l. m.m.", "J.K. Rowling", "a - b - c", "1. a 2. b", "d d", "**vold**", "slå*", "dø*",
    "f*r", "s*", "***", "b4 *** ! $", "v***", "vold*", "iii", "åååå", "aaabbbcccdddeeefff", "a|b",
    # emoji, other languages, dialect
    ":) <3 ;-)", "❤️ 👍🏽 👨\u200d👩\u200d👧", "½ time… ´", "a æ u å æ ø i æ å",
    "café, naïve, Müller", "привет мама", "он сказал: iPhone", "οχι", "сор", "أبي يضربني",
    "می\u200cخواهم", "हिन्दी", "我爸爸打我",
    "İstanbul, ığdır, çocuk", "Łódź, żółć", "ﷺ",
]  # fmt: skip


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_what_nobody_sees_is_taken_out(text):
    assert visible(text) == unmask(text, WORDS.__contains__) == "slår"


@pytest.mark.parametrize("text", LETTERS.values(), ids=LETTERS)
def test_letters_come_back_to_one_alphabet(text):
    assert unmask(text, WORDS.__contains__) == "slår"


@pytest.mark.parametrize(("text", "meant"), (ROWS | FIGURES | DRAWN | STARS).items())
def test_a_disguised_word_is_read(text, meant):
    assert unmask(text, WORDS.__contains__) == meant


@pytest.mark.parametrize("text", LEFT)
def test_what_is_no_disguise_is_left(text):
    assert unmask(text, WORDS.__contains__) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("min fаr slår mig", "min far slår mig"),  # one letter
        ("mιn fαr", "min far"),
        ("m\u0336in far", "min far"),
        ("min ѕоrtе kat сор", "min sorte kat cop"),  # a wholly Cyrillic word among ours
        ("han sagde мама", "han sagde mama"),
        ("jeg sagde сор og привет", "jeg sagde сор og привет"),  # truly Russian words beside it
        ("jeg fаr привет", "jeg far привет"),
        ("iPhoneжук", "iPhoneжук"),
    ],
)
def test_a_word_of_another_alphabet_is_left_where_there_are_more(text, meant):
    assert unmask(text, WORDS.__contains__) == meant


def test_what_only_a_list_of_words_can_tell_is_left_without_one():
    text = "f4r er nejjj @lle"

    assert unmask(text, lambda _: False) == text


def test_blanks_of_every_kind_part_words_and_padding_is_taken_out():
    assert visible("min\0far\u3164slår\ud800mig") == "min far slår mig"
    assert visible("a" + " \n" * 5000 + "b\n\nc") == "a \nb\n\nc"


def test_a_row_that_is_not_words_alone_becomes_one_word():
    assert unmask("j e g q x z", WORDS.__contains__) == "jegqxz"
    assert unmask("d u e r d u m", {"du", "er", "dum"}.__contains__) == "du er dum"
    assert unmask("a b c d e f", {"ab", "cd", "ef"}.__contains__) == "abcdef"


def test_a_very_long_row_is_joined_and_not_cut():
    row = " ".join("jegvildø" * CUT)

    assert unmask(row, WORDS.__contains__) == "jegvildø" * CUT


@given(ANY_TEXT | SIGNS)
def test_any_text_comes_back_as_one_that_can_be_sent(text):
    meant = unmask(text, WORDS.__contains__)

    assert meant.encode().decode() == meant
    assert visible(visible(text)) == visible(text)


@given(st.lists(st.sampled_from(sorted(WORDS)), max_size=40).map(" ".join))
def test_ordinary_words_stay(text):
    assert unmask(text, WORDS.__contains__) == text


@given(
    st.sampled_from(sorted(word for word in WORDS if len(word) > 2)),
    st.sampled_from([" ", ".", "-", "\u200b", "\u00ad", "\u0336", "_"]),
)
def test_a_known_word_is_read_whatever_stands_between_its_letters(word, sign):
    assert unmask(sign.join(word), WORDS.__contains__) == word


def test_both_judges_undo_the_same():
    """The two programs share no folder, so the file is there twice."""
    bots, nlus = ROOT / "bot/domain/disguise.py", ROOT / "nlu/components/disguise.py"

    assert bots.read_bytes() == nlus.read_bytes()
