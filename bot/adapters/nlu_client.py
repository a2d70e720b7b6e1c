"""The NLU over HTTP: one text goes out, three judgements come back, or ``NluUnavailable``."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

import aiohttp
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.domain.errors import NluUnavailable
from bot.domain.judgement import Understanding
from bot.domain.taxonomy import Audience, Concern, Urgency

ANSWER_BYTES = 256 * 1024
"""Rasa's answer echoes the text and ranks every concern; ten times that is nonsense."""
SUM_TOLERANCE = 1e-3
ALSO_LIMIT = len(Concern)

Id = TypeVar("Id", Audience, Concern, Urgency)
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def _whole(labels: type[Id]) -> Callable[[dict[Id, float]], dict[Id, float]]:
    """Checks that every id of the question has a score and that they sum to 1."""

    def check(scores: dict[Id, float]) -> dict[Id, float]:
        if set(scores) != set(labels):
            raise ValueError("not every id of the question has a score")
        if not math.isclose(math.fsum(scores.values()), 1, abs_tol=SUM_TOLERANCE):
            raise ValueError("the scores do not sum to 1")
        return scores

    return check


def _urgency(value: object) -> Urgency:
    try:
        return Urgency.of(str(value))
    except KeyError:
        raise ValueError("not an urgency") from None


AnUrgency = Annotated[Urgency, BeforeValidator(_urgency)]


class _Answered(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class _Audience(_Answered):
    id: Audience
    scores: Annotated[dict[Audience, Score], AfterValidator(_whole(Audience))]


class _Concern(_Answered):
    id: Concern
    scores: Annotated[dict[Concern, Score], AfterValidator(_whole(Concern))]
    also: Annotated[tuple[Concern, ...], Field(max_length=ALSO_LIMIT)] = ()


class _Urgency(_Answered):
    id: AnUrgency
    scores: Annotated[dict[AnUrgency, Score], AfterValidator(_whole(Urgency))]


class _Judgement(_Answered):
    audience: _Audience
    concern: _Concern
    urgency: _Urgency


class _Answer(_Answered):
    judgement: _Judgement


@dataclass
class Breaker:
    """After ``failures`` in a row to answer in time, lets nothing through for ``pause`` seconds.

    After the pause one call at a time proves whether it is well again, until one succeeds. So a
    dead NLU costs the visitors one time-out each few seconds, not one each turn.
    """

    failures: int = 3
    pause: float = 2.0
    clock: Callable[[], float] = time.monotonic
    _in_a_row: int = field(default=0, init=False)
    _closed_until: float = field(default=-math.inf, init=False)

    @property
    def lets_through(self) -> bool:
        return self.clock() >= self._closed_until

    @property
    def is_proving(self) -> bool:
        return self._in_a_row >= self.failures

    def success(self) -> None:
        self._in_a_row = 0

    def failure(self) -> None:
        self._in_a_row += 1
        if self._in_a_row >= self.failures:
            self._closed_until = self.clock() + self.pause


class HttpNlu:
    """Satisfies ``Nlu`` by one process, which is skipped while it is dead or overloaded."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        *,
        token: str | None,
        timeout: float,
        in_flight: int,
        breaker: Breaker | None = None,
    ) -> None:
        """``timeout``: seconds for one whole call. ``in_flight``: most calls at the same time."""
        self._http = http
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout = timeout
        self._most = in_flight
        self._breaker = breaker or Breaker()
        self.in_flight = 0

    @property
    def is_free(self) -> bool:
        """Whether a call would be made at once."""
        most = 1 if self.is_proving else self._most
        return self._breaker.lets_through and self.in_flight < most

    @property
    def is_proving(self) -> bool:
        """Whether it failed several times and has not answered since."""
        return self._breaker.is_proving

    async def understand(self, text: str, *, seconds: float | None = None) -> Understanding:
        """As ``Nlu`` says; ``seconds`` takes the place of the time limit."""
        if not self.is_free:
            raise NluUnavailable("The NLU is busy or failed several times; it is not waited for.")
        self.in_flight += 1
        try:
            judged = _read(await self._ask(text, seconds or self._timeout))
        except ValueError:
            # Quick and perhaps due to this text alone, so it says nothing about the next turn.
            raise NluUnavailable("The NLU gave no valid answer.") from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            self._breaker.failure()
            raise NluUnavailable("The NLU gave no answer in time.") from None
        finally:
            self.in_flight -= 1
        self._breaker.success()
        return judged

    async def is_ready(self) -> bool:
        try:
            async with self._http.get(
                f"{self._url}/status",
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                allow_redirects=False,
            ) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return False

    async def _ask(self, text: str, seconds: float) -> bytes:
        """Raises ValueError for an answer that is too long or not a success."""
        async with self._http.post(
            f"{self._url}/model/parse",
            json={"text": text.encode(errors="replace").decode()},  # JSON holds no half characters
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=seconds),
            allow_redirects=False,
        ) as response:
            if response.status != 200:
                raise ValueError("not a success")
            answer = bytearray()
            async for chunk in response.content.iter_chunked(16 * 1024):
                answer += chunk
                if len(answer) > ANSWER_BYTES:
                    raise ValueError("too long")
            return bytes(answer)


def _read(answer: bytes) -> Understanding:
    try:
        judged = _Answer.model_validate_json(answer).judgement
    except ValidationError:
        raise ValueError("not three judgements") from None
    return Understanding(
        audience=judged.audience.id,
        audience_scores=judged.audience.scores,
        concern=judged.concern.id,
        concern_scores=judged.concern.scores,
        also=judged.concern.also,
        urgency=judged.urgency.id,
        urgency_scores=judged.urgency.scores,
    )
