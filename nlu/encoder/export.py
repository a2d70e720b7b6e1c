"""Writes a tuned network as 8-bit ONNX with its word pieces: what `components/encoder.py` reads."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import torch
from network import Network
from onnxruntime.quantization import QuantType, quantize_dynamic

OPSET = 17


def write_encoder(network: Network, pieces: bytes, about: dict[str, object], folder: Path) -> None:
    """Write `encoder.onnx`, `pieces.model` and `encoder.json` into ``folder``.

    ``about`` names the encoder and how texts are cut; the vectors' width is added.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        _write_whole(network, whole)
        quantize_dynamic(
            whole,
            folder / "encoder.onnx",
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gather"],
            extra_options={"MatMulConstBOnly": True},
        )
    (folder / "pieces.model").write_bytes(pieces)
    told = about | {"width": network.sizes.hidden}
    (folder / "encoder.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


def _write_whole(network: Network, path: Path) -> None:
    network.eval()
    ids = torch.ones((1, 8), dtype=torch.int64)
    mask = torch.ones((1, 8), dtype=torch.float32)
    torch.onnx.export(
        network,
        (ids, mask),
        str(path),
        input_names=["ids", "mask"],
        output_names=["vector"],
        dynamic_axes={"ids": {0: "rows", 1: "length"}, "mask": {0: "rows", 1: "length"}},
        opset_version=OPSET,
        dynamo=False,
    )
