"""tantivy BM25 over the store's text: a cache, rebuilt from the store whenever in doubt.

The only importer of tantivy. What a user types is analysed into terms and never read as query
syntax. Words are lower-cased, stripped of accents and stemmed as English.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import tantivy

from .store import PassageText
from .types import Filters

_ANALYSER = "turncite"
_WRITER_BYTES = 32_000_000
# Longer "words" are noise such as encoded data; a question's terms are bounded in number too,
# so that a pasted page does not become a query of thousands of clauses.
_MAX_WORD_CHARS = 60
_MAX_QUERY_TERMS = 64
# For transcripts without a date, which lie in no range; and the last day that there is.
_NO_DAY = 0
_LAST_DAY = 9999_12_31


class LexicalIndex:
    """BM25 with tantivy's constants (k1 1.2, b 0.75). Passages are known by their numbers."""

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer(_ANALYSER, _analyser())
        self._index = index
        self._schema = index.schema
        self._searcher = index.searcher()

    @classmethod
    def build(cls, passages: Iterable[PassageText], folder: Path | None) -> LexicalIndex:
        """Index passages in `folder`, or in memory where there is none."""
        index = tantivy.Index(_schema(), str(folder)) if folder else tantivy.Index(_schema())
        return cls._write(index, [], passages)

    @classmethod
    def update(
        cls, folder: Path, gone: Iterable[int], passages: Iterable[PassageText]
    ) -> LexicalIndex:
        """Take the documents `gone` out of the index in `folder`, and put passages in."""
        return cls._write(tantivy.Index.open(str(folder)), gone, passages)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """The index in `folder`; also where the folder can't be written."""
        try:
            return cls(tantivy.Index.open(str(folder)))
        except ValueError:
            return cls._load_elsewhere(folder)

    @classmethod
    def _load_elsewhere(cls, folder: Path) -> LexicalIndex:
        """tantivy wants to lock what it opens: so open other names of the same files."""
        with tempfile.TemporaryDirectory(prefix="turncite-") as names:
            for path in folder.iterdir():
                if path.suffix == ".json":
                    shutil.copyfile(path, Path(names) / path.name)
                elif not path.name.endswith(".lock"):
                    (Path(names) / path.name).symlink_to(path.resolve())
            return cls(tantivy.Index.open(names))  # it has its files open now

    @classmethod
    def _write(
        cls, index: tantivy.Index, gone: Iterable[int], passages: Iterable[PassageText]
    ) -> LexicalIndex:
        """Raises OSError where it can't be written."""
        try:
            return cls(cls._written(index, gone, passages))
        except ValueError as error:  # tantivy's own word for a full disk, among others
            raise OSError(errno.EIO, f"tantivy cannot write its index: {error}") from error

    @staticmethod
    def _written(
        index: tantivy.Index, gone: Iterable[int], passages: Iterable[PassageText]
    ) -> tantivy.Index:
        index.register_tokenizer(_ANALYSER, _analyser())
        writer = index.writer(_WRITER_BYTES, 1)
        for document in gone:  # by term alone, tantivy-py 0.27 takes no unsigned number for one
            writer.delete_documents_by_query(
                tantivy.Query.term_query(index.schema, "document", document)
            )
        for passage in passages:
            row = tantivy.Document(text=passage.text, speaker=list(passage.speakers))
            row.add_unsigned("number", passage.number)
            row.add_unsigned("document", passage.document)
            row.add_unsigned("date", _day(passage.date) if passage.date else _NO_DAY)
            writer.add_document(row)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return index

    def search(
        self,
        text: str,
        k: int,
        filters: Filters | None = None,
        documents: Sequence[int] | None = None,
    ) -> list[tuple[int, float]]:
        """The `k` best as (number, BM25), best first, within the filters.

        `documents` are the numbers of those that `filters` names.
        """
        wanted = list(dict.fromkeys(terms(text)))[:_MAX_QUERY_TERMS]
        if k < 1 or not wanted or (filters and filters.documents and not documents):
            return []
        words = [
            tantivy.Query.term_query(self._schema, "text", term, index_option="freq")
            for term in wanted
        ]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, word) for word in words])
        if filters:
            within = [
                (tantivy.Occur.Must, tantivy.Query.const_score_query(clause, 0.0))
                for clause in self._clauses(filters, documents or ())
            ]
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), *within])
        hits = self._searcher.search(query, k, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        return [
            (int(number), float(score))
            for number, (score, _) in zip(numbers, hits, strict=True)
            if number is not None
        ]

    def _clauses(self, filters: Filters, documents: Sequence[int]) -> Iterator[tantivy.Query]:
        if filters.speakers:
            yield tantivy.Query.term_set_query(self._schema, "speaker", list(filters.speakers))
        if filters.documents:
            yield tantivy.Query.term_set_query(self._schema, "document", list(documents))
        if filters.since or filters.until:
            first = _day(filters.since) if filters.since else _NO_DAY + 1
            last = _day(filters.until) if filters.until else _LAST_DAY
            yield tantivy.Query.range_query(
                self._schema, "date", tantivy.FieldType.Unsigned, first, last
            )


def terms(text: str) -> list[str]:
    """The terms that `text` is indexed and searched by, in order."""
    whole = text.encode("utf-8", "replace").decode()  # no halves of characters
    return list(_analyser().analyze(unicodedata.normalize("NFC", whole)))


def _day(date: str) -> int:
    """YYYY-MM-DD as a number that orders days."""
    return int(date.replace("-", ""))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", fast=True)
    builder.add_unsigned_field("document", indexed=True)
    builder.add_unsigned_field("date", indexed=True, fast=True)
    builder.add_text_field("speaker", tokenizer_name="raw", index_option="basic")
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
