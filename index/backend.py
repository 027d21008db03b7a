"""Backend: what holds a library's documents and finds their passages.

Two hold to it: index/local.py, one folder on one machine (SQLite, FAISS, tantivy), and
index/milvus.py, a Milvus cluster. tests/test_index_backend.py asks the same of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from .embed import Vectors
from .types import Document, Filters, Heading, Hit, Origin, Passage, Transcript, Turn


class Backend(Protocol):
    """Readers see what was published last, as one whole, and never wait for a writer."""

    @property
    def read_only(self) -> bool:
        """Whether it can be asked, but not written."""
        ...

    @property
    def shared(self) -> bool:
        """Whether several machines write to it: then it isn't synced unasked."""
        ...

    @property
    def embedder(self) -> str | None:
        """Fingerprint of the model that made the published vectors; None before the first."""
        ...

    def documents(self) -> list[Document]:
        """In order of id."""
        ...

    def speakers(self) -> list[str]:
        """Every speaker's name, each once, in order of first document."""
        ...

    def languages(self) -> Sequence[str]:
        """How the words of its documents are read, see lexical.terms; English before the first."""
        ...

    def transcript(self, document_id: str) -> Transcript | None: ...

    def turns(self, document_id: str, first: int, last: int) -> list[Turn]:
        """The turns at positions `first` to `last`, those that exist, in order."""
        ...

    def headings(self, document_ids: Sequence[str]) -> dict[str, Heading]:
        """Title, date and place of each of these documents that exists."""
        ...

    def moment(self) -> AbstractContextManager[None]:
        """What this thread reads meanwhile is of one moment, as far as the backend can."""
        ...

    def dense(self, vector: Vectors, k: int, filters: Filters | None) -> list[Hit]:
        """The `k` passages within the filters most similar to `vector` (dimensions,), by cosine."""
        ...

    def lexical(self, text: str, k: int, filters: Filters | None) -> list[Hit]:
        """The `k` passages within the filters that match the words of `text` best, by BM25."""
        ...

    def similarities(self, passages: Sequence[Passage], vectors: Vectors) -> Vectors:
        """Cosines (len(passages), n) of passages that were found with `vectors` (n, dimensions)."""
        ...

    def writing(self, wait_seconds: float) -> AbstractContextManager[None]:
        """The right to call what follows. Raises LibraryBusy, which names who holds it, when it
        isn't free within `wait_seconds`."""
        ...

    def claim(self, document_id: str) -> str:
        """Empty where this writer may write the document; else who is writing it now."""
        ...

    def origins(self) -> dict[str, Origin]:
        """Where each document written last, published or not, comes from, by id."""
        ...

    def stored(self, document_id: str) -> Transcript | None:
        """The transcript written last under this id, published or not."""
        ...

    def known_vectors(self, digests: Sequence[bytes], embedder: str) -> dict[bytes, Vectors]:
        """Vectors (dimensions,) that this model made of texts with these digests."""
        ...

    def put(
        self,
        transcript: Transcript,
        origin: Origin,
        passages: Sequence[Passage],
        vectors: Vectors,
    ) -> None:
        """Add a document with all that belongs to it, or replace it: wholly or not at all.

        `vectors` is (len(passages), dimensions).
        """
        ...

    def delete(self, document_id: str) -> None: ...

    def publish(self, embedder: str) -> str:
        """Let readers see all that was written. A note for the user where there is cause."""
        ...

    def health(self) -> dict[str, str]:
        """What `turncite doctor` reports, by name."""
        ...

    def close(self) -> None: ...
