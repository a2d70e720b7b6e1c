"""What Betro says of texts, asked as a visitor's message would be: net and NLU together."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from paths import NLU
from progress import say

from evaluation.errors import EvaluationError
from evaluation.messages import ALARMING, QUESTIONS

BETRO = NLU.parent / ".venv" / "bin" / "betro"
TRIAGE = ("triage", "--jsonl", "--batch")
EVERY = 500
"""Answers between two lines of progress."""
LEVELS = ("none", "low", "medium", "high", "acute")


@dataclass(frozen=True)
class Answer:
    """Both judges' word on one text."""

    said: Mapping[str, str]
    """Question -> id, as a turn would take it."""
    scores: Mapping[str, Mapping[str, float]]
    """Question -> id -> probability; a rule that fired has its part in those of urgency."""
    urgency_by: Mapping[str, str]
    """`nlu`, `safety_net` -> the urgency it alone would say."""
    nlu_urgency: Mapping[str, float]
    """The NLU's own probabilities."""

    @property
    def level(self) -> int:
        """How urgent, from 0 (none) to 4 (acute)."""
        return LEVELS.index(self.said["urgency"])

    @property
    def alarm(self) -> float:
        """Probability that it is acute or high."""
        return sum(self.scores["urgency"][urgency] for urgency in ALARMING)


def ask(texts: Iterable[str]) -> dict[str, Answer]:
    """Text -> answer. The NLU at ``BETRO_NLU_URL`` is asked if one runs there, else one of its own.

    Raises:
        EvaluationError: a text got no answer.
    """
    unique = list(dict.fromkeys(texts))
    answers: dict[str, Answer] = {}
    if not unique:
        return answers
    for text, line in zip(unique, _run(unique), strict=False):
        answers[text] = _read(line, len(answers) + 1)
        if len(answers) % EVERY == 0:
            say(f"judged {len(answers)} of {len(unique)} texts")
    if len(answers) < len(unique):
        raise EvaluationError(
            f"`betro triage` answered {len(answers)} of {len(unique)} texts. Its own lines above "
            "say why; `betro doctor` says more."
        )
    return answers


def _run(texts: Iterable[str]) -> Iterator[str]:
    if not BETRO.exists():
        raise EvaluationError(f"{BETRO} is missing. Run: make setup")
    with tempfile.TemporaryFile() as asked:
        # A file, not a pipe: nobody would empty one while the other is filled.
        asked.writelines(json.dumps({"text": text}).encode() + b"\n" for text in texts)
        asked.seek(0)
        with subprocess.Popen([BETRO, *TRIAGE], stdin=asked, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            yield from map(bytes.decode, process.stdout)


def _read(line: str, number: int) -> Answer:
    told: dict[str, Any] = json.loads(line)
    if "error" in told:
        raise EvaluationError(f"text {number} got no judgement: {told['error']}")
    return Answer(
        said={question: told[question]["id"] for question in QUESTIONS},
        scores={question: told[question]["scores"] for question in QUESTIONS},
        urgency_by=told["urgency"]["by"],
        nlu_urgency=told["urgency"]["nlu_scores"],
    )
