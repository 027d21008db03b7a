"""Turncite, as its command line and page ask it: passages by `search`, quotes by `ask`."""

from __future__ import annotations

import shutil
from itertools import accumulate
from pathlib import Path
from typing import Any

from index import Filters, Library, Passage
from index.embed import MANY, SentenceTransformerEmbedder
from rag import Assistant


class Peer:
    def __init__(self, model: str) -> None:
        # Its own loading checks the weights, which are those of `model`.
        self._embedder = SentenceTransformerEmbedder()

    def warm(self) -> None:
        # A few texts are embedded without PyTorch; a library is not.
        self._embedder.embed_passages(["warm"] * MANY)

    def build(self, files: Path, index: Path) -> tuple[int, list[str]]:
        index.mkdir(parents=True)
        for path in files.iterdir():
            shutil.copyfile(path, index / path.name)
        library = Library.open(index, self._embedder)
        library.sync()
        documents = library.documents()
        return sum(document.passages for document in documents), sorted(d.id for d in documents)

    def open(self, index: Path) -> None:
        self._assistant = Assistant.open(index, embedder=self._embedder)
        self._ends: dict[str, list[int]] = {}

    def search(self, question: str, k: int, document: str | None = None) -> list[dict[str, Any]]:
        filters = Filters(documents=(document,)) if document else None
        return [
            {"document": hit.passage.transcript, "text": hit.passage.text,
             "words": self._words(hit.passage)}
            for hit in self._assistant.search(question, k, filters)
        ]  # fmt: skip

    def answer(self, question: str) -> list[dict[str, Any]]:
        """The quotes of an answer, none where it refuses."""
        answer = self._assistant.ask(question)
        return [{"document": c.transcript, "text": c.quote} for c in answer.citations]

    def _words(self, passage: Passage) -> tuple[int, int, int]:
        """Which words of its transcript it holds, counted over all turns: the first, that after
        the last, and how many there are."""
        turns = self._assistant.library.transcript(passage.transcript).turns
        if passage.transcript not in self._ends:
            counts = (len(turn.text.split()) for turn in turns)
            self._ends[passage.transcript] = list(accumulate(counts, initial=0))
        ends = self._ends[passage.transcript]
        first, last = passage.slices[0], passage.slices[-1]
        return (
            ends[first.turn] + len(turns[first.turn].text[: first.start].split()),
            ends[last.turn] + len(turns[last.turn].text[: last.end].split()),
            ends[-1],
        )
