"""What guards take back, and above all what they must not."""

from __future__ import annotations

import pytest

from bot.domain.taxonomy import Urgency

TRAPS = {
    "min far slår mig ikke længere, nu er det bæltet": Urgency.HIGH,
    "jeg kan ikke mere": Urgency.HIGH,
    "jeg vil ikke leve": Urgency.HIGH,
    "jeg tør ikke gå hjem": Urgency.HIGH,
    "det er ikke fordi han ikke slår mig": Urgency.HIGH,
    "jeg ved ikke hvad jeg skal gøre min far slår mig": Urgency.HIGH,
    "jeg har ikke fortalt nogen at min onkel rører ved mig": Urgency.HIGH,
    "min far slår mig når jeg ikke har lavet mine lektier": Urgency.HIGH,
    "min far slår mig når jeg har set for meget film": Urgency.HIGH,
    "han slår mig når han har tabt i fodbold på tv": Urgency.HIGH,
    "haha min far slår mig": Urgency.HIGH,
    "jeg skriver om min far der slår mig": Urgency.HIGH,
    "det er ligesom i en film, han slår mig hver dag": Urgency.HIGH,
    "han slår mig ikke kun, han truer mig også": Urgency.HIGH,
    "jeg spiller fortnite. min far slår mig lige nu": Urgency.ACUTE,
    "det er ikke en joke, han slår mig ihjel hvis jeg går, siger han": Urgency.HIGH,
    "jeg har aldrig sagt det, men min mor slår mig": Urgency.HIGH,
    "han har ikke slået mig i dag, men han slår mig hver weekend": Urgency.HIGH,
    "jeg vil hellere dø end at blive sendt til somalia": Urgency.HIGH,
}
HARMLESS = (
    "min far slår mig ikke",
    "min far har aldrig slået mig",
    "han slår mig aldrig",
    "ingen slår mig i skak",
    "min bror slår mig i fifa",
    "han slog op med mig",
    "jeg dør af grin",
    "i filmen slår faren sin søn",
    "vi har om vold mod børn i samfundsfag",
    "må man slå sine børn i danmark",
    "jeg kan ikke leve uden kaffe",
)


@pytest.mark.parametrize(("text", "least"), TRAPS.items())
def test_words_that_look_like_a_guard_do_not_hide_a_danger(net, text, least):
    assert net.judge(text).urgency >= least


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_message_stays_silent(net, text):
    assert net.judge(text).fired == ()


def test_a_past_childhood_is_held_down_but_not_silenced(net):
    now = net.judge("min far slår mig")
    then = net.judge("da jeg var barn slog min far mig")

    assert now.urgency is Urgency.HIGH
    assert then.urgency is Urgency.MEDIUM


@pytest.mark.parametrize(
    "text",
    ["min far slaar mig", "MIN FAR SLÅR MIG!!!", "min far slååår mig", "min\u200b far slår mig"],
)
def test_spelling_of_chat_is_met(net, text):
    assert net.judge(text).urgency is Urgency.HIGH
