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
from paths import CACHE, DATA, HELD_OUT, NLU, TAXONOMY  # noqa: E402
from progress import say  # noqa: E402
from scipy import sparse  # noqa: E402
from silence import fall_silent  # noqa: E402

fall_silent()

from components.encoder import VectorCache, find_encoder  # noqa: E402
from components.heads import Coordinates, Head, Scale, fit  # noqa: E402
from components.judge import fit_question  # noqa: E402
from components.labels import QUESTIONS, Example, read_example, taxonomy_ids  # noqa: E402
from components.ngrams import NgramVocabulary  # noqa: E402
from components.operating_point import ALARMING, OperatingPoint, choose  # noqa: E402

BINS = 10
COLUMNS = (
    "writer",
    "messages",
    "AUC alarming",
    "acute called acute",
    "acute called acute or high",
    "others called acute",
    "alarming called so",
    "others called alarming",
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
        encoder = find_encoder()
        self._cache, self.unseen = VectorCache(cache, encoder), encoder.unseen
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
        return np.vstack(self._cache.vectors(texts, say))


@dataclass(frozen=True)
class Judged:
    """Messages and what heads say of them that never read their writers: one row per message."""

    examples: list[Example]
    probabilities: dict[str, np.ndarray]
    ids: dict[str, tuple[str, ...]]

    def only(self, mine: np.ndarray) -> Judged:
        chosen = [example for example, use in zip(self.examples, mine, strict=True) if use]
        return Judged(chosen, {q: rows[mine] for q, rows in self.probabilities.items()}, self.ids)

    def known(self) -> Judged:
        """Without the messages whose writers every head, or the encoder, has read."""
        return self.only(np.isfinite(self.probabilities["urgency"]).all(axis=1))

    def first(self, question: str) -> np.ndarray:
        """The first reader's labels."""
        return np.array([example.answers[question].label for example in self.examples])

    def accepts(self, question: str, labels: Sequence[str]) -> np.ndarray:
        """Whether some reader would give one of the labels."""
        answers = (example.answers[question] for example in self.examples)
        return np.array([bool({a.label, *a.acceptable} & set(labels)) for a in answers])

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
    texts, examples = _messages(DATA)
    reader = Reader(texts, CACHE)
    ids = taxonomy_ids(TAXONOMY)
    axes = Coordinates.of(reader.rows)
    heads, left_out = {}, {}
    for question in QUESTIONS:
        head, left_out[question] = fit_question(
            question, axes.rows, examples, ids[question], reader.unseen
        )
        heads[question] = axes.head(head, reader.rows)
    point = choose(examples, left_out["urgency"], left_out["concern"], ids)
    _report(Judged(examples, left_out, ids).known(), point)
    _report(_examine(reader, heads, ids), point)
    if options.everyday:
        _report_everyday(options.everyday, reader, heads["urgency"], point)
    if options.xsid:
        _report_xsid(options.xsid)
    return 0


def _messages(folder: Path) -> tuple[list[str], list[Example]]:
    from rasa.shared.importers.utils import training_data_from_paths  # noqa: PLC0415 - slow

    ids = taxonomy_ids(TAXONOMY)
    files = sorted(str(file) for file in folder.glob("*.yml"))
    messages = training_data_from_paths(files, "da").intent_examples
    examples = [read_example(m.get("intent"), m.get("metadata")["example"], ids) for m in messages]
    return [message.get("text") for message in messages], examples


def _examine(reader: Reader, heads: dict[str, Head], ids: dict[str, tuple[str, ...]]) -> Judged:
    """What the heads that serve say of the messages that nothing was ever made with."""
    texts, examples = _messages(HELD_OUT)
    rows = reader.read(texts)
    return Judged(examples, {q: head.probabilities(rows) for q, head in heads.items()}, ids)


def _report(judged: Judged, point: OperatingPoint) -> None:
    writers = np.array([example.writer for example in judged.examples])
    print(f"\nMessages: {len(writers)}; thresholds: {point}\n")
    print("| " + " | ".join(COLUMNS) + " |")
    print("|---" * len(COLUMNS) + "|")
    names = sorted(set(writers))
    for name in [*names, "all"] if len(names) > 1 else names:
        mine = judged.only(writers == name) if name != "all" else judged
        figures = " | ".join(f"{figure:.3f}" for figure in _figures(mine, point))
        print(f"| {name} | {len(mine.examples)} | {figures} |")
    errors = {question: _calibration_error(judged, question) for question in QUESTIONS}
    print("\nExpected calibration error: ", {q: round(e, 3) for q, e in errors.items()})


def _figures(judged: Judged, point: OperatingPoint) -> list[float]:
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - slow to load

    first, decided = judged.first("urgency"), judged.decisions(point)
    alarming, acute = np.isin(first, ALARMING), first == "acute"
    calm, not_acute = ~judged.accepts("urgency", ALARMING), ~judged.accepts("urgency", ["acute"])
    clear, alarmed = alarming | calm, np.isin(decided, ALARMING)
    return [
        roc_auc_score(alarming[clear], judged.alarm()[clear]),
        np.mean(decided[acute] == "acute"),
        np.mean(alarmed[acute]),
        np.mean(decided[not_acute] == "acute"),
        np.mean(alarmed[alarming]),
        np.mean(alarmed[calm]),
        _among_first(judged, "concern", 1),
        _among_first(judged, "concern", 3),
        _among_first(judged, "audience", 1),
    ]


def _among_first(judged: Judged, question: str, most: int) -> float:
    """How often a label that some reader would give is among the ``most`` likeliest."""
    order = np.argsort(-judged.probabilities[question], axis=1)[:, :most]
    names = np.array(judged.ids[question])[order]
    right = [
        bool({a.label, *a.acceptable} & set(row))
        for row, a in zip(names, (e.answers[question] for e in judged.examples), strict=True)
    ]
    return float(np.mean(right))


def _calibration_error(judged: Judged, question: str) -> float:
    """Mean distance between how sure a head is and how often it is right, over ten bins."""
    rows = judged.probabilities[question]
    sure = rows.max(axis=1)
    right = np.array(judged.ids[question])[rows.argmax(axis=1)] == judged.first(question)
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
