"""The first step: each text as it was meant, before anything reads it."""

from __future__ import annotations

import json
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.disguise import unmask
from components.words import words_met

LONGEST = 64
"""Characters without a blank that are read as one piece; spaCy's time grows with their square."""
_ENDLESS = re.compile(rf"\S{{{LONGEST}}}(?=\S)")
_COMMAND = re.compile(r"\A[\s/]+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class PlainText(GraphComponent):
    """Learns the words of the messages; undoes disguises in each text by them (`disguise.py`)."""

    def __init__(
        self, storage: ModelStorage, resource: Resource, words: frozenset[str] = frozenset()
    ) -> None:
        self._storage, self._resource, self._words = storage, resource, words

    @classmethod
    def create(
        cls,
        config: dict[str, Any],  # noqa: ARG003
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003
    ) -> PlainText:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],  # noqa: ARG003
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003
        **kwargs: Any,  # noqa: ARG003
    ) -> PlainText:
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / "words.json").read_text("utf-8"))
        return cls(model_storage, resource, frozenset(words))

    def train(self, training_data: TrainingData) -> Resource:
        self._words = words_met(m.get(TEXT) or "" for m in training_data.training_examples)
        with self._storage.write_to(self._resource) as folder:
            words = json.dumps(sorted(self._words), ensure_ascii=False)
            (folder / "words.json").write_text(words, "utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process([m for m in training_data.training_examples if m.get(TEXT)])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = unmask(message.get(TEXT) or "", self._words.__contains__)
            # What begins with '/' Rasa takes for an intent given by name, and judges nothing.
            message.set(TEXT, _ENDLESS.sub(r"\g<0> ", _COMMAND.sub("", text)))
        return messages
