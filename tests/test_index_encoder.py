"""The encoder in numpy: what it computes is what PyTorch and transformers compute."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from index.chunk import chunk
from index.embed import SentenceTransformerEmbedder, default_model_path
from index.encoder import (
    Encoder,
    Pieces,
    adapted,
    gelu,
    read_tensors,
    read_tokenizer,
    sha256_of,
)
from index.parse import parse_file

ODD = [
    "tram",
    "",
    "word " * 1000,  # of which 256 pieces are read
    "and so on " * 84 + "[SEP] stands here",
    "Où est-ce que naïve Ünïcøde\u200b, 你好 and 123,456.78 \ufffd go?",
]


def test_gelu_is_exact_to_single_precision():
    """Within 2e-7 of x * Phi(x) over all that matters, and far out x or nothing."""
    x = np.linspace(-8, 8, 4001, dtype=np.float32).reshape(-1, 1)
    exact = [v * 0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x[:, 0].tolist()]
    assert np.abs(gelu(x.copy())[:, 0] - exact).max() < 8e-7  # 8 itself has steps of 5e-7
    near = np.abs(x[:, 0]) < 2
    assert np.abs(gelu(x.copy())[:, 0] - exact)[near].max() < 4e-7
    assert gelu(np.array([[-40.0, 40.0]], np.float32)).tolist() == [[0.0, 40.0]]


def test_a_safetensors_file_is_read_as_it_says(tmp_path):
    """Names, shapes and both sizes of numbers."""
    one = np.arange(6, dtype=np.float16).reshape(2, 3)
    other = np.array([0.5, -2], np.float32)
    head = json.dumps(
        {
            "__metadata__": {"format": "pt"},
            "one": {"dtype": "F16", "shape": [2, 3], "data_offsets": [0, 12]},
            "other": {"dtype": "F32", "shape": [2], "data_offsets": [12, 20]},
        }
    ).encode()
    head += b" " * (-len(head) % 8)
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(head).to_bytes(8, "little") + head + one.tobytes() + other.tobytes())
    tensors = read_tensors(path)
    assert {name: tensor.tolist() for name, tensor in tensors.items()} == {
        "one": one.tolist(),
        "other": other.tolist(),
    }
    assert tensors["one"].dtype == np.float16


def test_changes_of_low_rank_are_added():
    """To the tensor that they name, by the product of their factors; the others stay, as do those
    that were given."""
    tensors = {"a.weight": np.ones((2, 3), np.float32), "b.weight": np.ones((1, 1), np.float32)}
    up, down = np.array([[2], [0]], np.float16), np.array([[1, 0, -1]], np.float16)
    changed = adapted(tensors, {"a.weight.up": up, "a.weight.down": down})
    assert changed["a.weight"].tolist() == [[3, 1, -1], [1, 1, 1]]
    assert changed["b.weight"] is tensors["b.weight"]
    assert tensors["a.weight"].tolist() == [[1, 1, 1], [1, 1, 1]]


def test_a_file_that_changed_is_summed_anew(tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(b"one")
    before = sha256_of(path)
    path.write_bytes(b"another")
    assert sha256_of(path) != before


@pytest.mark.model
def test_texts_are_encoded_the_same_alone_and_together():
    """In one batch, in several threads and each by itself: no text sees another."""
    folder = default_model_path()
    tokenizer = read_tokenizer(folder)
    encoder = Encoder(read_tensors(folder / "model.safetensors"))
    texts = [f"{'The tram is late again. ' * (n % 40)}Tram {n}." for n in range(60)]
    pieces = [Pieces(ids, [0] * len(ids)) for ids in (tokenizer.encode(t).ids for t in texts)]
    together = encoder.encode(pieces)
    assert [len(rows) for rows in together] == [len(each.ids) for each in pieces]
    for rows, each in zip(together, pieces, strict=True):
        assert np.abs(rows - encoder.encode([each])[0]).max() < 1e-5
    assert encoder.encode([]) == []


@pytest.mark.model
def test_vectors_are_those_of_sentence_transformers(sample):
    """Of the sample's passages and of odd texts: within 1e-5, in the same order of likeness."""
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(default_model_path()), local_files_only=True)
    embedder = SentenceTransformerEmbedder()
    assert embedder.max_tokens == reference.max_seq_length
    parsed = parse_file(sample)
    passages = [p.text for p in chunk(parsed, embedder.count_tokens, embedder.max_tokens)]
    texts = [*passages, *ODD]
    exact = reference.encode(texts, normalize_embeddings=True)
    ours = embedder.embed_passages(texts)
    assert np.abs(ours - exact).max() < 1e-5
    questions = ["What trade target was mentioned?", "How long is the border?"]
    asked = reference.encode(questions, normalize_embeddings=True)
    ranked = np.argsort(-(ours @ embedder.embed_passages(questions).T), axis=0)
    assert np.array_equal(ranked, np.argsort(-(exact @ asked.T), axis=0))
    assert embedder._loaded is None, "all that went without sentence-transformers"


@pytest.mark.model
def test_many_texts_are_left_to_sentence_transformers():
    """And so is, once it is loaded, what comes after; the vectors are the same."""
    embedder = SentenceTransformerEmbedder()
    few = embedder.embed_passages(ODD)
    many = embedder.embed_passages([f"Tram {n}." for n in range(128)])
    assert embedder._loaded is not None
    assert many.shape == (128, 384)
    assert np.abs(embedder.embed_passages(ODD) - few).max() < 1e-5
