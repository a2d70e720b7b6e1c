"""From what a visitor did to what the engine is told: commands, answers and judgements.

The text is read here and goes no further.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.app.ports import LanguageDetector, Nlu, SafetyNet, Tally
from bot.app.turn import Incoming
from bot.domain.answers import normalise, read_answer, read_command, read_opening, read_topic
from bot.domain.content import Content
from bot.domain.directory import Directory
from bot.domain.disguise import visible
from bot.domain.errors import NluUnavailable
from bot.domain.flow import Collect
from bot.domain.heard import JUDGED_ONLY, Command, Heard, Odd
from bot.domain.judgement import Understanding
from bot.domain.language import NEIGHBOURS, Lang, find_asked, recognise
from bot.domain.lint import MUNICIPALITY
from bot.domain.municipality import find_municipality
from bot.domain.narration import choose_variant
from bot.domain.payload import TopicChoice, TopicPage, parse_payload
from bot.domain.state import State
from bot.settings import MESSAGE_LENGTH

LONGEST_NAME = 100
"""Characters. What asks for a language is shorter."""
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Hearing:
    """Reads one turn's input with both judges; a judge that fails is left out."""

    net: SafetyNet
    nlu: Nlu | None
    tally: Tally
    directory: Directory
    detector: LanguageDetector | None = None

    async def hear(self, incoming: Incoming, state: State, content: Content) -> Heard:
        reader = incoming.reader.value if incoming.reader else None
        lang = incoming.lang.value if incoming.lang else None
        channel = incoming.channel.value if incoming.channel else None
        if incoming.payload is not None:
            heard = self._read_button(incoming, state, content)
        elif incoming.odd is None:
            heard = await self._read_text(incoming.text or "", state, content)
        else:
            heard = await self._read_odd(incoming.odd, incoming.text or "", state, content)
        if lang is None and not heard.lang_told and not state.lang_told:
            lang = await self._recognise(incoming.text or "", heard, state, content)
        lang = lang or heard.lang
        return replace(heard, reader=reader, lang=lang, channel=channel)

    async def _recognise(
        self, raw: str, heard: Heard, state: State, content: Content
    ) -> str | None:
        """The language of the words, if they tell it; a neighbour's is not taken back."""
        words = normalise(_clean(raw)[:MESSAGE_LENGTH])
        if not words or words.startswith("/"):
            return None
        guesses = await self.detector.guess(raw) if self.detector else ()
        found = recognise(words, guesses, heard.net.lang, content.languages)
        is_back = found is Lang.DA and state.lang in NEIGHBOURS
        return None if found is None or is_back else found.value

    async def _read_odd(self, odd: Odd, raw: str, state: State, content: Content) -> Heard:
        """Words that are only judged, or something with or without words beside it."""
        text = _clean(raw)
        if odd in JUDGED_ONLY:
            command = read_command(text, content) if odd is not Odd.FORWARDED else None
            # What was asked for hours ago is begun anew in any case; erasing is still owed.
            if command and (odd is not Odd.STALE or command in (Command.ERASE, Command.STOP)):
                return Heard(command=command)
            understanding = await self._understand(text) if _LETTER.search(text) else None
            return Heard(odd=odd, net=self.net.judge(text), understanding=understanding)
        heard = await self._read_text(text, state, content)
        if heard.odd is not None and heard.odd is not Odd.TOO_LONG:
            return replace(heard, odd=odd)
        return replace(heard, beside=odd)

    async def _read_text(self, raw: str, state: State, content: Content) -> Heard:
        text = _clean(raw)
        net = self.net.judge(text)
        asked = find_asked(normalise(text[:LONGEST_NAME]), content.languages)
        if asked is not None:
            return Heard(lang=asked.value, lang_told=True, net=net)
        command = read_command(text, content)
        if command is not None:
            return Heard(command=command, net=net)
        odd = _oddity(text)
        is_number = odd is Odd.NO_WORDS and _DIGIT.search(text)
        may_answer = odd is None or is_number
        filled, candidates = self._read_answer(text, state, content) if may_answer else ((), ())
        if filled:
            odd = None  # a button's number, or an age
        # A whole answer such as 'nej' means what the flow's author says it means; the NLU, which
        # does not know the question, would only guess at it. More words than that it does judge.
        asks_nlu = not filled and odd in (None, Odd.TOO_LONG)
        topic = _find_topic(read_topic(text, content), state, content) if asks_nlu else None
        is_more = asks_nlu and may_answer and topic is None
        opening = _read_opening(text, state, content) if is_more else ()
        return Heard(
            topic=topic,
            filled=filled or opening,
            goes_on=bool(opening),
            candidates=candidates,
            odd=odd,
            net=net,
            understanding=await self._understand(text) if asks_nlu else None,
        )

    def _read_answer(
        self, text: str, state: State, content: Content
    ) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
        question = _pending(state, content)
        if question is None:
            return (), ()
        variants = content.responses[question.question]
        filled = read_answer(
            text, question.collect, variants[choose_variant(variants, state)], content
        )
        if filled or question.collect != MUNICIPALITY:
            return tuple(filled.items()), ()
        match = find_municipality(text, self.directory.municipalities)
        if match.found:
            return ((MUNICIPALITY, match.found.code),), ()
        return (), tuple(candidate.code for candidate in match.candidates)

    def _read_button(self, incoming: Incoming, state: State, content: Content) -> Heard:
        """A command works always; an answer only while its question is the pending one."""
        payload = parse_payload(incoming.payload or "")
        if not (payload is None or isinstance(payload, tuple)):
            return _read_standing(payload, state, content)
        question = _pending(state, content)
        is_latest = incoming.turn is None or incoming.turn == state.turn
        if payload is None or question is None or not is_latest:
            return Heard(odd=Odd.OLD_BUTTON)
        if not self._is_offered(payload, question, content):
            return Heard(odd=Odd.OLD_BUTTON)
        return Heard(filled=payload)

    def _is_offered(
        self, pairs: tuple[tuple[str, str], ...], question: Collect, content: Content
    ) -> bool:
        """Whether a button of the question, in any variant, or a candidate may set this."""
        if question.collect == MUNICIPALITY and len(pairs) == 1 and pairs[0][0] == MUNICIPALITY:
            return any(m.code == pairs[0][1] for m in self.directory.municipalities)
        return any(
            parse_payload(button.payload) == pairs
            for text in content.responses[question.question]
            for button in text.buttons
        )

    async def _understand(self, text: str) -> Understanding | None:
        if self.nlu is None:
            return None
        try:
            return await self.nlu.understand(_shorten(text))
        except NluUnavailable:
            self.tally.count("nlu_left_out")
            return None


def _read_standing(
    payload: Command | Lang | TopicChoice | TopicPage, state: State, content: Content
) -> Heard:
    """What works whatever is asked, and from any turn."""
    match payload:
        case Lang():
            return Heard(lang=payload.value, lang_told=True)
        case TopicPage():
            return Heard(command=Command.TOPICS, page=payload.number)
        case TopicChoice():
            topic = _find_topic(payload.id, state, content)
            return Heard(topic=topic) if topic else Heard(odd=Odd.OLD_BUTTON)
        case Command():
            return Heard(command=payload)


def _pending(state: State, content: Content) -> Collect | None:
    graph = content.flows.get(state.flow or "")
    node = graph.nodes.get(state.step or "") if graph else None
    return node.step if node and isinstance(node.step, Collect) else None


def _find_topic(name: str | None, state: State, content: Content) -> str | None:
    """The topic, if there is one by that name that serves this visitor."""
    topic = content.topics.get(name or "")
    return name if topic and topic.fits(state.audience) else None


def _read_opening(text: str, state: State, content: Content) -> tuple[tuple[str, str], ...]:
    question = _pending(state, content)
    return tuple(read_opening(text, question.collect, content).items()) if question else ()


def _clean(raw: str) -> str:
    return visible(raw).strip()


def _oddity(text: str) -> Odd | None:
    if not text:
        return Odd.EMPTY
    if len(text) > MESSAGE_LENGTH:
        return Odd.TOO_LONG
    return None if _LETTER.search(text) else Odd.NO_WORDS


def _shorten(text: str) -> str:
    """Head and tail of a text too long to judge whole: what matters often comes last."""
    if len(text) <= MESSAGE_LENGTH:
        return text
    half = MESSAGE_LENGTH // 2 - 1
    return f"{text[:half]}\n{text[-half:]}"
