import re

import pytest

from bot.domain.errors import SettingsError
from bot.settings import ROOT, Settings

NOT_OURS = {"BETRO_ENCODER", "BETRO_SPACY_MODEL"}
"""Read by the NLU, not by the bot."""


def test_every_setting_is_documented_and_every_documented_one_exists():
    documented = set(re.findall(r"`(BETRO_[A-Z_]+)`", (ROOT / "README.md").read_text("utf-8")))
    settings = {f"BETRO_{name.upper()}" for name in Settings.model_fields}

    assert settings == documented - NOT_OURS


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("BETRO_PORT", "8181")
    monkeypatch.setenv("BETRO_MENUS_ONLY", "1")

    settings = Settings.from_environment()

    assert (settings.port, settings.menus_only, settings.ops_port) == (8181, True, 9100)


def test_a_wrong_setting_is_named_and_not_quoted(monkeypatch):
    monkeypatch.setenv("BETRO_PORT", "hemmelig")
    monkeypatch.setenv("BETRO_NLU_TIMEOUT", "-1")

    with pytest.raises(SettingsError) as caught:
        Settings.from_environment()

    assert "BETRO_PORT: " in str(caught.value)
    assert "BETRO_NLU_TIMEOUT: " in str(caught.value)
    assert "hemmelig" not in str(caught.value)


def test_settings_do_not_change_while_betro_runs():
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1


@pytest.mark.parametrize(
    ("given", "addresses"),
    [
        ({}, ("http://127.0.0.1:5005",)),
        ({"BETRO_NLU_URL": "http://nlu:5005"}, ("http://nlu:5005",)),
        ({"BETRO_NLU_URL": "http://nlu:5005", "BETRO_NLU_URLS": ""}, ("http://nlu:5005",)),
        ({"BETRO_NLU_URLS": "http://a:1, https://b:2,"}, ("http://a:1", "https://b:2")),
    ],
)
def test_the_nlu_has_one_address_or_several(monkeypatch, given, addresses):
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    assert Settings.from_environment().nlu_addresses == addresses


@pytest.mark.parametrize("given", ["hemmelig:5005", "http://:5005", "http://a:1,http://a:1"])
def test_wrong_addresses_are_named_and_not_quoted(monkeypatch, given):
    monkeypatch.setenv("BETRO_NLU_URLS", given)

    with pytest.raises(SettingsError, match="BETRO_NLU_URLS: ") as caught:
        Settings.from_environment()

    assert given not in str(caught.value)
