"""State as bytes and back, with a schema version; refuses anything that could be free text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from bot.domain.errors import StateUnreadable
from bot.domain.state import State

SCHEMA = 1
"""Raise it when ``State`` changes so that old bytes would be misread."""
STATE_BYTES = 4096
COUNT_LIMIT = 1_000_000
ENUMERATED = re.compile(r"[a-z][a-z0-9_]{0,63}|0[1-8][0-9]{2}|END")
"""An id of a flow, step, slot or value, or a municipality code: no space, no punctuation."""


@dataclass(frozen=True, config=ConfigDict(extra="forbid", hide_input_in_errors=True))
class _Stored:
    schema: int
    state: State


_stored = TypeAdapter(_Stored)


def dump(state: State) -> bytes:
    """Encode a state.

    Raises:
        ValueError: a value does not look enumerated; a mistake in the code, never written.
    """
    encoded = _stored.dump_json(_Stored(SCHEMA, state))
    if len(encoded) > STATE_BYTES or not _is_enumerated(json.loads(encoded)):
        raise ValueError("the state holds a value that is not enumerated; it is not stored")
    return encoded


def load(raw: bytes) -> State:
    """Decode a state. Raises ``StateUnreadable``, which never quotes the bytes."""
    try:
        if len(raw) > STATE_BYTES or not _is_enumerated(json.loads(raw)):
            raise StateUnreadable("The stored state is not one that Betro writes.")
        stored = _stored.validate_json(raw)
    except (ValidationError, ValueError, RecursionError):
        raise StateUnreadable("The stored state is of another version or damaged.") from None
    if stored.schema != SCHEMA:
        raise StateUnreadable(f"The stored state is not of schema {SCHEMA}.")
    return stored.state


def _is_enumerated(value: object) -> bool:
    return all(
        ENUMERATED.fullmatch(leaf) is not None
        if isinstance(leaf, str)
        else leaf is None or (isinstance(leaf, int) and 0 <= leaf <= COUNT_LIMIT)
        for leaf in _leaves(value)
    )


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value
