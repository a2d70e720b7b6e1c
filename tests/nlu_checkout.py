"""A copy of the NLU's code with few messages, for tests that change what lies beside the code."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.nlu_process import ROOT

SMALL = """version: "3.1"
nlu:
- intent: physical_violence
  examples:
  - text: |
      min far slår mig
    metadata: {id: a-1, audience: child_self, urgency: high}
  - text: |
      min mor slår mig
    metadata: {id: b-1, audience: child_self, urgency: high, urgency_ok: [acute]}
  - text: |
      han slår mig lige nu
    metadata: {id: b-2, audience: child_self, urgency: acute, also: [psychological_violence]}
- intent: none
  examples:
  - text: |
      hej med dig
    metadata: {id: a-2, audience: unknown, urgency: none}
  - text: |
      hvad er klokken
    metadata: {id: b-3, audience: unknown, urgency: none}
  - text: |
      far slår græsset
    metadata: {id: a-3, audience: unknown, urgency: none, concern_ok: [privacy]}
"""


def copy_nlu(folder: Path) -> Path:
    """Code and environment of the real one; data, models and cache of its own."""
    nlu = folder / "nlu"
    (nlu / "data").mkdir(parents=True)
    (nlu / "data" / "small.yml").write_text(SMALL, "utf-8")
    (folder / "resources").symlink_to(ROOT / "resources")
    for name in (".venv", "encoder"):
        (nlu / name).symlink_to(ROOT / "nlu" / name)
    shutil.copytree(
        ROOT / "nlu" / "components", nlu / "components", ignore=shutil.ignore_patterns("__pyc*")
    )
    for path in (ROOT / "nlu").iterdir():
        if path.is_file():
            shutil.copy2(path, nlu)
    return nlu
