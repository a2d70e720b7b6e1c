"""The n-grams as a Rasa featurizer: one sparse sentence feature per message."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.ngrams import NgramVocabulary


def words_of(message: Message) -> list[str]:
    """The tokens of the spaCy pipeline, as lemmas where the pipeline knows any."""
    tokens = message.get(TOKENS_NAMES[TEXT]) or []
    return [(token.lemma or token.text).lower() for token in tokens]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(GraphComponent):
    """Learns which n-grams count; adds their weights as a sparse feature."""

    def __init__(
        self, storage: ModelStorage, resource: Resource, vocabulary: NgramVocabulary | None = None
    ) -> None:
        self._storage, self._resource, self._vocabulary = storage, resource, vocabulary

    @classmethod
    def create(
        cls,
        config: dict[str, Any],  # noqa: ARG003
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003
    ) -> NgramFeaturizer:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],  # noqa: ARG003
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003
        **kwargs: Any,  # noqa: ARG003
    ) -> NgramFeaturizer:
        with model_storage.read_from(resource) as folder:
            grams = json.loads((folder / "ngrams.json").read_text("utf-8"))
            weights = np.load(folder / "weights.npy", allow_pickle=False)
        columns = {gram: i for i, gram in enumerate(grams)}
        return cls(model_storage, resource, NgramVocabulary(columns, weights))

    def train(self, training_data: TrainingData) -> Resource:
        messages = [words_of(m) for m in training_data.training_examples if m.get(TEXT)]
        self._vocabulary = NgramVocabulary.learn(messages)
        with self._storage.write_to(self._resource) as folder:
            grams = json.dumps(list(self._vocabulary.columns), ensure_ascii=False)
            (folder / "ngrams.json").write_text(grams, "utf-8")
            np.save(folder / "weights.npy", self._vocabulary.weights)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process([m for m in training_data.training_examples if m.get(TEXT)])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            row = self._vocabulary.row(words_of(message))
            message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, "NgramFeaturizer"))
        return messages
