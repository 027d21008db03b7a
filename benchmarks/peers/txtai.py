"""txtai: vectors and BM25 together (hybrid), with the texts kept beside (content); text is cut at
sentences into the sizes that LangChain's tutorial has, as txtai has no default."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from txtai import Embeddings
from txtai.pipeline import Segmentation, Textractor

CUT = {"chunker": "sentence", "chunk_size": 1000, "chunk_overlap": 200}
TEXTS = (".txt", ".md", ".vtt", ".log")


class Peer:
    def __init__(self, model: str) -> None:
        self._index = Embeddings(
            path=model, method="sentence-transformers", content=True, hybrid=True
        )

    def warm(self) -> None:
        self._index.transform("warm")

    def build(self, files: Path, index: Path) -> tuple[int, list[str]]:
        of_page, of_text = Textractor(**CUT), Segmentation(**CUT)
        rows, read = [], []
        for path in sorted(files.iterdir()):
            if path.suffix == ".html":
                passages = of_page(str(path))
            elif path.suffix in TEXTS:
                passages = of_text(_text_of(path))
            else:
                continue
            read.append(path.name)
            rows += [{"document": path.name, "text": text} for text in passages]
        self._index.index(rows)
        self._index.save(str(index))
        return len(rows), read

    def open(self, index: Path) -> None:
        self._index.load(str(index))

    def search(self, question: str, k: int, document: str | None = None) -> list[dict[str, Any]]:
        query, given = "similar(:question)", {"question": question}
        if document:  # so many candidates as there are passages, or a document might have none
            query = f"similar(:question, {self._index.count()}) and document = :document"
            given["document"] = document
        return self._index.search(
            f"select document, text, score from txtai where {query}", k, parameters=given
        )


def _text_of(path: Path) -> str:
    """txtai takes texts; how they are read is its user's business."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return path.read_text(encoding="cp1252")
