"""The training messages themselves: labels of the taxonomy, twins that exist, nothing graphic."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from itertools import pairwise

import pytest
from ruamel.yaml import YAML

from bot.domain.taxonomy import Audience, Concern, Urgency
from tests.nlu_process import ROOT

DATA = ROOT / "nlu" / "data"
LABELS = {
    "audience": {audience.value for audience in Audience},
    "concern": {concern.value for concern in Concern},
    "urgency": {urgency.id for urgency in Urgency},
}
KEYS = {"id", "audience", "urgency", "hint", "twin_of", "language", "also"} | {
    f"{question}_ok" for question in LABELS
}
LEAST = 1700
LEAST_OF_EACH = {"audience": 15, "concern": 35, "urgency": 150}
GRAPHIC = frozenset(
    """
    0508a634445d 160fd57f38de 1cd3a317626c 1d6ff873d60d 321ba3c7cd3e 345442245fea
    4055093ed018 463fe640da82 483cd6a644fc 50af4379ad2a 513742fb9892 52c05ea2f89b
    63aee3067c8c 6a6a126ab1fd 6b909e8a4290 72cfab18f12d 8b1ae6a5788c 8b26e5fb41be
    99f99fcee1a1 e35d87b848c7 ed6bca16eb75 eff26b18165e f5b3864109ea f6952d6eef55
    """.split()  # noqa: SIM905 - hashes read no better one per line
)
"""Beginnings of words for sexual acts, bodies and methods, hashed: they stand nowhere here."""
SHORTEST, LONGEST = 4, 10


@pytest.fixture(scope="module")
def messages():
    """(intent, text, metadata) of every example, in file order."""
    yaml = YAML(typ="safe")
    return [
        (group["intent"], example["text"].strip(), example["metadata"])
        for path in sorted(DATA.glob("*.yml"))
        for group in yaml.load(path.read_text("utf-8"))["nlu"]
        for example in group["examples"]
    ]


def test_intents_of_the_domain_are_the_concerns_of_the_taxonomy():
    domain = YAML(typ="safe").load((ROOT / "nlu" / "domain.yml").read_text("utf-8"))

    assert domain["intents"] == [concern.value for concern in Concern]


def test_there_are_enough_messages_of_every_kind(messages):
    counts = {
        "concern": Counter(intent for intent, _, _ in messages),
        "audience": Counter(metadata["audience"] for _, _, metadata in messages),
        "urgency": Counter(metadata["urgency"] for _, _, metadata in messages),
    }

    assert len(messages) >= LEAST
    for question, labels in LABELS.items():
        assert set(counts[question]) == labels
        assert min(counts[question].values()) >= LEAST_OF_EACH[question]


def test_every_label_is_of_the_taxonomy_and_told_once(messages):
    for intent, _, metadata in messages:
        assert set(metadata) <= KEYS, metadata["id"]
        first = {"concern": intent, **metadata}
        for question, labels in LABELS.items():
            told = [first[question], *metadata.get(f"{question}_ok", [])]
            assert set(told) <= labels, metadata["id"]
            assert len(told) == len(set(told)), metadata["id"]
        concerns = [intent, *metadata.get("also", [])]
        assert set(concerns) <= LABELS["concern"], metadata["id"]
        assert len(concerns) == len(set(concerns)), metadata["id"]


def test_ids_are_unique_and_twins_exist(messages):
    ids = [metadata["id"] for _, _, metadata in messages]

    assert len(ids) == len(set(ids))
    assert {m["twin_of"] for _, _, m in messages if "twin_of" in m} <= set(ids)


def test_no_text_stands_there_twice(messages):
    texts = sorted(text.casefold() for _, text, _ in messages)

    assert [first for first, second in pairwise(texts) if first == second] == []


def beginnings(text):
    """Hashes of how each word begins."""
    return {
        hashlib.sha256(word[:length].encode()).hexdigest()[:12]
        for word in re.findall(r"\w+", text.lower())
        for length in range(SHORTEST, LONGEST + 1)
    }


def test_nothing_is_graphic_and_nothing_could_be_taken_for_a_person(messages):
    """Realistic, never graphic; and no number, address or mail of anyone."""
    reachable = re.compile(r"\b\d{6}-?\d{4}\b|\b(?:\d ?){8,}\b|@\w+\.\w|https?://|\+45")
    for _, text, metadata in messages:
        assert not beginnings(text) & GRAPHIC, metadata["id"]
        assert not reachable.search(text), metadata["id"]
