"""Pseudonyms: stable while they must be, unlinkable otherwise, and never without a good key."""

from __future__ import annotations

import hashlib
import os
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.key_ring import DAY_SECONDS, KeyRing
from bot.domain.errors import SettingsError


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key"
    path.write_bytes(secrets.token_bytes(64))
    path.chmod(0o600)
    return path


def test_one_visitor_keeps_one_pseudonym():
    ring = KeyRing.random()

    assert ring.pseudonym("web", "abc") == ring.pseudonym("web", "abc")


def test_another_process_without_a_key_file_gives_another_pseudonym():
    assert KeyRing.random().pseudonym("web", "abc") != KeyRing.random().pseudonym("web", "abc")


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_no_two_visitors_share_a_pseudonym(one, other):
    ring = KeyRing(b"k" * 32)

    assert (ring.pseudonym(*one) == ring.pseudonym(*other)) == (one == other)


@given(st.text(st.characters(), max_size=40))
def test_a_pseudonym_is_hex_and_not_a_plain_hash(raw_id):
    name = KeyRing.random().pseudonym("telegram", raw_id)

    assert len(name) == 40
    assert set(name) <= set("0123456789abcdef")
    for plain in (raw_id, f"telegram{raw_id}", f"telegram:{raw_id}"):
        assert name not in hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()


def test_processes_with_one_key_file_agree_on_the_same_day(key_file):
    morning = KeyRing.from_file(key_file, now=lambda: DAY_SECONDS * 100.0 + 1)
    evening = KeyRing.from_file(key_file, now=lambda: DAY_SECONDS * 101.0 - 1)

    assert morning.names("telegram", "42") == evening.names("telegram", "42")


def test_yesterdays_pseudonym_is_known_for_one_day_and_then_gone(key_file):
    now = DAY_SECONDS * 100.0
    ring = KeyRing.from_file(key_file, now=lambda: now)
    first = ring.names("telegram", "42").current

    now += DAY_SECONDS
    names = ring.names("telegram", "42")
    assert names.previous == first
    assert names.current != first

    now += DAY_SECONDS
    later = ring.names("telegram", "42")
    assert first not in (later.current, later.previous)


def test_a_random_ring_has_no_yesterday():
    assert KeyRing.random().names("web", "abc").previous is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
@pytest.mark.parametrize(("mode", "accepted"), [(0o440, True), (0o460, False), (0o444, False)])
def test_a_key_file_of_root_may_be_handed_to_our_group(key_file, mode, accepted):
    """Kubernetes with fsGroup: the file is another user's and our group reads it."""
    os.chown(key_file, 12345, 12345)
    key_file.chmod(mode)

    if accepted:
        assert KeyRing.from_file(key_file).pseudonym("web", "a")
    else:
        with pytest.raises(SettingsError, match="others may read"):
            KeyRing.from_file(key_file)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_file_others_may_read_is_refused(key_file, mode):
    key_file.chmod(mode)

    with pytest.raises(SettingsError, match=f"BETRO_KEY_FILE.*chmod 600 {key_file}"):
        KeyRing.from_file(key_file)


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 31, bytes(64)])
def test_a_key_file_without_32_random_bytes_is_refused(key_file, content):
    key_file.write_bytes(content)

    with pytest.raises(SettingsError, match=r"BETRO_KEY_FILE.*32 random bytes"):
        KeyRing.from_file(key_file)


def test_a_missing_key_file_is_named_with_the_way_to_make_one(tmp_path):
    path = tmp_path / "none"

    with pytest.raises(SettingsError, match=f"BETRO_KEY_FILE: {path}.*head -c 64 /dev/urandom"):
        KeyRing.from_file(path)


def test_the_ring_does_not_print_its_secret():
    ring = KeyRing(b"very secret bytes, 32 of them !!!")

    assert "secret" not in f"{ring!r} {ring}"
