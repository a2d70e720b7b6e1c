"""The report as JSON for programs and as a page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.floors import Kept
from evaluation.gallery import draw_held_out
from evaluation.measuring import PARTS, Findings
from evaluation.messages import QUESTIONS
from evaluation.page import Cell, bad, fold, page, paragraph, table

URGENCY = {
    "auc_alarming": "AUC of alarming",
    "acute_called_acute": "acute called acute",
    "acute_called_alarming": "acute called acute or high",
    "alarming_called_alarming": "alarming called so",
    "false_acute": "others called acute",
    "false_alarm": "others called alarming",
}
QUESTION = {
    "accuracy": "accuracy",
    "accuracy_strict": "first reader's label",
    "macro_f1": "macro-F1",
    "macro_f1_strict": "macro-F1, first reader's",
    "among_three": "among first three",
    "calibration_error": "calibration error (ECE)",
    "calibration_error_strict": "ECE, first reader's",
}
JUDGES = {"whole": "both", "nlu": "understanding alone", "safety_net": "safety net alone"}
HOW = (
    "Labels that another reader would accept count as right, unless a heading says 'first reader'. "
    "'Others' are messages that no reader would call so; alarming is acute or high. Small figures: "
    "95 % intervals (Wilson's for shares, bootstrap over messages for AUC) and counts."
)


def write_report(
    found: Findings, kept: Sequence[Kept], about: Mapping[str, str], out: Path
) -> None:
    """Write ``report.json`` and ``report.html``. No labelled message's text is in either."""
    out.mkdir(parents=True, exist_ok=True)
    floors = [
        {
            "figure": each.floor.figure,
            each.floor.side: each.floor.bound,
            "value": each.value,
            "holds": None if each.value is None else not each.is_broken,
        }
        for each in kept
    ]
    told = {"about": about, "figures": found.figures, "details": found.details, "floors": floors}
    text = json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False)
    (out / "report.json").write_text(text + "\n", "utf-8")
    (out / "report.html").write_text(_page(found, kept, about), "utf-8")


def _page(found: Findings, kept: Sequence[Kept], about: Mapping[str, str]) -> str:
    tellers = {
        "held_out": ("Held-out messages", _tell_held_out),
        "left_out": ("Writers left out of training", _tell_left_out),
        "robustness": ("Written carelessly", _tell_robustness),
        "behaviour": ("Behavioural tests", _tell_behaviour),
        "everyday": ("Everyday sentences", _tell_everyday),
    }
    sections = [("floors", "Floors", _tell_floors(kept))]
    for part in PARTS:
        name, teller = tellers[part]
        content = teller(found) if part in found.figures else paragraph("Not measured this time.")
        sections.append((part.replace("_", "-"), name, content))
    facts = table(("about", ""), about.items())
    sections.append(("about", "About this report", paragraph(HOW) + facts))
    return page("How well Betro understands", sections)


def _tell_floors(kept: Sequence[Kept]) -> str:
    broken = "".join(bad(str(each)) for each in kept if each.is_broken)
    rows: list[Sequence[Cell]] = [
        (
            each.floor.figure,
            each.floor.side.replace("_", " "),
            each.floor.bound,
            each.value,
            "not measured" if each.value is None else "no" if each.is_broken else "yes",
        )
        for each in kept
    ]
    return broken + table(("figure", "", "bound", "measured", "holds"), rows)


def _tell_held_out(found: Findings) -> str:
    figures, details = found.figures["held_out"], found.details["held_out"]
    assert found.held_out is not None  # noqa: S101 - measured together with the figures
    assert found.held_out_by_nlu is not None  # noqa: S101 - see above
    whole = figures["whole"]
    judges = [(JUDGES[name], *_row(of, URGENCY)) for name, of in figures.items()]
    questions = [(question, *_row(whole[question], QUESTION)) for question in QUESTIONS]
    return (
        paragraph(f"{whole['messages']} messages that nothing was made with.")
        + "<h3>How urgent</h3>"
        + table(("judged by", *URGENCY.values()), judges)
        + "<h3>Three questions, judged by both</h3>"
        + table(("question", *QUESTION.values()), questions)
        + "<h3>Pictures</h3>"
        + draw_held_out(found.held_out, found.held_out_by_nlu, figures)
        + "".join(
            f"<h3>{name.replace('_', ' ').capitalize()}</h3>{_tell_slices(details[name])}"
            for name in ("by_audience", "by_length", "by_hint", "by_writer")
        )
        + "<h3>To be read again (ids)</h3>"
        + _tell_mistakes(details["mistakes"])
    )


def _tell_slices(slices: Mapping[str, Mapping[str, Any]]) -> str:
    head = ("", "messages", *URGENCY.values(), "audience", "concern", "urgency")
    rows = [
        (name, of["messages"], *_row(of, URGENCY), *(of[q]["accuracy"] for q in QUESTIONS))
        for name, of in sorted(slices.items(), key=lambda entry: -entry[1]["messages"])
    ]
    return table(head, rows)


def _tell_mistakes(mistakes: Mapping[str, Sequence[str]]) -> str:
    return "".join(
        fold(f"{kind.replace('_', ' ')}: {len(ids)}", paragraph(", ".join(ids)))
        for kind, ids in mistakes.items()
    )


def _tell_left_out(found: Findings) -> str:
    details = found.details["left_out"]
    nlu = found.figures["left_out"]["nlu"]
    questions = [(question, *_row(nlu[question], QUESTION)) for question in QUESTIONS]
    return (
        paragraph(
            "Judged by the understanding alone, with heads and an encoder that read none of these "
            "writers. The operating point was set on them, which flatters."
        )
        + _tell_slices({"all": nlu, **details["by_writer"]})
        + table(("question", *QUESTION.values()), questions)
        + _tell_mistakes(details["mistakes"])
    )


def _tell_robustness(found: Findings) -> str:
    figures = found.figures["robustness"]
    names = list(next(iter(figures.values())))
    rows = [(kind.replace("_", " "), *of.values()) for kind, of in figures.items()]
    said = "The held-out messages, each changed in one way, and the change against them as written."
    return paragraph(said) + table(("noise", *(name.replace("_", " ") for name in names)), rows)


def _tell_behaviour(found: Findings) -> str:
    figures, details = found.figures["behaviour"], found.details["behaviour"]
    moves = [
        (group, details["raised_by_word"][group], details["lowered_by_word"][group])
        for group in details["raised_by_word"]
    ]
    failed = [
        (
            case.test,
            " → ".join(case.texts),
            " → ".join(f"{a.said['urgency']} ({a.alarm:.2f})" for a in answers),
            ", ".join(sorted(case.urgency)) or case.kind,
        )
        for case, answers in found.failed
    ]
    return (
        table(("capability", "holds"), figures.items())
        + "<h3>By test</h3>"
        + table(("test", "holds"), details["by_test"].items())
        + "<h3>Another name or parent</h3>"
        + paragraph(
            "How often a word of the group raised or lowered urgency, against the first group's."
        )
        + table(("group", "raised", "lowered"), moves)
        + fold(
            f"{len(failed)} that do not hold (invented sentences; in brackets P(acute or high))",
            table(("test", "text", "said", "wanted"), failed),
        )
    )


def _tell_everyday(found: Findings) -> str:
    figures = found.figures["everyday"]
    lines = found.details["everyday"]["alarming_lines"]
    alarms = figures["alarms"]
    rows = [(name.replace("_", " "), of) for name, of in figures.items()]
    return (
        paragraph(f"{1000 * alarms['value']:.1f} false alarms per 1,000 sentences.")
        + table(("everyday sentences", "share"), rows)
        + fold("lines of the file that were called alarming", paragraph(", ".join(map(str, lines))))
    )


def _row(figures: Mapping[str, Any], names: Mapping[str, str]) -> list[Cell]:
    return [figures.get(name) for name in names]
