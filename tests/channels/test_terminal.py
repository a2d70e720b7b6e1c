"""The terminal's two voices: a note for people and for programs."""

import io
import json

from rich.console import Console

from bot.app.turn import Note, NoteText, Reply, TurnResult
from bot.channels.terminal import RULE, JsonVoice, PlainVoice
from bot.domain.taxonomy import Urgency

NOTE = Note("Jeg gemmer den ikke.", (NoteText("Ring 112.", "utter_a"), NoteText("To.", "utter_b")))
RESULT = TurnResult((Reply("Min plan", "utter_t", note=NOTE),), 1, Urgency.NONE, None, None)


def test_people_see_a_note_between_two_lines():
    console = Console(file=io.StringIO(), width=78, highlight=False)

    PlainVoice(console=console).say(RESULT)

    shown = [line.strip() for line in console.file.getvalue().splitlines() if line.strip()]
    assert shown == ["Jeg gemmer den ikke.", RULE, "Min plan", "Ring 112.", "To.", RULE]


def test_programs_get_its_parts(capsys):
    JsonVoice().say(RESULT)

    (reply,) = json.loads(capsys.readouterr().out)["replies"]
    assert reply["text"] == "Min plan"
    assert reply["note"] == {
        "about": "Jeg gemmer den ikke.",
        "parts": [
            {"text": "Ring 112.", "response": "utter_a"},
            {"text": "To.", "response": "utter_b"},
        ],
    }
