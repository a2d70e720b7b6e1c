"""When the understanding is killed, hangs or joins late, the conversation goes on."""

import asyncio
import signal

import pytest

from bot.adapters.nlu_balance import http_nlu
from bot.app.turn import Incoming
from bot.bootstrap import build_app
from bot.domain.taxonomy import Urgency
from bot.settings import Settings
from tests.nlu_process import nlu_server, train

HINT = "jeg ved præcis hvilke trin der knirker når han kommer hjem fra arbejde"
HIT = "min stedfar slog mig i går"
ACUTE = "han står uden for døren med en kniv nu"


@pytest.fixture(scope="module")
def trained():
    train()


@pytest.fixture
def server(trained):
    with nlu_server() as running:
        yield running


@pytest.fixture
async def app(server, library, clock, tmp_path):
    settings = Settings(run_dir=tmp_path)
    async with (
        http_nlu(
            server.url,
            token=server.token,
            timeout=settings.nlu_timeout,
            in_flight=settings.nlu_in_flight,
        ) as nlu,
        build_app(settings, library, nlu=nlu, clock=clock) as running,
    ):
        yield running  # fmt: skip


async def test_killing_the_nlu_in_a_conversation_leaves_net_and_menus(app, server):
    first = await app.take_turn("test", "v", Incoming(text=HINT))
    assert first.judged_by_nlu

    server.process.kill()
    server.process.wait()
    told = await app.take_turn("test", "v", Incoming(text=HIT))
    answered = await app.take_turn("test", "v", Incoming(text="ja"))
    acute = await app.take_turn("test", "v", Incoming(text=ACUTE))

    assert not told.judged_by_nlu
    assert told.urgency >= Urgency.HIGH
    assert any(reply.services for reply in told.replies)
    assert answered.replies
    assert "112" in acute.replies[0].text.split("\n")[0]


async def test_a_hanging_nlu_is_not_waited_for(app, server):
    await app.take_turn("test", "v", Incoming(text=HINT))
    server.process.send_signal(signal.SIGSTOP)
    try:
        async with asyncio.timeout(60):  # a turn that waits for the NLU would never end
            result = await app.take_turn("test", "v", Incoming(text=HIT))
    finally:
        server.process.send_signal(signal.SIGCONT)

    assert not result.judged_by_nlu
    assert result.urgency >= Urgency.HIGH


async def test_without_nlu_a_vague_word_is_met_with_the_choice_of_who_and_what(app, server):
    server.process.kill()

    result = await app.take_turn("test", "v", Incoming(text=HINT))

    assert result.flow == "pattern_find_way"
    assert any(button.payload == "/menneske" for r in result.replies for button in r.buttons)
