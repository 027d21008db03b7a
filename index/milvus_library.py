"""One library's rows in a cluster: which collections they are in, and reading them.

A model's documents, texts and passages are in three collections, which all libraries embedded
by it share. What is true of the library as a whole is in one small collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from .embed import Vectors
from .milvus_cluster import DOCUMENTS, LIBRARIES, PASSAGES, TEXTS, Cluster
from .milvus_rows import (
    DOCUMENT,
    HEAD,
    PASSAGE,
    TURNS,
    Row,
    joined,
    key,
    literal,
    literals,
    read_document,
    read_passage,
    read_transcript,
    read_turns,
    where,
)
from .types import Document, Passage, Transcript, Turn

# Raised with every change of what the rows hold; libraries are then made again beside the old.
PREFIX = "turncite1"
# Values in one expression.
_MANY = 500
_OF_DOCUMENTS = ("id", "name", "version", "started", "body")


def model_of(embedder: str) -> str:
    """What stands for an embedding model's fingerprint in names of collections."""
    return key(embedder)[:12]


def collection(model: str, kind: str) -> str:
    return f"{PREFIX}_{model}_{kind}"


class LibraryRows:
    """What `latest` asks for, see Cluster.select."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster = cluster
        self.name = name
        self.library = key(name)
        self.mine = where(self.library)

    def key(self, document_id: str) -> str:
        return key(self.library, document_id)

    def values(self, *whats: str) -> list[str | None]:
        """What is kept of the library as a whole, by name."""
        name = f"{PREFIX}_{LIBRARIES}"
        if not self.cluster.has(name):
            return [None for _ in whats]
        ids = [key(self.library, what) for what in whats]
        rows = self.cluster.get(name, ids, ["id", "value"])
        found = {str(row["id"]): str(row["value"]) for row in rows}
        return [found.get(row_id) for row_id in ids]

    @property
    def embedder(self) -> str | None:
        """The published model, by which questions are answered."""
        return self.values("embedder")[0]

    def set_value(self, what: str, value: str) -> None:
        name = f"{PREFIX}_{LIBRARIES}"
        self.cluster.make(name, LIBRARIES)
        row = {"id": key(self.library, what), "library": self.library, "name": self.name}
        self.cluster.put(name, [{**row, "value": value}])

    def models(self) -> list[str]:
        """Of which there are documents, this library's or another's."""
        ending = f"_{DOCUMENTS}"
        names = self.cluster.collections(f"{PREFIX}_")
        models = [n.removesuffix(ending)[len(PREFIX) + 1 :] for n in names if n.endswith(ending)]
        return [model for model in models if self.cluster.has(collection(model, DOCUMENTS))]

    def select_documents(self, model: str, fields: Sequence[str] = _OF_DOCUMENTS) -> list[Row]:
        """All rows of documents, with what any writer has written."""
        name = collection(model, DOCUMENTS)
        if not self.cluster.has(name):
            return []
        return self.cluster.select(name, self.mine, fields, latest=True)

    def document_rows(
        self, model: str, documents: Iterable[str], *, latest: bool = False
    ) -> dict[str, Row]:
        """By key, those that exist."""
        name = collection(model, DOCUMENTS)
        if not self.cluster.has(name):
            return {}
        ids = list(dict.fromkeys(documents))
        rows = self.cluster.get(name, ids, _OF_DOCUMENTS, latest=latest)
        return {str(row["id"]): row for row in rows}

    def document(self, model: str, row: Row) -> Document:
        return read_document(row["body"] or self._text(model, row["id"], row["version"], DOCUMENT))

    def passage(self, model: str, row: Row) -> Passage:
        if row["body"]:
            return read_passage(row["body"])
        place = int(row["place"])
        return read_passage(
            self._text(model, row["document"], row["version"], PASSAGE, place, place)
        )

    def passage_rows(
        self, model: str, row: Row, places: Sequence[int], *, with_vectors: bool = False
    ) -> list[Row]:
        """The rows of these passages of the document in `row`, in order."""
        name = collection(model, PASSAGES)
        if not places or not self.cluster.has(name):
            return []
        expression = (
            f"{self.mine} and document == {literal(row['id'])} "
            f"and version == {literal(row['version'])} and place in {list(places)}"
        )
        fields = ["document", "version", "place", "body", *(["vector"] if with_vectors else [])]
        rows = self.cluster.select(name, expression, fields)
        return sorted(rows, key=lambda each: int(each["place"]))

    def turns(self, model: str, row: Row, first: int, last: int) -> list[Turn]:
        """The turns at positions `first` to `last` of the document in `row`."""
        turns = read_turns(self._text(model, row["id"], row["version"], TURNS, first, last))
        return [turn for turn in turns if first <= turn.position <= last]

    def transcript(self, model: str, row: Row) -> Transcript:
        head = self._text(model, row["id"], row["version"], HEAD)
        turns = self._text(model, row["id"], row["version"], TURNS)
        return read_transcript(self.document(model, row), head, turns)

    def vectors(
        self, model: str, digests: Iterable[bytes], within: str = ""
    ) -> dict[bytes, Vectors]:
        """By digest of their texts; `within` is an expression that narrows the passages."""
        name = collection(model, PASSAGES)
        known: dict[bytes, Vectors] = {}
        wanted = sorted({digest.hex() for digest in digests})
        if not wanted or not self.cluster.has(name):
            return known
        for start in range(0, len(wanted), _MANY):
            clauses = [self.mine, within, f"digest in {literals(wanted[start : start + _MANY])}"]
            expression = " and ".join(filter(None, clauses))
            for row in self.cluster.select(name, expression, ["digest", "vector"]):
                known[bytes.fromhex(row["digest"])] = np.array(row["vector"], np.float32)
        return known

    def delete_all(self, model: str) -> None:
        """Every row that this model made."""
        for kind in (DOCUMENTS, PASSAGES, TEXTS):
            self.delete(model, kind, "")

    def delete(self, model: str, kind: str, within: str) -> None:
        if self.cluster.has(collection(model, kind)):
            expression = " and ".join(filter(None, [self.mine, within]))
            self.cluster.delete(collection(model, kind), expression)

    def _text(
        self,
        model: str,
        document: str,
        version: str,
        kind: str,
        first: int = 0,
        last: int | None = None,
    ) -> str:
        """A text of a document that lies in pieces; of its turns, all that touch these."""
        clauses = [
            self.mine,
            f"document == {literal(document)}",
            f"version == {literal(version)}",
            f"kind == {literal(kind)}",
            f"last >= {first}",
        ]
        if last is not None:
            clauses.append(f"first <= {last}")
        name = collection(model, TEXTS)
        return joined(self.cluster.select(name, " and ".join(clauses), ["place", "text"]))
