"""Empty stand-ins for what Rasa's server imports and this server never uses.

Rasa's server module pulls in TensorFlow, every message channel, broker, tracker store and
scikit-learn. None of it takes part in parsing with our pipeline (`config.yml`; a test compares),
and it costs half of the 25 seconds that start-up may take, 400 MiB, and a process that could open
connections to anywhere. Only serving uses stand-ins: training and evaluation run the whole of Rasa.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

UNUSED = frozenset(
    """
    aio_pika aiogram aiohttp apscheduler boto3 botocore confluent_kafka engineio fbmessenger jax
    keras mattermostwrapper matplotlib prompt_toolkit psycopg2 pykwalify pymongo questionary redis
    rich rocketchat_API sentry_sdk sklearn sklearn_crfsuite slack_sdk socketio sqlalchemy
    structlog_sentry tensorflow tensorflow_hub tensorflow_text twilio webexteamssdk
    """.split()  # noqa: SIM905 - thirty names read better as words
)
"""Top-level modules. Adding a component to `config.yml` that needs one means removing it here."""


class _Anything(type):
    """A class of which every attribute, call and subscript is itself: enough for definitions."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent

    def __getitem__(cls, _: Any) -> type:
        return cls

    def __or__(cls, _: Any) -> type:
        return cls

    __ror__ = __or__


class Absent(metaclass=_Anything):
    """Stands for any class, function or decorator of a module that is not loaded."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __call__(self, decorated: Any = None, *_: Any, **__: Any) -> Any:
        return decorated

    def __getattr__(self, name: str) -> type:
        return getattr(type(self), name)


class _AbsentModule(ModuleType):
    __path__: Sequence[str] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        unused = name.partition(".")[0] in UNUSED
        return ModuleSpec(name, self, is_package=True) if unused else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None: ...


def install() -> None:
    """Put stand-ins before the real modules; call before Rasa is imported."""
    sys.meta_path.insert(0, _Finder())
