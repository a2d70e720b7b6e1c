"""The Danish spaCy pipeline: spaCy's own blank one by default, or any installed one."""

from __future__ import annotations

import os
from pathlib import Path

from paths import WORK

SETTING = "BETRO_SPACY_MODEL"
"""Name of an installed pipeline ('da_core_news_md') or a folder that holds one."""
BUILT_IN = WORK / "da_blank"


class PipelineMissing(Exception):
    """The setting names a pipeline that is not there; the message says what to do."""


def spacy_model() -> str:
    """The pipeline to train with: the setting's, or the built-in one, made if need be.

    A path comes back relative to `nlu/` where it lies inside, so that a trained model still finds
    it when the whole checkout is moved.

    Raises:
        PipelineMissing: spaCy cannot find what the setting names.
    """
    wanted = os.environ.get(SETTING, "").strip()
    if not wanted:
        make_built_in()
        return str(BUILT_IN.relative_to(WORK.parent))
    folder = Path(wanted).expanduser()
    if folder.is_dir():
        return str(folder.resolve())
    import spacy.util  # noqa: PLC0415 - takes seconds, and mostly nothing is to be made

    if not spacy.util.is_package(wanted):
        raise PipelineMissing(
            f"{SETTING}={wanted} is neither a folder nor installed in nlu/.venv. Install it "
            "there (uv pip install -p nlu/.venv/bin/python ...) or unset the variable."
        )
    return wanted


def make_built_in() -> None:
    """Write spaCy's blank Danish pipeline to disk: Rasa loads pipelines from there only."""
    if (BUILT_IN / "config.cfg").exists():
        return
    import spacy  # noqa: PLC0415 - takes seconds, and mostly nothing is to be made

    pipeline = spacy.blank("da")
    pipeline.add_pipe("sentencizer")
    WORK.mkdir(exist_ok=True)
    half = BUILT_IN.with_suffix(f".{os.getpid()}.part")
    pipeline.to_disk(half)
    try:
        half.replace(BUILT_IN)
    except OSError:  # another process was quicker
        if not (BUILT_IN / "config.cfg").exists():
            raise
