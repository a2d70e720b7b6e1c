"""The few Danish texts of the web channel itself; everything else the conversation says.

The page's own texts stand in ``static/index.html``, those of the page without JavaScript in
``plain.html``.
"""

from __future__ import annotations

from typing import Final

from bot.channels.web.protocol import ErrorCode

ERRORS: Final = {
    ErrorCode.UNREADABLE: "Det kunne jeg ikke læse. Prøv igen med almindelige ord.",
    ErrorCode.VERSION: "Siden er blevet fornyet. Hent den igen, så kan vi skrive videre.",
    ErrorCode.SLOW_DOWN: (
        "Du skriver hurtigere, end jeg kan læse. Dine beskeder er ikke væk, jeg læser dem om "
        "lidt. Er du i fare nu, så ring 112."
    ),
    ErrorCode.FLOOD: (
        "Der kom alt for meget på én gang, så jeg holder en pause. Er du i fare nu, så ring 112. "
        "Er du barn eller ung, kan du ringe til BørneTelefonen på 116 111, hele døgnet."
    ),
    ErrorCode.FULL: (
        "Der er mange, der skriver lige nu, så jeg kan ikke svare endnu. Prøv igen om lidt. "
        "Er du i fare nu, så ring 112. Er du barn eller ung, kan du ringe til BørneTelefonen "
        "på 116 111, hele døgnet."
    ),
}
