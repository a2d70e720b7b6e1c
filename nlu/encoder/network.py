"""The encoder as a PyTorch network: BERT with post-layer norm, mean pooling, unit vectors."""

from __future__ import annotations

import math

import torch
from container import Container, Sizes
from torch import Tensor, nn
from torch.nn import functional

LAYER = {
    "query": "q", "key": "k", "value": "v", "mixed": "ao", "mixed_norm": "aln",
    "wide": "fi", "narrow": "fo", "narrow_norm": "oln",
}  # fmt: skip
"""Our names of a layer's parts -> the container's."""


class Layer(nn.Module):
    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        width, self.heads = sizes.hidden, sizes.heads
        self.query, self.key, self.value, self.mixed = (nn.Linear(width, width) for _ in range(4))
        self.wide, self.narrow = nn.Linear(width, sizes.inner), nn.Linear(sizes.inner, width)
        self.mixed_norm = nn.LayerNorm(width, eps=sizes.epsilon)
        self.narrow_norm = nn.LayerNorm(width, eps=sizes.epsilon)
        self.dropout = nn.Dropout(0.1)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        seen = self.mixed_norm(states + self.dropout(self.mixed(self._attend(states, mask))))
        inner = self.narrow(functional.gelu(self.wide(seen)))
        return self.narrow_norm(seen + self.dropout(inner))

    def _attend(self, states: Tensor, mask: Tensor) -> Tensor:
        rows, length, width = states.shape
        apart = (rows, length, self.heads, width // self.heads)
        query, key, value = (
            part(states).view(apart).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        scores = query @ key.transpose(-1, -2) / math.sqrt(apart[-1]) + mask
        mixed = scores.softmax(-1) @ value
        return mixed.transpose(1, 2).reshape(rows, length, width)


class Network(nn.Module):
    """Token ids and mask (rows, length) in, unit vectors (rows, hidden) out."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.words = nn.Embedding(sizes.words, sizes.hidden)
        self.positions = nn.Embedding(sizes.positions, sizes.hidden)
        self.norm = nn.LayerNorm(sizes.hidden, eps=sizes.epsilon)
        self.dropout = nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers))

    def keep_layers(self, count: int) -> None:
        """Keep ``count`` layers, the first and the last among them, evenly spread."""
        if count < len(self.layers):
            last = len(self.layers) - 1
            chosen = (round(i * last / (count - 1)) for i in range(count))
            self.layers = nn.ModuleList(self.layers[i] for i in chosen)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        places = torch.arange(ids.shape[1], device=ids.device)
        states = self.dropout(self.norm(self.words(ids) + self.positions(places)))
        seen = mask.to(states.dtype)
        hidden = (1 - seen)[:, None, None, :] * -1e4
        for layer in self.layers:
            states = layer(states, hidden)
        pooled = (states * seen[:, :, None]).sum(1) / seen.sum(1, keepdim=True)
        return functional.normalize(pooled.float(), dim=-1)


def load_network(source: Container, kept: list[int] | None = None) -> Network:
    """The network with the container's weights; ``kept``: the word pieces to keep, in order."""
    words = torch.from_numpy(source.tensors["emb.word"])
    words = words[: len(source.pieces)] if kept is None else words[kept]
    sizes = Sizes(**{**source.sizes.__dict__, "words": len(words)})
    network = Network(sizes)
    state = {"words.weight": words}
    # Every token is of type 0: its vector is a constant, added to the places.
    types = torch.from_numpy(source.tensors["emb.type"][: sizes.hidden])
    places = torch.from_numpy(source.tensors["emb.pos"]).view(-1, sizes.hidden)
    state["positions.weight"] = places + types
    state |= _pair("norm", source, "emb.ln")
    for index in range(sizes.layers):
        for ours, theirs in LAYER.items():
            state |= _pair(f"layers.{index}.{ours}", source, f"l{index}.{theirs}")
    network.load_state_dict(state)
    return network


def _pair(ours: str, source: Container, theirs: str) -> dict[str, Tensor]:
    return {
        f"{ours}.weight": torch.from_numpy(source.tensors[f"{theirs}.w"]),
        f"{ours}.bias": torch.from_numpy(source.tensors[f"{theirs}.b"]),
    }
