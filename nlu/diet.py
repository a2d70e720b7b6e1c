"""Rasa's own classifier, DIET, to compare with; nothing that serves uses it."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

PIPELINE = """\
recipe: default.v1
language: da
pipeline:
- name: WhitespaceTokenizer
- name: CountVectorsFeaturizer
- {name: CountVectorsFeaturizer, analyzer: char_wb, min_ngram: 2, max_ngram: 4}
- {name: DIETClassifier, epochs: %d, entity_recognition: false, ranking_length: 0, random_seed: 1}
"""


def judge_with_diet(
    texts: Sequence[str],
    labels: Sequence[str],
    asked: Sequence[str],
    ids: Sequence[str],
    epochs: int,
) -> np.ndarray:
    """Train on texts and labels; (asked, ids) probabilities of the texts that are asked about."""
    with tempfile.TemporaryDirectory() as folder:
        model = _train(Path(folder), texts, labels, epochs)
        return asyncio.run(_ask(model, asked, list(ids)))


def _train(folder: Path, texts: Sequence[str], labels: Sequence[str], epochs: int) -> str:
    from rasa.model_training import train_nlu  # noqa: PLC0415 - takes half a minute

    (folder / "config.yml").write_text(PIPELINE % epochs, "utf-8")
    examples = [
        {"text": text, "intent": str(label)} for text, label in zip(texts, labels, strict=True)
    ]
    data = json.dumps({"rasa_nlu_data": {"common_examples": examples}}, ensure_ascii=False)
    (folder / "data.json").write_text(data, "utf-8")
    made = train_nlu(str(folder / "config.yml"), str(folder / "data.json"), str(folder))
    if made is None:
        raise SystemExit("betro: Rasa trained no DIET model.")
    return made


async def _ask(model: str, asked: Sequence[str], ids: list[str]) -> np.ndarray:
    from rasa.core.agent import Agent  # noqa: PLC0415 - takes half a minute

    agent, rows = Agent.load(model), np.full((len(asked), len(ids)), 1e-6)
    for row, text in zip(rows, asked, strict=True):
        for told in (await agent.parse_message(text))["intent_ranking"]:
            row[ids.index(told["name"])] = told["confidence"]
    return rows
