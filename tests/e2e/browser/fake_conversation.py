"""A scripted conversation for tests of the page itself; the real one is walked in test_flows."""

from __future__ import annotations

import asyncio

from bot.app.turn import Button, Note, NoteText, Reply, ServiceCard, TurnResult
from bot.domain.language import Lang
from bot.domain.taxonomy import Urgency

CHILD_LINE = ServiceCard(
    id="child_line",
    name="BørneTelefonen",
    what="For børn og unge. En voksen lytter og hjælper dig med at finde ud af, hvad du kan gøre.",
    opening="Åben nu, døgnet rundt",
    open_now=True,
    anonymity="De kan ikke se dit nummer. Siger du, hvem du er, kan de være nødt til at hjælpe "
    "dig sammen med kommunen.",
    phone="116111",
    phone_shown="116 111",
    sms="116111",
    sms_shown="116 111",
    chat="https://bornetelefonen.dk/",
    web="https://bornetelefonen.dk/",
)
OTHER_LINE = ServiceCard(
    id="other_line",
    name="Lev Uden Vold",
    what="For alle, der oplever vold i familien, også dig, der er bekymret for andre.",
    opening="Åbner i morgen kl. 9.00",
    open_now=False,
    anonymity="Du behøver ikke sige dit navn.",
    phone="1888",
    phone_shown="1888",
    web="https://levudenvold.dk/",
    caution="Tjek nummeret. Det kan være ændret.",
)
YES_NO = (
    Button("Ja, jeg er sikker", "/SetSlots(safe_now=ja)"),
    Button("Nej", "/SetSlots(safe_now=nej)"),
    Button("Ved ikke", "/SetSlots(safe_now=ved_ikke)"),
    Button("Det passer ikke på mig", "/passer_ikke"),
)
GREETING = (
    Reply(
        "Hej. Godt, at du skriver. Jeg er en robot, og jeg lytter.\n\nDu behøver ikke vide, "
        "hvad du skal sige. Du kan begynde et hvilket som helst sted.",
        "utter_hello",
        (Button("Det handler om mig selv", "/me"), Button("Jeg er bekymret for et barn", "/child")),
    ),
)
BELIEVED = (
    Reply(
        "Tak, fordi du fortæller det. Jeg tror på dig, og det er ikke din skyld.", "utter_believe"
    ),
    Reply("Er du sikker lige nu?", "utter_ask_safe_now", YES_NO),
)
ACUTE = (
    Reply(
        "Ring 112 nu, hvis du kan komme til det.\n\nDu kan ikke sende en almindelig sms. Kan du "
        "ikke tale, så gå til en nabo eller en anden voksen, hvis du kan komme sikkert ud.",
        "utter_call_112",
    ),
    Reply(
        "Her kan du tale med en voksen med det samme:",
        "utter_services",
        (),
        (CHILD_LINE, OTHER_LINE),
    ),
    Reply(
        "Vil du have, at jeg bliver her, mens du ringer?",
        "utter_ask_stay",
        (Button("Ja, bliv her", "/yes"), Button("Nej tak", "/no")),
    ),
)
ARABIC = (
    Reply(
        "هل أنت في خطر الآن؟ اتصل بالرقم 112.",
        "utter_language",
        (Button("English", "/sprog_en"),),
        lang=Lang.AR,
    ),
    Reply("Skriv med dine egne ord.", "utter_ask_audience"),
)
NOTE = (
    Reply(
        "Min plan",
        "utter_note_title",
        (Button("Tal med et menneske", "/menneske"),),
        note=Note(
            "Det her er en note til dig. Jeg gemmer den ikke.",
            (
                NoteText("Jeg kan ringe 112.", "utter_a"),
                NoteText("Jeg kan gå til naboen.", "utter_b"),
            ),
        ),
    ),
)
ERASED = (
    Reply(
        "Nu er samtalen slettet her. Jeg ved ikke længere, hvad du har skrevet.\n\nDin browser kan "
        "stadig have siden i sin historik.",
        "utter_erased",
    ),
)


class FakeConversation:
    """Answers by the words; remembers only what the tests ask for."""

    def __init__(self):
        self.said: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def take_turn(self, _visitor, incoming):
        said = incoming.payload or incoming.text
        self.said.append(said)
        await self.gate.wait()
        if said in {"/start", "hej"}:
            return self._result(GREETING)
        if said == "العربية":
            return self._result(ARABIC)
        if said == "min plan":
            return self._result(NOTE)
        if said == "/slet":
            return self._result(ERASED, forgotten=True)
        if said in {"/SetSlots(safe_now=nej)", "/SetSlots(safe_now=ved_ikke)", "hjælp"}:
            return self._result(ACUTE, urgency=Urgency.ACUTE)
        return self._result(BELIEVED, urgency=Urgency.HIGH)

    def _result(self, replies, *, urgency=Urgency.LOW, forgotten=False):
        return TurnResult(
            replies=replies,
            turn=len(self.said),
            urgency=urgency,
            flow="violence_at_home",
            step="ask_safe_now",
            forgotten=forgotten,
        )
