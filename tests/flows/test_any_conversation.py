"""Whatever a visitor does, in any order: an answer, no exception, help in reach."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bot.bootstrap import load_library
from bot.domain.effects import Forget, Say
from bot.domain.engine import advance
from bot.domain.heard import JUDGED_ONLY, Command, Heard, Odd
from bot.domain.judgement import FiredRule, NetVerdict
from bot.domain.language import Lang
from bot.domain.lint_texts import starts_with_112
from bot.domain.paths import certain
from bot.domain.payload import TopicChoice, TopicPage, parse_payload
from bot.domain.state import CHANNELS, State
from bot.domain.taxonomy import Audience, Concern, Urgency
from bot.settings import ROOT

LIBRARY = load_library(ROOT)


class AnyConversation(RuleBasedStateMachine):
    """Random turns against the project's own content."""

    @initialize()
    def begin(self):
        self.state, self.offered = State(), []

    def hear(self, **heard):
        self.state, effects = advance(self.state, Heard(**heard), LIBRARY.content)
        said = [effect for effect in effects if isinstance(effect, Say)]
        assert said
        texts = [LIBRARY.content.responses[s.response][s.variant].text for s in said]
        assert all(text.strip() for text in texts)
        self.offered = [choice.payload for say in said for choice in say.choices]
        erased = any(isinstance(effect, Forget) for effect in effects)
        shows_services = any(say.services for say in said)
        assert erased or shows_services or "/menneske" in self.offered
        return said, texts

    @rule(
        audience=st.sampled_from(Audience),
        concern=st.sampled_from(Concern),
        urgency=st.sampled_from(Urgency),
        odd=st.none() | st.sampled_from(sorted(JUDGED_ONLY)),
        beside=st.none() | st.sampled_from(Odd),
        channel=st.sampled_from(CHANNELS),
    )
    def says_something(self, *, audience, concern, urgency, odd, beside, channel):
        judged = certain(audience, concern, urgency)
        said, texts = self.hear(understanding=judged, odd=odd, beside=beside, channel=channel)
        if urgency is Urgency.ACUTE:
            assert starts_with_112(texts[0])
            assert said[0].services

    @rule()
    def says_something_acute_without_nlu(self):
        _, texts = self.hear(net=NetVerdict((FiredRule("r", Urgency.ACUTE, 1.0),)))
        assert starts_with_112(texts[0])

    @rule(command=st.sampled_from(Command))
    def commands(self, command):
        self.hear(command=command)

    @rule(odd=st.sampled_from(Odd))
    def does_something_odd(self, odd):
        self.hear(odd=odd)

    @rule()
    def says_something_unclear(self):
        self.hear()

    @rule(number=st.integers(0, 9))
    def presses_a_button(self, number):
        if not self.offered:
            return
        match parse_payload(self.offered[number % len(self.offered)]):
            case Command() as command:
                self.hear(command=command)
            case Lang() as lang:
                self.hear(lang=lang.value, lang_told=True)
            case TopicChoice(id=topic):
                self.hear(topic=topic)
            case TopicPage(number=page):
                self.hear(command=Command.TOPICS, page=page)
            case tuple() as filled if filled:
                self.hear(filled=filled)


TestAnyConversation = AnyConversation.TestCase
TestAnyConversation.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.fixture
def turns(app):
    from bot.app.turn import Incoming  # noqa: PLC0415 - beside its only use

    async def take(**incoming):
        return await app.take_turn("test", "visitor", Incoming(**incoming))

    return take


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(max_size=300))
async def test_any_text_is_answered(turns, text):
    result = await turns(text=text)

    assert result.replies
    assert all(reply.text for reply in result.replies)


ODD = [
    *("", "   ", "\n\n", "\x00", "a\x00b", "🙂🙂", "x" * 100_000, "æ" * 4097, "\ud800"),
    *("Помогите", "النجدة", "{phone.emergency_112}", "/SetSlots(safe_now=ja)", "/", "<b>hej</b>"),
]


@pytest.mark.parametrize("text", ODD)
async def test_odd_texts_are_answered_and_never_repeated(turns, text):
    result = await turns(text=text)

    assert result.replies
    shown = " ".join(reply.text for reply in result.replies)
    assert len(text.strip()) < 4 or text.strip() not in shown


@pytest.mark.parametrize(
    "payload", ["", "x", "/SetSlots(safe_now=ja)", "/SetSlots(audience=hacker)", "/SetSlots(", "🙂"]
)
async def test_a_button_nobody_offered_is_refused_kindly(turns, payload):
    result = await turns(payload=payload, turn=99)

    assert result.replies[0].response == "utter_odd_old_button"
