"""How much memory a process holds."""

from __future__ import annotations

import re
from pathlib import Path

KIB_IN_MIB = 1024


def resident(pid: int) -> dict[str, float]:
    """MiB in memory, and MiB when what is shared is divided among those who share it."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return {
        name.lower(): round(
            int(re.search(rf"^{name}:\s+(\d+)", rollup, re.MULTILINE)[1]) / KIB_IN_MIB, 1
        )
        for name in ("Rss", "Pss")
    }
