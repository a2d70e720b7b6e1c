"""Measures how well Betro understands; the program behind `make evaluate`.

Asks the whole system, safety net and understanding together as a visitor meets them, and tells what
each does alone. Writes report.html and report.json. Ends with 1 when a figure lies under its floor.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import small_machine

small_machine.spare_the_machine()

from danish import spacy_model  # noqa: E402
from evaluation.errors import EvaluationError  # noqa: E402
from evaluation.floors import Kept, check, read_floors  # noqa: E402
from evaluation.measuring import PARTS, gather, measure  # noqa: E402
from evaluation.noise import SEED  # noqa: E402
from evaluation.report import write_report  # noqa: E402
from fingerprint import model_file  # noqa: E402
from paths import BEHAVIOUR, FLOORS, NLU  # noqa: E402
from progress import say  # noqa: E402

OUT = NLU.parent / ".run" / "evaluation"
EXAMPLES = """\
examples:
  make evaluate                            everything of the project's own
  make evaluate ARGS="--yardsticks DIR"    and false alarms on DIR/tatoeba/everyday_danish.tsv
  nlu/.venv/bin/python nlu/evaluate.py --only held_out --only behaviour       a quicker look
"""


def main(arguments: list[str] | None = None) -> int:
    options = _read(arguments)
    parts = options.only or PARTS
    try:
        floors = read_floors(options.floors)
        texts = gather(parts, behaviour=options.behaviour, yardsticks=options.yardsticks)
        found = measure(parts, texts, _model)
        kept = check(floors, found.figures)
        about = {"model": _model().name, "seed": str(SEED), "parts": ", ".join(found.figures)}
        write_report(found, kept, about, options.out)
    except EvaluationError as problem:
        print(f"betro: {problem}", file=sys.stderr, flush=True)
        return 2
    except KeyboardInterrupt:
        return 130
    say(f"wrote {options.out / 'report.html'} and report.json")
    return _judge(kept)


def _judge(kept: Sequence[Kept]) -> int:
    unmeasured = [each.floor.figure for each in kept if each.value is None]
    if unmeasured:
        say(f"floors not looked at, their part was not measured: {', '.join(unmeasured)}")
    broken = [each for each in kept if each.is_broken]
    for each in broken:
        print(f"betro: {each} ({each.floor.path.name}:{each.floor.line})", file=sys.stderr)
    if not broken:
        say(f"all {len(kept) - len(unmeasured)} floors hold")
    return 1 if broken else 0


def _model() -> Path:
    """The file of the model that serves."""
    return model_file(spacy_model())


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="may be repeated")
    parser.add_argument("--yardsticks", type=Path, metavar="DIR", help="folder of outside data")
    parser.add_argument("--out", type=Path, default=OUT, help="default: .run/evaluation")
    parser.add_argument("--floors", type=Path, default=FLOORS, help="default: nlu/floors.yml")
    parser.add_argument(
        "--behaviour", type=Path, default=BEHAVIOUR, metavar="DIR", help="default: nlu/behaviour"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
