"""What is said when everything else failed: fixed words that need no part of Betro to work."""

from __future__ import annotations

from bot.app.turn import Reply

LAST_RESORT = Reply(
    text=(
        "Noget gik galt hos os. Er du i fare nu, så ring 112. "
        "Er du barn eller ung, kan du ringe til BørneTelefonen på 116 111, hele døgnet. "
        "Prøv gerne at skrive igen om lidt."
    ),
    response="last_resort",
)
