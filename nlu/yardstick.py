"""Holds the pipeline against outside data; the program behind `make yardstick`.

Trains a throw-away model of the same pipeline on the Danish intents of a voice assistant (xSID),
tells how many it gets right, and counts how many everyday sentences Betro calls alarming.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import small_machine

small_machine.spare_the_machine()

from evaluation.asking import ask  # noqa: E402
from evaluation.errors import EvaluationError  # noqa: E402
from evaluation.messages import ALARMING  # noqa: E402
from evaluation.yardsticks import LEARNED, TESTED, read_everyday, read_intents  # noqa: E402
from paths import NLU  # noqa: E402
from progress import say  # noqa: E402
from ruamel.yaml import YAML  # noqa: E402

EXAMPLES = """\
in DIR:
  xsid/da.valid.tsv, xsid/da.test.tsv     intent<TAB>text
  tatoeba/everyday_danish.tsv             a sentence in the first column

example:
  make yardstick YARDSTICKS=DIR
"""
Pairs = Sequence[tuple[str, str]]


def main(arguments: list[str] | None = None) -> int:
    folder: Path = _read(arguments).folder
    try:
        learned, tested = read_intents(folder / LEARNED), read_intents(folder / TESTED)
        everyday = read_everyday(folder)
        with tempfile.TemporaryDirectory(prefix="betro-yardstick-") as work:
            accuracy = _learn_and_test(learned, tested, Path(work))
        say(f"asking Betro about {len(everyday)} everyday sentences")
        alarms = count_alarms(everyday)
    except EvaluationError as problem:
        print(f"betro: {problem}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"xSID Danish accuracy {accuracy:.3f}")
    print(f"everyday alarms {alarms:.4f}")
    return 0


def count_alarms(sentences: Sequence[str]) -> float:
    """Share of the sentences that the whole system calls acute or high."""
    answers = ask(sentences)
    return sum(answers[text].said["urgency"] in ALARMING for text in sentences) / len(sentences)


def _learn_and_test(learned: Pairs, tested: Pairs, work: Path) -> float:
    """Share of the tested texts that get their intent."""
    say(f"training on {len(learned)} messages")
    write_training_data(learned, work / "data")
    command = [sys.executable, NLU / "train.py", "--data", work / "data", "--out", work]
    if subprocess.run(command, check=False).returncode != 0:
        raise EvaluationError("The throw-away model cannot be trained; the line above says why.")
    (model,) = work.glob("*.tar.gz")
    say(f"testing on {len(tested)} messages")
    found = asyncio.run(_parse_all(model, [text for _, text in tested]))
    wanted = [_as_rasa_names(intent) for intent, _ in tested]
    return sum(map(str.__eq__, found, wanted)) / len(wanted)


def write_training_data(pairs: Pairs, folder: Path) -> None:
    """Write plain Rasa NLU data: intents and texts, no labels of ours."""
    groups: dict[str, list[dict[str, str]]] = {}
    for intent, text in pairs:
        groups.setdefault(_as_rasa_names(intent), []).append({"text": text})
    nlu = [{"intent": intent, "examples": examples} for intent, examples in groups.items()]
    folder.mkdir()
    with (folder / "intents.yml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump({"version": "3.1", "nlu": nlu}, file)


def _as_rasa_names(intent: str) -> str:
    """Rasa reads a slash as the beginning of an answer's name, and would learn half the intent."""
    return intent.replace("/", ".")


async def _parse_all(model: Path, texts: Sequence[str]) -> list[str]:
    """The intent that the pipeline gives each text."""
    import silence  # noqa: PLC0415 - Rasa takes seconds to load, and the checks come first
    import stand_ins  # noqa: PLC0415 - see above

    stand_ins.install()
    silence.fall_silent()
    from closed_app import ListeningAgent  # noqa: PLC0415 - after the stand-ins

    os.chdir(NLU)  # where a model finds the built-in spaCy pipeline
    agent = ListeningAgent()
    agent.load_model(model)
    return [(await agent.parse_message(text))["intent"]["name"] for text in texts]


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of yardsticks")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
