"""The pictures of the report, each with what it shows in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from evaluation.figures import confusion, sureness
from evaluation.judged import Judged
from evaluation.messages import ALARMING, QUESTIONS
from evaluation.page import picture
from evaluation.pictures import Curve, draw_confusion, draw_curves, draw_reliability


def draw_held_out(whole: Judged, nlu: Judged, figures: Mapping[str, Any]) -> str:
    """Curves of both judgements, how sure the understanding may be, and what is taken for what."""
    return "".join((*_curves(whole, nlu, figures), *_reliability(nlu, figures), *_confusion(whole)))


def _curves(whole: Judged, nlu: Judged, figures: Mapping[str, Any]) -> Iterator[str]:
    both = _curve("both", whole, figures["whole"])
    yield picture(
        draw_curves([both, _curve("understanding alone", nlu, figures["nlu"])]),
        "Alarming against the rest: what is caught at each share of false alarms. The dots are "
        "where Betro stands; their figures are in the table above.",
    )


def _curve(name: str, judged: Judged, figures: Mapping[str, Any]) -> Curve:
    alarming = np.isin(judged.first("urgency"), ALARMING)
    clear = alarming | ~judged.accepts("urgency", ALARMING)
    point = (figures["false_alarm"]["value"], figures["alarming_called_alarming"]["value"])
    return Curve(name, alarming[clear], judged.alarm()[clear], point)


def _reliability(nlu: Judged, figures: Mapping[str, Any]) -> Iterator[str]:
    for question in QUESTIONS:
        errors = figures["nlu"][question]
        yield picture(
            draw_reliability(question, *sureness(nlu, question)),
            f"{question.capitalize()}: how sure the understanding is of its likeliest answer, and "
            "how often that is right; on the dotted line it would be as right as sure. On the "
            f"mean it is off by {errors['calibration_error']:.3f} where any reader's label counts, "
            f"by {errors['calibration_error_strict']:.3f} where the first reader's alone does.",
        )


def _confusion(whole: Judged) -> Iterator[str]:
    for question in reversed(QUESTIONS):
        labels, counts = confusion(whole, question)
        yield picture(
            draw_confusion(question, labels, counts),
            f"{question.capitalize()}: the first reader's label (rows), and what was said "
            f"(columns). {int(np.trace(counts))} of {int(counts.sum())} lie on the diagonal.",
            wide=True,
        )
