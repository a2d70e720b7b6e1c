"""Draws what each threshold of urgency costs: resources/pictures/operating_point.svg.

    nlu/.venv/bin/python nlu/operating_curve.py [--out FILE]

From what heads say of the writers that neither they nor the encoder had read; it is
kept in the model. The dotted line is the threshold of `operating_point.yml`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import small_machine

small_machine.spare_the_machine()

import numpy as np  # noqa: E402
from danish import spacy_model  # noqa: E402
from evaluation.archive import judge_left_out  # noqa: E402
from evaluation.errors import EvaluationError  # noqa: E402
from evaluation.judged import Judged  # noqa: E402
from evaluation.messages import read_messages  # noqa: E402
from evaluation.pictures import Threshold, draw_thresholds  # noqa: E402
from fingerprint import model_file  # noqa: E402
from paths import DATA, NLU, OPERATING_POINT, TAXONOMY  # noqa: E402
from silence import fall_silent  # noqa: E402

OUT = NLU.parent / "resources" / "pictures" / "operating_point.svg"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=OUT, help=f"default: {OUT.name}")
    out = parser.parse_args(arguments).out
    fall_silent()
    try:
        left_out = judge_left_out(model_file(spacy_model()), read_messages(DATA))
    except EvaluationError as problem:
        print(f"betro: {problem}", file=sys.stderr)
        return 1
    if left_out is None:
        print("betro: the model keeps no held-out messages. Run: make train", file=sys.stderr)
        return 1
    out.write_text(draw_thresholds(_thresholds(left_out)), "utf-8")
    print(f"wrote {out}")
    return 0


def _thresholds(left_out: Judged) -> list[Threshold]:
    from components.labels import Answer, Example, taxonomy_ids  # noqa: PLC0415 - after Rasa was silenced
    from components.operating_point import GRID, read_operating_point, spend  # noqa: PLC0415

    ids = taxonomy_ids(TAXONOMY)["urgency"]
    point, costs = read_operating_point(OPERATING_POINT, ids)
    labels = [message.labels["urgency"] for message in left_out.messages]
    answers = [Answer(label.first, tuple(label.accepted)) for label in labels]
    examples = [Example("", "", {"urgency": answer}, ()) for answer in answers]
    columns = [left_out.ids["urgency"].index(name) for name in ids]
    each = spend(examples, left_out.scores["urgency"][:, columns], ids, costs) / len(examples)
    at = [int(np.abs(GRID - value).argmin()) for value in (point.acute, point.alarming)]
    return [
        Threshold("acute", GRID, each[:, at[1]], point.acute),
        Threshold("acute or high", GRID, each[at[0]], point.alarming),
    ]


if __name__ == "__main__":
    sys.exit(main())
