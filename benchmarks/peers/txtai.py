"""txtai: vectors and BM25 together (hybrid), with the texts kept beside (content)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from txtai import Embeddings

from index.embed import default_model_path


class Peer:
    def __init__(self, k: int) -> None:
        self._k = k

    def load(self) -> Callable[[str], Any]:
        # With its model sharing the model stays when another index is opened.
        self._shared: tuple[dict[str, Any], dict[str, Any]] = (
            {
                "path": str(default_model_path()),
                "method": "sentence-transformers",
                "content": True,
                "hybrid": True,
            },
            {},
        )
        warm = Embeddings(*self._shared)
        warm.transform("warm")
        return warm.transform

    def build(self, folder: Path, passages: list[dict[str, str]]) -> None:
        self._index = Embeddings(*self._shared)
        self._index.index((passage["id"], passage, None) for passage in passages)
        self._index.save(str(folder))

    def open(self, folder: Path) -> None:
        self._index = Embeddings(*self._shared)
        self._index.load(str(folder))

    def ask(self, question: str) -> list[str]:
        return [found["text"] for found in self._index.search(question, self._k)]

    def delete(self, folder: Path, document: str) -> None:
        query = "SELECT id FROM txtai WHERE document = :document"
        found = self._index.search(query, 10_000, parameters={"document": document})
        self._index.delete([row["id"] for row in found])
        self._index.save(str(folder))
