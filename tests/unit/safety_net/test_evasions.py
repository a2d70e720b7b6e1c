"""A rule fires on its words in disguise, and not on what only looks like one."""

from __future__ import annotations

import pytest

from bot.adapters.safety_net import SafetyNet

DISGUISED = {
    "min far slår mig": [
        "min far s l å r mig",
        "m i n  f a r  s l å r  m i g",
        "m i n f a r s l å r m i g",
        "min far s.l.å.r mig",
        "min far s-l-å-r mig",
        "min far s_l_å_r mig",
        "m.i.n f.a.r s.l.å.r m.i.g",
        "min far sl4r mig",
        "min far $lår mig",
        "min far sl@r mig",
        "m1n f4r sl4r m1g",
        "min far sl*r mig",
        "min fаr slår mig",
        "mіn fаr ѕlår mіg",
        "mιn fαr slår mιg",
        "min far s\u200bl\u200bå\u200br mig",
        "min far sl\u00adår mig",
        "\u202emin far sl\u2060år mig\u202c",
        "min far s\u0336l\u0336å\u0336r\u0336 mig",
        "min far sla\u030ar mig",
        "ｍｉｎ ｆａｒ ｓｌåｒ ｍｉｇ",
        "𝓶𝓲𝓷 𝓯𝓪𝓻 𝓼𝓵å𝓻 𝓶𝓲𝓰",
        "ᴍɪɴ ꜰᴀʀ ꜱʟåʀ ᴍɪɢ",
        "🅼🅸🅽 🅵🅰🆁 🆂🅻å🆁 🅼🅸🅶",
        "min far slåååår mig",
        "MIN FAR SLÅÅÅR MIG!!!",
        "min\0far\0slår\0mig",
        "min\u3164far\u3164slår\u3164mig",
        " " * 10_000 + "min far slår mig" + " " * 10_000,
        "\u200b" * 1_000_000 + "min far slår mig" + "\u200b" * 1_000_000,
    ],
    "jeg vil dø i aften": [
        "j e g  v i l  d ø  i  a f t e n",
        "jeg vil d ø i aften",
        "jeg vil d.ø i aften",
        "jeg vil d-ø i aften",
        "jeg vil d* i aften",
        "jeg vil d0 i 4ften",
        "j3g v1l d0 i aft3n",
        "jeg vil døøøø i aften",
        "jеg vіl dø i аftеn",
    ],
    "han truer os med en kniv": [
        "han truer os med en k n i v",
        "han truer os med en kn1v",
        "han truer os med en kn*v",
        "han truer os med en knіv",
        "han truer os med en k.n.i.v.",
    ],
    "jeg er blevet voldtaget": [
        "jeg er blevet v0ldt4get",
        "jeg er blevet v*ldtaget",
        "jeg er blevet voldt@get",
        "jeg er blevet v o l d t a g e t",
    ],
}
LOOK_ALIKE = [
    "vi mødes kl 4",
    "k.l. 4 ved skolen",
    "b4 og w8",
    "M A T E M A T I K",
    "S A L G",
    "s k o l e",
    "svar a b c eller d",
    "A B C D E F G",
    "vitamin d e k",
    "jeg går i 4a og hun i 8b",
    "det koster 1000kr",
    "ring 20 30 40 50",
    "jeg er 5år",
    "gta5 og mp3",
    "i går så jeg tv2 og dr1",
    "d. 4. maj",
    "d 4 maj",
    "p 4",
    "jeg fik en 7tal og en 3er",
    "slå* jeg mente slå op",
    "d.d. og o.l.",
    "**fed skrift** her",
    "f*ck skole",
    "a æ u å æ ø i æ å",
    "hahahaha neeej :) <3",
    "мама мыла раму",
]


@pytest.mark.parametrize(
    ("plain", "text"),
    [(plain, text) for plain, texts in DISGUISED.items() for text in texts],
    ids=lambda text: text[:40].strip("\u200b ").encode("unicode_escape").decode(),
)
def test_a_disguised_danger_is_judged_like_the_plain_one(net: SafetyNet, plain, text):
    urgency = net.judge(plain).urgency

    assert urgency
    assert net.judge(text).urgency == urgency


@pytest.mark.parametrize("text", LOOK_ALIKE)
def test_what_only_looks_like_a_disguise_wakes_nothing(net: SafetyNet, text):
    assert net.judge(text).fired == ()


def test_padding_nobody_sees_pushes_nothing_out_of_reach(net: SafetyNet):
    """Head and tail are read of what can be seen."""
    text = ("hej \u200b" + " \u2060" * 9_000) + "min far slår mig" + "\u2063 " * 9_000 + "hej"

    assert net.judge(text) == net.judge("hej min far slår mig hej")
