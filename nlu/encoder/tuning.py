"""Teaches a network the three questions: recipe, heads, losses."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from messages import Message, shortened, target
from network import Network
from noise import Noise
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

PREFIX = "query: "
LONGEST = 128
"""Word pieces read of a message."""
BATCH = 32
SCALE = 12.0
"""Unit vectors are short for a linear head."""
WEIGHTS = {"audience": 1.0, "concern": 1.0, "urgency": 1.5}
ALARMS = (("acute",), ("acute", "high"))
"""The two questions that decide who is sent to 112 and who to a person today."""
TEMPERATURE = 0.07
UNTAUGHT = "0.words."
"""Prefix of the word pieces' weights, which depend on the pieces that were kept."""


@dataclass(frozen=True)
class Recipe:
    """What a tuning may vary; `compare.py` measures what the choices do."""

    epochs: int = 3
    rate: float = 8e-5
    layers: int = 12
    seed: int = 1
    contrast: float = 0.15
    """Weight of the contrast between messages of like and of unlike labels."""
    alarm: float = 0.0
    """Weight of the two yes-or-no questions of ``ALARMS`` beside the five urgencies."""
    second_labels: bool = True
    """Whether labels that another reader would accept share the target."""
    average: float = 0.0
    """Decay of a running mean of the weights that is kept in their place; 0: none."""
    threads: int = 2

    def sow(self) -> None:
        """Make what follows repeatable."""
        for seeded in (random.seed, np.random.seed, torch.manual_seed):
            seeded(self.seed)
        torch.set_num_threads(self.threads)


class Heads(nn.Module):
    """One linear answer to each question."""

    def __init__(self, width: int, ids: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.answers = nn.ModuleDict({q: nn.Linear(width, len(of)) for q, of in ids.items()})

    def forward(self, vectors: Tensor) -> dict[str, Tensor]:
        return {q: answer(vectors * SCALE).log_softmax(-1) for q, answer in self.answers.items()}


class Tuning:
    """Network and heads, taught together."""

    def __init__(self, network: Network, tokenizer, ids, recipe: Recipe) -> None:  # noqa: ANN001
        network.keep_layers(recipe.layers)
        self.network, self.heads = network, Heads(network.sizes.hidden, ids)
        self._tokenizer, self._ids, self._recipe = tokenizer, ids, recipe
        self._all = nn.ModuleList([self.network, self.heads])
        self._alarms = [[ids["urgency"].index(u) for u in each] for each in ALARMS]
        # What the pieces mean is kept: few of them occur in so few messages.
        network.words.weight.requires_grad_(False)
        network.positions.weight.requires_grad_(False)

    def run(self, train: Sequence[Message]) -> Iterator[tuple[int, float, float]]:
        """Yields (epoch, seconds so far, mean loss)."""
        recipe = self._recipe
        steps = recipe.epochs * -(-len(train) // BATCH)
        learning = [p for p in self.network.parameters() if p.requires_grad]
        optimiser = torch.optim.AdamW(
            [
                {"params": learning, "lr": recipe.rate, "weight_decay": 0.01},
                {"params": self.heads.parameters(), "lr": 2e-3, "weight_decay": 0.0},
            ]
        )
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda s: min(1, (s + 1) / (0.06 * steps)) * max(0.02, 1 - s / steps)
        )
        noise, began = Noise(recipe.seed), time.monotonic()
        targets = self._targets(train)
        kept = self._averaged()
        for epoch in range(1, recipe.epochs + 1):
            self.network.train()
            rough = self._encode(noise.roughen([m.text for m in train]))
            losses = []
            for batch in _batches(rough):
                loss = self._loss(
                    [rough[i] for i in batch], {q: t[batch] for q, t in targets.items()}
                )
                loss.backward()
                nn.utils.clip_grad_norm_(learning, 1.0)
                optimiser.step()
                schedule.step()
                optimiser.zero_grad()
                if kept:
                    kept.update_parameters(self._all)
                losses.append(float(loss.detach()))
                if len(losses) % 50 == 0:
                    print(f"  {len(losses)} batches, {time.monotonic() - began:.0f} s, "
                          f"loss {np.mean(losses[-50:]):.3f}", flush=True)  # fmt: skip
            with self._in_place(kept):
                yield epoch, time.monotonic() - began, float(np.mean(losses))
        if kept:
            self._all.load_state_dict(kept.module.state_dict())

    def _averaged(self) -> AveragedModel | None:
        decay = self._recipe.average
        return AveragedModel(self._all, multi_avg_fn=get_ema_multi_avg_fn(decay)) if decay else None

    @contextmanager
    def _in_place(self, kept: AveragedModel | None) -> Iterator[None]:
        """Lets the mean of the weights answer for a while."""
        if kept is None:
            yield
            return
        latest = {name: value.clone() for name, value in self._all.state_dict().items()}
        self._all.load_state_dict(kept.module.state_dict())
        yield
        self._all.load_state_dict(latest)

    def store(self, file: Path) -> None:
        """Write what was learned; the word pieces, which are not taught, stay out."""
        file.parent.mkdir(parents=True, exist_ok=True)
        learned = {k: v for k, v in self._all.state_dict().items() if not k.startswith(UNTAUGHT)}
        torch.save(learned, file)

    def restore(self, file: Path) -> None:
        """Go on from what ``store`` wrote."""
        known = torch.load(file, weights_only=True)
        missing = self._all.load_state_dict(known, strict=False).missing_keys
        if any(not name.startswith(UNTAUGHT) for name in missing):
            raise SystemExit(f"betro: {file} holds the weights of another network.")

    def judge(self, messages: Sequence[Message]) -> dict[str, np.ndarray]:
        """Probabilities of each question, one row per message."""
        self.network.eval()
        rows = self._encode([m.text for m in messages])
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        found = {q: np.zeros((len(rows), len(of)), np.float32) for q, of in self._ids.items()}
        with torch.no_grad():
            for start in range(0, len(order), 64):
                batch = order[start : start + 64]
                told = self.heads(self.network(*_pad([rows[i] for i in batch])))
                for question, logs in told.items():
                    found[question][batch] = logs.exp().numpy()
        return found

    def _loss(self, rows: list[list[int]], wanted: dict[str, Tensor]) -> Tensor:
        vectors = self.network(*_pad(rows))
        told = self.heads(vectors)
        answers = sum(-WEIGHTS[q] * (wanted[q] * logs).sum(-1).mean() for q, logs in told.items())
        urgency, wish = told["urgency"].exp(), wanted["urgency"]
        alarms = sum(_yes_or_no(urgency[:, c].sum(-1), wish[:, c].sum(-1)) for c in self._alarms)
        recipe = self._recipe
        return answers + recipe.alarm * alarms + recipe.contrast * _contrast(vectors, wanted)

    def _targets(self, messages: Sequence[Message]) -> dict[str, Tensor]:
        return {
            q: torch.from_numpy(np.stack([target(self._labels(m, q), of) for m in messages]))
            for q, of in self._ids.items()
        }

    def _labels(self, message: Message, question: str) -> tuple[str, ...]:
        labels = message.labels[question]
        return labels if self._recipe.second_labels else labels[:1]

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        wanted = [PREFIX + shortened(text) for text in texts]
        return [ids[:LONGEST] for ids in self._tokenizer.encode(wanted, add_bos=True, add_eos=True)]


def _yes_or_no(told: Tensor, wanted: Tensor) -> Tensor:
    return functional.binary_cross_entropy(told.clamp(1e-6, 1 - 1e-6), wanted.clamp(0, 1))


def _contrast(vectors: Tensor, wanted: dict[str, Tensor]) -> Tensor:
    """Supervised contrast: messages whose concern and urgency agree lie close together."""
    agree = (wanted["concern"] @ wanted["concern"].T) * (wanted["urgency"] @ wanted["urgency"].T)
    apart = ~torch.eye(len(vectors), dtype=torch.bool)
    near = (vectors @ vectors.T / TEMPERATURE).masked_fill(~apart, -1e4).log_softmax(-1)
    share = agree * apart
    total = share.sum(-1)
    return -((share * near).sum(-1)[total > 0.2] / total[total > 0.2]).sum() / len(vectors)


def _batches(rows: Sequence[list[int]]) -> list[list[int]]:
    """Indices in batches of like length, in a random order: little padding."""
    order = list(range(len(rows)))
    random.shuffle(order)
    pool = BATCH * 16
    batches = []
    for start in range(0, len(order), pool):
        alike = sorted(order[start : start + pool], key=lambda i: len(rows[i]))
        batches += [alike[i : i + BATCH] for i in range(0, len(alike), BATCH)]
    random.shuffle(batches)
    return batches


def _pad(rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    ids = torch.zeros((len(rows), max(map(len, rows))), dtype=torch.int64)
    mask = torch.zeros(ids.shape)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    return ids, mask
