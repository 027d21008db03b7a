"""The network that ships: verified on load, whole passages read, the same for every thread."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import ROOT

from index.chunk import chunk
from index.embed import SentenceTransformerEmbedder, default_model_path
from index.errors import ModelError
from index.parse import parse_file
from rag.reader.shipped import WEIGHTS, WEIGHTS_SHA256, shipped_weights
from rag.reader.span_model import SpanModel
from rag.reader.spans import Region, best_spans

QUESTIONS = ROOT / "benchmarks" / "questions"
TRAM = "Anna Lind: The tram opens in March. The tram costs 240 million kronor."
CHOIR = "Anna Lind: The choir met in the school on Monday and sang until late."


@pytest.fixture(scope="module")
def network() -> SpanModel:
    return SpanModel()


def best(network: SpanModel, question: str, text: str):
    return best_spans(network.read(question, [text])[0], [Region(0, len(text))], 1)[0]


@pytest.mark.model
def test_the_words_that_answer_are_found(network):
    found = best(network, "How much does the tram cost?", TRAM)
    assert "240 million" in TRAM[found.start : found.end]
    assert found.margin > 0


@pytest.mark.model
def test_what_is_not_there_is_told(network):
    there = best(network, "How much does the tram cost?", TRAM)
    elsewhere = best(network, "How much does the tram cost?", CHOIR)
    assert elsewhere.margin < 0 < there.margin


@pytest.mark.model
def test_passages_read_together_are_read_as_each_alone(network):
    """Whatever their lengths, in their order."""
    texts = [TRAM, CHOIR, "Yes.", f"{CHOIR} {TRAM}"]
    together = network.read("How much does the tram cost?", texts)
    for text, scores in zip(texts, together, strict=True):
        alone = network.read("How much does the tram cost?", [text])[0]
        assert np.array_equal(scores.offsets, alone.offsets)
        assert np.allclose(scores.starts, alone.starts, atol=1e-3)
        assert np.isclose(scores.nowhere, alone.nowhere, atol=1e-3)


@pytest.mark.model
def test_a_passage_longer_than_a_window_is_read_to_its_end(network):
    text = "and so on it went for a while " * 80 + "The tram costs 240 million kronor."
    [scores] = network.read("How much does the tram cost?", [text])
    assert scores.offsets[-1].tolist() == [len(text) - 1, len(text)]
    assert (np.diff(scores.offsets[:, 0]) > 0).all()
    found = best(network, "How much does the tram cost?", text)
    assert "240 million" in text[found.start : found.end]


@pytest.mark.model
def test_nothing_to_read_is_no_fault(network):
    assert network.read("What?", []) == []
    assert network.read("What?", [""])[0].offsets.shape == (0, 2)


@pytest.mark.model
def test_threads_share_it(network):
    """Long questions and short ones at once."""
    questions = ["How much does the tram cost?", "and " * 200 + "how much does the tram cost?"] * 8
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda question: network.read(question, [TRAM])[0], questions))
    assert {len(scores.offsets) for scores in read} == {len(read[0].offsets)}
    assert np.allclose(read[0].starts, read[2].starts, atol=1e-3)


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> SpanModel:
    """The same network by transformers and PyTorch, as a folder that TURNCITE_READER could name."""
    import torch
    from transformers import AutoConfig, AutoModelForQuestionAnswering, AutoTokenizer

    packaged = default_model_path()
    model = AutoModelForQuestionAnswering.from_config(AutoConfig.from_pretrained(packaged))
    weights = shipped_weights(packaged, WEIGHTS, WEIGHTS_SHA256)
    model.load_state_dict(
        {name: torch.from_numpy(rows.astype(np.float32)) for name, rows in weights.items()}
    )
    folder = tmp_path_factory.mktemp("reader")
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(packaged, local_files_only=True).save_pretrained(folder)
    return SpanModel(str(folder))


@pytest.mark.model
def test_it_reads_as_transformers_does(network, reference, sample):
    """Forty questions on the sample: the same spans in the same order, the same scores."""
    lines = (QUESTIONS / "sample-1.jsonl").read_text(encoding="utf-8").splitlines()
    parsed = parse_file(sample)
    embedder = SentenceTransformerEmbedder()
    passages = [p.text for p in chunk(parsed, embedder.count_tokens, embedder.max_tokens)][:3]
    longer = "and so on it went for a while " * 80 + TRAM
    for question in (json.loads(line)["question"] for line in lines[:40]):
        texts = [*passages, longer] if question == json.loads(lines[0])["question"] else passages
        ours, theirs = network.read(question, texts), reference.read(question, texts)
        for text, one, other in zip(texts, ours, theirs, strict=True):
            assert np.array_equal(one.offsets, other.offsets)
            assert np.allclose(one.starts, other.starts, atol=1e-4)
            assert np.allclose(one.ends, other.ends, atol=1e-4)
            spans, expected = (best_spans(s, [Region(0, len(text))], 3) for s in (one, other))
            assert [span[:3] for span in spans] == [span[:3] for span in expected]
            assert [span.margin for span in spans] == pytest.approx(
                [span.margin for span in expected], abs=1e-4
            )


def test_weights_that_are_not_those_shipped_are_refused(tmp_path):
    altered = tmp_path / "model.safetensors"
    altered.write_bytes(b"something else")
    for path, fault in ((altered, "not the one"), (tmp_path / "none", "missing")):
        with pytest.raises(ModelError, match=f"{path.name} is {fault}"):
            shipped_weights(default_model_path(), path, WEIGHTS_SHA256)


def test_what_ships_is_small():
    assert WEIGHTS.stat().st_size < 25_000_000


@pytest.mark.model
@pytest.mark.parametrize("model", ["folder", "embedder"])
def test_a_model_that_cannot_read_says_so(model, tmp_path):
    """A folder without one; a model that only embeds, whose answers would be chance."""
    path = default_model_path() if model == "embedder" else tmp_path
    with pytest.raises(ModelError, match="check TURNCITE_READER"):
        SpanModel(str(path)).load()
