"""Library: a folder of transcripts and its index. The door to everything in index/."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path, PurePosixPath

from .adding import take_in
from .backend import Backend, Candidate, Place, Survey
from .bundle import export_library, import_library
from .dates import is_day
from .embed import Embedder, SentenceTransformerEmbedder, Vectors
from .errors import InputError, LibraryError, NotInLibrary
from .gloss import glossed, has_lexicon
from .languages import latin_language
from .lexical import terms
from .local import LocalBackend
from .renaming import Renaming
from .said import wanted
from .scan import INDEX_FOLDER
from .sync import READER, WHOLE, OnProgress, Shard, sync_files
from .types import (
    Document,
    FileResult,
    Filters,
    Heading,
    Hit,
    Passage,
    Said,
    SyncReport,
    Transcript,
    Turn,
)

# How long a sync waits for another before it says who that is; and after how long what a long
# one has read so far can be searched.
WAIT_SECONDS = 30.0
PUBLISH_SECONDS = 30.0


class Library:
    """Open it with `Library.open`. Searches may run in any thread, also during a sync."""

    def __init__(self, path: Path, backend: Backend, embedder: Embedder) -> None:
        self.path = path
        self.embedder = embedder
        self.backend = backend

    @classmethod
    def open(
        cls,
        path: str | Path,
        embedder: Embedder | None = None,
        *,
        store: str | None = None,
        store_token: str | None = None,
        set_damaged_aside: bool = False,
    ) -> Library:
        """Open the library in the folder `path`; nothing is read or embedded yet.

        Its index is in the folder, or on the Milvus server at the address `store`. Raises
        LibraryError where the folder is missing, or can't be written and holds no index, or the
        server doesn't answer; DamagedIndex where the index can't be read, unless
        `set_damaged_aside` starts a new one and keeps the old file beside it.
        """
        folder = Path(path)
        backend: Backend
        if store:
            from .milvus import MilvusBackend  # an extra: pymilvus may not be there

            backend = MilvusBackend(store, folder.resolve().name, token=store_token)
        else:
            backend = LocalBackend.open(folder, set_damaged_aside=set_damaged_aside)
        return cls(folder, backend, embedder or SentenceTransformerEmbedder())

    @classmethod
    def restore(
        cls,
        bundle: str | Path,
        path: str | Path,
        embedder: Embedder | None = None,
        *,
        on_progress: OnProgress | None = None,
    ) -> Library:
        """Make an exported library anew in the folder `path`, empty or not there, and open it.

        Raises InputError for a file that is no exported library, LibraryError for the folder.
        """
        import_library(Path(bundle), Path(path), on_progress or (lambda _: None))
        return cls.open(path, embedder)

    @property
    def read_only(self) -> bool:
        """Whether the folder can't be written: then it can be asked, but not synced."""
        return self.backend.read_only

    @property
    def shared(self) -> bool:
        """Whether several machines write to the index: then it isn't synced unasked."""
        return self.backend.shared

    def sync(
        self,
        *,
        rebuild: bool = False,
        on_progress: OnProgress | None = None,
        wait_seconds: float = WAIT_SECONDS,
        shard: Shard = WHOLE,
    ) -> SyncReport:
        """Bring the index in step with the folder. One bad file never stops the others.

        Only files whose content changed are read again, and of those only passages whose text
        is new are embedded; `rebuild` does everything anew. Raises LibraryBusy when another
        process has been syncing for `wait_seconds` more, LibraryError for a library that can't
        be written.
        """
        report = on_progress or (lambda _: None)
        model = self.embedder.fingerprint
        results, notes = [], []
        with self.backend.writing(wait_seconds):
            self._refuse_to_empty()
            before = self.backend.embedder
            if before not in (None, model):
                notes.append(f"The embedding model changed from {before} to {model}: "
                             "all was embedded anew.")  # fmt: skip
            published = time.monotonic()
            for result in sync_files(
                self.path, self.backend, self.embedder, report, rebuild=rebuild, shard=shard
            ):
                results.append(result)
                if time.monotonic() - published > PUBLISH_SECONDS:
                    self.backend.publish(model)
                    published = time.monotonic()
            notes.append(self.backend.publish(model))
        results.sort(key=lambda result: result.id)
        return SyncReport(tuple(results), tuple(note for note in notes if note))

    def add(
        self,
        paths: Sequence[str | Path],
        *,
        on_progress: OnProgress | None = None,
        wait_seconds: float = WAIT_SECONDS,
    ) -> SyncReport:
        """Copy files into the library, those in zip archives with their folders, and sync.

        Each is read first; one that can't be read or whose name is taken is not copied, and
        stands in the report as failed. A recording joins the transcript of its name. Raises
        LibraryError for a library that can't be written.
        """
        with self.backend.writing(wait_seconds):  # so that two don't take one name
            held = [document.id for document in self.documents()]
            incoming = None if self.shared else self.path / INDEX_FOLDER
            refused = take_in(
                self.path, held, list(map(Path, paths)), on_progress or (lambda _: None), incoming
            )
        report = self.sync(on_progress=on_progress, wait_seconds=wait_seconds)
        return replace(report, files=(*report.files, *refused))

    def remove(self, document_id: str, *, wait_seconds: float = WAIT_SECONDS) -> SyncReport:
        """Delete a transcript's file from the library, and sync. Raises NotInLibrary."""
        with self.backend.writing(wait_seconds):
            self.transcript(document_id)
            inside = PurePosixPath(document_id)
            if inside.is_absolute() or ".." in inside.parts:  # as only a foreign index could say
                raise NotInLibrary(f"{document_id} leads out of the library and is left alone")
            try:
                (self.path / document_id).unlink(missing_ok=True)
            except OSError as error:
                raise LibraryError(
                    f"{document_id}: cannot be deleted ({error.strerror}); check its permissions"
                ) from error
            if self.shared:
                self.backend.delete(document_id)
                self.backend.publish(self.backend.embedder or self.embedder.fingerprint)
                return SyncReport((FileResult(document_id, "removed"),))
        return self.sync(wait_seconds=wait_seconds)

    def rename(
        self,
        old: str,
        new: str,
        document: str | None = None,
        *,
        on_progress: OnProgress | None = None,
        wait_seconds: float = WAIT_SECONDS,
    ) -> SyncReport:
        """Call a speaker by another name, in one transcript or everywhere, and in what is read
        later. Nothing is embedded anew: the vectors keep what they hold of the old name.

        It is brought up to date first. Raises InputError for what is no name, NotInLibrary
        where nobody is called `old`.
        """
        renaming = Renaming(old, new, document)
        backend = self.backend
        if not isinstance(backend, LocalBackend):
            raise LibraryError(
                f"{self.path}: speakers of an index on Milvus are not renamed; change the names "
                "in the files"
            )
        brought_up = self.sync(on_progress=on_progress, wait_seconds=wait_seconds)
        if document is not None:
            self.transcript(document)
        with backend.writing(wait_seconds):
            if not any(
                old in held.speakers and document in (None, held.id) for held in self.documents()
            ):
                raise NotInLibrary(f"{old} does not speak there; see: turncite list")
            changed = {} if old == renaming.new else dict.fromkeys(backend.rename(renaming))
            note = backend.publish(self.backend.embedder or self.embedder.fingerprint)
        files = [
            FileResult(file.id, "renamed" if file.id in changed else file.state,
                       file.turns, file.passages, file.unread, file.why)
            for file in brought_up.files
        ]  # fmt: skip
        return SyncReport(tuple(files), (*brought_up.notes, *filter(None, [note])))

    def export(self, path: str | Path, *, on_progress: OnProgress | None = None) -> tuple[str, ...]:
        """Write the library with its vectors into one file, which `restore` reads; the ids of
        files that are left out, as they are no transcripts. Raises LibraryError.

        It is brought up to date first, so that files and index agree.
        """
        report = on_progress or (lambda _: None)
        backend = self.backend
        if not isinstance(backend, LocalBackend):
            raise LibraryError(
                f"{self.path}: an index on Milvus is not exported; it is moved with Milvus' own "
                "backup"
            )
        if not self.read_only:
            self.sync(on_progress=on_progress)
        with nullcontext() if self.read_only else backend.writing(WAIT_SECONDS):
            return tuple(export_library(self.path, backend, Path(path), report))

    def documents(self) -> list[Document]:
        return self.backend.documents()

    def transcript(self, document_id: str) -> Transcript:
        """The parsed transcript as it was indexed. Raises NotInLibrary."""
        found = self.backend.transcript(document_id)
        if found is None:
            raise NotInLibrary(
                f"{document_id} is not in this library; `turncite list` shows what is"
            )
        return found

    def turns(self, document_id: str, first: int, last: int) -> list[Turn]:
        """The turns at positions `first` to `last`, those that exist, in order."""
        return self.backend.turns(document_id, first, last)

    def said(self, words: str, filters: Filters | None = None) -> Iterator[Said]:
        """Every turn in which a word or phrase was said, and each place where; see index/said.py.
        Raises InputError where there is no word to look for."""
        looked_for = wanted(words)
        for document, turn in self.backend.turns_with(looked_for.part, filters):
            if spans := looked_for.spans(turn.text):
                yield Said(document, turn, spans)

    def headings(self, document_ids: Sequence[str]) -> dict[str, Heading]:
        """Title, date and place of each of these documents that exists."""
        return self.backend.headings(document_ids)

    def speakers(self) -> list[str]:
        """Every speaker's name in the library, each once."""
        return self.backend.speakers()

    def terms(self, text: str, language: str | None = None) -> list[str]:
        """The terms (folded, stemmed, without stop words) of `text` by which it is compared with
        what is said in a transcript in this language, as its heading names it: those of its gloss
        where the language has a lexicon, so that the two need not be in one language."""
        gloss = glossed(text)
        if gloss or has_lexicon(language):
            return terms(gloss.text if gloss else text)
        return terms(text, [latin_language(language)])

    def moment(self) -> AbstractContextManager[None]:
        """What this thread asks of the library meanwhile is answered as of one moment."""
        return self.backend.moment()

    def dense(self, vector: Vectors, k: int, filters: Filters | None = None) -> list[Hit]:
        """The `k` passages most similar to `vector` (dimensions,); scores are cosines."""
        with self.backend.moment():
            self._check(filters)
            return self.backend.dense(vector, k, filters)

    def lexical(self, text: str, k: int, filters: Filters | None = None) -> list[Hit]:
        """The `k` passages that share most with the words of `text`; scores are BM25."""
        with self.backend.moment():
            self._check(filters)
            return self.backend.lexical(text, k, filters)

    def candidates(
        self, vector: Vectors, text: str, k: int, filters: Filters | None = None
    ) -> list[Candidate]:
        """The passages that `dense` and `lexical` find, `k` each, without reading them."""
        with self.backend.moment():
            self._check(filters)
            return self.backend.candidates(vector, text, k, filters)

    def survey(
        self,
        near: Sequence[Place],
        vector: Vectors,
        text: str,
        filters: Filters | None = None,
        people: Sequence[str] = (),
    ) -> list[Survey]:
        """All passages of the transcripts of these places, one place each, held against a
        question; of a very long one those around the place."""
        with self.backend.moment():
            self._check(filters)
            return self.backend.survey(near, vector, text, filters, people)

    def passages(self, places: Sequence[Place]) -> dict[Place, Passage]:
        """The passages at these places that exist."""
        return self.backend.passages(places)

    def health(self) -> dict[str, str]:
        """What `turncite doctor` reports of the index, by name."""
        found = self.backend.health()
        earlier = sum(origin.reader != READER for origin in self.backend.origins().values())
        if earlier:
            found["read by an earlier Turncite"] = f"{earlier} documents; run: turncite sync"
        return found

    def close(self) -> None:
        self.backend.close()

    def _check(self, filters: Filters | None) -> None:
        """Dates are dates, and vectors of two models never mix."""
        for day in (filters.since, filters.until) if filters else ():
            if day and not is_day(day):
                raise InputError(f"{day} is not a date like 2025-10-31")
        made_by = self.backend.embedder
        if made_by not in (None, self.embedder.fingerprint):
            raise LibraryError(
                f"{self.path}: was embedded by {made_by}, not by {self.embedder.fingerprint}; "
                "run: turncite sync, or set TURNCITE_EMBEDDER back"
            )

    def _refuse_to_empty(self) -> None:
        """A shared index outlives the files of one machine: a folder without any is a mistake."""
        if self.shared and self.backend.documents() and not any(self.path.glob("[!.]*")):
            raise LibraryError(
                f"{self.path} holds no files, but the index of this library holds "
                f"{len(self.backend.documents())} transcripts, and a sync would remove them; "
                "name the folder of the transcripts with --library"
            )
