"""Betro's measurements: one run, on one machine, as JSON, a picture and a table."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.settings import ROOT
from tests.bench.picture import draw
from tests.bench.publication import publish
from tests.bench.report import show, write_json
from tests.bench.run import PARTS, measure
from tests.nlu_process import PYTHON

OUT = ROOT / ".run" / "bench"
EXAMPLES = """\
examples:
  .venv/bin/python -m tests.bench                          everything, about five minutes
  .venv/bin/python -m tests.bench --only engine --only safety-net
  .venv/bin/python -m tests.bench --rounds 10 --no-rasa    a quick look
  .venv/bin/python -m tests.bench --publish                and put it into README and resources

The figures are worth as much as the machine is quiet: its load is written beside them.
"""


def main(arguments: list[str] | None = None) -> int:
    options = _read(arguments)
    if not PYTHON.exists():
        print("betro: nlu/.venv is missing. Run 'make setup'.", file=sys.stderr)
        return 1
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    try:
        result = measure(options.only or PARTS, options.rounds, out, rasa=options.rasa, say=_say)
    except KeyboardInterrupt:
        return 130
    _tell(result, out)
    if options.publish:
        publish(result, ROOT)
    return 0


def _tell(result: dict[str, Any], out: Path) -> None:
    """The table on the terminal; JSON and pictures in the folder, with where they lie."""
    json_file, *pictures = (out / f"bench.{ending}" for ending in ("json", "svg", "png"))
    write_json(result, json_file)
    draw(result, *pictures)
    show(result, Console())
    for path in (json_file, *pictures):
        print(path)


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="may be repeated")
    parser.add_argument("--rounds", type=_positive, default=100, help="default: 100")
    parser.add_argument("--out", type=Path, default=OUT, help="folder, default: .run/bench")
    parser.add_argument(
        "--no-rasa", dest="rasa", action="store_false", help="leave out Rasa's own dialogue"
    )
    parser.add_argument(
        "--publish", action="store_true", help="renew the README's table and picture; all parts"
    )
    options = parser.parse_args(arguments)
    if options.publish and (options.only or not options.rasa):
        parser.error("--publish needs every part: leave out --only and --no-rasa.")
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _say(line: str) -> None:
    print(f"bench: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every part is ended
    sys.exit(main())
