"""Counters for /metrics: counts only, labels are enumerated ids, no time stamps."""

from __future__ import annotations

import re

from prometheus_client import CollectorRegistry, Counter, disable_created_metrics, generate_latest

LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")

disable_created_metrics()  # type: ignore[no-untyped-call]  # they would tell when the first visitor of a kind wrote


class PrometheusTally:
    """Satisfies ``Tally``; ``render`` gives the counts in Prometheus's text format."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}

    def count(self, name: str, /, **labels: str) -> None:
        """Add one to ``betro_<name>_total``. A value that is no id is counted as ``other``."""
        counter = self._counters.get(name)
        if counter is None:
            counter = Counter(
                f"betro_{name}", name.replace("_", " "), sorted(labels), registry=self._registry
            )
            self._counters[name] = counter
        safe = {key: value if LABEL.fullmatch(value) else "other" for key, value in labels.items()}
        (counter.labels(**safe) if safe else counter).inc()

    def render(self) -> bytes:
        return generate_latest(self._registry)
