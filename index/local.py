"""LocalBackend: a library in one folder on one machine.

SQLite is the truth; FAISS and tantivy propose passages, and what is found is scored by the stored
vectors. Readers use the caches of the generation published last until those of the next are
whole.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from .backend import Candidate, Place, Survey, survey_of, surveyed
from .caches import Caches, build_in_memory, drop_caches, load_caches, write_caches
from .embed import Vectors
from .errors import LibraryError
from .integrity import fault_of
from .lock import WriterLock
from .opening import CACHES, open_store
from .renaming import Renaming
from .scan import INDEX_FOLDER
from .store import Store
from .types import Document, Filters, Heading, Hit, Origin, Passage, Transcript, Turn

T = TypeVar("T")


class LocalBackend:
    """The index of one folder. Searches may run in any thread, also while another writes."""

    def __init__(self, home: Path, store: Store) -> None:
        """`home` is the folder of the index, inside the library's."""
        self._store = store
        self._folder = home / CACHES
        self._lock = WriterLock(home)
        self._caches: Caches | None = None
        self._loading = threading.Lock()
        self._remembered: tuple[int, dict[str, Any]] = (-1, {})

    @classmethod
    def open(cls, folder: Path, *, set_damaged_aside: bool = False) -> LocalBackend:
        """The index in `folder`, made where there is none.

        Raises LibraryError where the folder is missing, or can't be written and holds no index;
        DamagedIndex where the index can't be read, unless `set_damaged_aside` starts a new one
        and keeps the old file beside it.
        """
        home = folder / INDEX_FOLDER
        return cls(home, open_store(folder, home, set_damaged_aside))

    @property
    def read_only(self) -> bool:
        return self._store.read_only

    @property
    def shared(self) -> bool:
        return False

    @property
    def embedder(self) -> str | None:
        return self._store.meta("embedder")

    def documents(self) -> list[Document]:
        return self._once("documents", self._store.documents)

    def speakers(self) -> list[str]:
        return self._once("speakers", self._store.speakers)

    def transcript(self, document_id: str) -> Transcript | None:
        return self._store.transcript(document_id)

    def turns(self, document_id: str, first: int, last: int) -> list[Turn]:
        return self._store.turns(document_id, first, last)

    def turns_with(self, part: str, filters: Filters | None) -> Iterator[tuple[str, Turn]]:
        return self._store.turns_with(part, filters)

    def headings(self, document_ids: Sequence[str]) -> dict[str, Heading]:
        return self._store.headings(document_ids)

    def moment(self) -> AbstractContextManager[None]:
        return self._store.snapshot()

    def dense(self, vector: Vectors, k: int, filters: Filters | None) -> list[Hit]:
        with self._store.snapshot():
            return self._hits(self._nearest(vector, k, filters))

    def lexical(self, text: str, k: int, filters: Filters | None) -> list[Hit]:
        with self._store.snapshot():
            return self._hits(self._current().search_words(text, k, filters))

    def candidates(
        self, vector: Vectors, text: str, k: int, filters: Filters | None
    ) -> list[Candidate]:
        with self._store.snapshot():
            cosines = dict(self._nearest(vector, k, filters))
            bm25 = dict(self._current().search_words(text, k, filters))
            others = np.array([number for number in bm25 if number not in cosines], np.int64)
            if len(others):
                scores = _cosines(self._store.vectors(others), vector)
                cosines |= dict(zip(others.tolist(), scores.tolist(), strict=True))
            places = self._store.places(list(cosines))
        return [
            Candidate(Place(*places[number]), cosine, bm25.get(number, 0.0))
            for number, cosine in cosines.items()
            if number in places
        ]

    def survey(
        self,
        near: Sequence[Place],
        vector: Vectors,
        text: str,
        filters: Filters | None,
        people: Sequence[str],
    ) -> list[Survey]:
        with self._store.snapshot():
            runs = self._store.runs([document for document, _ in near])
            bm25 = self._current().search_each_word(text, list(runs))
            return [
                self._survey(at, runs[at.transcript], vector, bm25, filters, people)
                for at in near
                if at.transcript in runs
            ]

    def passages(self, places: Sequence[Place]) -> dict[Place, Passage]:
        with self._store.snapshot():
            runs = self._store.runs(list({at.transcript for at in places}))
            numbers = {
                at: runs[at.transcript][0] + at.place
                for at in places
                if at.transcript in runs and 0 <= at.place < runs[at.transcript][1]
            }
            found = self._store.passages(list(numbers.values()))
        return {at: found[number] for at, number in numbers.items() if number in found}

    @contextmanager
    def writing(self, wait_seconds: float) -> Iterator[None]:
        if self.read_only:
            raise LibraryError(
                f"{self._folder.parent.parent}: the folder cannot be written, so its index cannot "
                "be brought up to date; copy it to a place where you can write"
            )
        with self._lock.held(wait_seconds):
            if not self._store.in_place():
                raise LibraryError(
                    f"{self._folder.parent.parent}: its index was deleted or replaced while this "
                    "Turncite had it open; start it again"
                )
            self._store.purge()
            yield

    def claim(self, document_id: str) -> str:
        return ""  # whoever writes holds the whole library

    def origins(self) -> dict[str, Origin]:
        return self._store.origins()

    def stored(self, document_id: str) -> Transcript | None:
        return self._store.transcript(document_id, self._store.generation)

    def known_vectors(self, digests: Sequence[bytes], embedder: str) -> dict[bytes, Vectors]:
        return self._store.known_vectors(digests, embedder)

    def renamings(self) -> list[Renaming]:
        return self._store.renamings()

    def rename(self, renaming: Renaming) -> list[str]:
        """Give a speaker another name, with no new vectors; the ids of what changed."""
        return self._store.rename(renaming)

    def put(
        self,
        transcript: Transcript,
        origin: Origin,
        passages: Sequence[Passage],
        vectors: Vectors,
    ) -> None:
        self._store.put(transcript, origin, passages, vectors)

    def delete(self, document_id: str) -> None:
        self._store.delete(document_id)

    def publish(self, embedder: str) -> str:
        """Make the caches of what was written, and only then let searches use them.

        Vectors of two models never mix: while another's are left, nothing is published.
        """
        if left := self._store.made_by_others(embedder):
            return (
                f"Still to be embedded by {embedder}: {left} documents. Until they are, questions "
                "are answered from what was there before; run: turncite sync"
            )
        generation, published = self._store.generation, self._store.published
        # Looked at anew: files that lie on a disk for long may not be what was written.
        before = load_caches(self._store, self._folder, published)
        note = ""
        caches = before if generation == published else None
        if caches is None:
            try:
                caches = write_caches(self._store, self._folder, generation, before)
            except OSError as error:
                caches = build_in_memory(self._store, generation)
                note = (
                    f"The search indexes cannot be written ({error.strerror}); they are made in "
                    "memory each time. Check the permissions and the space on the disk."
                )
        if generation != published or self.embedder != embedder:
            self._store.publish(embedder)
        with self._loading:
            self._caches = caches
        drop_caches(self._folder, {generation, published})
        return note

    def health(self) -> dict[str, str]:
        published = self._store.published
        whole = load_caches(self._store, self._folder, published)
        return {
            "database": fault_of(self._store) or "ok",
            "documents": str(len(self.documents())),
            "generation": str(published),
            "caches": "whole" if whole else "missing or stale (rebuilt when next needed)",
            "embedded by": self.embedder or "nothing yet",
        }

    def copy_database(self, path: Path) -> None:
        """The database as it is now in one file, from which a library can be made elsewhere."""
        self._store.copy_to(path)

    def close(self) -> None:
        self._store.close()

    def _current(self) -> Caches:
        """The caches to search: those published last, by whichever process.

        While one thread loads them, the others go on with those before.
        """
        caches = self._caches
        published = self._store.published
        if caches is not None and caches.generation == published:
            return caches
        if not self._loading.acquire(blocking=caches is None):
            assert caches is not None
            return caches
        try:
            if self._caches is None or self._caches.generation != published:
                fresh = load_caches(self._store, self._folder, published, self._caches)
                self._caches = fresh or self._restored(published)
            return self._caches
        finally:
            self._loading.release()

    def _restored(self, generation: int) -> Caches:
        """Caches made anew; on disk where nobody else writes there."""
        if not self.read_only:
            try:
                with self._lock.held(0):
                    return write_caches(self._store, self._folder, generation)
            except (LibraryError, OSError):
                pass  # they are as good without a file
        return build_in_memory(self._store, generation)

    def _nearest(self, vector: Vectors, k: int, filters: Filters | None) -> list[tuple[int, float]]:
        """The `k` most similar as (number, cosine), best first."""
        numbers = self._current().propose(vector, k, filters)
        vectors = self._store.vectors(numbers)
        if k < 1 or not vectors.size:
            return []
        scores = _cosines(vectors, vector)
        best = np.lexsort((numbers, -scores))[:k]
        return [(int(numbers[i]), float(scores[i])) for i in best]

    def _survey(
        self,
        near: Place,
        run: tuple[int, int],
        vector: Vectors,
        bm25: Sequence[dict[int, float]],
        filters: Filters | None,
        people: Sequence[str],
    ) -> Survey:
        first, count = surveyed(near.place, run[1])
        texts, speakers, vectors = self._store.passage_rows(
            run[0] + first, count, with_speakers=filters is not None and bool(filters.speakers)
        )
        numbers = range(run[0] + first, run[0] + first + len(texts))
        return survey_of(
            near,
            first,
            texts,
            speakers,
            _cosines(vectors, vector),
            [[word.get(number, 0.0) for number in numbers] for word in bm25],
            filters,
            people,
        )

    def _hits(self, found: Sequence[tuple[int, float]]) -> list[Hit]:
        passages = self._store.passages([number for number, _ in found])
        # A passage that went since the caches were made is a hit no more.
        return [Hit(passages[number], score) for number, score in found if number in passages]

    def _once(self, what: str, make: Callable[[], list[T]]) -> list[T]:
        """A list that each question asks for, made once a generation."""
        published = self._store.published
        if self._remembered[0] != published:
            self._remembered = (published, {})
        kept = self._remembered[1]
        if what not in kept:
            kept[what] = make()
        return list(kept[what])


def _cosines(vectors: Vectors, vector: Vectors) -> Vectors:
    """(n, dimensions) with (dimensions,) -> (n,). Of normalised vectors: here inner products
    become cosines. (For a product this small BLAS would wake a second thread, which costs fifty
    times the work.)"""
    if not vectors.size:  # all of them went since they were found
        return np.zeros(len(vectors), np.float32)
    scores: Vectors = np.einsum("ij,j->i", vectors, vector)
    return scores
