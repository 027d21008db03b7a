"""What a search of a library on Milvus finds among the passages that count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .backend import Candidate, Place, Survey, survey_of, surveyed
from .embed import Vectors
from .lexical import MAX_WORDS_EACH
from .milvus_cluster import PASSAGES, Cluster
from .milvus_library import LibraryRows, collection, model_of
from .milvus_rows import Row, literals, query_terms, query_words, where
from .types import Filters, Hit

_MOST_HITS = 16_384
# Searches for the hits that passages of replaced versions took the place of.
_SEARCHES = 4
# What tells where a passage is.
_WHERE = ("document", "version", "place")


class MilvusSearch:
    """See Backend. `languages` tells those of the library's transcripts."""

    def __init__(
        self, cluster: Cluster, rows: LibraryRows, languages: Callable[[], Sequence[str]]
    ) -> None:
        self._cluster = cluster
        self._rows = rows
        self._languages = languages

    def dense(self, vector: Vectors, k: int, filters: Filters | None) -> list[Hit]:
        return self._search("vector", vector.tolist(), k, filters)

    def lexical(self, text: str, k: int, filters: Filters | None) -> list[Hit]:
        words = query_terms(text, self._languages())
        return self._search("sparse", words, k, filters) if words else []

    def candidates(
        self, vector: Vectors, text: str, k: int, filters: Filters | None
    ) -> list[Candidate]:
        words = query_terms(text, self._languages())
        near, of_near = self._found("vector", vector.tolist(), k, filters, _WHERE)
        worded, of_worded = (
            self._found("sparse", words, k, filters, [*_WHERE, "vector"]) if words else ([], {})
        )
        names = of_near | of_worded
        cosines = {_place(row, names): float(score) for row, score in near}
        bm25 = {_place(row, names): float(score) for row, score in worded}
        for row, _ in worded:
            cosines.setdefault(_place(row, names), float(vector @ _vector(row)))
        return [Candidate(at, cosine, bm25.get(at, 0.0)) for at, cosine in cosines.items()]

    def survey(
        self,
        near: Sequence[Place],
        vector: Vectors,
        text: str,
        filters: Filters | None,
        people: Sequence[str],
    ) -> list[Survey]:
        embedder = self._rows.embedder
        if embedder is None or not near:
            return []
        model, within = model_of(embedder), Filters(documents=tuple(at.transcript for at in near))
        bm25 = [
            self._bm25(stems, within)
            for stems in query_words(text, self._languages())[:MAX_WORDS_EACH]
        ]
        current = self._rows.document_rows(model, map(self._rows.key, within.documents))
        surveys = []
        for at in near:
            row = current.get(self._rows.key(at.transcript))
            if row is None:
                continue
            first, count = surveyed(at.place, self._rows.document(model, row).passages)
            rows = self._rows.passage_rows(
                model, row, range(first, first + count), with_vectors=True
            )
            passages = [self._rows.passage(model, row) for row in rows]
            places = [Place(at.transcript, int(row["place"])) for row in rows]
            surveys.append(
                survey_of(
                    at,
                    first,
                    [passage.text for passage in passages],
                    [passage.speakers for passage in passages],
                    np.array([float(vector @ _vector(row)) for row in rows]),
                    [[word.get(place, 0.0) for place in places] for word in bm25],
                    filters,
                    people,
                )
            )
        return surveys

    def _bm25(self, stems: Sequence[str], within: Filters) -> dict[Place, float]:
        """BM25 of one word, by the stem of it that counts most."""
        scores: dict[Place, float] = {}
        for stem in stems:
            found, names = self._found("sparse", stem, _MOST_HITS, within, _WHERE)
            for row, score in found:
                at = _place(row, names)
                scores[at] = max(scores.get(at, 0.0), float(score))
        return scores

    def _search(
        self, field: str, query: list[float] | str, k: int, filters: Filters | None
    ) -> list[Hit]:
        found, _ = self._found(field, query, k, filters, [*_WHERE, "body"])
        model = model_of(self._rows.embedder or "")
        return [Hit(self._rows.passage(model, row), float(score)) for row, score in found]

    def _found(
        self,
        field: str,
        query: list[float] | str,
        k: int,
        filters: Filters | None,
        fields: Sequence[str],
    ) -> tuple[list[tuple[Row, float]], dict[str, str]]:
        """The best rows of passages that count, with scores; and the ids of their documents by
        key."""
        embedder = self._rows.embedder
        if k < 1 or embedder is None:
            return [], {}
        model = model_of(embedder)
        name = collection(model, PASSAGES)
        if not self._cluster.has(name):
            return [], {}
        within = where(self._rows.library, filters)
        stale: set[str] = set()
        fresh: list[tuple[Row, float]] = []
        names: dict[str, str] = {}
        for _ in range(_SEARCHES):
            left_out = f" and version not in {literals(sorted(stale))}" if stale else ""
            found = self._cluster.search(
                name, field, query, min(k, _MOST_HITS), within + left_out, fields
            )
            rows = self._rows.document_rows(model, (row["document"] for row, _ in found))
            names = {key: str(row["name"]) for key, row in rows.items()}
            current = {row["version"] for row in rows.values()}
            fresh = [(row, score) for row, score in found if row["version"] in current]
            if len(fresh) == len(found):
                break
            stale |= {row["version"] for row, _ in found} - current
        return fresh, names


def _place(row: Row, names: Mapping[str, str]) -> Place:
    return Place(names[row["document"]], int(row["place"]))


def _vector(row: Row) -> Vectors:
    return np.array(row["vector"], np.float32)
