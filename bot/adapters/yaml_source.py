"""Content files as plain data, quickly, and the line of any place in them when one is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.domain.issue import Issue

Model = TypeVar("Model", bound=BaseModel)
Loc = Sequence[str | int]


def read_model(path: Path, model: type[Model]) -> tuple[Model | None, list[Issue]]:
    """Read one YAML file as ``model``. All its mistakes come back as issues; none is raised."""
    try:
        plain = YAML(typ="safe").load(path.read_text("utf-8"))
    except OSError as error:
        return None, [Issue(path, "file", error.strerror or "cannot be read", "Put it back.")]
    except UnicodeDecodeError:
        return None, [Issue(path, "file", "it is not UTF-8", "Save it as UTF-8.")]
    except YAMLError as error:
        return None, [_yaml_issue(path, error)]
    try:
        return model.model_validate(plain), []
    except ValidationError as error:
        lines = _Lines(path)
        return None, [
            Issue(
                path=path,
                at=".".join(str(part) for part in lines.known(item["loc"])) or "file",
                problem=_problem(item["type"], item["msg"], item["loc"]),
                mend=_mend(item["type"], item["loc"], model),
                line=lines.of(item["loc"]),
            )
            for item in error.errors(include_input=False, include_url=False)
        ]


def line_of(path: Path, loc: Loc) -> int | None:
    """1-based line of a place such as ``("flows", "a", "steps", 2)``; None if it is not there."""
    return _Lines(path).of(loc)


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """``" Did you mean 'x'?"`` when a known name is close, else an empty string."""
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return f" Did you mean '{close[0]}'?" if close else ""


class _Lines:
    """Walks the round-trip form of a file, which knows its lines, along an error's place."""

    def __init__(self, path: Path) -> None:
        try:
            self._root = YAML(typ="rt").load(path.read_text("utf-8"))
        except (OSError, YAMLError, UnicodeDecodeError):
            self._root = None

    def of(self, loc: Loc) -> int | None:
        node, line = self._root, None
        for part in loc:
            found = _line_in(node, part)
            if found is not None:
                line = found
            node = _child(node, part)
        return line

    def known(self, loc: Loc) -> list[str | int]:
        """The place without the validator's own words for which shape it tried."""
        node, parts = self._root, []
        for index, part in enumerate(loc):
            child = _child(node, part)
            if child is not node or index == len(loc) - 1:
                parts.append(part)
            node = child
        return parts


def _child(node: object, part: str | int) -> object:
    if isinstance(node, Mapping) and part in node:
        return node[part]
    if isinstance(node, list) and isinstance(part, int) and part < len(node):
        return node[part]
    return node


def _line_in(node: object, part: str | int) -> int | None:
    marks = getattr(node, "lc", None)
    data = getattr(marks, "data", None)
    if not data or part not in data:
        return None
    return int(data[part][0]) + 1


def _yaml_issue(path: Path, error: YAMLError) -> Issue:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    problem = getattr(error, "problem", None) or "it is not YAML"
    mend = "Check the indentation and the quotes on this line and the one above."
    return Issue(path, "file", str(problem), mend, line=mark.line + 1 if mark else None)


def _problem(kind: str, message: str, loc: Loc) -> str:
    if kind == "extra_forbidden":
        return f"'{loc[-1]}' is not a key here"
    if kind == "missing":
        return f"'{loc[-1]}' is missing"
    return message[0].lower() + message[1:]


def _mend(kind: str, loc: Loc, model: type[BaseModel]) -> str:
    if kind == "extra_forbidden":
        hint = did_you_mean(str(loc[-1]), _keys(model))
        return f"Remove it or spell it right.{hint}"
    if kind == "missing":
        return "Add it."
    return "Correct it; flows/README.md shows the forms."


def _keys(model: type[BaseModel]) -> list[str]:
    """Every key that the model and the models in it use."""
    keys: set[str] = set()
    for definition in (model.model_json_schema(), *_definitions(model)):
        keys.update(definition.get("properties", {}))
    return sorted(keys)


def _definitions(model: type[BaseModel]) -> list[dict[str, dict[str, object]]]:
    return list(model.model_json_schema().get("$defs", {}).values())
