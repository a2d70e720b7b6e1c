"""Where things lie. Everything the NLU writes is under `nlu/` and git-ignored."""

from __future__ import annotations

from pathlib import Path

NLU = Path(__file__).resolve().parent
CONFIG = NLU / "config.yml"
DOMAIN = NLU / "domain.yml"
DATA = NLU / "data"
MODELS = NLU / "models"
CACHE = NLU / ".cache"
WORK = NLU / ".rasa"
TAXONOMY = NLU.parent / "resources" / "taxonomy.yml"
