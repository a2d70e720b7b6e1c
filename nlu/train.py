"""Trains the understanding; the program behind `make train`.

    nlu/.venv/bin/python nlu/train.py [--force] [--data DIR] [--out DIR]

Does nothing, and says so, if a model of the same data, configuration and code is there.
"""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

import small_machine

small_machine.spare_the_machine()

from components.encoder import EncoderMissing  # noqa: E402
from danish import SETTING, PipelineMissing, spacy_model  # noqa: E402
from fingerprint import model_file  # noqa: E402
from paths import CONFIG, DATA, DOMAIN, MODELS, NLU, TAXONOMY  # noqa: E402
from progress import say  # noqa: E402
from selection import NotServable, drop_older, model_in_use, settle, take_into_use  # noqa: E402
from training_data import find_mistakes  # noqa: E402

NEEDED = 200 * 1024**2
"""Bytes of free disk without which training is not begun."""


class TrainingError(Exception):
    """Training cannot go on; the message says what to do."""


def main(arguments: list[str] | None = None) -> int:
    options = _read(arguments)
    data, out = options.data.resolve(), options.out.resolve()
    os.chdir(NLU)  # paths inside a model are relative to this folder
    try:
        return _train(data, out, force=options.force)
    except (TrainingError, PipelineMissing, EncoderMissing) as problem:
        return _stop(str(problem))
    except KeyboardInterrupt:
        return _stop("training was interrupted; run it again, what was encoded is kept", code=130)
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            return _stop("the disk is full. Make room and run 'make train' again.")
        return _stop(f"{problem.strerror}: {problem.filename}. See that {out} can be written.")


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the understanding into nlu/models.")
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of Rasa YAML files")
    parser.add_argument("--out", type=Path, default=MODELS, help="folder for the model")
    return parser.parse_args(arguments)


def _train(data: Path, out: Path, *, force: bool) -> int:
    pipeline = spacy_model()
    model = model_file(pipeline, out, data)
    if model.exists() and not force:
        in_use = settle(model)
        chosen = "" if in_use == model else f"; {in_use.name} was chosen and stays in use"
        say(f"the model is up to date ({model.name}){chosen}")
        return 0
    if not list(data.glob("*.yml")):
        raise TrainingError(f"{data} holds no .yml files. Give the folder of the training data.")
    _need_sound_messages(data)
    _need_room(out)
    say("loading Rasa")
    before = _served_until_now(out)
    _train_with_rasa(pipeline, data, model)
    take_into_use(model)
    drop_older(model, before)
    say(f"trained {model.name} ({model.stat().st_size / 1024**2:.1f} MiB)")
    return 0


def _need_sound_messages(data: Path) -> None:
    mistakes = find_mistakes(data, TAXONOMY)
    if mistakes:
        listed = "\n".join(f"  {mistake}" for mistake in mistakes)
        raise TrainingError(f"the training messages cannot be used ({len(mistakes)}):\n{listed}")


def _need_room(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    free = min(shutil.disk_usage(place).free for place in (out, tempfile.gettempdir()))
    if free < NEEDED:
        raise TrainingError(
            f"the disk is full: {free // 1024**2} MiB are free, training needs "
            f"{NEEDED // 1024**2}. Make room and run 'make train' again."
        )


def _train_with_rasa(pipeline: str, data: Path, model: Path) -> None:
    from silence import fall_silent  # noqa: PLC0415 - takes half a minute; the checks come first

    fall_silent()
    # Rasa's own cache of training steps does not see changes of our code; the vectors have theirs.
    os.environ |= {SETTING: pipeline, "RASA_MAX_CACHE_SIZE": "0"}
    try:
        from rasa.model_training import train_nlu  # noqa: PLC0415 - takes half a minute; the checks come first
    except ImportError:
        raise TrainingError("nlu/.venv is incomplete. Run 'make setup' to make it anew.") from None
    say("reading the messages")
    with tempfile.TemporaryDirectory(dir=model.parent, prefix=".training-") as half:
        try:
            # Rasa prints advice in colours; our own lines go on.
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
                made = train_nlu(str(CONFIG), str(data), half, domain=str(DOMAIN))
        except OSError:
            raise
        except Exception as problem:
            raise TrainingError(f"Rasa could not train: {_innermost(problem)}") from problem
        if made is None:
            raise TrainingError(f"{data} holds no training messages that Rasa can read.")
        Path(made).replace(model)


def _innermost(problem: BaseException) -> str:
    while problem.__cause__:
        problem = problem.__cause__
    return " ".join(str(problem).split()) or type(problem).__name__


def _served_until_now(out: Path) -> Path | None:
    try:
        return model_in_use(out)
    except NotServable:
        return None


def _stop(problem: str, *, code: int = 1) -> int:
    print(f"betro: {problem}", file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
