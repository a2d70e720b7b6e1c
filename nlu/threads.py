"""How many threads the encoder may use; set before any library is imported."""

from __future__ import annotations

import os

MOST = 2
"""More gains nothing on a short message, and the bot needs its share of a small machine."""


def limit_threads() -> None:
    """Limit OpenMP, BLAS and TensorFlow to ``MOST`` threads, unless told otherwise."""
    count = str(min(MOST, os.cpu_count() or 1))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, count)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # idle threads sleep instead of spinning
