"""Encodes one text a line, and answers how many milliseconds it took. Runs in nlu/.venv.

The same encoder, loaded with the same threads as in `nlu/serve.py`; a line is JSON either way.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "nlu"))

import small_machine

small_machine.spare_the_machine()

from components.encoder import find_encoder  # noqa: E402 - after the number of threads is set


def main() -> None:
    encoder = find_encoder()
    for line in sys.stdin:
        text = json.loads(line)
        began = time.perf_counter()
        encoder.vector(text)
        print(json.dumps((time.perf_counter() - began) * 1000), flush=True)


if __name__ == "__main__":
    main()
