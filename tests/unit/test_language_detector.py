"""lingua through the adapter, and a turn that does not wait for it."""

import asyncio
import time

from bot.adapters.language import LinguaDetector


async def ready():
    detector = LinguaDetector()
    await asyncio.to_thread(detector._loading.result)
    return detector


async def test_it_tells_the_languages_met_here_from_danish():
    detector = await ready()
    for text, code in {
        "I would like to talk to someone about my son": "en",
        "mój mąż krzyczy na dzieci każdego wieczoru": "pl",
        "ابني لا يريد الذهاب إلى المدرسة": "ar",
        "чоловік забрав мій паспорт": "uk",
        "babam eve gelince çok korkuyorum": "tr",
        "mein Vater ist jeden Abend betrunken": "de",
        "aabbahay wuu i garaacaa, waan baqayaa": "so",
        "jeg ved ikke hvad jeg skal gøre med min far": "da",
    }.items():
        best, confidence = (await detector.guess(text))[0]
        assert (best, confidence >= 0.8) == (code, True), text
    detector.close()


async def test_one_that_is_not_ready_guesses_nothing():
    detector = LinguaDetector()
    started = time.perf_counter()

    detector._loading = asyncio.get_running_loop().create_future()  # never done

    assert await detector.guess("I would like to talk to someone") == ()
    assert time.perf_counter() - started < 5
    detector.close()


async def test_one_that_fails_guesses_nothing(monkeypatch):
    detector = await ready()
    monkeypatch.setattr(detector, "_guess", lambda _: 1 / 0)

    assert await detector.guess("I would like to talk to someone") == ()
    detector.close()
