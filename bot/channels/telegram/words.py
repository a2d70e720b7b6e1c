"""The few texts of the Telegram channel itself; everything else the conversation says."""

from __future__ import annotations

from typing import Final

GROUP: Final = (
    "Jeg kan kun skrive med ét menneske ad gangen, for det, man skriver til mig, er privat. "
    "Derfor går jeg ud af gruppen nu. Skriv til mig direkte. Er nogen i fare nu, så ring 112."
)

COMMANDS: Final = {
    "da": {
        "start": "Begynd forfra",
        "hjaelp": "Hvad du kan skrive",
        "menneske": "Tal med et menneske",
        "rettigheder": "Hvad du har ret til",
        "om": "Hvad Betro er",
        "let": "Let at læse",
        "almindelig": "Almindelig tekst igen",
        "mere": "Det andet, du har fortalt om",
        "emner": "Hvad jeg kan fortælle om",
        "sprog": "English, العربية og andre sprog",
        "slet": "Slet det, jeg husker",
        "stop": "Slut samtalen",
    },
    "en": {
        "start": "Start again",
        "hjaelp": "What you can write",
        "menneske": "Talk to a person",
        "rettigheder": "Your rights",
        "om": "What Betro is",
        "let": "Easy to read",
        "almindelig": "Ordinary wording again",
        "mere": "The other things you told",
        "emner": "What I can tell you about",
        "sprog": "Choose a language",
        "slet": "Erase what I remember",
        "stop": "End the conversation",
    },
}
"""Name and description; the names are those of the conversation's own commands."""

DESCRIPTION: Final = {
    "da": (
        "Betro er en robot, der viser vej til hjælp mod vold og overgreb. Er du i fare nu, så "
        "ring 112.\n\nTelegram kan vise beskeder på låst skærm, og Telegram ved, hvem du er. "
        "Betro gemmer ikke det, du skriver. Betro er en prøveversion, som fagfolk ikke har læst "
        "igennem endnu."
    ),
    "en": (
        "Betro is a robot that shows the way to help against violence and abuse, in Danish and "
        "English. If you are in danger now, call 112.\n\nTelegram may show messages on a locked "
        "screen, and Telegram knows who you are. Betro does not keep what you write. Betro is a "
        "trial version that no professional has read yet."
    ),
}
"""Shown before the visitor presses Start; 512 characters at most."""

SHORT_DESCRIPTION: Final = {
    "da": "En robot, der viser vej til hjælp mod vold og overgreb. I fare: ring 112.",
    "en": "A robot that shows the way to help against violence. In danger: call 112.",
}
"""On the bot's profile; 120 characters at most."""
