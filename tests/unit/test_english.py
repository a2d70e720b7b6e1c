"""What visitors read in English besides the texts: services, opening hours, municipalities."""

from datetime import datetime

import pytest

from bot.adapters.directory_files import load_directory
from bot.adapters.guide import DirectoryGuide
from bot.adapters.opening_words import in_language
from bot.domain.municipality_contact import placeholders
from bot.settings import ROOT

NIGHT = datetime.fromisoformat("2026-11-22T23:15+01:00")


@pytest.fixture(scope="module")
def directory():
    return load_directory(ROOT / "resources")


def test_a_card_is_in_english_and_stays_danish_without(directory):
    guide, service = DirectoryGuide(directory), directory.services["bornetelefonen"]

    english, danish = guide.to_card(service, NIGHT, "en"), guide.to_card(service, NIGHT)

    assert english.what.startswith("Here all children and young people can talk to an adult")
    assert english.opening == "Open now, day and night"
    assert danish.opening == "Åben nu, døgnet rundt"
    assert english.phone == danish.phone


def test_every_sentence_about_a_municipality_fills_the_same_places(directory):
    for name in type(directory.municipal_words).model_fields:
        words = getattr(directory.municipal_words, name)
        assert words.en, name
        assert placeholders(words.en) == placeholders(words.da), name


@pytest.mark.parametrize("code", ["0101", "0253", None])
def test_a_municipality_is_reached_in_english(directory, code):
    said = DirectoryGuide(directory).describe_municipality(code, NIGHT, "en").text

    assert said.startswith("If the child is in danger right now, call 112.")
    assert "Ring til" not in said


@pytest.mark.parametrize(
    ("danish", "english"),
    [
        ("Åben nu, lukker kl. 17.00", "Open now, closes at 17.00"),
        ("Åbner i morgen kl. 9.00", "Opens tomorrow at 9.00"),
        ("Åbner mandag 5. januar kl. 9.00", "Opens Monday 5 January at 9.00"),
        ("Kan have lukket i dag", "May be closed today"),
        ("Åbningstiden er ikke bekræftet", "The opening hours are not confirmed"),
    ],
)
def test_hours_are_said_in_english(danish, english):
    assert in_language(danish, "en") == english
    assert in_language(danish, "pl") == danish
