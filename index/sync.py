"""Bring a store in step with its folder: what is new, changed or gone, file by file.

Files are known by the digest of their content. A document is committed whole or not at all, so
a sync that is killed has lost nothing and the next one goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from .chunk import CHUNKER_VERSION, chunk
from .embed import Embedder, Vectors
from .errors import UnreadableFile
from .parse import PARSER_VERSION, parse_bytes
from .scan import CANNOT_OPEN, FoundFile, file_digest, scan
from .store import Store, text_digest
from .types import FileResult, Passage, Progress

OnProgress = Callable[[Progress], None]
# Passages embedded between two reports of progress.
_BLOCK = 128


def sync_files(
    folder: Path, store: Store, embedder: Embedder, on_progress: OnProgress, *, rebuild: bool
) -> Iterator[FileResult]:
    """Yield what was done with each file, in order, then with each document that is gone.

    With `rebuild` every file is read and embedded again, changed or not.
    """
    return _Sync(folder, store, embedder, on_progress, rebuild).run()


def fingerprint(embedder: Embedder) -> str:
    """How a file becomes vectors; a document made otherwise is made again."""
    return f"parser {PARSER_VERSION}, chunker {CHUNKER_VERSION}, {embedder.fingerprint}"


class _Sync:
    def __init__(
        self, folder: Path, store: Store, embedder: Embedder, report: OnProgress, rebuild: bool
    ) -> None:
        self._folder = folder
        self._store = store
        self._embedder = embedder
        self._report = report
        self._rebuild = rebuild
        self._fingerprint = fingerprint(embedder)
        self._known = store.digests()
        self._embedded = 0
        # What was replaced in this sync: its text may turn up again in a file still to come.
        self._replaced: dict[bytes, Vectors] = {}

    def run(self) -> Iterator[FileResult]:
        files = list(scan(self._folder))
        owner = _owners(files, self._known)
        kept: set[str] = set()
        for done, file in enumerate(files):
            self._here = (file.id, done, len(files))
            self._report(Progress(*self._here, self._embedded))
            result = self._sync_file(file, owner)
            if result.state in ("read", "unchanged") or result.why.startswith(CANNOT_OPEN):
                kept.add(file.id)
            yield result
        for gone in sorted(self._known.keys() - kept):
            if not kept.isdisjoint(map(str, PurePosixPath(gone).parents)):
                continue  # its folder cannot be opened, which says nothing of the file
            self._store.delete(gone)
            if all(file.id != gone for file in files):
                yield FileResult(gone, "removed")
        self._report(Progress("", len(files), len(files), self._embedded))

    def _sync_file(self, file: FoundFile, owner: Mapping[str, str]) -> FileResult:
        if file.skip:
            state = "failed" if file.skip.startswith(CANNOT_OPEN) else "skipped"
            return FileResult(file.id, state, why=file.skip)
        try:
            data = file.path.read_bytes()
            digest = file_digest(data)
            if owner.get(digest, file.id) != file.id:
                return FileResult(file.id, "skipped", why=f"the same as {owner[digest]}")
            if self._known.get(file.id) == (digest, self._fingerprint) and not self._rebuild:
                return FileResult(file.id, "unchanged")
            transcript = parse_bytes(file.path, data, file.id)
        except UnreadableFile as error:
            return FileResult(file.id, "failed", why=error.why)
        except OSError as error:
            return FileResult(file.id, "failed", why=f"{CANNOT_OPEN} ({error.strerror})")
        passages = chunk(transcript, self._embedder.count_tokens, self._embedder.max_tokens)
        vectors = self._embed(passages)
        if file.id in self._known and not self._rebuild:
            kept = {text_digest(passage.text) for passage in passages}
            before = self._store.vectors_of(file.id)
            self._replaced.update((d, before[d]) for d in before.keys() - kept)
        self._store.put(transcript, digest, self._fingerprint, passages, vectors)
        return FileResult(
            file.id, "read", len(transcript.turns), len(passages), len(transcript.unread)
        )

    def _embed(self, passages: Sequence[Passage]) -> Vectors:
        """The vectors (n, dimensions) of passages; a text embedded before is not embedded again."""
        digests = [text_digest(passage.text) for passage in passages]
        vector_of: dict[bytes, Vectors] = {}
        if not self._rebuild:
            vector_of = {d: self._replaced[d] for d in digests if d in self._replaced}
            vector_of |= self._store.known_vectors(digests)
        new = {
            digest: passage.text
            for digest, passage in zip(digests, passages, strict=True)
            if digest not in vector_of
        }
        texts = list(new.items())
        for start in range(0, len(texts), _BLOCK):
            block = texts[start : start + _BLOCK]
            vectors = self._embedder.embed_passages([text for _, text in block])
            vector_of.update(zip((digest for digest, _ in block), vectors, strict=True))
            self._embedded += len(block)
            self._report(Progress(*self._here, self._embedded))
        return np.stack([vector_of[digest] for digest in digests])


def _owners(files: Sequence[FoundFile], known: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Content digest -> the one file that is indexed for it.

    Of identical copies that is the one already indexed, else the first by name.
    """
    owner: dict[str, str] = {}
    for file in files:
        if file.skip:
            continue
        try:
            digest = file_digest(file.path.read_bytes())
        except OSError:
            continue  # reported when its turn comes
        indexed = known.get(file.id, ("", ""))[0] == digest
        if indexed or digest not in owner:
            owner[digest] = file.id
    return owner
