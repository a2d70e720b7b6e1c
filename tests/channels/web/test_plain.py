"""The chat as a plain form: no script, no cookie, the token in a hidden field."""

from __future__ import annotations

import asyncio
import io
import re
from html import unescape

import pytest

from bot.app.turn import Note, NoteText, Reply
from bot.channels.web.limits import Limits
from bot.channels.web.plain_page import PlainPage
from bot.domain.language import Lang


def field(page, name):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


async def submit(server, page, **fields):
    hidden = {"visit": field(page, "visit"), "form": field(page, "form")}
    response = await server.post("/plain", data={**hidden, **fields})
    return await response.text()


@pytest.fixture
async def first(server):
    return await (await server.get("/plain")).text()


async def test_the_first_page_has_the_numbers_and_starts_nothing(first, conversation):
    assert 'href="tel:112"' in first
    assert 'href="tel:116111"' in first
    assert field(first, "visit") == ""
    assert "<script" not in first
    assert conversation.heard == []


async def test_the_first_words_are_answered_at_once(server, first, conversation):
    answer = await submit(server, first, text="min <b>besked</b>")

    assert conversation.said() == ["min <b>besked</b>"]
    assert "Svar 1" in answer
    assert "min &lt;b&gt;besked&lt;/b&gt;" in answer
    assert len(field(answer, "visit")) == 43


async def test_an_empty_first_form_begins_the_conversation(server, first, conversation):
    answer = await submit(server, first, text="")
    await submit(server, answer, text="")

    assert conversation.said() == ["/start", ""]


async def test_the_conversation_goes_on_under_the_same_name(server, first, conversation):
    second = await submit(server, first, text="hej")
    await submit(server, second, text="igen")

    assert len({visitor for visitor, _ in conversation.heard}) == 1


async def test_a_button_carries_its_turn(server, first, conversation):
    second = await submit(server, first, text="hej")
    press = field(second, "press")
    await submit(server, second, text="", press=press)

    assert press == "1 /SetSlots(safe_now=ja)"
    assert conversation.said()[-1] == "1:/SetSlots(safe_now=ja)"
    assert "Ja &amp; &lt;ok&gt;" in second


async def test_a_command_button_works(server, first, conversation):
    await submit(server, first, text="", command="/menneske")

    assert conversation.said() == ["/menneske"]


async def test_a_reloaded_form_is_answered_again_but_not_run_again(server, first, conversation):
    once = await submit(server, first, text="hej")
    again = await server.post(
        "/plain", data={"visit": field(once, "visit"), "form": field(first, "form"), "text": "hej"}
    )

    assert "Svar 1" in await again.text()
    assert conversation.said() == ["hej"]


async def test_an_old_form_with_other_words_is_a_new_message(server, first, conversation):
    once = await submit(server, first, text="hej")
    await server.post(
        "/plain", data={"visit": field(once, "visit"), "form": field(first, "form"), "text": "nej"}
    )

    assert conversation.said() == ["hej", "nej"]


async def test_a_double_click_is_one_message(server, first, conversation):
    page = await submit(server, first, text="hej")

    answers = await asyncio.gather(
        *(
            submit(server, page, text="slow"),
            submit(server, page, text="slow"),
            release(conversation),
        )
    )

    assert conversation.said() == ["hej", "slow"]
    assert all("Svar 2" in answer for answer in answers[:2])


async def test_two_forms_at_the_same_moment_both_get_their_answer(server, first, conversation):
    page = await submit(server, first, text="hej")

    one, two, _ = await asyncio.gather(
        submit(server, page, text="slow 1"),
        submit(server, page, text="slow 2"),
        release(conversation),
    )

    assert sorted(conversation.said()) == ["hej", "slow 1", "slow 2"]
    assert "Svar" in one
    assert "Svar" in two
    assert one != two


async def release(conversation):
    await asyncio.sleep(0.1)
    conversation.gate.set()


async def test_112_stays_in_sight_once_it_was_acute(server, first):
    calm = await submit(server, first, text="hej")
    acute = await submit(server, calm, text="acute")
    later = await submit(server, acute, text="hej")

    assert 'class="acute"' not in calm
    assert 'class="acute"' in acute
    assert 'class="acute"' in later


async def test_erasing_shows_nothing_of_before(server, first):
    acute = await submit(server, first, text="acute")
    erased = await submit(server, acute, text="mit navn", command="/slet")

    assert field(erased, "visit") != field(acute, "visit")
    assert "mit navn" not in erased
    assert 'class="acute"' not in erased


async def test_a_service_is_shown_with_safe_links(server, first):
    page = await submit(server, first, text="who")

    assert 'href="tel:116111"' in page
    assert 'href="sms:+4533330047"' in page
    assert 'href="https://example.dk/chat"' in page
    assert "javascript:" not in page
    assert "Eksempellinjen &lt;b&gt;&amp;" in page
    assert "Tjek nummeret" in page


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("Ring 112.", ["112"]),
        ("Ring 116 111, hele døgnet", ["116111"]),
        ("1888 eller 35 55 55 57", ["1888", "35555557"]),
        ("den sociale vagt på 114", ["114"]),
        ("barnets lov § 114", []),
        ("i 1997, inden 24 timer, §§ 133 og 135", []),
        ("kl. 10 112", []),
        ("11234567 og 1121", []),
    ],
)
def test_phone_numbers_in_a_text_become_links(text, linked):
    page = PlainPage().answer(
        (Reply(text, "utter_example"),), turn=1, said="", token="", form="", acute=False
    )

    assert re.findall(r'href="tel:(\d+)"', page) == linked


async def test_writing_too_fast_keeps_the_words(serve):
    server = await serve(Limits(turns_burst=1, turns_per_second=0.001))
    page = await submit(server, await (await server.get("/plain")).text(), text="hej")

    response = await server.post(
        "/plain",
        data={"visit": field(page, "visit"), "form": field(page, "form"), "text": "bliv her"},
    )
    slowed = await response.text()

    assert response.status == 429
    assert ">bliv her</textarea>" in slowed
    assert field(slowed, "visit") == field(page, "visit")


async def test_a_full_house_shows_the_numbers(serve):
    server = await serve(Limits(connections=0))

    response = await server.post("/plain", data={"text": "hej"})

    assert response.status == 503
    assert 'href="tel:112"' in await response.text()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"\xff\xfe=\xff", 200),
        (b"text=%FF%00%ED%A0%80", 200),
        (b"text=" + b"x" * 100_000, 200),
        (b"text=" + b"%F0%9F%99%82" * 100_000, 200),
        (b"visit=%00&form=..%2F&text=hej", 200),
        (b"press=1", 200),
        (b"press=99999999999999999999+/x&text=hej", 200),
        (b"press=%C2%B2+/x&text=hej", 200),
        (b"&".join(b"a=1" for _ in range(100)), 400),
        (b"text=" + b"x" * 3_000_000, 413),
    ],
    ids=range(11),
)
async def test_any_form_gets_a_fitting_answer(server, body, status, caplog):
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}
    response = await server.post("/plain", data=io.BytesIO(body), headers=headers)

    assert response.status == status
    assert "112" in await response.text()
    assert caplog.text == ""


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/plain", "/bye"])
async def test_another_site_cannot_post(server, conversation, path, site):
    response = await server.post(path, data={"text": "hej"}, headers={"Sec-Fetch-Site": site})

    assert response.status == 403
    assert conversation.heard == []


def test_another_language_is_marked_and_arabic_written_from_the_right():
    replies = (Reply("اتصل بالرقم 112.", "a", lang=Lang.AR), Reply("Call 112.", "b", lang=Lang.EN))

    page = PlainPage().answer(replies, turn=1, said="", token="", form="", acute=False)

    assert '<div class="bubble" lang="ar" dir="rtl">' in page
    assert '<div class="bubble" lang="en">' in page
    assert 'href="tel:112" dir="ltr"' in page


def test_a_note_is_an_article_with_how_to_print_it():
    note = Note(
        "Jeg gemmer den ikke.", (NoteText("Ring 112 & gå.\nNu.", "a"), NoteText("To.", "b"))
    )

    page = PlainPage().answer(
        [Reply("Min <plan>", "title", note=note)], turn=1, said="", token="t", form="f", acute=False
    )

    assert "<p>Jeg gemmer den ikke.</p><p>Vælg »Udskriv« i din browsers menu." in page
    assert '<article class="keepsake"><h2>Min &lt;plan&gt;</h2><p>Ring ' in page
    assert "&amp; gå.</p><p>Nu.</p><p>To.</p></article>" in page
