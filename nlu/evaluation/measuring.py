"""The parts of an evaluation, measured in one go: Betro is asked once for all texts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from paths import BEHAVIOUR, DATA, HELD_OUT
from progress import say

from evaluation.archive import judge_left_out
from evaluation.asking import Answer, ask
from evaluation.behaviour import Case, read_behaviour
from evaluation.conduct import count_conduct, failures
from evaluation.figures import count_urgency, figures_of, mistakes
from evaluation.intervals import share
from evaluation.judged import Judged, judge_by_all, judge_by_net, judge_by_nlu
from evaluation.messages import ALARMING, Message, read_messages
from evaluation.noise import KINDS, vary
from evaluation.robustness import compare
from evaluation.yardsticks import read_everyday

PARTS = ("held_out", "left_out", "robustness", "behaviour", "everyday")
LENGTHS = ((40, "to 40 characters"), (120, "41 to 120"), (300, "121 to 300"))
LONGER = "longer"
Slices = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Texts:
    """What Betro is asked. A part that is not wanted has nothing here."""

    messages: Sequence[Message] = ()
    noisy: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Kind of noise -> the messages so written, in their order."""
    cases: Sequence[Case] = ()
    everyday: Sequence[str] = ()

    def __iter__(self) -> Iterator[str]:
        yield from (message.text for message in self.messages)
        for texts in self.noisy.values():
            yield from texts
        for case in self.cases:
            yield from case.texts
        yield from self.everyday


@dataclass
class Findings:
    """What was measured; ``figures`` has one key per part, ``details`` what no floor is under."""

    figures: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    held_out: Judged | None = None
    held_out_by_nlu: Judged | None = None
    failed: list[tuple[Case, list[Answer]]] = field(default_factory=list)


def gather(
    parts: Collection[str], *, behaviour: Path = BEHAVIOUR, yardsticks: Path | None = None
) -> Texts:
    """Read what the parts ask about. Raises ``EvaluationError``."""
    messages = read_messages(HELD_OUT) if {"held_out", "robustness"} & set(parts) else []
    noisy = {
        kind: [vary(message.text, kind, message.id) for message in messages]
        for kind in (KINDS if "robustness" in parts else ())
    }
    return Texts(
        messages=messages,
        noisy=noisy,
        cases=read_behaviour(behaviour) if "behaviour" in parts else (),
        everyday=read_everyday(yardsticks) if yardsticks and "everyday" in parts else (),
    )


def measure(parts: Collection[str], texts: Texts, model: Callable[[], Path]) -> Findings:
    """Ask and count. ``model`` tells the file of the model that serves, once it is trained.

    Raises:
        EvaluationError: Betro gives no answer, or a file cannot be used.
    """
    say(f"asking Betro about {len(set(texts))} texts")
    answers = ask(texts)
    found = Findings()
    told = [answers[message.text] for message in texts.messages]
    if "held_out" in parts:
        say("counting on the held-out messages")
        _count_held_out(found, texts.messages, told)
    if "robustness" in parts:
        say("counting on the noisy messages")
        noisy = {kind: [answers[text] for text in of] for kind, of in texts.noisy.items()}
        found.figures["robustness"] = compare(texts.messages, told, noisy)
    if "behaviour" in parts:
        conduct = count_conduct(texts.cases, answers)
        found.figures["behaviour"], found.details["behaviour"] = conduct
        found.failed = failures(texts.cases, answers)
    if texts.everyday:
        _count_everyday(found, [answers[text] for text in texts.everyday])
    elif "everyday" in parts:
        say("everyday sentences are left out: --yardsticks names no folder")
    if "left_out" in parts:
        _count_left_out(found, model())
    return found


def _count_held_out(
    found: Findings, messages: Sequence[Message], answers: Sequence[Answer]
) -> None:
    whole, nlu = judge_by_all(messages, answers), judge_by_nlu(messages, answers)
    found.held_out, found.held_out_by_nlu = whole, nlu
    found.figures["held_out"] = {
        "whole": figures_of(whole),
        "nlu": figures_of(nlu),
        "safety_net": count_urgency(judge_by_net(messages, answers)),
    }
    found.details["held_out"] = {
        "by_audience": _slice(whole, lambda message: message.labels["audience"].first),
        "by_length": _slice(whole, _length),
        "by_hint": _slice(whole, lambda message: "hint" if message.hint else "said plainly"),
        "by_writer": _slice(whole, lambda message: message.writer),
        "mistakes": mistakes(whole),
    }


def _count_left_out(found: Findings, model: Path) -> None:
    left_out = judge_left_out(model, read_messages(DATA))
    if left_out is None:
        say(f"the left-out writers are not measured: {model.name} holds no judgements of them")
        return
    found.figures["left_out"] = {"nlu": figures_of(left_out)}
    by_writer = _slice(left_out, lambda message: message.writer)
    found.details["left_out"] = {"by_writer": by_writer, "mistakes": mistakes(left_out)}


def _count_everyday(found: Findings, answers: Sequence[Answer]) -> None:
    said = np.array([answer.said["urgency"] for answer in answers])
    alone = {
        judge: np.array([answer.urgency_by[judge] for answer in answers])
        for judge in ("nlu", "safety_net")
    }
    found.figures["everyday"] = {
        "alarms": share(np.isin(said, ALARMING)),
        "acute": share(said == "acute"),
        **{f"alarms_by_{judge}": share(np.isin(by, ALARMING)) for judge, by in alone.items()},
    }
    lines = np.nonzero(np.isin(said, ALARMING))[0] + 1
    found.details["everyday"] = {"alarming_lines": lines.tolist()}


def _slice(judged: Judged, name: Callable[[Message], str]) -> Slices:
    """Name -> figures of the messages so called, in the order in which the names come up."""
    names = dict.fromkeys(name(message) for message in judged.messages)
    return {each: figures_of(judged.only(lambda m, each=each: name(m) == each)) for each in names}


def _length(message: Message) -> str:
    return next((name for most, name in LENGTHS if len(message.text) <= most), LONGER)
