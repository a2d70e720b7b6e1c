"""What many tests share: the project's own content, read once, and a real session store."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import pytest

from bot.adapters.system_clock import FixedClock
from bot.bootstrap import App, Library, build_app, load_library
from bot.domain.errors import NluUnavailable
from bot.domain.judgement import Understanding
from bot.domain.paths import certain
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.settings import ROOT, Settings

Label = TypeVar("Label", Audience, Concern)
EVENING = datetime.fromisoformat("2026-11-23T22:15+01:00")


class ScriptedNlu:
    """An NLU that says what the script says; without a word from the script it is down.

    For tests of the conversation itself; the real server has its own tests.
    """

    def __init__(self) -> None:
        self.next: Understanding | None = None

    def says(
        self,
        audience: str | Mapping[str, float],
        concern: str | Mapping[str, float],
        urgency: str,
        also: Sequence[str] = (),
    ) -> None:
        """A label is certain; labels with scores are in doubt, what is missing to 1 with others."""
        who, what = _read_scores(Audience, audience), _read_scores(Concern, concern)
        self.next = replace(
            certain(_best(who), _best(what), Urgency.of(urgency)),
            audience_scores=who,
            concern_scores=what,
            also=tuple(Concern(each) for each in also),
        )

    async def understand(self, text: str) -> Understanding:
        del text
        if self.next is None:
            raise NluUnavailable("The script says nothing here.")
        understanding, self.next = self.next, None
        return understanding

    async def is_ready(self) -> bool:
        return True


def _read_scores(labels: type[Label], told: str | Mapping[str, float]) -> dict[Label, float]:
    return {
        labels(id_): score
        for id_, score in ({told: 1.0} if isinstance(told, str) else told).items()
    }


def _best(scores: Mapping[Label, float]) -> Label:
    return max(scores, key=scores.__getitem__)


@pytest.fixture(scope="session")
def library() -> Library:
    """The project's own flows, texts, rules and directory, proved."""
    return load_library(ROOT)


@pytest.fixture
def nlu() -> ScriptedNlu:
    return ScriptedNlu()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(EVENING)


@pytest.fixture
async def app(library, nlu, clock, tmp_path) -> AsyncIterator[App]:
    """The conversation with a Valkey of its own, at a quarter past ten on a Monday evening."""
    settings = Settings(run_dir=tmp_path)
    async with build_app(settings, library, nlu=nlu, clock=clock) as running:
        yield running
