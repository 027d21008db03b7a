"""What is asked of a library that corpus.py made, and what is right: filters of each kind, the
passages that they allow as corpus.py knows them, and hybrid search without the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.library import Library
from index.local import LocalBackend
from index.types import Filters, Hit, Passage
from rag.question import understand
from rag.retrieve import retrieve

from . import corpus
from .corpus import DOCUMENT_PASSAGES, EMBEDDER, Corpus

Rows = NDArray[np.int64]


class Asking:
    """Of the library of `size` passages in a scratch folder; a row is a passage, in order."""

    def __init__(self, scratch: Path, size: int) -> None:
        self.home = home_of(scratch, size)
        self.source = Corpus(scratch / "corpus")
        self._size = size
        self._documents = size // DOCUMENT_PASSAGES
        self._truth: dict[str, NDArray[Any]] = {}

    @property
    def kinds(self) -> dict[str, list[Filters | None]]:
        """Filters by how much they allow. Where there are many, they take turns."""
        some = range(0, self._documents, max(1, self._documents // 50))
        return {
            "everything": [None],
            "the needle": [Filters(speakers=(corpus.NEEDLE,))],
            "a speaker of about 1%": [
                Filters(speakers=(name,)) for name in corpus.REGULARS[: self._documents]
            ],
            "half of the days": [
                Filters(since=since, until=until)
                for since, until in map(corpus.half_of_the_days, range(40))
            ],
            "one document": [Filters(documents=(corpus.name_of(n),)) for n in some],
        }

    def library(self) -> Library:
        return Library(self.home, LocalBackend.open(self.home), _Asked(self.source))

    def asker(self, library: Library, kind: str) -> Callable[[int], list[Hit]]:
        """Hybrid search for the question of a number, within the filter whose turn it is."""
        questions = [understand(question) for question in self.source.questions]
        variants = self.kinds[kind]
        return lambda i: retrieve(library, questions[i], 10, variants[i % len(variants)])

    def allowed(self, filters: Filters | None) -> Rows:
        """The rows within one of the `kinds`, told without the store."""
        rows = np.arange(self._size).reshape(self._documents, DOCUMENT_PASSAGES)
        if filters is None:
            return rows.ravel()
        if filters.documents:
            return rows[[corpus.number_of(document) for document in filters.documents]].ravel()
        if filters.speakers == (corpus.NEEDLE,):
            places = [corpus.needle_place(n, self._size) for n in range(self._documents)]
            return np.array([rows[n, p] for n, p in enumerate(places) if p is not None])
        if filters.speakers:
            theirs = [n for n in range(self._documents) if corpus.regular_of(n) in filters.speakers]
            return rows[theirs][self._known("regular")[theirs]]
        days = np.array([corpus.day_of(n) for n in range(self._documents)])
        return rows[(days >= filters.since) & (days <= filters.until)].ravel()

    def row(self, passage: Passage) -> int:
        number = corpus.number_of(passage.transcript)
        firsts = self._known("first_turns")[number]
        return number * DOCUMENT_PASSAGES + int(np.searchsorted(firsts, passage.turns[0]))

    def _known(self, name: str) -> NDArray[Any]:
        """What was noted when the library was made (documents, DOCUMENT_PASSAGES)."""
        if not self._truth:
            self._truth = dict(np.load(self.home / "truth.npz"))
        return self._truth[name]


def home_of(scratch: Path, size: int) -> Path:
    return scratch / str(size)


def best(cosines: NDArray[np.float32], allowed: Rows, k: int) -> Rows:
    """The `k` rows of those allowed with the largest cosine (rows,), best first."""
    values = cosines[allowed]
    k = min(k, len(allowed))
    top = np.argpartition(-values, k - 1)[:k]
    return allowed[top[np.argsort(-values[top])]]


class _Asked:
    """An embedder of the questions in `source`, whose vectors are known."""

    fingerprint = EMBEDDER

    def __init__(self, source: Corpus) -> None:
        self._vectors = dict(zip(source.questions, source.question_vectors, strict=True))

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The core of a question, which stands second, has the vector of the whole."""
        return np.stack([self._vectors[texts[0]]] * len(texts))
