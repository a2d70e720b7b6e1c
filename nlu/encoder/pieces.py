"""Word pieces: the encoder's tokenizer, whole or pruned to what Danish visitors write."""

from __future__ import annotations

import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

import sentencepiece
from container import Container
from sentencepiece import sentencepiece_model_pb2 as model_pb2

MARK = "▁"
SCRIPTS = ("LATIN", "ARABIC", "CYRILLIC", "GREEK")
"""Whose letters stay: Danish, and the languages in which a cry for help must not be lost."""
Piece = model_pb2.ModelProto.SentencePiece


def make_tokenizer(source: Container, kept: list[int] | None = None) -> bytes:
    """A SentencePiece model over the container's pieces, or over ``kept`` ones, in that order.

    Text is normalised as the encoder's own tokenizer does (NFKC, white space, no controls).
    """
    model = model_pb2.ModelProto()
    model.ParseFromString(_normalising())
    del model.pieces[:]
    for index in range(len(source.pieces)) if kept is None else kept:
        model.pieces.append(
            Piece(piece=source.pieces[index], score=float(source.scores[index]),
                  type=_kind(index, source))
        )  # fmt: skip
    order = {index: place for place, index in enumerate(kept)} if kept else None
    spec = model.trainer_spec
    spec.vocab_size = len(model.pieces)
    for name, index in (
        ("unk", source.unknown), ("bos", source.bos), ("eos", source.eos), ("pad", source.pad),
    ):  # fmt: skip
        setattr(spec, f"{name}_id", order[index] if order else index)
        setattr(spec, f"{name}_piece", source.pieces[index])
    return bytes(model.SerializeToString())


def load_tokenizer(model: bytes) -> sentencepiece.SentencePieceProcessor:
    return sentencepiece.SentencePieceProcessor(model_proto=model)


def _kind(index: int, source: Container) -> int:
    if index == source.unknown:
        return Piece.UNKNOWN
    return Piece.CONTROL if index in (source.bos, source.eos, source.pad) else Piece.NORMAL


def _normalising() -> bytes:
    """A model made of nothing, for its table of normalisation (NMT's NFKC)."""
    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["hej med dig"]), model_writer=made, vocab_size=20,
        hard_vocab_limit=False, normalization_rule_name="nmt_nfkc", minloglevel=2,
    )  # fmt: skip
    return made.getvalue()


def choose_pieces(source: Container, texts: Iterable[str], size: int) -> list[int]:
    """Indices of ``size`` pieces: special ones, letters, what ``texts`` use most, the likeliest.

    Letters of several scripts and signs stay, so that no name and no cry for help is unknown.
    """
    tokenizer = load_tokenizer(make_tokenizer(source))
    used: Counter[int] = Counter()
    for ids in tokenizer.encode(list(texts)):
        used.update(ids)
    special = (source.bos, source.eos, source.pad, source.unknown)
    kept = dict.fromkeys(special)
    for index in (*_letters(source), *(i for i, _ in used.most_common()), *_likeliest(source)):
        if len(kept) == size:
            break
        kept.setdefault(index)
    return [*special, *sorted(set(kept) - set(special))]


def _letters(source: Container) -> Iterator[int]:
    for index, piece in enumerate(source.pieces):
        letter = piece.removeprefix(MARK)
        if len(letter) <= 1 and _is_read(letter):
            yield index


def _likeliest(source: Container) -> Iterator[int]:
    order = sorted(range(len(source.pieces)), key=lambda i: -source.scores[i])
    return (i for i in order if all(map(_is_read, source.pieces[i].replace(MARK, ""))))


def _is_read(letter: str) -> bool:
    """Whether a letter is of a script that stays; signs and digits always are."""
    return not letter.isalpha() or unicodedata.name(letter, "").startswith(SCRIPTS)
