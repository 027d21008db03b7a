"""Bring an index in step with its folder: what is new, changed or gone, file by file.

Files are known by the digest of their content. A document is committed whole or not at all, so
a sync that is killed has lost nothing and the next one goes on from there. Passages of several
files wait for each other, so that texts of like length are embedded together; memory holds one
such window of them, however large the library.
"""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from .backend import Backend
from .background import Embed, in_background
from .chunk import CHUNKER_VERSION, chunk
from .embed import Embedder, Vectors
from .errors import LibraryError, UnreadableFile, damaged_index, lacks_memory
from .lexical import WORDS_VERSION
from .parse import PARSER_VERSION, parse_bytes
from .renaming import renamed
from .scan import FoundFile, cannot_open, digested, scan
from .store import text_digest
from .types import FileResult, Origin, Passage, Progress, Transcript

OnProgress = Callable[[Progress], None]

# Milvus holds the terms of a document beside it, so they are part of what it was made by.
READER = f"parser {PARSER_VERSION}, chunker {CHUNKER_VERSION}, words {WORDS_VERSION}"
# Passages that wait to be embedded together: enough to sort by length, few enough to lose.
_WINDOW = 512
# Passages embedded between two reports of progress, unless the memory is too small for them.
_BLOCK = 128


@dataclass(frozen=True, slots=True)
class Shard:
    """One machine's share of a library's files: part `index`, from 0, of `count`."""

    index: int
    count: int

    def holds(self, document_id: str) -> bool:
        return zlib.crc32(document_id.encode()) % self.count == self.index


WHOLE = Shard(0, 1)


def sync_files(
    folder: Path,
    backend: Backend,
    embedder: Embedder,
    on_progress: OnProgress,
    *,
    rebuild: bool = False,
    shard: Shard = WHOLE,
) -> Iterator[FileResult]:
    """Yield what was done with each file, then with each document that is gone.

    With `rebuild` every file is read and embedded again, changed or not. Files outside the
    `shard` are passed over in silence. The caller has the right to write, and publishes.
    """
    with in_background(embedder.embed_passages) as embed:
        work = _Sync(folder, backend, embedder, embed, on_progress, rebuild, shard)
        for result in work.run():
            if result.state != "unchanged":
                work.pace.came_to(result)
            yield result


@dataclass(frozen=True, slots=True)
class _Work:
    """A document that waits for its vectors; `result` is for the report, where there is one."""

    transcript: Transcript
    origin: Origin
    passages: list[Passage]
    digests: list[bytes]
    size: int = 0
    result: FileResult | None = None


class _Sync:
    def __init__(
        self,
        folder: Path,
        backend: Backend,
        embedder: Embedder,
        embed: Embed,
        report: OnProgress,
        rebuild: bool,
        shard: Shard,
    ) -> None:
        self._folder = folder
        self._backend = backend
        self._embedder = embedder
        self._embed = embed
        self._rebuild = rebuild
        self._shard = shard
        self._known = backend.origins()
        self._renamings = backend.renamings()
        self.pace = _Pace(report)
        self._window: list[_Work] = []
        self._block = _BLOCK
        self._kept: set[str] = set()  # documents that stay
        self._closed: set[str] = set()  # files and folders that can't be opened

    def run(self) -> Iterator[FileResult]:
        found = list(scan(self._folder))
        self.pace.files(len(found))
        files = [digested(file) for file in found]
        owner = self._owners(files)
        to_read: list[FoundFile] = []
        for file in files:
            if not self._shard.holds(file.id):
                continue
            result = self._without_reading(file, owner)
            if result is None:
                to_read.append(file)
            else:
                yield result
        self.pace.begin(sum(file.size for file in to_read), len(files) - len(to_read))
        for file in to_read:
            self.pace.at(file.id)
            yield from self._read(file)
        self._keep_closed()
        yield from self._commit()
        for gone in sorted(self._known.keys() - self._kept):
            if self._shard.holds(gone):
                self._backend.delete(gone)
                if all(file.id != gone for file in files):
                    yield FileResult(gone, "removed")
        self.pace.end()

    def _owners(self, files: Sequence[FoundFile]) -> dict[str, str]:
        """Content digest -> the one file that is indexed for it.

        Of identical copies that is the one already indexed, else the first by name.
        """
        owner: dict[str, str] = {}
        for file in files:
            known = self._known.get(file.id)
            indexed = known is not None and known.sha256 == file.digest
            if not file.skip and (indexed or file.digest not in owner):
                owner[file.digest] = file.id
        return owner

    def _without_reading(self, file: FoundFile, owner: dict[str, str]) -> FileResult | None:
        """The result for a file whose content need not be read, or None."""
        if file.closed:
            self._closed.add(file.id)
            return FileResult(file.id, "failed", why=file.skip)
        if file.skip:
            return FileResult(file.id, "skipped", why=file.skip)
        if owner[file.digest] != file.id:
            return FileResult(file.id, "skipped", why=f"the same as {owner[file.digest]}")
        if self._known.get(file.id) == self._origin(file.digest) and not self._rebuild:
            self._kept.add(file.id)
            return FileResult(file.id, "unchanged")
        return None

    def _read(self, file: FoundFile) -> Iterator[FileResult]:
        """Parse and chunk; what is yielded is done, also of files read before."""
        try:
            data = file.path.read_bytes()
            transcript = renamed(parse_bytes(file.path, data, file.id), self._renamings)
        except (UnreadableFile, OSError) as error:
            if isinstance(error, OSError):
                self._closed.add(file.id)
            self.pace.done(file.size)
            why = cannot_open(error) if isinstance(error, OSError) else error.why
            yield FileResult(file.id, "failed", why=why)
            return
        self._kept.add(file.id)
        if holder := self._backend.claim(file.id):
            self.pace.done(file.size)
            yield FileResult(file.id, "skipped", why=f"{holder} is reading it")
            return
        work = self._chunked(transcript, hashlib.sha256(data).hexdigest())
        counts = (len(transcript.turns), len(work.passages), len(transcript.unread))
        result = FileResult(file.id, "read", *counts)
        self._window.append(replace(work, size=file.size, result=result))
        if sum(len(work.passages) for work in self._window) >= _WINDOW:
            yield from self._commit()

    def _keep_closed(self) -> None:
        """Documents whose file, or a folder around it, can't be opened stay as they are.

        Those of another model are embedded from what the index holds.
        """
        for document, origin in self._known.items():
            places = {document, *map(str, PurePosixPath(document).parents)}
            if document in self._kept or places.isdisjoint(self._closed):
                continue
            self._kept.add(document)
            transcript = self._backend.stored(document)
            if origin.embedder != self._embedder.fingerprint and transcript is not None:
                self._window.append(self._chunked(transcript, origin.sha256))

    def _chunked(self, transcript: Transcript, digest: str) -> _Work:
        passages = chunk(transcript, self._embedder.count_tokens, self._embedder.max_tokens)
        digests = [text_digest(passage.text) for passage in passages]
        return _Work(transcript, self._origin(digest), passages, digests)

    def _origin(self, digest: str) -> Origin:
        return Origin(digest, READER, self._embedder.fingerprint)

    def _commit(self) -> Iterator[FileResult]:
        """Embed what waits and put it into the index, document by document."""
        window, self._window = self._window, []
        vector_of = self._vectors(window)
        for work in window:
            vectors = [vector_of[digest] for digest in work.digests]
            matrix = np.stack(vectors) if vectors else np.zeros((0, 0), np.float32)
            self._backend.put(work.transcript, work.origin, work.passages, matrix)
            if work.result is not None:
                self.pace.done(work.size)
                yield work.result

    def _vectors(self, window: Sequence[_Work]) -> dict[bytes, Vectors]:
        """Digest of the text -> vector; a text embedded before is not embedded again."""
        texts = {
            digest: passage.text
            for work in window
            for digest, passage in zip(work.digests, work.passages, strict=True)
        }
        vector_of: dict[bytes, Vectors] = {}
        if not self._rebuild:
            vector_of = self._backend.known_vectors(list(texts), self._embedder.fingerprint)
        new = sorted(texts.keys() - vector_of.keys(), key=lambda digest: len(texts[digest]))
        size = sum(work.size for work in window)
        done = 0
        while done < len(new):
            block = new[done : done + self._block]
            try:
                vectors = self._embed([texts[digest] for digest in block])
            except (MemoryError, RuntimeError) as error:
                self._take_less(error, block, window)
                continue
            vector_of.update(zip(block, vectors, strict=True))
            done += len(block)
            self.pace.embedded(len(block), size * done // len(new))
        if len({len(vector) for vector in vector_of.values()}) > 1:
            raise damaged_index(self._folder, "it holds vectors of another length than its model's")
        return vector_of

    def _take_less(self, error: Exception, block: Sequence[bytes], window: Sequence[_Work]) -> None:
        """Halve what is embedded at once, if it was too much for the memory; else raise."""
        if not lacks_memory(error):
            raise error
        if len(block) == 1:
            named = next(work.transcript.id for work in window if block[0] in work.digests)
            raise LibraryError(
                f"{named}: the memory does not suffice to embed a single passage of it; what was "
                "read before is kept: close other programs, and run: turncite sync"
            ) from error
        self._block = len(block) // 2


class _Pace:
    """Reports progress; the time left is told by the bytes of files still to be read."""

    def __init__(self, report: OnProgress, clock: Callable[[], float] = time.monotonic) -> None:
        self._report = report
        self._clock = clock
        self._file = ""
        self._done = self._total = self._passages = 0
        self._bytes_done = self._bytes = 0
        self._begun = clock()

    def files(self, total: int) -> None:
        self._total = total

    def begin(self, size: int, unchanged: int) -> None:
        """`size` bytes are to be read; `unchanged` files need no reading."""
        self._bytes, self._done = size, unchanged
        self._begun = self._clock()

    def at(self, file: str) -> None:
        self._file = file
        self._tell(self._bytes_done)

    def done(self, size: int) -> None:
        """A file of `size` bytes is in the index, or never will be."""
        self._done += 1
        self._bytes_done += size

    def came_to(self, result: FileResult) -> None:
        self._tell(self._bytes_done, result)

    def embedded(self, passages: int, size: int) -> None:
        """So many passages more; with what waits, `size` bytes more are as good as read."""
        self._passages += passages
        self._tell(self._bytes_done + size)

    def end(self) -> None:
        self._file, self._done = "", self._total
        self._tell(self._bytes)

    def _tell(self, bytes_done: int, result: FileResult | None = None) -> None:
        seconds = self._clock() - self._begun
        left = seconds * (self._bytes - bytes_done) / bytes_done if bytes_done else None
        rate = self._passages / seconds if seconds else 0.0
        at = (self._file, self._done, self._total, self._passages, rate, left, result)
        self._report(Progress(*at))
