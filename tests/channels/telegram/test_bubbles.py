"""Replies as Telegram messages: whole, readable, few."""

from __future__ import annotations

from bot.app.turn import Button, Note, NoteText, Reply, ServiceCard, TurnResult
from bot.channels.telegram.bubbles import LONGEST, MOST_BUBBLES, to_bubbles
from bot.channels.telegram.buttons import Buttons
from bot.domain.taxonomy import Urgency

BUTTONS = Buttons(lambda: ("/menneske", "/om"), lambda _: ("0123456789abcdef" * 2,))
CARD = ServiceCard(
    id="x",
    name="Linjen",
    what="Taler med dig.",
    opening="Åben nu",
    open_now=True,
    anonymity="De ser ikke dit nummer.",
    phone="+4533330047",
    phone_shown="33 33 00 47",
    sms="1234",
    sms_shown="1234",
    chat="https://example.dk/chat",
    web="https://example.dk",
    caution="Tjek nummeret",
)


def bubbles(*replies):
    result = TurnResult(replies, 3, Urgency.NONE, None, None)
    return to_bubbles(result, 7, BUTTONS)


def test_a_service_is_readable_and_its_number_international():
    (bubble,) = bubbles(Reply("Ring her.", "r", services=(CARD,)))

    assert bubble.text == (
        "Ring her.\n\nLinjen\nTaler med dig.\nÅben nu\nRing: +45 33 33 00 47\nSms: 1234\n"
        "Tjek nummeret\nDe ser ikke dit nummer."
    )
    ((link,),) = bubble.keyboard.inline_keyboard
    assert (link.text, link.url) == ("Chat: Linjen", "https://example.dk/chat")


def test_many_replies_become_few_with_the_first_and_the_question_alone():
    replies = [Reply(f"Tekst {n}.", "r") for n in range(5)]
    question = Reply("Spørgsmål?", "r", buttons=(Button("Om", "/om"),))

    first, *middle, last = bubbles(*replies, question)

    assert len(middle) == MOST_BUBBLES - 2
    assert first.text == "Tekst 0."
    assert middle[0].text == "Tekst 1.\n\nTekst 2.\n\nTekst 3.\n\nTekst 4."
    assert last.text == "Spørgsmål?"
    assert last.keyboard.inline_keyboard[0][0].callback_data == "3.0123456789abcdef:1"


def test_a_long_text_is_cut_between_paragraphs_and_nothing_is_lost():
    text = "\n\n".join(f"Afsnit {n}. " + "ord " * 100 + "🙂" for n in range(40))

    pieces = bubbles(Reply(text, "r", buttons=(Button("Om", "/om"),)))

    assert all(len(piece.text.encode("utf-16-le")) // 2 <= LONGEST for piece in pieces)
    assert "\n\n".join(piece.text for piece in pieces) == text
    assert [piece.keyboard is None for piece in pieces] == [True] * (len(pieces) - 1) + [False]


def test_a_text_without_a_place_to_cut_is_cut_all_the_same():
    pieces = bubbles(Reply("🙂" * 5000, "r"))

    assert "".join(piece.text for piece in pieces) == "🙂" * 5000
    assert all(len(piece.text.encode("utf-16-le")) // 2 <= LONGEST for piece in pieces)


def test_a_note_begins_with_what_it_is_and_fits_in_messages():
    note = Note("En note. Jeg gemmer den ikke.", tuple(NoteText("ord " * 500, "r") for _ in "abc"))

    sent = bubbles(Reply("Min plan", "title", buttons=(Button("Om", "/om"),), note=note))

    assert sent[0].text.startswith("En note. Jeg gemmer den ikke.\n\nMin plan\n\nord ")
    assert len(sent) > 1
    assert all(len(each.text) <= LONGEST for each in sent)
    assert " ".join(each.text for each in sent).split().count("ord") == 1500
    assert [bool(each.keyboard) for each in sent] == [*(len(sent) - 1) * [False], True]
