"""A Rasa project that answers as Betro does: rules only, Betro's own NLU pipeline and data.

Trained by Rasa itself from the same data as Betro's model; kept until data, code or texts change.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.nlu_process import PYTHON, ROOT, TRAINING_SECONDS

NLU = ROOT / "nlu"
FOLDER = "rasa"
DANISH = ".rasa/da_blank"
PARTS = ("plain_text.PlainText0", "ngram_featurizer.NgramFeaturizer4", "judge.Judge5")
GREETING = "Hej. Du kan skrive, hvad der er sket, eller hvad du er i tvivl om."


@dataclass(frozen=True)
class Scene:
    """A message, the concern that the NLU hears in it, and what Betro replies."""

    text: str
    concern: str
    replies: list[dict[str, Any]]


def build(scenes: list[Scene], out: Path, port: int) -> Path:
    """Write the project for a tracker store on ``port``; train it if need be. Return its model."""
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "domain.yml": domain(scenes),
        "rules.yml": rules(scenes),
        "config.yml": config(),
        "credentials.yml": {"rest": None},
        "endpoints.yml": {"tracker_store": _tracker_store(port)},
    }
    for name, content in files.items():
        write(folder / name, content)
    model = folder / f"dialogue-{_fingerprint(folder)}.tar.gz"
    if not model.exists():
        _train(folder, model)
    return model


def newest_dialogue(out: Path) -> Path | None:
    """The model that ``build`` made or used last."""
    models = (out / FOLDER).glob("dialogue-*.tar.gz")
    return max(models, key=lambda path: path.stat().st_mtime, default=None)


def domain(scenes: list[Scene]) -> dict[str, Any]:
    """Betro's concerns as intents, and one response for each of Betro's bubbles."""
    known = YAML(typ="safe").load(NLU / "domain.yml")
    responses = {"utter_begin": [{"text": GREETING}]}
    for scene in scenes:
        for number, reply in enumerate(scene.replies):
            responses[_response(scene, number)] = [_as_response(reply)]
    return {"version": "3.1", "intents": [*known["intents"], "begin"], "responses": responses}


def rules(scenes: list[Scene]) -> dict[str, Any]:
    """One rule for each concern: its bubbles, one after another."""
    spoken = [{"rule": "begin", "steps": [{"intent": "begin"}, {"action": "utter_begin"}]}]
    for scene in scenes:
        actions = [{"action": _response(scene, n)} for n in range(len(scene.replies))]
        spoken.append({"rule": scene.concern, "steps": [{"intent": scene.concern}, *actions]})
    return {"version": "3.1", "rules": spoken}


def config() -> dict[str, Any]:
    """Betro's pipeline with its built-in Danish, and Rasa's rules behind it."""
    recipe: dict[str, Any] = YAML(typ="safe").load(NLU / "config.yml")
    for part in recipe["pipeline"]:
        if part["name"] == "SpacyNLP":
            part["model"] = DANISH
    return recipe | {"policies": [{"name": "RulePolicy"}]}


def has_the_same_nlu(model: Path, ours: Path) -> bool:
    """Whether the trained parts of both models are the same, byte for byte."""
    return all(_part(model, part) == _part(ours, part) for part in PARTS)


def _part(model: Path, part: str) -> dict[str, bytes]:
    with tarfile.open(model) as archive:
        inside = [m for m in archive.getmembers() if m.isfile() and f".{part}/" in m.name]
        assert inside, f"{model.name} holds no {part}"
        return {Path(m.name).name: archive.extractfile(m).read() for m in inside}


def _response(scene: Scene, number: int) -> str:
    return f"utter_{scene.concern}_{number + 1}"


def _as_response(reply: dict[str, Any]) -> dict[str, Any]:
    response: dict[str, Any] = {"text": reply["text"]}
    if reply["buttons"]:
        response["buttons"] = reply["buttons"]
    if reply["services"]:
        response["custom"] = {"services": [_without_hours(card) for card in reply["services"]]}
    return response


def _without_hours(card: dict[str, Any]) -> dict[str, Any]:
    """A card less what changes with the time of day: else Rasa had to be trained anew each hour."""
    return {name: value for name, value in card.items() if not name.startswith("open")}


def _tracker_store(port: int) -> dict[str, Any]:
    return {"type": "redis", "url": "127.0.0.1", "port": port, "db": 0, "record_exp": 3600}


def _fingerprint(folder: Path) -> str:
    """Of what the model is made of, Betro's own model standing for data and code of the NLU."""
    digest = hashlib.sha256(newest_model().name.encode())
    for name in ("domain.yml", "rules.yml", "config.yml"):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:12]


def newest_model() -> Path:
    """The model that `nlu/serve.py` serves."""
    return max(NLU.glob("models/betro-*.tar.gz"), key=lambda path: path.stat().st_mtime)


def _train(folder: Path, model: Path) -> None:
    for older in folder.glob("dialogue-*.tar.gz"):
        older.unlink()
    done = subprocess.run(
        [PYTHON, ROOT / "tests" / "bench" / "rasa_program.py", "train", folder, model.name],
        cwd=NLU, capture_output=True, text=True, check=False, timeout=TRAINING_SECONDS,
    )  # fmt: skip
    assert model.exists(), f"Rasa did not train its dialogue: {done.stderr[-2000:]}"


def write(path: Path, content: dict[str, Any]) -> None:
    """Write YAML that Rasa's own reader takes."""
    plain = json.loads(json.dumps(content))  # no anchors: Rasa's reader wants none
    with path.open("w", encoding="utf-8") as file:
        yaml = YAML(typ="safe")
        yaml.allow_unicode = True
        yaml.dump(plain, file)
