"""A broken training file is told by file, line and message, with a mend, before Rasa is started."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.nlu_process import ROOT, nlu_module, require_environment, run_nlu

TAXONOMY = ROOT / "resources" / "taxonomy.yml"
SOUND = """\
version: "3.1"
nlu:
- intent: physical_violence
  examples:
  - text: |
      min far slår mig
    metadata: {id: a-1, audience: child_self, urgency: high, also: [rights]}
  - text: |
      han slår mig lige nu
    metadata: {id: a-2, audience: child_self, urgency: acute, urgency_ok: [high], hint: true}
- intent: none
  examples:
  - text: |
      far slår græsset
    metadata: {id: a-3, audience: unknown, urgency: none, twin_of: a-1, language: da}
"""
LABELS = "Add `metadata: {id: ..., audience: ..., urgency: ...}`, as nlu/data/README.md says."
YAML = "Mend the line; indentation, quotes and brackets are the usual causes."
BEGIN = "Begin it with `version` and `nlu`, as the files of nlu/data do."
URGENCIES = "It is one of: acute, high, medium, low, none."
MISTAKES = {
    "audience": (
        ("audience: unknown", "audience: unkown"),
        "15, message a-3: 'unkown' is no audience of the taxonomy. Did you mean 'unknown'?",
    ),
    "urgency": (
        ("urgency: acute", "urgency: straks"),
        f"10, message a-2: 'straks' is no urgency of the taxonomy. {URGENCIES}",
    ),
    "concern": (
        ("intent: none", "intent: nonne"),
        "11: 'nonne' is no concern of the taxonomy. Did you mean 'none'?",
    ),
    "also": (
        ("[rights]", "[rigths]"),
        "7, message a-1: 'rigths' is no concern of the taxonomy. Did you mean 'rights'?",
    ),
    "also, over several lines": (
        ("[rights]", "[rights,\n      rigths]"),
        "8, message a-1: 'rigths' is no concern of the taxonomy. Did you mean 'rights'?",
    ),
    "acceptable": (
        ("urgency_ok: [high]", "urgency_ok: [hihg]"),
        "10, message a-2: 'hihg' is no urgency of the taxonomy. Did you mean 'high'?",
    ),
    "acceptable, again": (
        ("urgency_ok: [high]", "urgency_ok: [high, acute]"),
        "10, message a-2: 'urgency_ok' tells 'acute' again. Keep one.",
    ),
    "also, again": (
        ("[rights]", "[physical_violence]"),
        "7, message a-1: 'also' tells 'physical_violence' again. Keep one.",
    ),
    "no list": (
        ("[rights]", "rights"),
        "7, message a-1: 'also' is no list. Write it as [first, second].",
    ),
    "hint": (
        ("hint: true", "hint: maybe"),
        "10, message a-2: 'hint' is neither true nor false. Write true, or leave it out.",
    ),
    "id used twice": (
        ("id: a-2", "id: a-1"),
        (
            "10, message a-1: the id is also that of the message at small.yml:5. "
            "Give it one of its own."
        ),
    ),
    "id that is a number": (
        ("id: a-2", "id: 12"),
        "10: 'id' is no word. Write a word, and quotes around what looks like a number.",
    ),
    "empty text": (
        ("      han slår mig lige nu\n", "\n"),
        "8, message a-2: the text is empty. Write what the person says, or take the message out.",
    ),
    "a number for a text": (
        ("|\n      han slår mig lige nu", "112"),
        "8, message a-2: what stands at 'text' is no text. Write it as a block below `- text: |`.",
    ),
    "no text": (
        ("- text: |\n      han slår mig lige nu\n    metadata", "- metadata"),
        "8: the example has no text. Begin it with `- text: |`.",
    ),
    "unknown key": (
        ("hint: true", "hints: true"),
        "10, message a-2: 'hints' is no key of a message. Did you mean 'hint'?",
    ),
    "key told twice": (
        ("hint: true", "id: a-4"),
        "10, message a-4: 'id' is there twice. Keep one.",
    ),
    "missing key": (
        ("urgency: acute, ", ""),
        "8, message a-2: 'urgency' is missing. Add it to the metadata.",
    ),
    "missing id": (
        ("id: a-2, ", ""),
        "8: 'id' is missing. Add it to the metadata.",
    ),
    "no metadata": (
        (SOUND.splitlines(keepends=True)[9], ""),
        f"8: the message carries no labels. {LABELS}",
    ),
    "metadata that is a word": (
        ("{id: a-3, audience: unknown, urgency: none, twin_of: a-1, language: da}", "none"),
        f"15: the metadata is no mapping. {LABELS}",
    ),
    "a plain example beside labelled ones": (
        ("- intent: none", "- intent: rights\n  examples: |\n    - må de det\n- intent: none"),
        f"13: the message carries no labels. {LABELS}",
    ),
    "twin of nobody": (
        ("twin_of: a-1", "twin_of: b-7"),
        (
            "15, message a-3: its twin 'b-7' is no message. "
            "Name a message of this folder, or take it out."
        ),
    ),
    "one text, labelled twice": (
        ("      far slår græsset", "      Min far slår mig"),
        "13, message a-3: the same text has other labels at small.yml:5. Keep one of them.",
    ),
    "an intent without examples": (
        ("- intent: none", "- intent: rights\n- intent: none"),
        "11: the intent 'rights' has no examples. Add `examples:`, or take the intent out.",
    ),
    "an entry without intent": (
        ("- intent: none", "- intnet: none"),
        (
            "11: an entry of `nlu` has no intent. "
            "Write `- intent: <concern>` and `examples:` below it."
        ),
    ),
    "a quote never closed": (
        ("language: da}", 'language: "da}'),
        f"16: no YAML that can be read (found unexpected end of stream). {YAML}",
    ),
    "a bracket never closed": (
        ("language: da}", "language: da"),
        f"16: no YAML that can be read (did not find expected ',' or '}}'). {YAML}",
    ),
    "a tab": (
        ("- intent: none", "\t- intent: none"),
        f"11: no YAML that can be read (found character that cannot start any token). {YAML}",
    ),
    "nlu that is a word": (
        (SOUND.partition("nlu:")[2], " all\n"),
        "2: `nlu` is no list. Begin each intent with `- intent:`.",
    ),
    "a list": (
        (SOUND, "- text: hej\n"),
        f"1: the file is no mapping. {BEGIN}",
    ),
    "nothing": (
        (SOUND, ""),
        f"1: the file is no mapping. {BEGIN}",
    ),
    "a list that holds itself": (
        ("[rights]", "&a [*a]"),
        "7, message a-1: 'also' holds what is no word. Take it out.",
    ),
    "far too deep": (
        ("[rights]", "[" * 5000),
        f"7: no YAML that can be read (did not find expected node content). {YAML}",
    ),
}


@pytest.fixture(scope="module")
def data():
    return nlu_module("training_data")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.yml"
    path.write_text(SOUND, "utf-8")
    return path


def changed(file, old, new):
    assert old in SOUND
    file.write_text(SOUND.replace(old, new, 1), "utf-8")
    return file.parent


def test_sound_messages_are_read_with_their_lines(data, file):
    messages, mistakes = data.read_messages(file.parent)

    assert mistakes == data.find_mistakes(file.parent, TAXONOMY) == []
    assert [(m.line, m.id, m.intent.word, m.text.word.strip()) for m in messages] == [
        (5, "a-1", "physical_violence", "min far slår mig"),
        (8, "a-2", "physical_violence", "han slår mig lige nu"),
        (13, "a-3", "none", "far slår græsset"),
    ]
    assert messages[1].metadata == {
        "id": "a-2",
        "audience": "child_self",
        "urgency": "acute",
        "urgency_ok": ["high"],
        "hint": True,
    }


@pytest.mark.parametrize(("edit", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_line_message_and_mend(data, file, edit, told):
    mistakes = data.find_mistakes(changed(file, *edit), TAXONOMY)

    assert [str(mistake) for mistake in mistakes] == [f"{file}:{told}"]


def test_a_file_that_is_not_utf_8_is_named(data, file):
    file.write_bytes(SOUND.encode("latin-1"))

    (mistake,) = data.find_mistakes(file.parent, TAXONOMY)

    assert str(mistake) == f"{file}:1: the file is not UTF-8 text. Save it as UTF-8."


def test_all_mistakes_are_told_at_once_by_file_and_line(data, file):
    folder = changed(file, "audience: unknown", "audience: unkown")
    (folder / "another.yml").write_text(
        SOUND.replace("a-", "b-").replace("high", "hihg").replace("slår", "slog"), "utf-8"
    )
    (folder / "broken.yml").write_text("nlu: [", "utf-8")

    mistakes = data.find_mistakes(folder, TAXONOMY)

    assert [(mistake.file.name, mistake.line, mistake.message) for mistake in mistakes] == [
        ("another.yml", 7, "b-1"),
        ("another.yml", 10, "b-2"),
        ("broken.yml", 2, ""),
        ("small.yml", 15, "a-3"),
    ]


def test_the_same_text_may_stand_twice_with_the_same_labels(data, file):
    again = SOUND.replace("a-", "b-").replace("min far", "MIN far")
    (file.parent / "again.yml").write_text(again, "utf-8")

    assert data.find_mistakes(file.parent, TAXONOMY) == []


PLAIN = """\
version: "3.1"
nlu:
- intent: alarm/set
  examples: |
    - væk mig klokken [syv](time)
    - væk mig klokken syv
- intent: weather
  examples:
  - text: |
      regner det
  - text: |
      bliver det koldt
    metadata: {source: somewhere}
- synonym: syv
  examples: |
    - 7
- regex: number
  examples: |
    - \\d+
"""


def test_plain_rasa_data_is_left_to_rasa(data, tmp_path):
    (tmp_path / "plain.yml").write_text(PLAIN, "utf-8")
    (tmp_path / "stories.yml").write_text("stories: []\n", "utf-8")

    messages, _ = data.read_messages(tmp_path)

    assert data.find_mistakes(tmp_path, TAXONOMY) == []
    assert [(m.line, m.text.word.strip()) for m in messages] == [
        (5, "væk mig klokken [syv](time)"),
        (6, "væk mig klokken syv"),
        (9, "regner det"),
        (11, "bliver det koldt"),
    ]


def test_training_stops_before_rasa_is_started(file, tmp_path):
    require_environment()
    changed(file, "audience: child_self", "audience: chld_self")
    loaded = "import sys, runpy; sys.argv = sys.argv[1:]; sys.path.insert(0, 'nlu')\n"
    look = "except SystemExit as end:\n    print('rasa' in sys.modules); raise\n"
    code = f"{loaded}try:\n    runpy.run_path('nlu/train.py', run_name='__main__')\n{look}"
    out = tmp_path / "out"

    done = run_nlu("-c", code, "train.py", "--data", str(file.parent), "--out", str(out))

    assert done.returncode == 1
    assert done.stdout == "False\n"
    assert done.stderr == (
        "betro: the training messages cannot be used (1):\n"
        f"  {file}:7, message a-1: 'chld_self' is no audience of the taxonomy. "
        "Did you mean 'child_self'?\n"
    )
    assert not out.exists()


def test_the_check_names_the_mistakes_of_a_folder_and_fails(file):
    """The program behind `make check`, in the bot's environment."""
    program = [sys.executable, ROOT / "nlu" / "training_data.py"]
    sound = subprocess.run([*program, file.parent], capture_output=True, text=True, check=False)
    changed(file, "urgency: none", "urgency: nnone")
    broken = subprocess.run([*program, file.parent], capture_output=True, text=True, check=False)

    assert (sound.returncode, sound.stderr) == (0, "")
    assert broken.returncode == 1
    assert broken.stderr.startswith(f"{file}:15, message a-3: 'nnone' is no urgency")
