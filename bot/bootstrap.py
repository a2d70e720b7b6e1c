"""The only place that builds and wires the parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from bot.adapters.content_files import load_content
from bot.adapters.delivery_log import RedisDeliveryLog
from bot.adapters.directory_files import load_directory
from bot.adapters.embedded_valkey import embedded_valkey
from bot.adapters.guide import DirectoryGuide
from bot.adapters.key_ring import KeyRing
from bot.adapters.language import LinguaDetector
from bot.adapters.proof_memory import ProofMemory
from bot.adapters.redis_client import redis_client
from bot.adapters.safety_net import SafetyNet
from bot.adapters.session_store import RedisSessionStore, recognise
from bot.adapters.system_clock import SystemClock
from bot.adapters.tally import PrometheusTally
from bot.app.conversation import Conversation
from bot.app.hearing import Hearing
from bot.app.ports import Clock, Nlu
from bot.app.release import expect_reviewed, is_trial
from bot.app.rendering import Rendering
from bot.app.shadow import shadowing
from bot.app.turn import Incoming, TurnResult
from bot.domain.content import Content
from bot.domain.directory import Directory
from bot.domain.errors import StoreUnavailable
from bot.domain.payload import every_payload
from bot.settings import Settings


@dataclass(frozen=True)
class Library:
    """All content, read and proved."""

    content: Content
    directory: Directory
    net: SafetyNet
    guide: DirectoryGuide

    @cached_property
    def is_trial(self) -> bool:
        """Whether texts are shown that no professional has read."""
        return is_trial(self.content)

    @cached_property
    def payloads(self) -> tuple[str, ...]:
        codes = (municipality.code for municipality in self.directory.municipalities)
        return every_payload(self.content, codes)


@dataclass(frozen=True)
class App:
    """The running parts that channels and commands use."""

    library: Library
    conversation: Conversation
    store: RedisSessionStore
    deliveries: RedisDeliveryLog
    tally: PrometheusTally
    keys: KeyRing

    def payloads(self) -> tuple[str, ...]:
        """Every payload a button can carry, in an order that depends on content alone."""
        return self.library.payloads

    def seals(self, words: str) -> tuple[str, ...]:
        """Keyed hashes of the words, hex: today's first, then yesterday's while keys change."""
        names = self.keys.names("seal", words)
        return tuple(name for name in (names.current, names.previous) if name is not None)

    async def take_turn(self, channel: str, raw_id: str, incoming: Incoming) -> TurnResult:
        """One turn of the visitor whom the channel knows as ``raw_id``."""
        try:
            visitor = await recognise(self.keys, self.store, channel, raw_id)
        except StoreUnavailable:  # the turn itself goes on without memory
            visitor = self.keys.pseudonym(channel, raw_id)
        return await self.conversation.take_turn(visitor, incoming)


def load_library(content_dir: Path, *, memory: ProofMemory | None = None) -> Library:
    """Read and prove all content; ``memory`` spares proving again what has not changed.

    Raises:
        ContentError: with every problem found.
    """
    directory = load_directory(content_dir / "resources")
    return Library(
        content=load_content(content_dir, directory, memory=memory),
        directory=directory,
        net=SafetyNet.load(content_dir / "flows" / "safety_net"),
        guide=DirectoryGuide(directory),
    )


@asynccontextmanager
async def build_app(
    settings: Settings,
    library: Library,
    *,
    nlu: Nlu | None,
    shadow: Nlu | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[App]:
    """Start the session store (embedded unless one is set) and wire the conversation.

    ``shadow`` judges what ``nlu`` judges, for the counts alone.

    Raises:
        StartupError: the embedded store cannot be started, or it is to be for visitors
            (BETRO_RELEASE=production) with texts that no professional has read.
        SettingsError: the store's address or the key file cannot be used.
    """
    expect_reviewed(settings, library.content)
    keys = KeyRing.from_file(settings.key_file) if settings.key_file else KeyRing.random()
    async with AsyncExitStack() as stack:
        url = settings.redis_url
        if url is None:
            url = await stack.enter_async_context(embedded_valkey(settings.run_dir))
        redis = await stack.enter_async_context(redis_client(url))
        store = RedisSessionStore(redis, idle=timedelta(minutes=settings.session_minutes))
        tally = PrometheusTally()
        if nlu is not None and shadow is not None:
            nlu = await stack.enter_async_context(shadowing(nlu, shadow, tally))
        detector = LinguaDetector()
        stack.callback(detector.close)
        hearing = Hearing(
            net=library.net,
            nlu=None if settings.menus_only else nlu,
            tally=tally,
            directory=library.directory,
            detector=detector,
        )
        conversation = Conversation(
            store=store,
            hearing=hearing,
            rendering=Rendering(library.directory, library.guide, settings.page_url),
            content=lambda: library.content,
            clock=clock or SystemClock(),
            tally=tally,
        )
        yield App(library, conversation, store, RedisDeliveryLog(redis, keys), tally, keys)
