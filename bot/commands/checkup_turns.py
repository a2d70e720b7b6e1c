"""The checks of `betro doctor` on what a running Betro counted of the NLU and its shadow."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families

from bot.commands.finding import Finding, Level, ok

PART = "share without understanding"
SHARE_WARNING = 0.05
"""One message in twenty judged by the safety net alone is more than a restart explains."""


def check_share(metrics: str) -> Iterator[Finding]:
    """Compare the messages the NLU judged with those it should have judged.

    ``metrics`` is the text of ``/metrics``. Buttons, commands and whole answers such as 'nej' are
    not meant for the NLU and count as neither.
    """
    judged, left_out = (
        _sum(metrics, "betro_turns", by_nlu="true"),
        _sum(metrics, "betro_nlu_left_out"),
    )
    messages = judged + left_out
    if not messages:
        yield ok(PART, "no message for the NLU since the start")
        return
    said = f"{left_out} of {messages} messages since the start ({left_out / messages:.0%})"
    if left_out / messages > SHARE_WARNING:
        mend = (
            "See 'understanding' above; if it answers, it is slow: BETRO_NLU_PROCESSES, more cores."
        )
        yield Finding(PART, Level.WARNING, f"{said}; net and menus carried on.", mend)
    else:
        yield ok(PART, said)


def check_agreement(metrics: str) -> Iterator[Finding]:
    """How the shadow's judgements stand to those in use; nothing where nothing was compared."""
    higher, lower, agreed = (
        _sum(metrics, "betro_nlu_shadow", urgency=urgency)
        for urgency in ("higher", "lower", "agreed")
    )
    compared = higher + lower + agreed
    if compared:
        said = (
            f"of {compared} messages since the start it called {higher} more urgent and {lower} "
            f"less; {_sum(metrics, 'betro_nlu_shadow_left_out')} were left out"
        )
        yield ok("agreement of the shadow", said)


def _sum(metrics: str, family: str, **labels: str) -> int:
    return int(
        sum(
            sample.value
            for found in text_string_to_metric_families(metrics)
            if found.name == family
            for sample in found.samples
            if labels.items() <= sample.labels.items()
        )
    )
