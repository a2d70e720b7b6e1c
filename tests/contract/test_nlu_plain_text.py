"""The pipeline's first step, on all training messages: disguises are undone, nothing else is."""

from __future__ import annotations

import json

import pytest

from tests.nlu_process import ROOT, nlu_module, require_environment, run_nlu
from tests.odd_texts import ODD_TEXTS

MOST_CHANGED = 0.002
"""Share of ordinary messages: 'sååå glad', 'F.C.K.', 'LOLLLL'."""
ASK = """
import json, sys, tempfile
from pathlib import Path
sys.path.insert(0, "nlu")
from components.plain_text import PlainText
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

trained, asked = json.loads(Path(sys.argv[1]).read_text("utf-8"))
with tempfile.TemporaryDirectory() as folder:
    given = (LocalModelStorage(Path(folder)), Resource("words"))
    data = TrainingData([Message({"text": text}) for text in trained])
    learnt = PlainText.create({}, *given, None)
    learnt.train(data)
    learnt.process_training_data(data)
    loaded = PlainText.load({}, *given, None)
    read = [loaded.process([Message({"text": text})])[0].get("text") for text in asked]
print(json.dumps([[message.get("text") for message in data.training_examples], read]))
"""
DISGUISED = {
    "min far s l å r mig": "min far slår mig",
    "min far sl4r mig": "min far slår mig",
    "jeg er så b4ng3": "jeg er så bange",
    "han tr\u200bu\u200ber mig": "han truer mig",
    "neeeej": "nej",
    "kl 4 i 4a, det er 5år siden": "kl 4 i 4a, det er 5år siden",
    "  /human": "human",
    "／／sexual_abuse": "sexual_abuse",
    "\u0301/human": "human",
    "/ /": "",
    "'" * 130: "'" * 64 + " " + "'" * 64 + " ''",
    "a" * 64 + " b": "a" * 64 + " b",
}


@pytest.fixture(scope="module")
def messages():
    found, _ = nlu_module("training_data").read_messages(ROOT / "nlu" / "data")
    return [message.text.word.strip() for message in found]


@pytest.fixture(scope="module")
def read(messages, tmp_path_factory):
    """(the training messages, the other texts) as the component passes them on."""
    require_environment()
    given = tmp_path_factory.mktemp("texts") / "texts.json"
    given.write_text(json.dumps([messages, [*DISGUISED, *ODD_TEXTS.values()]]), "utf-8")
    done = run_nlu("-c", ASK, str(given))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_hardly_any_ordinary_message_is_changed(messages, read):
    changed = {text: now for text, now in zip(messages, read[0], strict=True) if text != now}

    assert changed, "none of 'sååå glad', 'LOLLL' and the like is left; is the step still taken?"
    assert len(changed) <= MOST_CHANGED * len(messages), changed


def test_disguises_are_undone_by_the_words_of_the_messages(read):
    assert dict(zip(DISGUISED, read[1], strict=False)) == DISGUISED


def test_nothing_that_rasa_takes_for_a_command_is_passed_on(read):
    assert not [text for text in read[1] if text.lstrip().startswith("/")]
