"""tantivy BM25 over the store's text: a cache, rebuilt from the store whenever in doubt.

What a user types is analysed into terms and never read as query syntax. Words are folded
(words.py) and stemmed (stems.py). A question is stemmed in every language that the library holds,
and each of its words counts once. Unspaced scripts are found by n-grams: text is indexed by those
of a term's size and by the next smaller, so that one Chinese character is found as well. What
gloss.py can put into English is indexed, and asked, by the English words too.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import repeat
from pathlib import Path

import tantivy

from .gloss import glossed
from .languages import COMMON_WORDS, ENGLISH, guess_language, latin_language
from .material import PassageText
from .stems import stems_of
from .types import Filters
from .words import gram_size, grams, split_words

# Raised when a text gets other terms, so that indexes which hold terms are written anew.
WORDS_VERSION = 3
_WRITER_BYTES = 32_000_000
# A question's terms are bounded in number, so that a pasted page does not become a query of
# thousands of clauses.
_WORDS_KEPT = 1 << 16
_MAX_QUERY_TERMS = 64
# Of a question, words that are searched one by one.
MAX_WORDS_EACH = 16
# For transcripts without a date, which lie in no range; and the last day that there is.
_NO_DAY = 0
_LAST_DAY = 9999_12_31


class LexicalIndex:
    """BM25 with tantivy's constants (k1 1.2, b 0.75). Passages are known by their numbers."""

    def __init__(self, index: tantivy.Index) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()
        found = [name for name in COMMON_WORDS if self._searcher.doc_freq("language", name)]
        self.languages = tuple(found) or (ENGLISH,)

    @classmethod
    def build(cls, passages: Iterable[PassageText], folder: Path | None) -> LexicalIndex:
        """Index passages in `folder`, or in memory where there is none. Raises OSError."""
        with _faults_of_the_disk():
            index = tantivy.Index(_schema(), str(folder)) if folder else tantivy.Index(_schema())
            return cls(cls._written(index, [], passages))

    @classmethod
    def update(
        cls, folder: Path, gone: Iterable[int], passages: Iterable[PassageText]
    ) -> LexicalIndex:
        """Take the documents `gone` out of the index in `folder`, and put passages in. Raises
        OSError."""
        with _faults_of_the_disk():
            return cls(cls._written(tantivy.Index.open(str(folder)), gone, passages))

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

    @staticmethod
    def _written(
        index: tantivy.Index, gone: Iterable[int], passages: Iterable[PassageText]
    ) -> tantivy.Index:
        writer = index.writer(_WRITER_BYTES, 1)
        for document in gone:  # by term alone, tantivy-py 0.27 takes no unsigned number for one
            writer.delete_documents_by_query(
                tantivy.Query.term_query(index.schema, "document", document)
            )
        for passage in passages:
            language = latin_language(passage.language)
            row = tantivy.Document(
                text=index_terms(passage.text, language),
                speaker=list(passage.speakers),
                language=language,
            )
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
        words = question_words(text, self.languages)
        if k < 1 or not words or (filters and filters.documents and not documents):
            return []
        found = [(tantivy.Occur.Should, self._any_of(stems)) for stems in words]
        query = tantivy.Query.boolean_query(found)
        clauses = self._clauses(filters, documents or ()) if filters else ()
        return self._best(query, k, clauses)

    def search_each(
        self, text: str, k: int, documents: Sequence[int]
    ) -> list[list[tuple[int, float]]]:
        """The same for each word of `text` by itself, in these documents; of many words, for the
        rarest."""

        def frequency(stems: Sequence[str]) -> int:
            return sum(self._searcher.doc_freq("text", stem) for stem in stems)

        if k < 1 or not documents:
            return []
        clauses = list(self._clauses(Filters(documents=("these",)), documents))
        rarest = sorted(question_words(text, self.languages), key=frequency)[:MAX_WORDS_EACH]
        return [self._best(self._any_of(stems), k, clauses) for stems in rarest]

    def _best(
        self, query: tantivy.Query, k: int, clauses: Iterable[tantivy.Query]
    ) -> list[tuple[int, float]]:
        within = [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(clause, 0.0)) for clause in clauses
        ]
        if within:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), *within])
        hits = self._searcher.search(query, k, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        return [
            (int(number), float(score))
            for number, (score, _) in zip(numbers, hits, strict=True)
            if number is not None
        ]

    def _any_of(self, stems: Sequence[str]) -> tantivy.Query:
        """One word of a question, by the stem of it that counts most."""
        found = [
            tantivy.Query.term_query(self._schema, "text", stem, index_option="freq")
            for stem in stems
        ]
        return found[0] if len(found) == 1 else tantivy.Query.disjunction_max_query(found)

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


@contextmanager
def _faults_of_the_disk() -> Iterator[None]:
    """tantivy has a word of its own for a full disk, among others."""
    try:
        yield
    except ValueError as error:
        raise OSError(errno.EIO, f"tantivy cannot write its index: {error}") from error


def terms(text: str, languages: Sequence[str] = (ENGLISH,)) -> list[str]:
    """The terms that `text` is searched by in a library of these languages, in order."""
    return [stem for stems in _stemmed(text, languages) for stem in stems]


def question_words(text: str, languages: Sequence[str]) -> list[tuple[str, ...]]:
    """The different words of a question, each as its stems, its own and those that say the same in
    English; of a pasted page the first."""
    asked = [*_stemmed(text, languages), *((term,) for term in _english_terms(text))]
    return list(dict.fromkeys(asked))[:_MAX_QUERY_TERMS]


def index_terms(text: str, language: str) -> str:
    """The terms that `text` in this language is indexed by, with spaces between."""
    own = filter(None, map(_indexed, split_words(text), repeat(language)))
    return " ".join([*own, *_english_terms(text)])


def _english_terms(text: str) -> list[str]:
    """Those of what is English in the gloss of a text in another language."""
    gloss = glossed(text)
    return terms(gloss.english) if gloss else []


def _stemmed(text: str, languages: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The words of a question in order, each with its different stems.

    Stop words are those of the question's own language: in English "die" is none, nor is "war".
    """
    own = languages[0]
    if len(languages) > 1:
        guessed = latin_language(guess_language(text))
        own = guessed if guessed in languages else ENGLISH
    for word in split_words(text):
        yield from _asked(word, own, tuple(languages))


@lru_cache(_WORDS_KEPT)
def _asked(word: str, own: str, languages: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    size = gram_size(word)
    if size:
        return tuple((gram,) for gram in grams(word, size))
    stems = dict.fromkeys(stem for language in languages for stem in stems_of(word, language))
    return (tuple(stems),) if stems and stems_of(word, own) else ()


@lru_cache(_WORDS_KEPT)
def _indexed(word: str, language: str) -> str:
    size = gram_size(word)
    if not size:
        return " ".join(stems_of(word, language))
    return " ".join([*grams(word, size), *(grams(word, size - 1) if len(word) >= size else ())])


def _day(date: str) -> int:
    """YYYY-MM-DD as a number that orders days."""
    return int(date.replace("-", ""))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", fast=True)
    builder.add_unsigned_field("document", indexed=True)
    builder.add_unsigned_field("date", indexed=True, fast=True)
    builder.add_text_field("speaker", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    return builder.build()
