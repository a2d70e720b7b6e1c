"""Every example of every rule, and the table of messages that no rule was written from."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.adapters.safety_net import check_safety_net
from bot.adapters.safety_net.source import read_source
from bot.domain.taxonomy import Urgency

HERE = Path(__file__).resolve().parent
RULES = [rule.entry for rule in read_source(HERE.parents[2] / "flows" / "safety_net").rules]
TABLE = YAML(typ="safe", pure=True).load((HERE / "messages.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("rule", "text"), [pytest.param(r, t, id=f"{r.id}: {t}") for r in RULES for t in r.fires]
)
def test_an_example_that_must_fire_fires_at_the_rules_urgency(net, rule, text):
    fired = {f.id: f for f in net.judge(text).fired}

    assert fired[rule.id].urgency == rule.urgency
    assert fired[rule.id].concern == rule.concern
    assert fired[rule.id].audience == rule.audience


@pytest.mark.parametrize(
    ("rule", "text"), [pytest.param(r, t, id=f"{r.id}: {t}") for r in RULES for t in r.silent]
)
def test_a_harmless_twin_does_not_wake_the_rule(net, rule, text):
    assert rule.id not in {f.id for f in net.judge(text).fired}


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [pytest.param(*row, id=f"{group}: {row[0]}") for group, rows in TABLE.items() for row in rows],
)
def test_a_message_is_given_an_urgency_within_its_bounds(net, text, least, most):
    assert Urgency.of(least) <= net.judge(text).urgency <= Urgency.of(most)


def test_the_rule_files_have_no_problem(rules_folder):
    assert check_safety_net(rules_folder) == []


def test_the_table_holds_enough_messages_and_no_example_of_a_rule():
    written = [row[0] for rows in TABLE.values() for row in rows]

    assert len(written) == len(set(written)) >= 150


def test_verdict_lists_the_most_urgent_rule_first_and_a_measured_precision(net):
    verdict = net.judge("min far slår mig og jeg vil dø i aften")

    assert [f.urgency for f in verdict.fired] == sorted(
        (f.urgency for f in verdict.fired), reverse=True
    )
    assert verdict.urgency is Urgency.ACUTE
    assert all(0 < f.precision < 1 for f in verdict.fired)
