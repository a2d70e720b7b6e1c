"""What the evaluation counts with: intervals, areas, figures, noise, what a model left."""

from __future__ import annotations

import io
import json
import tarfile

import numpy as np
import pytest

from tests.nlu_process import require_environment, run_nlu

PRELUDE = """
import json, sys
sys.path.insert(0, "nlu")
import numpy as np
given = json.loads(sys.argv[1])
def tell(value):
    print(json.dumps(value))
"""
JUDGE = """
from evaluation.judged import judge
from evaluation.messages import Label, Message
def message(id_, *, hint=False, **labels):
    return Message(id_, "", {q: Label(l[0], frozenset(l)) for q, l in labels.items()}, hint)
def judged(rows, question="urgency"):
    scores = [row["scores"] for row in rows]
    messages = [message(str(at), **{question: row["labels"]}) for at, row in enumerate(rows)]
    return judge(messages, {question: [row["said"] for row in rows]}, {question: scores})
"""


@pytest.fixture(scope="module", autouse=True)
def environment():
    require_environment()


def compute(code, given=None):
    """What the evaluation's own Python tells when it is given this."""
    done = run_nlu("-c", PRELUDE + code, json.dumps(given))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_shares_have_wilsons_interval():
    """Values of Newcombe (1998), table I, method 3."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }

    found = compute(
        "from evaluation.intervals import share\n"
        "tell([share(np.arange(of) < count) for count, of in given] + [share(np.zeros(0))])",
        list(published),
    )

    for (count, of), (low, high), figure in zip(published, published.values(), found, strict=False):
        assert (figure["count"], figure["of"]) == (count, of)
        assert figure["value"] == pytest.approx(count / of, abs=1e-4)
        assert (figure["low"], figure["high"]) == pytest.approx((low, high), abs=1e-4)
    assert found[-1]["value"] is None


def test_the_area_is_the_chance_of_the_right_order_and_ties_count_half():
    four = [[True, True, False, False], [0.8, 0.4, 0.4, 0.1]]

    known, one_kind = compute(
        "from evaluation.intervals import area\n"
        "tell([area(np.array(positive), np.array(scores)) for positive, scores in given])",
        [four, [[True, True], [0.1, 0.2]]],
    )

    assert known["value"] == 3.5 / 4
    assert 0 <= known["low"] <= known["value"] <= known["high"] <= 1
    assert one_kind["value"] is None


def test_the_area_is_that_of_scikit_learn_and_its_interval_that_of_a_plain_bootstrap():
    ours, theirs = compute("""
from sklearn.metrics import roc_auc_score
from evaluation.intervals import ROUNDS, SEED, area
random = np.random.default_rng(5)
positive, scores = random.random(80) < 0.4, random.integers(20, size=80) / 20
drawn = np.random.default_rng(SEED).integers(80, size=(ROUNDS, 80))
areas = [roc_auc_score(positive[rows], scores[rows]) for rows in drawn]
tell([area(positive, scores), [roc_auc_score(positive, scores), *np.quantile(areas, (.025, .975))]])
""")

    assert [ours["value"], ours["low"], ours["high"]] == pytest.approx(theirs, abs=1e-4)


def row(labels, said, **scores):
    rest = dict.fromkeys(("none", "low", "medium", "high", "acute"), 0.0)
    return {"labels": labels, "said": said, "scores": rest | scores}


def test_what_is_caught_and_what_is_called_so_in_vain():
    rows = [
        row(["acute"], "acute", acute=0.9, none=0.1),
        row(["acute", "high"], "high", high=0.8, low=0.2),
        row(["acute"], "low", low=0.7, high=0.3),
        row(["high"], "acute", acute=0.6, low=0.4),
        row(["high", "medium"], "medium", medium=0.6, high=0.4),
        row(["medium", "high"], "high", medium=0.5, high=0.5),
        row(["low"], "acute", acute=0.5, low=0.5),
        row(["none"], "none", none=1.0),
        row(["none"], "none", none=0.95, high=0.05),
    ]

    found = compute(
        JUDGE + "from evaluation.figures import count_urgency\ntell(count_urgency(judged(given)))",
        rows,
    )

    counts = {name: (figure.get("count"), figure.get("of")) for name, figure in found.items()}
    assert counts == {
        "acute_called_acute": (1, 3),
        "acute_called_alarming": (2, 3),
        "alarming_called_alarming": (3, 5),
        "false_acute": (2, 6),
        "false_alarm": (1, 3),
        "auc_alarming": (None, None),
    }
    # Of 5 alarming and 3 calm ones; the sixth is neither. 0.3 and 0.4 lie under the false 0.5.
    assert found["auc_alarming"]["value"] == pytest.approx(13 / 15, abs=1e-4)


def test_labels_of_other_readers_count_and_what_was_said_comes_first_of_three():
    labels = ("a", "b", "c", "d", "e")
    scores = dict(zip(labels, (0.4, 0.3, 0.2, 0.06, 0.04), strict=True))
    rows = [
        {"labels": ["a"], "said": "a", "scores": scores},
        {"labels": ["b", "a"], "said": "a", "scores": scores},
        {"labels": ["d"], "said": "a", "scores": scores},
        {"labels": ["c"], "said": "e", "scores": scores},  # a rule spoke: first e, then a and b
    ]

    found = compute(
        JUDGE + "from evaluation.figures import count_question\n"
        "tell(count_question(judged(given, 'concern'), 'concern'))",
        rows,
    )

    assert found["accuracy"]["count"] == 2
    assert found["accuracy_strict"]["count"] == 1
    assert found["among_three"]["count"] == 2
    # Wanted a, a, d, c, said a, a, a, e: F1 of a 0.8, of c and d 0.
    assert found["macro_f1"] == pytest.approx(0.8 / 3, abs=1e-4)
    # Wanted a, b, d, c: F1 of a 0.5, of the others 0.
    assert found["macro_f1_strict"] == pytest.approx(0.5 / 4, abs=1e-4)
    # Always 0.4 sure: right in 2 of 4 by any reader, in 1 of 4 by the first.
    assert found["calibration_error"] == pytest.approx(0.1, abs=1e-4)
    assert found["calibration_error_strict"] == pytest.approx(0.15, abs=1e-4)


def test_the_calibration_error_weighs_each_tenth_by_its_messages():
    sure = [0.95, 0.95, 0.95, 0.95, 0.55, 1.0]
    right = [True, True, True, False, True, True]

    found = compute(
        "from evaluation.figures import calibration_error\n"
        "tell(calibration_error(np.array(given[0]), np.array(given[1])))",
        [sure, right],
    )

    # The last tenth: five messages, 0.96 sure, 0.8 right; the sixth: one, 0.55 sure, right.
    assert found == pytest.approx((5 * 0.16 + 1 * 0.45) / 6, abs=1e-4)


def test_noise_is_the_same_each_time_and_does_what_it_says():
    text = "Jeg tør ikke gå hjem i aften, for min far er vred igen. Hvad gør jeg?"

    first, again, other = compute(
        "from evaluation.noise import KINDS, vary\n"
        "tell([{kind: vary(given, kind, id_) for kind in KINDS} for id_ in ('a', 'a', 'b')])",
        text,
    )

    assert first == again
    assert first["typos"] != other["typos"]
    assert len(first["typos"]) == len(text)
    assert 0 < sum(a != b for a, b in zip(first["typos"], text, strict=True)) < len(text) / 5
    assert sorted(first["swapped_letters"]) == sorted(text)
    assert first["upper_case"] == text.upper()
    assert first["no_capitals_no_stops"].startswith("jeg tør ikke gå hjem i aften for min far")
    assert first["without_danish_letters"].startswith("Jeg toer ikke gaa hjem")
    assert first["dialect"] != text
    assert all(len(set(of.values())) == 6 for of in (first, other))


HEADS = {"audience": ["x", "y"], "concern": ["p", "q"], "urgency": ["none", "low", "high", "acute"]}


def keep(model, name, content):
    with tarfile.open(model, "w:gz") as archive:
        for each, data in zip(name, content, strict=True):
            entry = tarfile.TarInfo(f"components/train_components.judge.Judge5/{each}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def test_what_training_kept_of_left_out_writers_is_read_at_the_models_own_thresholds(tmp_path):
    arrays = io.BytesIO()
    np.savez(
        arrays,
        ids=np.array(["tt-2", "ta-1"]),
        audience=np.array([[0.9, 0.1], [0.2, 0.8]]),
        concern=np.array([[0.6, 0.4], [0.5, 0.5]]),
        urgency=np.array([[0.7, 0.0, 0.0, 0.3], [0.4, 0.3, 0.2, 0.1]]),
    )
    point = {"acute": 0.3, "alarming": 0.4, "also": 0.1}
    plain = {"point": point, "heads": {question: {"ids": ids} for question, ids in HEADS.items()}}
    judge = json.dumps(plain).encode()
    whole, bare = tmp_path / "whole.tar.gz", tmp_path / "bare.tar.gz"
    keep(whole, ["judge.json", "held_out.npz"], [judge, arrays.getvalue()])
    keep(bare, ["judge.json"], [judge])

    code = """
from pathlib import Path
from evaluation.archive import judge_left_out
from evaluation.errors import EvaluationError
known = [message(id_, audience=["x"], concern=["p"], urgency=["none"]) for id_ in ("ta-1", "tt-2")]
found = judge_left_out(Path(given[0]), known)
try:
    judge_left_out(Path(given[0]), known[:1])
except EvaluationError as problem:
    refused = str(problem)
nothing = judge_left_out(Path(given[1]), known)
told = {q: found.said[q].tolist() for q in found.said}
tell([[m.id for m in found.messages], told, found.alarm().tolist(), refused, nothing])
"""
    ids, said, alarm, refused, nothing = compute(JUDGE + code, [str(whole), str(bare)])

    assert ids == ["tt-2", "ta-1"]
    assert said == {"audience": ["x", "y"], "concern": ["p", "p"], "urgency": ["acute", "none"]}
    assert alarm == pytest.approx([0.3, 0.3])
    assert "'tt-2', which is no longer there. Run: make train" in refused
    assert nothing is None
