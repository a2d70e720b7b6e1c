"""Which trained model is served: the newest one, or an older one that was chosen by hand.

    nlu/.venv/bin/python nlu/selection.py list
    nlu/.venv/bin/python nlu/selection.py use NAME|previous

The program behind `betro model`. A choice is a file beside the models, so it outlives every
restart; it ends when a new model is trained, or with the next choice. A model fits only the code
that trained it: beside each lies a note of that code, configuration and encoder, as one hash.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tarfile
import zlib
from datetime import datetime
from pathlib import Path

import small_machine

small_machine.spare_the_machine()

from components.encoder import EncoderMissing  # noqa: E402
from danish import PipelineMissing, spacy_model  # noqa: E402
from fingerprint import fingerprint, model_file  # noqa: E402
from paths import MODELS  # noqa: E402

CHOSEN = "chosen"
"""The file that names a chosen model; `betro run` watches it."""
ENDING = ".tar.gz"
PREVIOUS = "previous"
NO_DATA = Path(os.devnull) / "no data"


class NotServable(Exception):
    """There is no such model, or it cannot be served; the message says what to do."""


def model_in_use(models: Path) -> Path:
    """The model that a server started now would serve.

    Raises:
        NotServable: there is none, or the chosen one is gone or does not fit.
        EncoderMissing: the setting names an encoder that cannot be read.
    """
    chosen = _chosen(models)
    if chosen is not None:
        _expect_fit(chosen)
        return chosen
    trained = trained_models(models)
    if not trained:
        raise NotServable("no model in nlu/models. Run 'make train' first.")
    return trained[0]


def trained_models(models: Path) -> list[Path]:
    """Newest first; a model is as new as the moment it was last trained or found up to date."""
    found = models.glob(f"betro-*{ENDING}")
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def settle(model: Path) -> Path:
    """Take the model of the present state into use, unless another that fits was chosen by hand.

    Returns the one in use.
    """
    _note(model)
    chosen = _chosen(model.parent)
    if chosen is not None and chosen.exists() and _fits(chosen):
        return chosen
    return take_into_use(model)


def take_into_use(model: Path) -> Path:
    """Make it the newest, end every choice, and note by which code it was trained."""
    _note(model)
    model.touch()
    (model.parent / CHOSEN).unlink(missing_ok=True)
    return model


def drop_older(model: Path, before: Path | None) -> None:
    """Keep this model and the one that was in use before it."""
    others = [path for path in trained_models(model.parent) if path != model]
    kept = before if before in others else next(iter(others), None)
    for path in others:
        if path != kept:
            path.unlink(missing_ok=True)
            _note_of(path).unlink(missing_ok=True)


def use(models: Path, name: str) -> Path:
    """Choose a model, by name or the one before. Raises ``NotServable``, ``EncoderMissing``."""
    model = _previous(models) if name == PREVIOUS else _named(models, name)
    _expect_fit(model)
    _expect_whole(model)
    if model == model_file(spacy_model(), models):
        return take_into_use(model)
    _write(models / CHOSEN, model.name)
    return model


def list_models(models: Path) -> list[str]:
    """One line a model, newest first: its name, the day it was trained, and what holds of it."""
    in_use = _chosen(models) or next(iter(trained_models(models)), None)
    return [_describe(model, in_use=model == in_use) for model in trained_models(models)]


def _describe(model: Path, *, in_use: bool) -> str:
    day = (
        json.loads(_note_of(model).read_text("utf-8"))["trained"]
        if _note_of(model).exists()
        else ""
    )
    state = "in use" if in_use else "" if _fits(model) else "trained by other code"
    return f"{_name(model)}  {day:10}  {state}".rstrip()


def _chosen(models: Path) -> Path | None:
    """The chosen model, whether or not it is still there."""
    try:
        return models / (models / CHOSEN).read_text("utf-8").strip()
    except FileNotFoundError:
        return None


def _named(models: Path, name: str) -> Path:
    known = {_name(model): model for model in trained_models(models)}
    wanted = known.get(name.removesuffix(ENDING))
    if wanted is None:
        raise NotServable(f"there is no model '{name}'. There are: {', '.join(known) or 'none'}.")
    return wanted


def _previous(models: Path) -> Path:
    trained = trained_models(models)
    in_use = _chosen(models) or next(iter(trained), None)
    for model in trained:
        if model != in_use and _fits(model):
            return model
    raise NotServable(
        "no other model fits the present code. To go back to older code and its model, check "
        "out its commit and run 'make train'."
    )


def _expect_fit(model: Path) -> None:
    if not model.exists():
        raise NotServable(
            f"the chosen model {model.name} is gone. Run 'make train', or choose again."
        )
    if not _fits(model):
        raise NotServable(
            f"{_name(model)} was trained by other code, configuration or encoder and cannot be "
            "served by these. Check out the commit that trained it, or run 'make train'."
        )


def _expect_whole(model: Path) -> None:
    try:
        with tarfile.open(model) as archive:
            for _ in archive:
                pass  # reading to the end proves the checksums
    except (tarfile.TarError, OSError, EOFError, zlib.error):
        raise NotServable(
            f"{_name(model)} is damaged. Choose another, or run 'make train'."
        ) from None


def _fits(model: Path) -> bool:
    try:
        noted = json.loads(_note_of(model).read_text("utf-8"))
    except FileNotFoundError:
        return False
    return noted["code"] == _code()


def _note(model: Path) -> None:
    """Write beside a model of the present state by which code it was trained, and when."""
    day = datetime.fromtimestamp(model.stat().st_mtime).date()  # noqa: DTZ006 - the operator's own day
    if not _note_of(model).exists():
        noted = {"code": _code(), "trained": day.isoformat()}
        _write(_note_of(model), json.dumps(noted))


def _write(path: Path, text: str) -> None:
    """Whole or not at all, whoever reads it meanwhile."""
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    half.write_text(text, "utf-8")
    half.replace(path)


def _code() -> str:
    """The fingerprint of everything but the messages; a model names its spaCy pipeline itself."""
    return fingerprint("", NO_DATA)


def _note_of(model: Path) -> Path:
    return model.with_name(f"{_name(model)}.json")


def _name(model: Path) -> str:
    return model.name.removesuffix(ENDING)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Choose the model that is served.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the trained models, newest first")
    commands.add_parser("use", help="serve this one").add_argument("name", help=f"or: {PREVIOUS}")
    options = parser.parse_args(arguments)
    try:
        if options.command == "list":
            print("\n".join(list_models(MODELS)) or "no model is trained; 'make train' trains one")
        else:
            print(f"{_name(use(MODELS, options.name))} is served from the NLU's next start on")
    except (NotServable, EncoderMissing, PipelineMissing) as problem:
        print(f"betro: {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"betro: {problem.filename}: {problem.strerror}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
