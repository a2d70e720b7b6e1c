"""The training messages themselves: labels of the taxonomy, twins that exist, nothing graphic."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from itertools import pairwise

import pytest
from ruamel.yaml import YAML

from bot.adapters.safety_net import SafetyNet
from bot.domain.taxonomy import Audience, Concern, Urgency
from tests.contract.similarity import alike
from tests.nlu_process import ROOT, nlu_module

training_data = nlu_module("training_data")

DATA = ROOT / "nlu" / "data"
HELD_OUT = ROOT / "nlu" / "held_out"
LABELS = {
    "audience": {audience.value for audience in Audience},
    "concern": {concern.value for concern in Concern},
    "urgency": {urgency.id for urgency in Urgency},
}
LEAST = 12_000
LEAST_APART = 8_000
"""Messages of which no two are ``ALIKE`` (twins are made to be, and count once)."""
ALIKE = 0.6
LEAST_OF_EACH = {"audience": 150, "concern": 150, "urgency": 900}
LEAST_HINTS = 0.5
MOST_HINTS_CAUGHT = 0.15
LEAST_HARMLESS = 3_000
ACUTE_SHARE = (0.12, 0.25)
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


def read(folder):
    """(intent, text, metadata) of every example, in file order."""
    messages, _ = training_data.read_messages(folder)
    return [(m.intent.word, m.text.word.strip(), m.metadata) for m in messages]


@pytest.fixture(scope="module")
def training():
    return read(DATA)


@pytest.fixture(scope="module")
def held_out():
    return read(HELD_OUT)


@pytest.fixture(scope="module", params=["training", "held_out"])
def messages(request):
    """Those that are trained on, and those that nothing is ever made with."""
    return request.getfixturevalue(request.param)


def test_intents_of_the_domain_are_the_concerns_of_the_taxonomy():
    domain = YAML(typ="safe").load((ROOT / "nlu" / "domain.yml").read_text("utf-8"))

    assert domain["intents"] == [concern.value for concern in Concern]


def test_there_are_enough_messages_of_every_kind(training):
    messages = training
    counts = {
        "concern": Counter(intent for intent, _, _ in messages),
        "audience": Counter(metadata["audience"] for _, _, metadata in messages),
        "urgency": Counter(metadata["urgency"] for _, _, metadata in messages),
    }

    assert len(messages) >= LEAST
    for question, labels in LABELS.items():
        assert set(counts[question]) == labels
        assert min(counts[question].values()) >= LEAST_OF_EACH[question]


def test_half_are_hints_that_the_safety_net_does_not_catch(training):
    net = SafetyNet.load(ROOT / "flows" / "safety_net")
    hints = [text for _, text, metadata in training if metadata.get("hint")]
    caught = sum(bool(net.judge(text).fired) for text in hints)

    assert len(hints) >= LEAST_HINTS * len(training)
    assert caught <= MOST_HINTS_CAUGHT * len(hints)


def test_many_are_harmless_and_a_fair_share_is_acute(training):
    urgencies = Counter(metadata["urgency"] for _, _, metadata in training)

    assert urgencies["none"] + urgencies["low"] >= LEAST_HARMLESS
    assert ACUTE_SHARE[0] <= urgencies["acute"] / len(training) <= ACUTE_SHARE[1]


def test_enough_messages_are_like_no_other(training):
    texts = [text for _, text, _ in training]
    repeats = {later for _, later in alike(texts, None, ALIKE)}

    assert len(texts) - len(repeats) >= LEAST_APART


def test_nothing_held_out_is_like_anything_trained_on(training, held_out):
    trained, kept = ([text for _, text, _ in each] for each in (training, held_out))

    assert [kept[place] for _, place in alike(trained, kept, ALIKE)] == []
    writers = {metadata["id"].partition("-")[0] for _, _, metadata in training}
    assert not writers & {metadata["id"].partition("-")[0] for _, _, metadata in held_out}


@pytest.mark.parametrize("folder", [DATA, HELD_OUT], ids=lambda folder: folder.name)
def test_every_message_is_sound(folder):
    """Labels of the taxonomy, each told once, ids of their own, twins that are there."""
    assert training_data.find_mistakes(folder, ROOT / "resources" / "taxonomy.yml") == []


def test_the_taxonomy_that_messages_are_held_to_is_the_bots():
    ids = training_data.read_ids(ROOT / "resources" / "taxonomy.yml")

    assert {question: set(known) for question, known in ids.items()} == LABELS


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
