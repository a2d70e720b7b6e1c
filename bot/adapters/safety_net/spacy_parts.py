"""The parts of spaCy that the net uses, without its command line.

``import spacy`` also imports its command line, with a downloader, an HTTP client and a project
tool: a third of Betro's start, for nothing the net needs. An empty stand-in takes its place while
spaCy is imported, and only then.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

COMMAND_LINE = "spacy.cli"


@contextmanager
def _without_command_line() -> Iterator[None]:
    if "spacy" in sys.modules:
        yield
        return
    package, info = ModuleType(COMMAND_LINE), ModuleType(f"{COMMAND_LINE}.info")
    package.__path__ = []
    info.info = None  # type: ignore[attr-defined]  # the one name spaCy takes from there
    stand_ins = {module.__name__: module for module in (package, info)}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            del sys.modules[name]


with _without_command_line():
    from spacy.attrs import IS_PUNCT
    from spacy.lang.da.stop_words import STOP_WORDS
    from spacy.matcher import Matcher
    from spacy.tokens import Doc, Span
    from spacy.vocab import Vocab

__all__ = ["IS_PUNCT", "STOP_WORDS", "Doc", "Matcher", "Span", "Vocab"]
