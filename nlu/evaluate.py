"""Measures the understanding on writers it never read, and on outside yardsticks.

    nlu/.venv/bin/python nlu/evaluate.py [--xsid DIR] [--everyday FILE]

--xsid: a folder with xSID's `da.valid.tsv` and `da.test.tsv` (intent<TAB>text).
--everyday: a file of everyday sentences (text in the first column); every sixth is judged.
Prints the tables of README.md. Yardsticks are never trained on beyond what is said, nor tuned on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import small_machine

small_machine.spare_the_machine()

import numpy as np  # noqa: E402
from danish import spacy_model  # noqa: E402
from paths import CACHE, DATA, NLU, TAXONOMY  # noqa: E402
from progress import say  # noqa: E402
from scipy import sparse  # noqa: E402
from silence import fall_silent  # noqa: E402

fall_silent()

from components.encoder import Encoder, VectorCache  # noqa: E402
from components.heads import Coordinates, Head, Scale, fit  # noqa: E402
from components.judge import fit_question  # noqa: E402
from components.labels import QUESTIONS, Example, read_example, taxonomy_ids  # noqa: E402
from components.ngrams import NgramVocabulary  # noqa: E402
from components.operating_point import ALARMING, OperatingPoint, choose  # noqa: E402

BINS = 10
COLUMNS = (
    "writer left out",
    "messages",
    "AUC alarming",
    "acute called acute",
    "acute called acute or high",
    "none or low called acute or high",
    "concern first",
    "concern among three",
    "audience",
)
EVERY = 6


class Reader:
    """Turns texts into the rows that heads read, as the pipeline does."""

    def __init__(self, texts: Sequence[str], cache: Path) -> None:
        import spacy  # noqa: PLC0415 - takes seconds, and --help needs none of it

        self._spacy = spacy.load(NLU / spacy_model())
        self._cache, self._encoder = VectorCache(cache), Encoder()
        words = [self._words(text) for text in texts]
        self._vocabulary = NgramVocabulary.learn(words)
        vectors = self._vectors(texts)
        self._scale = Scale.of(vectors)
        self.rows = self._scale.join(vectors, self._grams(words))

    def read(self, texts: Sequence[str]) -> sparse.csr_matrix:
        return self._scale.join(self._vectors(texts), self._grams(map(self._words, texts)))

    def _words(self, text: str) -> list[str]:
        tokens = (token for token in self._spacy(text.lower()) if token.text.strip())
        return [token.lemma_ or token.text for token in tokens]

    def _grams(self, messages) -> sparse.csr_matrix:  # noqa: ANN001 - any iterable of words
        return sparse.vstack([self._vocabulary.row(words) for words in messages]).tocsr()

    def _vectors(self, texts: Sequence[str]) -> np.ndarray:
        return np.vstack(self._cache.vectors(texts, self._encoder.vector, say))


@dataclass(frozen=True)
class HeldOut:
    """What heads that never read a message's writer say of every message."""

    examples: list[Example]
    probabilities: dict[str, np.ndarray]
    ids: dict[str, tuple[str, ...]]

    def labels(self, question: str) -> np.ndarray:
        return np.array([example.answers[question].label for example in self.examples])

    def alarm(self) -> np.ndarray:
        columns = [self.ids["urgency"].index(urgency) for urgency in ALARMING]
        return self.probabilities["urgency"][:, columns].sum(axis=1)

    def decisions(self, point: OperatingPoint) -> np.ndarray:
        rows = self.probabilities["urgency"]
        return np.array(
            [point.urgency(dict(zip(self.ids["urgency"], r, strict=True))) for r in rows]
        )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure the understanding.")
    parser.add_argument("--xsid", type=Path, help="folder with da.valid.tsv and da.test.tsv")
    parser.add_argument("--everyday", type=Path, help="file of everyday sentences")
    options = parser.parse_args(arguments)
    texts, examples = _messages()
    reader = Reader(texts, CACHE)
    ids = taxonomy_ids(TAXONOMY)
    axes = Coordinates.of(reader.rows)
    heads, held_out = {}, {}
    for question in QUESTIONS:
        head, held_out[question] = fit_question(question, axes.rows, examples, ids[question])
        heads[question] = axes.head(head, reader.rows)
    measured = HeldOut(examples, held_out, ids)
    point = choose(examples, held_out["urgency"], held_out["concern"], ids)
    _report(measured, point)
    if options.everyday:
        _report_everyday(options.everyday, reader, heads["urgency"], point)
    if options.xsid:
        _report_xsid(options.xsid)
    return 0


def _messages() -> tuple[list[str], list[Example]]:
    from rasa.shared.importers.utils import training_data_from_paths  # noqa: PLC0415 - slow

    ids = taxonomy_ids(TAXONOMY)
    files = sorted(str(file) for file in DATA.glob("*.yml"))
    messages = training_data_from_paths(files, "da").intent_examples
    examples = [read_example(m.get("intent"), m.get("metadata")["example"], ids) for m in messages]
    return [message.get("text") for message in messages], examples


def _report(measured: HeldOut, point: OperatingPoint) -> None:
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - slow to load

    writers = np.array([example.writer for example in measured.examples])
    urgency, decided = measured.labels("urgency"), measured.decisions(point)
    print(f"\nMessages: {len(writers)}; thresholds: {point}\n")
    print("| " + " | ".join(COLUMNS) + " |")
    print("|---" * len(COLUMNS) + "|")
    for name in [*sorted(set(writers)), "all"]:
        mine = writers == name if name != "all" else np.full(len(writers), fill_value=True)
        acute, calm = mine & (urgency == "acute"), mine & np.isin(urgency, ("none", "low"))
        alarmed = np.isin(decided, ALARMING)
        figures = [
            roc_auc_score(np.isin(urgency[mine], ALARMING), measured.alarm()[mine]),
            np.mean(decided[acute] == "acute"),
            np.mean(alarmed[acute]),
            np.mean(alarmed[calm]),
            _among_first(measured, "concern", mine, 1),
            _among_first(measured, "concern", mine, 3),
            _among_first(measured, "audience", mine, 1),
        ]
        print(f"| {name} | {mine.sum()} | " + " | ".join(f"{f:.3f}" for f in figures) + " |")
    errors = {question: _calibration_error(measured, question) for question in QUESTIONS}
    print("\nExpected calibration error: ", {q: round(e, 3) for q, e in errors.items()})


def _among_first(measured: HeldOut, question: str, mine: np.ndarray, first: int) -> float:
    order = np.argsort(-measured.probabilities[question][mine], axis=1)[:, :first]
    names = np.array(measured.ids[question])[order]
    return float((names == measured.labels(question)[mine, np.newaxis]).any(axis=1).mean())


def _calibration_error(measured: HeldOut, question: str) -> float:
    """Mean distance between how sure a head is and how often it is right, over ten bins."""
    rows = measured.probabilities[question]
    sure = rows.max(axis=1)
    right = np.array(measured.ids[question])[rows.argmax(axis=1)] == measured.labels(question)
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
            for b in np.unique(bins)]  # fmt: skip
    return float(sum(gaps))


def _report_everyday(file: Path, reader: Reader, head: Head, point: OperatingPoint) -> None:
    lines = file.read_text("utf-8").splitlines()[::EVERY]
    texts = [line.split("\t")[0] for line in lines if line.strip()]
    rows = head.probabilities(reader.read(texts))
    decided = [point.urgency(dict(zip(head.ids, row, strict=True))) for row in rows]
    shares = {urgency: decided.count(urgency) / len(decided) for urgency in head.ids}
    print(
        f"\nEveryday sentences: {len(texts)}; called", {u: round(s, 4) for u, s in shares.items()}
    )


def _report_xsid(folder: Path) -> None:
    read = {name: _xsid(folder / f"da.{name}.tsv") for name in ("valid", "test")}
    intents, texts = zip(*read["valid"], strict=True)
    ids = tuple(sorted(set(intents)))
    reader = Reader(texts, CACHE / "xsid")
    head = fit(reader.rows, np.eye(len(ids))[[ids.index(i) for i in intents]], ids)
    wanted, asked = zip(*read["test"], strict=True)
    found = np.array(ids)[head.probabilities(reader.read(asked)).argmax(axis=1)]
    print(f"\nxSID Danish, {len(texts)} to learn from, {len(asked)} to test: "
          f"accuracy {np.mean(found == np.array(wanted)):.3f}")  # fmt: skip


def _xsid(file: Path) -> list[tuple[str, str]]:
    lines = file.read_text("utf-8").splitlines()
    return [(intent, text) for intent, _, text in (line.partition("\t") for line in lines if line)]


if __name__ == "__main__":
    sys.exit(main())
