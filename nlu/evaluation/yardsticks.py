"""Outside data to measure on: read where they lie, never copied, never tuned on."""

from __future__ import annotations

from pathlib import Path

from evaluation.errors import EvaluationError

EVERYDAY = Path("tatoeba", "everyday_danish.tsv")
LEARNED, TESTED = Path("xsid", "da.valid.tsv"), Path("xsid", "da.test.tsv")
HOW = (
    "Give the folder that holds it: make yardstick YARDSTICKS=DIR, or make evaluate "
    "ARGS='--yardsticks DIR'."
)


def read_everyday(folder: Path) -> list[str]:
    """Everyday sentences, in the file's order. Raises ``EvaluationError``."""
    return [line.split("\t")[0].strip() for line in _lines(folder / EVERYDAY)]


def read_intents(path: Path) -> list[tuple[str, str]]:
    """(intent, text) of each line of a file of xSID's. Raises ``EvaluationError``."""
    pairs = []
    for number, line in enumerate(_lines(path), 1):
        intent, tab, text = line.partition("\t")
        if not tab or not text.strip():
            raise EvaluationError(f"{path}:{number}: this is no intent<TAB>text.")
        pairs.append((intent, text.strip()))
    return pairs


def _lines(path: Path) -> list[str]:
    try:
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read ({error.strerror}). {HOW}") from None
    except UnicodeDecodeError:
        raise EvaluationError(f"{path} is not UTF-8 text. {HOW}") from None
    if not lines:
        raise EvaluationError(f"{path} is empty. {HOW}")
    return lines
