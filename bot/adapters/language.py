"""Which language a message is in, by lingua; the models are those of the languages met here.

In its low-accuracy mode with fourteen languages the models take some 30 MB of memory, against
290 MB otherwise, and less than a millisecond a message. A guess that comes late, or a machine
without the library, is no guess: the visitor is answered in Danish.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.domain.language import Guess

if TYPE_CHECKING:
    from lingua import LanguageDetector

PATIENCE = 0.2
"""Seconds. Models load in the first second after start; until then nothing is guessed."""
LONGEST = 500
"""Characters that are looked at."""
NAMES = (
    "DANISH", "BOKMAL", "NYNORSK", "SWEDISH", "ENGLISH", "ARABIC", "PERSIAN", "URDU",
    "UKRAINIAN", "RUSSIAN", "POLISH", "TURKISH", "SOMALI", "GERMAN",
)  # fmt: skip
_WARM_UP = "hello min far hat mąż ığş يوم می گھر чоловік муж ä ö ß"


class LinguaDetector:
    """Satisfies ``LanguageDetector``. One thread, so that a slow guess holds up no turn."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="language")
        self._loading = self._threads.submit(_load)

    async def guess(self, text: str) -> tuple[Guess, ...]:
        if not self._loading.done():
            return ()
        with suppress(Exception):  # a detector never decides whether a visitor is answered
            async with asyncio.timeout(PATIENCE):
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._threads, self._guess, text[:LONGEST])
        return ()

    def _guess(self, text: str) -> tuple[Guess, ...]:
        detector = self._loading.result()
        values = detector.compute_language_confidence_values(text)
        return tuple((v.language.iso_code_639_1.name.lower(), v.value) for v in values[:3])

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _load() -> LanguageDetector:
    from lingua import Language, LanguageDetectorBuilder  # noqa: PLC0415 - takes time to read

    languages = [getattr(Language, name) for name in NAMES]
    detector = LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()
    detector.compute_language_confidence_values(_WARM_UP)
    return detector
