"""LangChain: FAISS by inner product of normalised vectors, and BM25Retriever, in an
EnsembleRetriever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_community.vectorstores.utils import DistanceStrategy
from langchain_core.embeddings import Embeddings
from sentence_transformers import SentenceTransformer

from index.embed import default_model_path


class _Embeddings(Embeddings):
    """langchain-huggingface's HuggingFaceEmbeddings in short: it makes the same calls."""

    def __init__(self) -> None:
        self._model = SentenceTransformer(str(default_model_path()), local_files_only=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._model.encode(texts, normalize_embeddings=True).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class Peer:
    def __init__(self, k: int) -> None:
        self._k = k

    def load(self) -> Callable[[str], Any]:
        self._embeddings = _Embeddings()
        self._embeddings.embed_query("warm")
        return self._embeddings.embed_query

    def build(self, folder: Path, passages: list[dict[str, str]]) -> None:
        self._store = FAISS.from_texts(
            [passage["text"] for passage in passages],
            self._embeddings,
            metadatas=[{"document": passage["document"]} for passage in passages],
            ids=[passage["id"] for passage in passages],
            distance_strategy=DistanceStrategy.MAX_INNER_PRODUCT,
        )
        self._store.save_local(str(folder))
        self._join()

    def open(self, folder: Path) -> None:
        self._store = FAISS.load_local(
            str(folder),
            self._embeddings,
            allow_dangerous_deserialization=True,
            distance_strategy=DistanceStrategy.MAX_INNER_PRODUCT,
        )
        self._join()

    def ask(self, question: str) -> list[str]:
        return [document.page_content for document in self._both.invoke(question)[: self._k]]

    def delete(self, folder: Path, document: str) -> None:
        held = self._store.docstore._dict.items()
        self._store.delete([name for name, d in held if d.metadata["document"] == document])
        self._store.save_local(str(folder))
        self._join()

    def _join(self) -> None:
        """BM25Retriever has neither a file nor deletion: it is made anew of the documents."""
        words = BM25Retriever.from_documents(list(self._store.docstore._dict.values()), k=self._k)
        vectors = self._store.as_retriever(search_kwargs={"k": self._k})
        self._both = EnsembleRetriever(retrievers=[words, vectors], weights=[0.5, 0.5])
