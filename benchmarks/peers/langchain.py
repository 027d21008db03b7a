"""LangChain: a loader for each kind of file, the recursive splitter with the sizes of its tutorial
on retrieval, and FAISS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from langchain_community.document_loaders import BSHTMLLoader, PyPDFLoader, TextLoader
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

LOADERS = {".html": BSHTMLLoader, ".pdf": PyPDFLoader}
TEXTS = (".txt", ".md", ".vtt", ".log")


class Peer:
    def __init__(self, model: str) -> None:
        self._embeddings = HuggingFaceEmbeddings(model_name=model)

    def warm(self) -> None:
        self._embeddings.embed_query("warm")

    def build(self, files: Path, index: Path) -> tuple[int, list[str]]:
        documents, read = [], set()
        for path in sorted(files.iterdir()):
            if loader := LOADERS.get(path.suffix):
                documents += loader(str(path)).load()
            elif path.suffix in TEXTS:
                documents += _texts(path)
            else:
                continue
            read.add(path.name)
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        passages = splitter.split_documents(documents)
        FAISS.from_documents(passages, self._embeddings).save_local(str(index))
        return len(passages), sorted(read)

    def open(self, index: Path) -> None:
        self._store = FAISS.load_local(
            str(index), self._embeddings, allow_dangerous_deserialization=True
        )

    def search(self, question: str, k: int, document: str | None = None) -> list[dict[str, Any]]:
        def allowed(metadata: dict[str, Any]) -> bool:
            return document in (None, Path(metadata["source"]).name)

        limits = {"filter": allowed, "fetch_k": self._store.index.ntotal} if document else {}
        return [
            {"document": Path(found.metadata["source"]).name, "text": found.page_content}
            for found in self._store.similarity_search(question, k, **limits)
        ]


def _texts(path: Path) -> list[Any]:
    """What a user would try when the first of it ends in an error."""
    try:
        return TextLoader(str(path), encoding="utf-8").load()
    except RuntimeError:
        return TextLoader(str(path), encoding="cp1252").load()
