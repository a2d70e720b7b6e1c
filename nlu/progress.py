"""Plain lines on standard output: readable in a terminal, a log and a parent process alike."""

from __future__ import annotations

import sys
import time

_begun = time.monotonic()


def say(what: str) -> None:
    """Print one line with the seconds since the program began.

    To the process's own standard output, also while Rasa's advice on `sys.stdout` is turned off.
    """
    print(f"nlu [{time.monotonic() - _begun:5.1f} s] {what}", file=sys.__stdout__, flush=True)
