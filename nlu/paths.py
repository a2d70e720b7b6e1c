"""Where things lie. Everything the NLU writes is under `nlu/` and git-ignored."""

from __future__ import annotations

from pathlib import Path

NLU = Path(__file__).resolve().parent
CONFIG = NLU / "config.yml"
DOMAIN = NLU / "domain.yml"
OPERATING_POINT = NLU / "operating_point.yml"
DATA = NLU / "data"
HELD_OUT = NLU / "held_out"
"""Messages that nothing is ever trained, tuned or calibrated on."""
BEHAVIOUR = NLU / "behaviour"
"""Sentences with what Betro must make of them; never trained on."""
FLOORS = NLU / "floors.yml"
MODELS = NLU / "models"
CACHE = NLU / ".cache"
WORK = NLU / ".rasa"
ENCODER = NLU / "encoder" / "model"
"""The tuned encoder, if there is one."""
TAXONOMY = NLU.parent / "resources" / "taxonomy.yml"
