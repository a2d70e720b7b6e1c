"""What a small machine needs before any library is imported: few threads, kept bytecode."""

from __future__ import annotations

import os
import sys

MOST = 2
"""More gains nothing on a short message, and the bot needs its share of a small machine."""


def spare_the_machine() -> None:
    """Limit OpenMP and BLAS to ``MOST`` threads, unless told otherwise; keep compiled modules.

    Some environments set PYTHONDONTWRITEBYTECODE; compiling Rasa anew would double each start.
    """
    sys.dont_write_bytecode = False
    count = str(min(MOST, os.cpu_count() or 1))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, count)
