"""A library on Milvus, for more than one machine can hold or embed alone.

All of a library is there, so that any machine with the address can ask it without its files.

A document is whole or not there. Its passages and texts are written first, under a version of
their own; its row in `documents`, which names the version that counts, is written last. What a
reader finds of another version is left out. So a writer killed at any instant leaves the old
document or the new one, and what it left over is deleted when the document is next written.
"""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import NamedTuple

from .backend import Candidate, Place, Survey
from .embed import Vectors
from .languages import ENGLISH, latin_language
from .milvus_cluster import DOCUMENTS, LEASES, PASSAGES, TEXTS, Cluster, parse_url
from .milvus_library import PREFIX, LibraryRows, collection, model_of
from .milvus_rows import (
    Row,
    Stamp,
    document_row,
    heading,
    literal,
    passage_rows,
    read_origin,
    text_rows,
    version_of,
)
from .milvus_search import MilvusSearch
from .renaming import Renaming
from .types import Document, Filters, Heading, Hit, Origin, Passage, Transcript, Turn

# How long a claim holds without a sign of life, and how old rows of no current document must be
# for them to be left over rather than being written just now by another machine.
LEASE_SECONDS = 120
LEFT_OVER_SECONDS = 600
# How old the list of documents may be while other machines write.
_LIST_SECONDS = 5.0
# Of a document that is being replaced.
_READS = 3
_LEASES = f"{PREFIX}_{LEASES}"


class _Listed(NamedTuple):
    embedder: str
    change: str | None
    at: float
    documents: list[Document]


class MilvusBackend:
    """Reads show each document as committed last; another embedding model, once published."""

    read_only = False
    shared = True

    def __init__(
        self, url: str, library: str, *, token: str | None = None, dense_index: str = "AUTOINDEX"
    ) -> None:
        """Open the library at `url`, http://host:19530 or http://host:19530/name.

        `library` is its name where the URL holds none; `token` is user:password or an API key.
        `dense_index` is the type of index that a new collection gets for its vectors: AUTOINDEX
        leaves the choice to Milvus; FLAT is exact, and costs time in proportion to the passages.
        """
        address, name = parse_url(url, library)
        self._cluster = Cluster(address, token, dense_index)
        self._rows = LibraryRows(self._cluster, name)
        self._search = MilvusSearch(self._cluster, self._rows, self.languages)
        self._me = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._claimed: set[str] = set()
        self._listed: _Listed | None = None

    # What readers see

    @property
    def embedder(self) -> str | None:
        return self._rows.embedder

    def documents(self) -> list[Document]:
        """In order of id.

        Kept until this process writes, or for a few seconds after another does: every question
        asks for it. Whether any did is one small row.
        """
        embedder, change = self._rows.values("embedder", "changed")
        if embedder is None:
            return []
        listed = self._listed
        if listed is None or not self._is_current(listed, embedder, change):
            model = model_of(embedder)
            rows = self._rows.select_documents(model)
            documents = [self._rows.document(model, row) for row in rows]
            documents.sort(key=lambda document: document.id)
            listed = self._listed = _Listed(embedder, change, time.monotonic(), documents)
        return list(listed.documents)

    def speakers(self) -> list[str]:
        names = (name for document in self.documents() for name in document.speakers)
        return list(dict.fromkeys(names))

    def languages(self) -> Sequence[str]:
        found = {latin_language(document.language) for document in self.documents()}
        return sorted(found) or [ENGLISH]

    def transcript(self, document_id: str) -> Transcript | None:
        for _ in range(_READS):
            model, row = self._seen(document_id)
            if row is None:
                return None
            with suppress(ValueError):  # replaced since, its texts are gone: read the new one
                return self._rows.transcript(model, row)
        return None

    def turns(self, document_id: str, first: int, last: int) -> list[Turn]:
        model, row = self._seen(document_id)
        return [] if row is None else self._rows.turns(model, row, first, last)

    def turns_with(self, part: str, filters: Filters | None) -> Iterator[tuple[str, Turn]]:
        """Milvus has no search for parts of a text: every transcript within the filters is read."""
        allowed, folded = filters or Filters(), part.casefold()
        for document in self.documents():
            if not document.within(allowed):
                continue
            for turn in self.turns(document.id, 0, document.turns):
                if allowed.speakers and turn.speaker not in allowed.speakers:
                    continue
                if folded in turn.text.casefold():
                    yield document.id, turn

    def headings(self, document_ids: Sequence[str]) -> dict[str, Heading]:
        embedder = self.embedder
        if embedder is None:
            return {}
        model = model_of(embedder)
        rows = self._rows.document_rows(model, map(self._rows.key, document_ids))
        documents = [self._rows.document(model, row) for row in rows.values()]
        return {document.id: heading(document) for document in documents}

    def moment(self) -> AbstractContextManager[None]:
        return nullcontext()

    def dense(self, vector: Vectors, k: int, filters: Filters | None) -> list[Hit]:
        return self._search.dense(vector, k, filters)

    def lexical(self, text: str, k: int, filters: Filters | None) -> list[Hit]:
        return self._search.lexical(text, k, filters)

    def candidates(
        self, vector: Vectors, text: str, k: int, filters: Filters | None
    ) -> list[Candidate]:
        return self._search.candidates(vector, text, k, filters)

    def survey(
        self,
        near: Sequence[Place],
        vector: Vectors,
        text: str,
        filters: Filters | None,
        people: Sequence[str],
    ) -> list[Survey]:
        return self._search.survey(near, vector, text, filters, people)

    def passages(self, places: Sequence[Place]) -> dict[Place, Passage]:
        embedder = self.embedder
        if embedder is None or not places:
            return {}
        model, by_document = model_of(embedder), defaultdict[str, list[int]](list)
        for at in places:
            by_document[at.transcript].append(at.place)
        current = self._rows.document_rows(model, map(self._rows.key, by_document))
        return {
            Place(document, int(row["place"])): self._rows.passage(model, row)
            for document, wanted in by_document.items()
            if (of := current.get(self._rows.key(document))) is not None
            for row in self._rows.passage_rows(model, of, wanted)
        }

    def health(self) -> dict[str, str]:
        documents = self.documents()
        return {
            "store": f"Milvus {self._cluster.version()} at {self._cluster.address}",
            "library": self._rows.name,
            "documents": str(len(documents)),
            "passages": str(sum(document.passages for document in documents)),
            "embedded by": self.embedder or "nothing yet",
        }

    def close(self) -> None:
        self._cluster.close()

    # What is written

    def writing(self, wait_seconds: float) -> AbstractContextManager[None]:
        """At once: several machines write one library, each of them other documents (`claim`)."""
        return nullcontext()

    def claim(self, document_id: str) -> str:
        """A lease of LEASE_SECONDS, renewed when claimed again, ended by `put` and `delete`.

        Two writers that claim in the same instant can both believe they won, as Milvus has no
        compare-and-set. That costs work, never correctness: writes are idempotent, and a version
        that was not committed last is not seen.
        """
        document = self._rows.key(document_id)
        self._cluster.make(_LEASES, LEASES)
        holder = self._holder(document)
        if holder in ("", self._me):
            lease = {"id": document, "library": self._rows.library, "holder": self._me}
            self._cluster.put(_LEASES, [{**lease, "expires": _now() + LEASE_SECONDS * 1000}])
            holder = self._holder(document)
        if holder != self._me:
            return holder
        self._claimed.add(document)
        return ""

    def origins(self) -> dict[str, Origin]:
        newest: dict[str, tuple[int, Origin]] = {}
        for model in self._rows.models():
            for row in self._rows.select_documents(model, ["name", "origin", "started"]):
                name, started = str(row["name"]), int(row["started"])
                if name not in newest or started > newest[name][0]:
                    newest[name] = (started, read_origin(row["origin"]))
        return {name: newest[name][1] for name in sorted(newest)}

    def stored(self, document_id: str) -> Transcript | None:
        document = self._rows.key(document_id)
        found = [
            (int(row["started"]), model, row)
            for model in self._rows.models()
            for row in self._rows.document_rows(model, [document], latest=True).values()
        ]
        if not found:
            return None
        _, model, row = max(found, key=lambda one: one[0])
        return self._rows.transcript(model, row)

    def known_vectors(self, digests: Sequence[bytes], embedder: str) -> dict[bytes, Vectors]:
        return self._rows.vectors(model_of(embedder), digests)

    def renamings(self) -> Sequence[Renaming]:
        return ()  # names are kept on one machine only

    def put(
        self,
        transcript: Transcript,
        origin: Origin,
        passages: Sequence[Passage],
        vectors: Vectors,
    ) -> None:
        model, document = model_of(origin.embedder), self._rows.key(transcript.id)
        for kind in (TEXTS, DOCUMENTS):
            self._cluster.make(collection(model, kind), kind)
        replaced = self._rows.document_rows(model, [document], latest=True).get(document)
        version = version_of(transcript, origin, passages)
        stamp = Stamp(self._rows.library, document, version, _now())
        if len(passages):
            name = collection(model, PASSAGES)
            self._cluster.make(name, PASSAGES, vectors.shape[1])
            self._cluster.put(name, passage_rows(stamp, transcript, passages, vectors))
        self._cluster.put(collection(model, TEXTS), text_rows(stamp, transcript, passages))
        row = document_row(stamp, transcript, origin, passages)
        self._cluster.put(collection(model, DOCUMENTS), [row])
        self._delete_others(model, document, version, replaced)
        self._written(document)

    def delete(self, document_id: str) -> None:
        document = self._rows.key(document_id)
        for model in self._rows.models():
            row = self._rows.document_rows(model, [document], latest=True).get(document)
            self._rows.delete(model, DOCUMENTS, f"id == {literal(document)}")
            self._delete_others(model, document, "", row)
        self._written(document)

    def publish(self, embedder: str) -> str:
        """Make this model the one that is asked, once it has embedded every document.

        With several machines the last to finish does that; the others are told what is missing.
        """
        current = self.embedder
        if current is not None and current != embedder:
            missing = sorted(self._names(current) - self._names(embedder))
            if missing:
                self._changed()
                return (
                    f"documents not yet embedded by {embedder}: {len(missing)}, such as "
                    f"{missing[0]}; until they are, questions are answered from what {current} "
                    "embedded: let the other machines finish, or run: turncite sync"
                )
        self._rows.set_value("embedder", embedder)
        self._changed()
        for model in self._rows.models():
            if model != model_of(embedder):
                self._rows.delete_all(model)
        return ""

    # Small things

    def _is_current(self, listed: _Listed, embedder: str, change: str | None) -> bool:
        if listed.embedder != embedder:
            return False
        return listed.change == change or time.monotonic() - listed.at < _LIST_SECONDS

    def _seen(self, document_id: str) -> tuple[str, Row | None]:
        """The published model, and the row of one document."""
        embedder = self.embedder
        if embedder is None:
            return "", None
        model, document = model_of(embedder), self._rows.key(document_id)
        return model, self._rows.document_rows(model, [document]).get(document)

    def _names(self, embedder: str) -> set[str]:
        rows = self._rows.select_documents(model_of(embedder), ["name"])
        return {str(row["name"]) for row in rows}

    def _holder(self, document: str) -> str:
        """Whose unexpired lease this is; empty where there is none."""
        rows = self._cluster.get(_LEASES, [document], ["holder", "expires"], latest=True)
        return str(rows[0]["holder"]) if rows and int(rows[0]["expires"]) > _now() else ""

    def _written(self, document: str) -> None:
        if document in self._claimed:
            self._claimed.discard(document)
            mine = f"id == {literal(document)} and holder == {literal(self._me)}"
            self._cluster.delete(_LEASES, mine)
        self._changed()

    def _changed(self) -> None:
        self._rows.set_value("changed", uuid.uuid4().hex)
        self._listed = None

    def _delete_others(self, model: str, document: str, version: str, replaced: Row | None) -> None:
        """Delete the rows of the version that was replaced, and what killed writers left.

        Rows that another machine may be writing just now stay: those begun within
        LEFT_OVER_SECONDS, and those of the replaced version that were written again since.
        """
        old = f"started < {_now() - LEFT_OVER_SECONDS * 1000}"
        if replaced:
            was, at = literal(str(replaced["version"])), int(replaced["started"])
            old = f"({old} or (version == {was} and started <= {at}))"
        others = f"document == {literal(document)} and version != {literal(version)} and {old}"
        for kind in (PASSAGES, TEXTS):
            self._rows.delete(model, kind, others)


def _now() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)
