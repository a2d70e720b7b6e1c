"""The small grammars: commands, answers, payloads, reading level, labels."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.domain.answers import normalise, read_answer, read_command, read_opening
from bot.domain.heard import Command
from bot.domain.lint_texts import starts_with_112
from bot.domain.payload import parse_payload
from bot.domain.reading import lix
from bot.domain.taxonomy import Audience, Concern, Urgency

TAXONOMY = Path(__file__).parents[3] / "resources" / "taxonomy.yml"


def test_labels_are_those_of_the_taxonomy():
    labels = YAML(typ="safe").load(TAXONOMY.read_text("utf-8"))

    assert list(labels["audience"]) == [label.value for label in Audience]
    assert list(labels["concern"]) == [label.value for label in Concern]
    assert list(labels["urgency"]) == [label.id for label in reversed(Urgency)]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/slet", Command.ERASE),
        ("  /SLET  nu", Command.ERASE),
        ("Slet alt!", Command.ERASE),
        ("jeg vil tale med et menneske 🙏", Command.HUMAN),
        ("han siger stop", None),
        ("/findes_ikke", None),
        ("/slet " + "for der er så meget " * 100, Command.ERASE),
        ("stop" + "!" * 600 + "han vil ikke", None),
        ("stop" + "\u0301\u0316" * 500_000, None),
        ("", None),
    ],
)
def test_commands_in_words_are_the_whole_message(content, text, command):
    assert read_command(text, content) is command


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Ja.", {"safe_now": "ja"}),
        ("jep 👍", {"safe_now": "ja"}),
        ("2", {"safe_now": "nej"}),
        ("ja men han kommer snart", {}),
        ("ja" + "!" * 600 + "han kommer snart", {}),
        ("", {}),
    ],
)
def test_only_a_clear_answer_fills_a_slot(content, text, filled):
    question = content.responses["utter_ask_safe_now"][0]

    assert read_answer(text, "safe_now", question, content) == filled


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Nej, og nu står han udenfor", {"safe_now": "nej"}),
        ("nej og han er her stadig", {"safe_now": "nej"}),
        ("ved ikke. han sover", {"safe_now": "ved_ikke"}),
        ("nej! nej! han kommer", {"safe_now": "nej"}),
        ("nej", {}),  # a whole answer, read by read_answer
        ("ja, men han kommer snart", {}),  # only a whole 'ja' is safe
        ("ja, min mor er her", {}),
        ("nej, men min mor kommer nu", {}),  # takes it back
        ("nej, ja, måske", {}),
        ("nej, jeg ved ikke, ved ikke", {}),
        ("han sover nu, nej", {}),
        ("nejtakkerne står bag huset, og han er ude", {}),
        (", og", {}),
        ("", {}),
    ],
)
def test_an_answer_that_goes_on_is_read_by_its_first_clause(content, text, filled):
    assert read_opening(text, "safe_now", content) == filled


def test_a_slot_without_openings_is_answered_whole_or_not_at_all(content):
    assert read_opening("ja, og mere til", "want_human", content) == {}
    assert read_opening("ja, og mere til", "audience", content) == {}


@pytest.mark.parametrize(
    ("payload", "meaning"),
    [
        ("/SetSlots(safe_now=ja)", (("safe_now", "ja"),)),
        ("/SetSlots(a=b, c=d)", (("a", "b"), ("c", "d"))),
        ("/menneske", Command.HUMAN),
        ("menneske", None),
        ("/SetSlots(safe_now=JA')", None),
        ("/SetSlots()", None),
    ],
)
def test_payloads(payload, meaning):
    assert parse_payload(payload) == meaning


def test_normalising_keeps_letters_of_every_script_and_drops_the_rest():
    assert normalise("  HJÆLP!!\n nu_🙂 Дякую ") == "hjælp nu дякую"


def test_lix_of_a_text_worked_out_by_hand():
    # 8 words, 2 sentences, 1 word of more than six letters: 8/2 + 100/8
    assert lix("Jeg er her. Du kan fortælle mig det.") == pytest.approx(16.5)
    assert lix("👍") == 0


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("Ring 112 nu.", True),
        ("Du er i fare. Ring 112.\nBliv der.", True),
        ("Bliv der.\nRing 112.", False),
        ("et to tre fire fem seks syv otte ni ti elleve tolv tretten 112", False),
        ("Ring 1120", False),
    ],
)
def test_112_stands_in_the_first_line_after_twelve_words_at_most(text, starts):
    assert starts_with_112(text) is starts
