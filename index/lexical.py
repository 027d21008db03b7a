"""tantivy BM25 over the store's text: a cache, rebuilt from the store whenever in doubt.

The only importer of tantivy. What a user types is analysed into terms and never read as query
syntax. Words are lower-cased, stripped of accents and stemmed as English.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

_ANALYSER = "turncite"
_WRITER_BYTES = 32_000_000
# Longer "words" are noise such as encoded data; a question's terms are bounded in number too,
# so that a pasted page does not become a query of thousands of clauses.
_MAX_WORD_CHARS = 60
_MAX_QUERY_TERMS = 64


class LexicalIndex:
    """BM25 with tantivy's constants (k1 1.2, b 0.75). Passages are known by their numbers."""

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer(_ANALYSER, _analyser())
        self._index = index
        self._schema = index.schema
        self._searcher = index.searcher()

    @classmethod
    def build(cls, rows: Iterable[tuple[int, str]], folder: Path | None) -> LexicalIndex:
        """Index (number, text) rows in `folder`, or in memory where there is none."""
        schema = _schema()
        index = tantivy.Index(schema, str(folder)) if folder else tantivy.Index(schema)
        index.register_tokenizer(_ANALYSER, _analyser())
        writer = index.writer(_WRITER_BYTES, 1)
        for number, text in rows:
            document = tantivy.Document(text=text)
            document.add_unsigned("number", number)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return cls(index)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        return cls(tantivy.Index.open(str(folder)))

    def search(
        self, text: str, k: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The `k` best as (number, BM25), best first; only `allowed` if given."""
        wanted = list(dict.fromkeys(terms(text)))[:_MAX_QUERY_TERMS]
        if k < 1 or not wanted or (allowed is not None and not len(allowed)):
            return []
        query = tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.term_query(self._schema, "text", term, index_option="freq"),
                )
                for term in wanted
            ]
        )
        if allowed is not None:
            within = tantivy.Query.term_set_query(self._schema, "number", allowed.tolist())
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(within, 0.0)),
                ]
            )
        hits = self._searcher.search(query, k, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        return [
            (int(number), float(score))
            for number, (score, _) in zip(numbers, hits, strict=True)
            if number is not None
        ]


def terms(text: str) -> list[str]:
    """The terms that `text` is indexed and searched by, in order."""
    return list(_analyser().analyze(unicodedata.normalize("NFC", text)))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", stored=True, indexed=True, fast=True)
    builder.add_text_field("text", tokenizer_name=_ANALYSER, index_option="freq")
    return builder.build()


@cache
def _analyser() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_MAX_WORD_CHARS))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )
