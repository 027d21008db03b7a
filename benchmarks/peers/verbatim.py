"""verbatim-rag of KR Labs: docling reads, its Markdown chunker cuts, Milvus Lite keeps vectors.

What it is made for, marking the words that answer, takes a language model or a network from a hub,
as does its reading of PDF; neither is to be had offline, so these are its passages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from verbatim_rag import VerbatimIndex
from verbatim_rag.chunker_providers import MarkdownChunkerProvider
from verbatim_rag.embedding_providers import SentenceTransformersProvider
from verbatim_rag.ingestion import DocumentProcessor
from verbatim_rag.vector_stores import LocalMilvusStore


class Peer:
    def __init__(self, model: str) -> None:
        self._provider = SentenceTransformersProvider(model)

    def warm(self) -> None:
        self._provider.embed_text("warm")

    def build(self, files: Path, index: Path) -> tuple[int, list[str]]:
        # Without sizes, a text without headings is one passage.
        chunker = MarkdownChunkerProvider(min_chunk_size=300, max_chunk_size=1000)
        processor = DocumentProcessor(chunker)
        documents, read = [], []
        for path in sorted(files.iterdir()):
            if path.suffix == ".json":
                continue
            try:
                documents.append(processor.process_file(path))
            except Exception:  # it has one for each thing it can't read
                continue
            read.append(path.name)
        self.open(index)
        self._index.add_documents(documents)
        return sum(len(document.chunks) for document in documents), read

    def open(self, index: Path) -> None:
        index.mkdir(parents=True, exist_ok=True)
        store = LocalMilvusStore(str(index / "milvus.db"), enable_sparse=False)
        self._index = VerbatimIndex(store, dense_provider=self._provider)

    def search(self, question: str, k: int, document: str | None = None) -> list[dict[str, Any]]:
        only = f'metadata["title"] == "{Path(document).stem}"' if document else None
        return [
            {"document": Path(found.metadata["source"]).name, "text": found.text}
            for found in self._index.query(question, k=k, filter=only)
        ]
