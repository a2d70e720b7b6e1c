"""Measures what the choices of a recipe do, one at a time, on a sample of the messages.

    nlu/encoder/.venv/bin/python nlu/encoder/compare.py [--sample 3000] [--epochs 2] [--only base]

Prints a row of a table per recipe, with the measures on the writers that were left out. A sample
and few epochs show the direction of a choice, not how good the encoder becomes.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
from dataclasses import replace
from pathlib import Path

from measure import measure
from messages import read_ids
from pieces import load_tokenizer
from tune import NLU, UNSEEN, read_network, split_messages
from tuning import Recipe, Tuning

VARIED = {
    "base": {},
    "seed 2": {"seed": 2},
    "no contrast": {"contrast": 0.0},
    "more contrast": {"contrast": 0.5},
    "first labels only": {"second_labels": False},
    "alarm questions": {"alarm": 0.5},
    "6 layers": {"layers": 6},
    "half the rate": {"rate": 4e-5},
    "twice the rate": {"rate": 1.6e-4},
    "mean of weights": {"average": 0.99},
}


def main(arguments: list[str] | None = None) -> int:
    options = _read(arguments)
    ids = read_ids(NLU.parent / "resources" / "taxonomy.yml")
    train, test = split_messages(options.data, UNSEEN)
    sample = random.Random(0).sample(train, min(options.sample, len(train)))
    network, pieces = read_network(train)
    for name in options.only or VARIED:
        recipe = replace(Recipe(epochs=options.epochs), **VARIED[name])
        recipe.sow()
        tuning = Tuning(copy.deepcopy(network), load_tokenizer(pieces), ids, recipe)
        *_, (_, seconds, _) = tuning.run(sample)
        figures = measure(test, tuning.judge(test), ids)
        if name == next(iter(options.only or VARIED)):
            print(
                "| recipe | s | " + " | ".join(figures) + " |\n" + "|---" * (len(figures) + 2) + "|"
            )
        row = " | ".join(f"{figure:.3f}" for figure in figures.values())
        print(f"| {name} | {seconds:.0f} | {row} |", flush=True)
    return 0


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare recipes for the encoder.")
    parser.add_argument("--data", type=Path, default=NLU / "data", help="folder of Rasa YAML files")
    parser.add_argument("--sample", type=int, default=3000, help="messages to learn from")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=VARIED, help="some of the recipes")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
