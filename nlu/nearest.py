"""Names the training messages nearest to a text, for `betro triage --explain`.

    echo '{"text": "min far slår mig"}' | nlu/.venv/bin/python nlu/nearest.py

One JSON object a line comes in, one goes out: {"nearest": [{"id", "text", "concern", "audience",
"urgency", "cosine"}, ...]}, nearest first. Sentence vectors are those of the judge: by the same
encoder, centred and scaled in the same way. What is not in `nlu/.cache` is encoded first, and told
on standard error.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import small_machine

small_machine.spare_the_machine()

import numpy as np  # noqa: E402
import yaml  # noqa: E402
from components.disguise import unmask  # noqa: E402
from components.encoder import Encoder, EncoderMissing, VectorCache, find_encoder  # noqa: E402
from components.heads import Scale  # noqa: E402
from components.words import words_met  # noqa: E402
from paths import CACHE, DATA  # noqa: E402

HOW_MANY = 3


@dataclass(frozen=True)
class Message:
    """A training message with its first reader's labels."""

    id: str
    text: str
    concern: str
    audience: str | None
    urgency: str | None


class Neighbourhood:
    """All training messages as directions from their middle."""

    def __init__(self, messages: list[Message], encoder: Encoder) -> None:
        self._messages, self._encoder = messages, encoder
        texts = [message.text for message in messages]
        self._known = words_met(texts)
        texts = [self._as_meant(text) for text in texts]
        vectors = np.stack(VectorCache(CACHE, encoder).vectors(texts, _tell))
        self._scale = Scale.of(vectors)
        self._directions = self._direct(vectors)

    def nearest(self, text: str) -> list[dict[str, Any]]:
        """The ``HOW_MANY`` nearest messages with their cosines, nearest first."""
        vector = self._encoder.vector(self._as_meant(text))
        cosines = self._directions @ self._direct(vector[np.newaxis])[0]
        first = np.argsort(-cosines)[:HOW_MANY]
        return [
            asdict(self._messages[at]) | {"cosine": round(float(cosines[at]), 4)} for at in first
        ]

    def _as_meant(self, text: str) -> str:
        """As the pipeline's first step leaves it, whose class would load Rasa."""
        return unmask(text, self._known.__contains__)

    def _direct(self, vectors: np.ndarray) -> np.ndarray:
        scaled = (vectors - self._scale.mean) / self._scale.spread
        lengths = np.linalg.norm(scaled, axis=1, keepdims=True)
        return scaled / np.maximum(lengths, np.finfo(np.float32).tiny)


def read_messages(folder: Path) -> list[Message]:
    """Every message of the folder's files. Rasa's own reader would take a minute."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = [yaml.load(path.read_bytes(), loader) for path in sorted(folder.glob("*.yml"))]  # noqa: S506 - both are safe loaders
    groups = [group for file in files for group in file["nlu"] if "intent" in group]
    return [_read(group["intent"], each) for group in groups for each in group["examples"]]


def _read(intent: str, example: dict[str, Any]) -> Message:
    told = example.get("metadata") or {}
    return Message(
        id=str(told.get("id", "")),
        text=example["text"].strip(),
        concern=intent,
        audience=told.get("audience"),
        urgency=told.get("urgency"),
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    try:
        encoder = find_encoder()
    except EncoderMissing as problem:
        _tell(f"betro: {problem}")
        return 1
    messages = read_messages(DATA)
    if not messages:
        _tell(f"betro: {DATA} holds no messages.")
        return 1
    neighbourhood = Neighbourhood(messages, encoder)
    for line in sys.stdin:
        print(json.dumps({"nearest": neighbourhood.nearest(json.loads(line)["text"])}), flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
