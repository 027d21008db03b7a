"""Library: a folder of transcripts and the index inside it. The door to everything in index/."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from .caches import Caches, build_in_memory, drop_other_caches, load_caches, write_caches
from .embed import Embedder, SentenceTransformerEmbedder, Vectors
from .errors import DamagedIndex, LibraryError, NotInLibrary, UnreadableFile
from .lexical import terms
from .parse import parse_file
from .scan import INDEX_FOLDER
from .store import Store, remove_database, text_digest
from .sync import OnProgress, sync_files
from .types import (
    Document,
    FileResult,
    Filters,
    Heading,
    Hit,
    Passage,
    SyncReport,
    Transcript,
    Turn,
)
from .vectors import Numbers

_DATABASE = "library.sqlite3"
_CACHES = "caches"
_MAX_NAME_BYTES = 200


class Library:
    """Open it with `Library.open`. Searches may run in any thread, also during a sync."""

    def __init__(self, path: Path, store: Store, embedder: Embedder) -> None:
        self.path = path
        self.embedder = embedder
        self._store = store
        self._caches_folder = path / INDEX_FOLDER / _CACHES
        self._caches: Caches | None = None
        self._cache_lock = threading.Lock()
        self._sync_lock = threading.Lock()

    @classmethod
    def open(
        cls,
        path: str | Path,
        embedder: Embedder | None = None,
        *,
        set_damaged_aside: bool = False,
    ) -> Library:
        """Open the library in the folder `path`; nothing is read or embedded yet.

        Raises LibraryError where the folder is missing, or can't be written and holds no index;
        DamagedIndex where the index can't be read, unless `set_damaged_aside` starts a new one
        and keeps the old file beside it.
        """
        folder = Path(path)
        store = _open_store(folder, set_damaged_aside)
        return cls(folder, store, embedder or SentenceTransformerEmbedder())

    @property
    def read_only(self) -> bool:
        """Whether the folder can't be written: then it can be asked, but not synced."""
        return self._store.read_only

    def sync(self, *, rebuild: bool = False, on_progress: OnProgress | None = None) -> SyncReport:
        """Bring the index in step with the folder. One bad file never stops the others.

        Only files whose content changed are read again, and of those only passages whose text
        is new are embedded; `rebuild` does everything anew.
        """
        if self.read_only:
            raise LibraryError(
                f"{self.path}: the folder cannot be written, so its index cannot be brought up "
                "to date; copy it to a place where you can write"
            )
        with self._sync_lock:
            notes = self._adopt_embedder()
            report = on_progress or (lambda _: None)
            results = list(
                sync_files(self.path, self._store, self.embedder, report, rebuild=rebuild)
            )
            self._publish()
        return SyncReport(tuple(sorted(results, key=lambda result: result.id)), notes)

    def add(
        self, paths: Sequence[str | Path], *, on_progress: OnProgress | None = None
    ) -> SyncReport:
        """Copy files into the library and sync.

        Each is read first; one that can't be read or whose name is taken is not copied, and
        stands in the report as failed. Raises LibraryError for a library that can't be written.
        """
        if self.read_only:
            return self.sync()  # says why not
        accepted: dict[Path, Path] = {}
        refused: list[FileResult] = []
        for source in map(Path, paths):
            why = self._why_refused(source, accepted)
            if why:
                refused.append(FileResult(source.name, "failed", why=why))
            else:
                accepted[self.path / source.name] = source
        for target, source in accepted.items():
            if not target.exists():
                self._copy_in(source, target)
        report = self.sync(on_progress=on_progress)
        return replace(report, files=(*report.files, *refused))

    def remove(self, document_id: str) -> SyncReport:
        """Delete a transcript's file from the library, and sync. Raises NotInLibrary."""
        if self.read_only:
            return self.sync()  # says why not
        self.transcript(document_id)
        try:
            (self.path / document_id).unlink(missing_ok=True)
        except OSError as error:
            raise LibraryError(
                f"{document_id}: cannot be deleted ({error.strerror}); check its permissions"
            ) from error
        return self.sync()

    def documents(self) -> list[Document]:
        return self._store.documents()

    def transcript(self, document_id: str) -> Transcript:
        """The parsed transcript as it was indexed. Raises NotInLibrary."""
        found = self._store.transcript(document_id)
        if found is None:
            raise NotInLibrary(
                f"{document_id} is not in this library; `turncite list` shows what is"
            )
        return found

    def turns(self, document_id: str, first: int, last: int) -> list[Turn]:
        """The turns at positions `first` to `last`, those that exist, in order."""
        return self._store.turns(document_id, first, last)

    def headings(self, document_ids: Sequence[str]) -> dict[str, Heading]:
        """Title, date and place of each of these documents that exists."""
        return self._store.headings(document_ids)

    def speakers(self) -> list[str]:
        """Every speaker's name in the library, each once."""
        return self._store.speakers()

    def terms(self, text: str) -> list[str]:
        """The terms (folded, stemmed, without stop words) by which `text` is searched."""
        return terms(text)

    def dense(self, vector: Vectors, k: int, filters: Filters | None = None) -> list[Hit]:
        """The `k` passages most similar to `vector` (dimensions,); scores are cosines."""
        return self._hits(self._current().vectors.search(vector, k, self._allowed(filters)))

    def lexical(self, text: str, k: int, filters: Filters | None = None) -> list[Hit]:
        """The `k` passages that share most with the words of `text`; scores are BM25."""
        return self._hits(self._current().lexical.search(text, k, self._allowed(filters)))

    def similarities(self, passages: Sequence[Passage], vectors: Vectors) -> Vectors:
        """Cosines (len(passages), n) of passages that were found with `vectors` (n, dimensions)."""
        digests = [text_digest(passage.text) for passage in passages]
        known = self._store.known_vectors(digests)
        nothing = np.zeros(vectors.shape[1], np.float32)
        rows = np.array([known.get(digest, nothing) for digest in digests], np.float32)
        return rows.reshape(len(digests), vectors.shape[1]) @ vectors.T

    def health(self) -> dict[str, str]:
        """What `turncite doctor` reports of the index, by name."""
        cached = load_caches(self._caches_folder, self._store.generation)
        return {
            "database": self._store.check(),
            "documents": str(len(self._store.digests())),
            "generation": str(self._store.generation),
            "caches": "whole" if cached else "missing or stale (rebuilt when next needed)",
            "embedded by": self._store.meta("embedder") or "nothing yet",
        }

    def close(self) -> None:
        self._store.close()

    def _why_refused(self, source: Path, accepted: Mapping[Path, Path]) -> str:
        """Why a file cannot join the library, or nothing where it can."""
        name = source.name
        if not name.isprintable() or name.startswith(".") or len(name.encode()) > _MAX_NAME_BYTES:
            return "its name is hidden, very long or holds control characters; rename it"
        try:
            parse_file(source)
        except UnreadableFile as error:
            return error.why
        target = self.path / name
        if all(_same_file(source, other) for other in (accepted.get(target, source), target)):
            return ""
        return (
            "the library holds another file of this name; rename yours, or remove the other first"
        )

    def _copy_in(self, source: Path, target: Path) -> None:
        incoming = self.path / INDEX_FOLDER / f"{target.name}.incoming"
        try:
            shutil.copyfile(source, incoming)
            os.replace(incoming, target)
        except OSError as error:
            incoming.unlink(missing_ok=True)
            raise LibraryError(
                f"{target.name}: cannot be copied into {self.path} ({error.strerror}); "
                "check its permissions and the space on the disk"
            ) from error

    def _adopt_embedder(self) -> tuple[str, ...]:
        """Vectors of two models never mix: another model means a new start, and says so."""
        before, now = self._store.meta("embedder"), self.embedder.fingerprint
        if before == now:
            return ()
        if before is not None:
            self._store.set_meta("published", "")
            self._store.clear()
        self._store.set_meta("embedder", now)
        if before is None:
            return ()
        return (f"The embedding model changed from {before} to {now}: all was embedded anew.",)

    def _publish(self) -> None:
        """Write the caches of what is stored now, and only then let searches use them."""
        generation = self._store.generation
        caches = self._caches
        if caches is None or caches.generation != generation:
            caches = load_caches(self._caches_folder, generation)
        caches = caches or write_caches(self._store, self._caches_folder)
        if self._store.meta("published") != str(caches.generation):
            self._store.set_meta("published", str(caches.generation))
        with self._cache_lock:
            self._caches = caches
        drop_other_caches(self._caches_folder, caches.generation)

    def _current(self) -> Caches:
        """The caches to search: those last published, by whichever process."""
        if self._store.meta("embedder") not in (None, self.embedder.fingerprint):
            raise LibraryError(
                f"{self.path}: was embedded by {self._store.meta('embedder')}, not by "
                f"{self.embedder.fingerprint}; run: turncite sync, or set TURNCITE_EMBEDDER back"
            )
        published = self._store.meta("published")
        with self._cache_lock:
            if self._caches is None or str(self._caches.generation) != published:
                fresh = load_caches(self._caches_folder, int(published)) if published else None
                self._caches = fresh or self._caches or self._restored()
            return self._caches

    def _restored(self) -> Caches:
        if self.read_only:
            return build_in_memory(self._store)
        return write_caches(self._store, self._caches_folder)

    def _allowed(self, filters: Filters | None) -> Numbers | None:
        return self._store.numbers_within(filters) if filters else None

    def _hits(self, found: Sequence[tuple[int, float]]) -> list[Hit]:
        passages = self._store.passages([number for number, _ in found])
        # A passage deleted since the caches were made is a hit no more.
        return [Hit(passages[number], score) for number, score in found if number in passages]


def _open_store(folder: Path, set_damaged_aside: bool) -> Store:
    if not folder.exists():
        raise LibraryError(
            f"{folder} does not exist; make the folder and put transcripts in it, "
            "or name another with --library"
        )
    if not folder.is_dir():
        raise LibraryError(f"{folder} is a file; --library takes the folder of your transcripts")
    home = folder / INDEX_FOLDER
    database = home / _DATABASE
    try:
        (home / _CACHES).mkdir(parents=True, exist_ok=True)
        writable = os.access(home, os.W_OK)
    except OSError as error:
        if not database.is_file():
            raise LibraryError(
                f"{folder}: cannot be written ({error.strerror}), and Turncite keeps its index "
                "in it; copy your transcripts to a folder where you can write"
            ) from error
        writable = False
    if not writable and not database.is_file():
        raise LibraryError(
            f"{folder}: cannot be written, and Turncite keeps its index in it; "
            "copy your transcripts to a folder where you can write"
        )
    try:
        return Store(database, read_only=not writable)
    except DamagedIndex:
        if not (set_damaged_aside and writable):
            raise
        remove_database(database)
        return Store(database)


def _same_file(source: Path, other: Path) -> bool:
    """Whether `other` holds what `source` does, or is free to be written."""
    if not other.exists():
        return True
    return other.is_file() and other.read_bytes() == source.read_bytes()
