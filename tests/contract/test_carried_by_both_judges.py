"""Short dialogues through the real safety net and the real NLU: what is carried from turn to turn.

They hold promises that any model must keep, so each begins with a message that is plain.
"""

import pytest

from bot.adapters.nlu_balance import http_nlu
from bot.adapters.tally import PrometheusTally
from bot.app.hearing import Hearing
from bot.app.turn import Incoming
from bot.domain.effects import Say
from bot.domain.engine import advance
from bot.domain.state import State
from bot.domain.taxonomy import Audience, Concern, Urgency


@pytest.fixture
async def talk(real_nlu, library):
    """Say messages one after the other; the states after each, and what the last one heard."""
    async with http_nlu(real_nlu.url, token=real_nlu.token, timeout=30, in_flight=2) as nlu:
        hearing = Hearing(library.net, nlu, PrometheusTally(), library.directory)

        async def say(*messages):
            state, states, said, heard = State(), [], [], None
            for text in messages:
                heard = await hearing.hear(Incoming(text=text), state, library.content)
                state, effects = advance(state, heard, library.content)
                states.append(state)
                said = [effect.response for effect in effects if isinstance(effect, Say)]
            return states, said, heard

        yield say


DIALOGUES = {
    "a child who is hit": (
        Audience.CHILD_SELF,
        "min far slår mig når han har drukket",
        "det er bare sådan det er",
        "ja",
        "det er mest i weekenden",
    ),
    "a child whose mother drinks": (
        Audience.CHILD_SELF,
        "min mor drikker hver dag og der er ikke noget mad",
        "jeg laver mad til min lillebror",
    ),
    "a grandmother": (
        Audience.BYSTANDER,
        "mit barnebarn siger at hun bliver slået når hun er hos sin far",
        "jeg ved ikke om jeg overreagerer",
        "det er også bare en fornemmelse",
    ),
    "a teacher": (
        Audience.PROFESSIONAL,
        "jeg er lærer og en elev har fortalt at hun bliver slået derhjemme",
        "hun virkede meget stille i dag",
        "jeg har ikke sagt det til nogen",
    ),
}


@pytest.mark.parametrize("who", DIALOGUES)
async def test_vague_messages_keep_who_writes_and_what_it_is_about(talk, who):
    audience, *messages = DIALOGUES[who]

    states, _, _ = await talk(*messages)

    assert [state.audience for state in states] == [audience] * len(messages)
    assert len({state.concern for state in states}) == 1
    assert states[0].concern is not Concern.NONE
    urgencies = [state.urgency for state in states]
    assert urgencies == sorted(urgencies), "urgency never falls"


async def test_a_free_answer_is_read_as_the_answer_and_its_danger_is_heard(talk):
    states, said, heard = await talk(
        "min far slår mig når han har drukket", "nej, og nu står han udenfor"
    )

    assert heard.filled == (("safe_now", "nej"),)
    assert heard.understanding is not None
    assert states[-1].urgency is Urgency.ACUTE
    assert said[0] == "utter_acute"


async def test_a_child_who_is_hit_and_does_not_want_to_live_is_heard_in_both(talk):
    states, _, _ = await talk("min mor slår mig og jeg har ikke lyst til at leve mere")

    both = {states[0].concern, *states[0].further}
    assert {Concern.PHYSICAL_VIOLENCE, Concern.SUICIDE_SELF_HARM} <= both
