"""Which model belongs to these data, this configuration and this code?"""

from __future__ import annotations

import hashlib
from pathlib import Path

from components.encoder import find_encoder
from paths import CONFIG, DATA, DOMAIN, MODELS, NLU, OPERATING_POINT, TAXONOMY

CODE = ("components/*.py", "danish.py", "requirements.lock")
KEPT = 12
"""Characters of the fingerprint in a model's file name."""


def fingerprint(spacy_model: str, data: Path = DATA) -> str:
    """A short hash of everything that a trained model depends on. Raises ``EncoderMissing``."""
    files = [CONFIG, DOMAIN, TAXONOMY, OPERATING_POINT, *sorted(data.glob("*.yml"))]
    files += sorted(path for pattern in CODE for path in NLU.glob(pattern))
    digest = hashlib.sha256(f"{spacy_model} {find_encoder().name}".encode())
    for path in files:
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:KEPT]


def model_file(spacy_model: str, models: Path = MODELS, data: Path = DATA) -> Path:
    """Where the model of the present state lies, or would lie."""
    return models / f"betro-{fingerprint(spacy_model, data)}.tar.gz"
