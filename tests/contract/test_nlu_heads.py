"""The heads and the operating point, in the environment that trains them."""

from __future__ import annotations

import json

import pytest

from tests.nlu_process import require_environment, run_nlu

BEFORE = """
import json, sys
sys.path.insert(0, "nlu")
import numpy as np
from scipy import sparse
from components.heads import AXES, Coordinates, Scale, fit
from components.labels import Answer, Example
from components.operating_point import Costs, OperatingPointError, cheapest, read_operating_point
random = np.random.default_rng(3)
def tell(**found):
    print(json.dumps({name: np.asarray(value).tolist() for name, value in found.items()}))
def example(label, *acceptable):
    answer = Answer(label, acceptable)
    return Example("", "", {"urgency": answer, "concern": Answer("none")}, ())
IDS = ("acute", "high", "medium", "low", "none")
"""


@pytest.fixture(scope="module", autouse=True)
def environment():
    require_environment()


def compute(code):
    done = run_nlu("-c", BEFORE + code, seconds=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_head_agrees_with_logistic_regression_on_weighted_copies():
    """Soft targets are the same as one copy per acceptable label with its share as weight."""
    found = compute("""
from sklearn.linear_model import LogisticRegression
from components.heads import STRENGTHS
rows = random.standard_normal((200, 10)).astype(np.float32)
wanted = np.eye(3)[random.integers(0, 3, 200)] * 0.7 + 0.3 * np.eye(3)[random.integers(0, 3, 200)]
ours = fit(rows, wanted, "abc").probabilities(rows)
message, label = np.nonzero(wanted)
model = LogisticRegression(C=STRENGTHS[0], max_iter=1000, tol=1e-8)
model.fit(rows[message], label, sample_weight=wanted[message, label])
tell(difference=np.abs(ours - model.predict_proba(rows)).max(), unsure=ours.max(axis=1).min())
""")

    assert found["difference"] < 0.002
    assert found["unsure"] < 0.6


def test_an_id_without_examples_is_unlikely_and_never_impossible():
    found = compute("""
rows = random.standard_normal((50, 4)).astype(np.float32)
wanted = np.zeros((50, 3))
wanted[:25, 0] = wanted[25:40, 2] = 1  # the last ten have no label at all
tell(told=fit(rows, wanted, "abc").probabilities(rows))
""")

    assert all(0 < row[1] < 1e-5 for row in found["told"])
    assert all(abs(sum(row) - 1) < 1e-9 for row in found["told"])


def test_a_question_without_any_label_is_answered_evenly():
    found = compute("""
tell(told=fit(np.ones((2, 3), np.float32), np.zeros((2, 4)), "abcd").probabilities(np.ones((1, 3))))
""")

    assert found["told"] == [[0.25] * 4]


def test_a_head_says_the_same_of_axes_and_of_all_n_grams():
    found = compute("""
vectors = random.standard_normal((AXES + 100, 6)).astype(np.float32)
grams = sparse.random(len(vectors), 2000, 0.02, "csr", np.float32, random_state=1)
rows = Scale.of(vectors).join(vectors, grams)
axes = Coordinates.of(rows, 6)
head = fit(axes.rows, np.eye(2)[(rows[:, 7] > 0.1).toarray().ravel().astype(int)], "ab")
one, other = head.probabilities(axes.rows), axes.head(head).probabilities(rows)
tell(difference=np.abs(one - other).max(), columns=axes.rows.shape[1], spread=one[:, 0].std())
""")

    assert found["difference"] < 1e-4
    assert found["columns"] <= 606
    assert found["spread"] > 0.01


def test_thresholds_with_the_least_cost_are_found():
    """Acute ones have 0.4 or more, calm ones 0.2 or less, high ones lie between."""
    found = compute("""
told = {"urgency": np.array([[p, 0, 0, 0, 1 - p] for p in (0.4, 0.9, 0.3, 0.3, 0.2, 0.1)]),
        "concern": np.ones((6, 1))}
labels = ("acute", "acute", "high", "high", "none", "none")
costs = Costs({t: {c: float(t != c) for c in IDS} for t in IDS})
point = cheapest([example(l) for l in labels], told, {"urgency": IDS, "concern": ("none",)}, costs)
tell(acute=point.acute, alarming=point.alarming)
""")

    assert 0.3 < found["acute"] <= 0.4
    assert 0.2 < found["alarming"] <= 0.3


def test_a_dear_miss_lowers_the_threshold():
    found = compute("""
told = {"urgency": np.array([[0.2, 0, 0, 0, 0.8]] * 10), "concern": np.ones((10, 1))}
messages = [example("acute")] + [example("none")] * 9
def threshold(miss):
    costs = {t: {c: float(t != c) for c in IDS} for t in IDS}
    costs["acute"]["none"] = miss
    ids = {"urgency": IDS, "concern": ("none",)}
    return cheapest(messages, told, ids, Costs(costs)).acute
tell(even=threshold(1.0), dear=threshold(20.0))
""")

    assert found["dear"] <= 0.2 < found["even"]


def test_a_label_that_another_reader_accepts_costs_nothing():
    found = compute("""
costs = Costs({t: {c: float(t != c) for c in IDS} for t in IDS})
tell(table=costs.table([example("acute", "high")], IDS))
""")

    assert found["table"] == [[0, 0, 1, 1, 1]]


@pytest.mark.parametrize("broken", ["acute: 0", "acute: often", "costs: {}", "costs: 3"])
def test_a_broken_operating_point_names_file_and_mend(broken, tmp_path):
    path = tmp_path / "point.yml"
    name = broken.partition(":")[0]
    lines = [line for line in ORDINARY.splitlines() if not line.startswith(f"{name}:")]
    path.write_text("\n".join([*lines, broken]))
    found = compute(f"""
try:
    read_operating_point({str(path)!r}, ("acute", "none"))
    tell(problem="")
except OperatingPointError as problem:
    tell(problem=str(problem))
""")

    assert str(path) in found["problem"]
    assert "It needs acute, alarming and also" in found["problem"]


ORDINARY = """\
acute: 0.3
alarming: 0.4
also: 0.1
costs: {acute: {acute: 0, none: 9}, none: {acute: 1, none: 0}}
"""
