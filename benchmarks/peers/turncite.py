"""Turncite, as its command line asks it. It reads files, where the others are given passages: what
that costs is in its time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from index import Library
from index.embed import SentenceTransformerEmbedder
from rag.question import understand
from rag.retrieve import retrieve


class Peer:
    def __init__(self, k: int) -> None:
        self._k = k

    def load(self) -> Callable[[str], Any]:
        self._embedder = SentenceTransformerEmbedder()
        self._embedder.embed_passages(["warm"])
        return lambda question: self._embedder.embed_passages([question])

    def build(self, folder: Path, passages: list[dict[str, str]]) -> None:
        self.open(folder)
        self._library.sync()

    def open(self, folder: Path) -> None:
        self._library = Library.open(folder, self._embedder)

    def ask(self, question: str) -> list[str]:
        return [hit.passage.text for hit in retrieve(self._library, understand(question), self._k)]

    def delete(self, folder: Path, document: str) -> None:
        self._library.remove(document)
