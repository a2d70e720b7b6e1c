"""What a button carries: readable by any process of ours, and by nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.key_ring import KeyRing
from bot.channels.telegram.buttons import UNKNOWN, Buttons

PAYLOADS = tuple(f"/SetSlots(slot=value{number})" for number in range(500))


def buttons_of(ring, payloads=PAYLOADS):
    def seals(words):
        names = ring.names("seal", words)
        return [name for name in (names.current, names.previous) if name]

    return Buttons(lambda: payloads, seals)


@given(st.integers(-(2**52), 2**52), st.integers(1, 1_000_000), st.sampled_from(PAYLOADS))
def test_a_button_comes_back_as_it_went_and_fits(chat, turn, payload):
    buttons = buttons_of(KeyRing(b"k" * 32))

    data = buttons.write(chat, turn, payload)

    assert len(data.encode()) <= 64
    assert payload not in data
    heard = buttons.read(chat, data)
    assert (heard.payload, heard.turn) == (payload, turn)


@given(st.text(max_size=64))
def test_nothing_else_opens_anything(data):
    assert buttons_of(KeyRing(b"k" * 32)).read(7, data).payload == UNKNOWN


@pytest.mark.parametrize("change", ["chat", "key", "content", "turn", "index"])
def test_another_chat_key_content_turn_or_place_opens_nothing(change):
    data = buttons_of(KeyRing(b"k" * 32)).write(7, 3, PAYLOADS[5])
    ring = KeyRing((b"x" if change == "key" else b"k") * 32)
    payloads = PAYLOADS[1:] if change == "content" else PAYLOADS
    if change == "turn":
        data = data.replace("3.", "4.", 1)
    if change == "index":
        data = data.removesuffix("5") + "6"

    heard = buttons_of(ring, payloads).read(8 if change == "chat" else 7, data)

    assert heard.payload == UNKNOWN


def test_yesterdays_button_works_and_the_day_befores_does_not(tmp_path):
    key = tmp_path / "key"
    key.write_bytes(bytes(range(64)))
    key.chmod(0o600)
    day = 24 * 3600
    at = 10.5 * day
    buttons = buttons_of(KeyRing.from_file(key, now=lambda: at))
    data = buttons.write(7, 3, PAYLOADS[5])

    at += day
    assert buttons.read(7, data).payload == PAYLOADS[5]
    at += day
    assert buttons.read(7, data).payload == UNKNOWN
