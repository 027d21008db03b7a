"""LlamaIndex: SimpleDirectoryReader, its own splitting into 1024 tokens, VectorStoreIndex."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llama_index.core import (
    Settings,
    SimpleDirectoryReader,
    StorageContext,
    VectorStoreIndex,
    load_index_from_storage,
)
from llama_index.core.vector_stores import MetadataFilter, MetadataFilters
from llama_index.embeddings.huggingface import HuggingFaceEmbedding


class Peer:
    def __init__(self, model: str) -> None:
        Settings.embed_model = HuggingFaceEmbedding(model_name=model)

    def warm(self) -> None:
        Settings.embed_model.get_query_embedding("warm")

    def build(self, files: Path, index: Path) -> tuple[int, list[str]]:
        documents = SimpleDirectoryReader(str(files), exclude=["*.json"]).load_data()
        made = VectorStoreIndex.from_documents(documents)
        made.storage_context.persist(persist_dir=str(index))
        read = {document.metadata["file_name"] for document in documents}
        return len(made.docstore.docs), sorted(read)

    def open(self, index: Path) -> None:
        self._index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(index)))

    def search(self, question: str, k: int, document: str | None = None) -> list[dict[str, Any]]:
        one = MetadataFilters(filters=[MetadataFilter(key="file_name", value=document)])
        retriever = self._index.as_retriever(similarity_top_k=k, filters=one if document else None)
        return [
            {"document": found.metadata["file_name"], "text": found.node.get_content()}
            for found in retriever.retrieve(question)
        ]
