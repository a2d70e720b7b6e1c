"""From plain data to strict models, with every problem as an issue that says how to mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.adapters.yaml_lines import Located, Place, Plain, read_yaml
from bot.domain.issue import Issue

Model = TypeVar("Model", bound=BaseModel)
Schema = dict[str, Any]
MENDS = {
    "missing": "Add it.",
    "missing recheck_by": "Add 'recheck_by: 2027-05-23', six months from today, at the top.",
    "string_type": "Write it as text; numbers and codes need quotes.",
    "string_too_short": "Write something, or leave the key out.",
    "bool_type": "Write true or false.",
    "int_type": "Write a whole number.",
    "date_from_datetime_parsing": "Write a date as 2027-05-23.",
    "string_pattern_mismatch": "See resources/README.md for how this field is written.",
}


def read_model(
    model: type[Model], data: Plain, document: Located, place: Place, name: str
) -> Model | list[Issue]:
    """Make one model of the data at ``place``; ``name`` is what issues call the entry."""
    try:
        return model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        found = _own_errors(error)
    issues = []
    for item in found:
        loc = _in_file(item["loc"], data)
        problem, mend = _explain(model, item, loc, data)
        at = ".".join([*([name] if name else []), *map(str, loc)]) or "file"
        issues.append(Issue(document.path, at, problem, mend, line=document.line(*place, *loc)))
    return issues


def read_file(path: Path, model: type[Model]) -> Model | list[Issue]:
    """Read one whole YAML file as ``model``."""
    document = read_yaml(path)
    if isinstance(document, Issue):
        return [document]
    return read_model(model, document.data, document, (), "")


def _in_file(loc: Place, data: Plain) -> Place:
    """The place as the file has it, without the validator's words for which shape it tried."""
    steps: list[str | int] = []
    for index, step in enumerate(loc):
        is_last = index == len(loc) - 1 and step != "[key]"
        inside = _value(data, (*steps, step))
        if inside is not None or is_last:
            steps.append(step)
    return tuple(steps)


def _own_errors(error: ValidationError) -> list[ErrorDetails]:
    """The errors, without the 'too short' of a list whose items are what is wrong."""
    found = error.errors(include_url=False, include_input=False)
    inner = {item["loc"][:-1] for item in found}
    return [item for item in found if item["type"] != "too_short" or item["loc"] not in inner]


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """``"Did you mean 'x'?"``, or what there is to choose from."""
    names = sorted(set(known))
    close = get_close_matches(wrong, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Choose one of: {', '.join(names)}." if len(names) <= 20 else "No name is like it."


def _explain(
    model: type[BaseModel], item: ErrorDetails, loc: Place, data: Plain
) -> tuple[str, str]:
    """Say what is wrong and how to mend it."""
    kind, message = item["type"], item["msg"]
    if kind == "extra_forbidden":
        known = _keys(model, loc[:-1])
        return f"unknown key '{loc[-1]}'", did_you_mean(str(loc[-1]), known)
    if kind in ("enum", "literal_error"):
        allowed = re.findall(r"'([^']*)'", str(item.get("ctx", {}).get("expected", "")))
        value = _value(data, loc)
        # A wrong key of a mapping (facts) is reported at the key; its value is a mapping.
        wrong = str(loc[-1]) if isinstance(value, dict | list) else str(value)
        return f"'{wrong}' is not known here", did_you_mean(wrong, allowed)
    if kind == "missing":
        mend = MENDS.get(f"missing {loc[-1]}", MENDS[kind])
        return f"'{loc[-1]}' is missing", mend
    return message[:1].lower() + message[1:], MENDS.get(kind, "Correct it.")


def _value(data: Plain, loc: Place) -> Plain:
    for step in loc:
        if isinstance(data, dict) and str(step) in data:
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def _keys(model: type[BaseModel], loc: Place) -> set[str]:
    """The keys the model at ``loc`` inside ``model`` may have."""
    schema = model.model_json_schema()
    node = schema
    for step in loc:
        node = _resolve(schema, node)
        inside = node.get("properties", {}).get(step) or node.get("additionalProperties")
        inside = inside or node.get("items")
        node = inside if isinstance(inside, dict) else {}
    known = set(_resolve(schema, node).get("properties", {}))
    return known or {
        key for shape in schema.get("$defs", {}).values() for key in shape.get("properties", {})
    }


def _resolve(schema: Schema, node: Schema) -> Schema:
    """Follow ``$ref`` and ``X | None`` down to the object they mean."""
    while True:
        options = [option for option in node.get("anyOf", ()) if option.get("type") != "null"]
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        elif options:
            node = options[0]
        else:
            return node
