"""Answers the three questions about a message: who writes, about what, how soon must one act."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from paths import OPERATING_POINT, TAXONOMY
from progress import say
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse

from components.encoder import find_encoder
from components.heads import (
    STRENGTHS,
    Calibration,
    Coordinates,
    Head,
    Scale,
    calibrated,
    fit,
    held_out_logits,
)
from components.labels import QUESTIONS, Example, read_example, targets, taxonomy_ids
from components.operating_point import OperatingPoint, cheapest, read_operating_point


@dataclass(frozen=True)
class HeldOut:
    """Messages and what heads say of them that read nothing of their writers."""

    examples: list[Example]
    told: dict[str, np.ndarray]
    """Question -> calibrated probabilities, one row per message."""

    @classmethod
    def of(cls, examples: list[Example], told: dict[str, np.ndarray]) -> HeldOut:
        """``told`` has NaN rows where there is no such head; these are left out."""
        known = np.all([np.isfinite(rows).all(axis=1) for rows in told.values()], axis=0)
        kept = [example for example, use in zip(examples, known, strict=True) if use]
        return cls(kept, {question: rows[known] for question, rows in told.items()})

    def write(self, path: Path) -> None:
        """Keep it beside the heads, so that a model can be measured without fitting it anew."""
        names = np.array([example.id for example in self.examples], dtype=str)
        np.savez(path, ids=names, **{q: p.astype(np.float32) for q, p in self.told.items()})


def features_of(messages: list[Message]) -> tuple[np.ndarray, sparse.csr_matrix]:
    """Sentence vectors and n-grams, one row per message."""
    vectors = [m.get_dense_features(TEXT, [])[1].features for m in messages]
    grams = [m.get_sparse_features(TEXT, [])[1].features for m in messages]
    return np.vstack(vectors), sparse.vstack(grams).tocsr()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Judge(GraphComponent):
    """Three calibrated logistic heads over sentence vectors and n-grams."""

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = storage, resource
        self._scale: Scale
        self._heads: dict[str, Head] = {}
        self._point = OperatingPoint()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],  # noqa: ARG003
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003
    ) -> Judge:
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        messages = [m for m in training_data.intent_examples if m.get(TEXT)]
        ids = _ids(messages)
        examples = [read_example(m.get(INTENT), _metadata(m), ids) for m in messages]
        vectors, grams = features_of(messages)
        self._scale = Scale.of(vectors)
        rows = self._scale.join(vectors, grams)
        axes = Coordinates.of(rows, vectors.shape[1])
        say("found the axes of the n-grams")
        told, unseen = {}, find_encoder().unseen
        for question, names in ids.items():
            head, told[question] = fit_question(question, axes.rows, examples, names, unseen)
            self._heads[question] = axes.head(head)
        held_out = HeldOut.of(examples, told)
        if "urgency" in ids:
            self._set_point(held_out, ids)
        self._persist(held_out)
        return self._resource

    def _set_point(self, held_out: HeldOut, ids: dict[str, tuple[str, ...]]) -> None:
        self._point, costs = read_operating_point(OPERATING_POINT, ids["urgency"])
        if held_out.examples:
            best = cheapest(held_out.examples, held_out.told, ids, costs)
            say(f"set: {self._point}; on held-out messages least cost has {best}")

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            row = self._scale.join(*features_of([message]))
            scores = {q: _scores(head, row) for q, head in self._heads.items()}
            self._tell(message, scores)
        return messages

    def _tell(self, message: Message, scores: dict[str, dict[str, float]]) -> None:
        ranking = sorted(
            ({"name": name, "confidence": p} for name, p in scores["concern"].items()),
            key=lambda entry: -entry["confidence"],
        )
        message.set("intent", ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        if "urgency" not in scores:  # trained on plain intents of something else
            return
        best = {q: max(s, key=s.__getitem__) for q, s in scores.items()}
        judgement = {q: {"id": best[q], "scores": scores[q]} for q in QUESTIONS}
        judgement["concern"]["also"] = self._point.further_concerns(
            scores["concern"], best["concern"]
        )
        judgement["urgency"]["id"] = self._point.urgency(scores["urgency"])
        message.set("judgement", judgement, add_to_output=True)

    def _persist(self, held_out: HeldOut) -> None:
        arrays = {"mean": self._scale.mean, "spread": self._scale.spread}
        for question, head in self._heads.items():
            arrays |= {f"{question}_weights": head.weights, f"{question}_bias": head.bias}
        plain = {
            "encoder": find_encoder().name,
            "point": asdict(self._point),
            "heads": {
                q: {"ids": h.ids, "temperature": h.temperature} for q, h in self._heads.items()
            },
        }
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "heads.npz", **arrays)
            held_out.write(folder / "held_out.npz")
            (folder / "judge.json").write_text(json.dumps(plain, indent=1), "utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],  # noqa: ARG003
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003
        **kwargs: Any,  # noqa: ARG003
    ) -> Judge:
        judge = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            plain = json.loads((folder / "judge.json").read_text("utf-8"))
            if plain["encoder"] != find_encoder().name:
                raise ValueError("the model was trained with another encoder")
            with np.load(folder / "heads.npz", allow_pickle=False) as arrays:
                judge._scale = Scale(arrays["mean"], arrays["spread"])
                for q, head in plain["heads"].items():
                    # In this order SciPy need not copy all weights for each message.
                    weights = np.asfortranarray(arrays[f"{q}_weights"])
                    bias = arrays[f"{q}_bias"]
                    judge._heads[q] = Head(tuple(head["ids"]), weights, bias, head["temperature"])
        judge._point = OperatingPoint(**plain["point"])
        return judge


def fit_question(
    question: str,
    rows: np.ndarray,
    examples: list[Example],
    ids: tuple[str, ...],
    unseen: tuple[str, ...] | None = None,
) -> tuple[Head, np.ndarray]:
    """A calibrated head, and what heads that never read a message's writer say of it.

    The second has one row per message; NaN where no such head is (``unseen``, see ``folds``).
    """
    wanted = targets([example.answers.get(question) for example in examples], ids)
    writers = [example.writer for example in examples]
    tried = {
        strength: held_out_logits(rows, wanted, ids, writers, unseen=unseen, strength=strength)
        for strength in STRENGTHS
    }
    found = {s: Calibration.of(logits, wanted) for s, logits in tried.items()}
    strength = min(found, key=lambda s: found[s].surprise)
    logits, temperature = tried[strength], found[strength].temperature
    head = replace(fit(rows, wanted, ids, strength), temperature=temperature)
    say(f"fitted {question} on {int((wanted.sum(axis=1) > 0).sum())} messages")
    nobody = np.isnan(logits).all(axis=1, keepdims=True)
    told = calibrated(np.where(np.isnan(logits), 0, logits), temperature)
    return head, np.where(nobody, np.nan, told)


def _ids(messages: list[Message]) -> dict[str, tuple[str, ...]]:
    """The ids of each question; plain data about something else have their intents only."""
    ids = taxonomy_ids(TAXONOMY)
    intents = {message.get(INTENT) for message in messages}
    if intents.isdisjoint(ids["concern"]) and not any(map(_metadata, messages)):
        return {"concern": tuple(sorted(intents))}
    return ids


def _metadata(message: Message) -> dict[str, Any]:
    """What the data files say beside the text; empty for plain examples."""
    return (message.get("metadata") or {}).get("example") or {}


def _scores(head: Head, row: sparse.csr_matrix) -> dict[str, float]:
    return dict(zip(head.ids, head.probabilities(row)[0].tolist(), strict=True))
