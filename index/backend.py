"""Backend: what holds a library's documents and finds their passages.

Two hold to it: index/local.py, one folder on one machine (SQLite, FAISS, tantivy), and
index/milvus.py, a Milvus cluster. tests/test_index_backend.py asks the same of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .embed import Vectors
from .renaming import Renaming
from .types import Document, Filters, Heading, Hit, Origin, Passage, Transcript, Turn

# Of a transcript longer than this, so many passages around the place in question are surveyed.
SURVEYED_PASSAGES = 400


class Place(NamedTuple):
    """A passage by its transcript and its place there, counted from 0."""

    transcript: str
    place: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that a search proposes. `bm25` is 0 where only its vector was found."""

    at: Place
    cosine: float
    bm25: float


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """Consecutive passages of one transcript, each held against a question; arrays (n,).

    `first` is the place of the first. `bm25` is (n, words), of each word by itself. `sizes` are in
    bytes of UTF-8, a length that means about as much in every script; `spoken` is the share that
    the people named speak; `allowed` is whether a passage passes the filters.
    """

    transcript: str
    first: int
    sizes: NDArray[np.float64]
    cosines: NDArray[np.float64]
    bm25: NDArray[np.float64]
    spoken: NDArray[np.float64]
    allowed: NDArray[np.bool_]


def spoken_share(text: str, people: Sequence[str]) -> float:
    """The share of a passage's text that these people speak, by length."""
    lines = [
        (len(line), any(line.startswith(f"{person}: ") for person in people))
        for line in text.split("\n")
    ]
    return sum(length for length, theirs in lines if theirs) / max(1, sum(n for n, _ in lines))


def survey_of(
    at: Place,
    first: int,
    texts: Sequence[str],
    speakers: Sequence[Sequence[str]],
    cosines: Vectors,
    bm25: Sequence[Sequence[float]],
    filters: Filters | None,
    people: Sequence[str],
) -> Survey:
    """The survey of passages with these texts and speakers, the first of them at place `first`;
    `bm25` are (words, n)."""
    return Survey(
        at.transcript,
        first,
        sizes=np.array([len(text.encode("utf-8", "surrogatepass")) for text in texts], float),
        cosines=cosines.astype(float),
        bm25=np.array(bm25, float).reshape(len(bm25), len(texts)).T,
        spoken=np.array([spoken_share(t, people) if people else 0.0 for t in texts]),
        allowed=np.array([not filters or filters.allow(names) for names in speakers], bool),
    )


def surveyed(near: int, passages: int) -> tuple[int, int]:
    """The first place and the count of what is surveyed of a transcript with so many passages."""
    first = max(0, min(near - SURVEYED_PASSAGES // 2, passages - SURVEYED_PASSAGES))
    return first, min(SURVEYED_PASSAGES, passages)


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

    def transcript(self, document_id: str) -> Transcript | None: ...

    def turns(self, document_id: str, first: int, last: int) -> list[Turn]:
        """The turns at positions `first` to `last`, those that exist, in order."""
        ...

    def turns_with(self, part: str, filters: Filters | None) -> Iterator[tuple[str, Turn]]:
        """The turns within the filters whose text holds `part` in whatever case, each with its
        document's id; in order within a document."""
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

    def candidates(
        self, vector: Vectors, text: str, k: int, filters: Filters | None
    ) -> list[Candidate]:
        """What `dense` and `lexical` find, each passage once, without reading it."""
        ...

    def survey(
        self,
        near: Sequence[Place],
        vector: Vectors,
        text: str,
        filters: Filters | None,
        people: Sequence[str],
    ) -> list[Survey]:
        """The transcripts of these places, one each, as far as they exist; see `surveyed`."""
        ...

    def passages(self, places: Sequence[Place]) -> dict[Place, Passage]:
        """The passages at these places that exist."""
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

    def renamings(self) -> Sequence[Renaming]:
        """The speakers renamed by hand, in order."""
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
