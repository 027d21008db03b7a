"""A sync embeds at a lower priority than that at which questions are answered."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from conftest import WordEmbedder

from index import Library
from index.background import in_background, priority
from index.encoder import Encoder, Pieces

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has a priority for each thread"
)
USUAL = priority()


class Watched(WordEmbedder):
    """Knows at which priority it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.passages: set[int] = set()
        self.questions: set[int] = set()

    def embed_passages(self, texts):
        self.passages.add(priority())
        return super().embed_passages(texts)

    def embed_questions(self, texts):
        self.questions.add(priority())
        return super().embed_questions(texts)


def test_a_sync_embeds_at_a_lower_priority_than_questions(folder):
    embedder = Watched()
    library = Library.open(folder, embedder)
    library.sync()
    embedder.questions.clear()
    library.dense(embedder.embed_questions(["What about the tram?"])[0], 3)
    assert embedder.passages == {USUAL + 5}
    assert embedder.questions == {USUAL}
    assert priority() == USUAL


def test_the_encoder_does_not_lend_slow_threads_to_questions(monkeypatch):
    """Its threads are kept, and have the priority of whoever started them."""
    seen: list[set[int]] = []

    def noted(self, texts):
        seen[-1].add(priority())
        return [np.zeros((len(text.ids), 1), np.float32) for text in texts]

    monkeypatch.setattr(Encoder, "_encode", noted)
    encoder = Encoder.__new__(Encoder)
    texts = [Pieces([1] * 200, [0] * 200)] * 4

    def encoded(_: object) -> np.ndarray:
        seen.append(set())
        return np.concatenate(encoder.encode(texts))

    with in_background(encoded) as embed:
        embed([])
    encoded([])
    assert seen == [{USUAL + 5}, {USUAL}]


def test_what_fails_in_the_background_fails_for_who_asked():
    def fails(texts):
        raise MemoryError("too much")

    with in_background(fails) as embed, pytest.raises(MemoryError, match="too much"):
        embed(["a"])
