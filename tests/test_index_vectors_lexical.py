"""The two searches: exact cosines, and BM25 over words that are never query syntax."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexical import LexicalIndex, terms
from index.material import PassageText
from index.types import Filters
from index.vectors import CANDIDATES, VectorIndex

E1, E2 = np.eye(2, dtype=np.float32)
BETWEEN = np.array([0.6, 0.8], np.float32)


@pytest.fixture
def vectors() -> VectorIndex:
    return VectorIndex.build(np.array([3, 7, 9]), [np.stack([E2, E1]), BETWEEN.reshape(1, 2)])


def test_the_nearest_are_proposed(vectors):
    """As many as wanted, by the numbers of the store."""
    assert set(vectors.propose(E1, 1, None)) == {7}
    assert set(vectors.propose(E1, 2, None)) == {7, 9}
    assert set(vectors.propose(E1, 99, None)) == {3, 7, 9}


def test_opposite_vectors_are_proposed_too():
    """A negative cosine is a similarity like any other."""
    index = VectorIndex.build(np.array([1]), [np.stack([-E1])])
    assert index.propose(E1, 5, None).tolist() == [1]


def test_filters_are_applied_inside_the_vector_search(vectors):
    """The k nearest of those allowed, not those allowed of the k nearest."""
    assert vectors.propose(E1, 1, np.array([True, False, True])).tolist() == [9]
    assert vectors.propose(E1, 3, np.array([True, False, False])).tolist() == [3]
    assert vectors.propose(E1, 3, np.zeros(3, bool)).tolist() == []


@pytest.mark.parametrize("k", [0, -1])
def test_none_wanted_is_none_found(vectors, lexical, k):
    """Neither library is asked for nothing, as both would abort."""
    assert vectors.propose(E1, k, None).tolist() == []
    assert lexical.search("tram", k) == []


def test_an_empty_vector_index(tmp_path):
    """Before the first document there is nothing to find, whatever the dimensions."""
    index = VectorIndex.build(np.array([], np.int64), [])
    index.save(tmp_path)
    for empty in (index, VectorIndex.load(tmp_path)):
        assert (empty.propose(E1, 3, None).tolist(), len(empty)) == ([], 0)


def test_vectors_saved_and_loaded(vectors, tmp_path):
    """Numbers and neighbours survive the files, which are mapped."""
    vectors.save(tmp_path)
    loaded = VectorIndex.load(tmp_path)
    assert loaded.propose(BETWEEN, 2, None).tolist() == vectors.propose(BETWEEN, 2, None).tolist()
    np.save(tmp_path / "numbers.npy", np.array([1, 2]))
    with pytest.raises(ValueError, match="3 vectors for 2 numbers"):
        VectorIndex.load(tmp_path)


def clusters(count: int, seed: int = 5) -> np.ndarray:
    """Normalised vectors (count, 256) around the same 200 centres, as texts lie around topics."""
    generator = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(200, 256))
    rows = centres[generator.integers(0, 200, count)] + generator.normal(size=(count, 256))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_a_compressed_index_proposes_the_true_neighbours(tmp_path):
    """With one bit a dimension, the ten nearest of 20,000 are among those proposed, filtered or
    not, built or loaded; the caller compares them exactly."""
    rows = clusters(20_000)
    numbers = np.arange(20_000) * 3
    index = VectorIndex.build(numbers, [rows[:9_000], rows[9_000:]], sample=rows[::10])
    index.save(tmp_path)
    assert (tmp_path / "vectors.faiss").stat().st_size < 20_000 * 256 * 4 / 15
    allowed = np.random.default_rng(1).random(20_000) < 0.3
    for made in (index, VectorIndex.load(tmp_path)):
        for mask in (None, allowed):
            seen = np.ones(20_000, bool) if mask is None else mask
            hits = 0
            for question in clusters(50, seed=6):
                nearest = np.argsort(-np.where(seen, rows @ question, -2))[:10]
                proposed = made.propose(question, 10, mask)
                assert len(proposed) == CANDIDATES
                assert seen[proposed // 3].all()
                hits += len(set(numbers[nearest]) & set(proposed.tolist()))
            assert hits >= 0.98 * 500


def passage(
    number: int, text: str, document: int = 1, date: str | None = None, *speakers: str
) -> PassageText:
    return PassageText(number, document, date, speakers, text)


ROWS = [
    passage(4, "Anna: The new tram costs $28 billion, or 7,591 per head.", 1, "2024-02-29", "Anna"),
    passage(8, "Bo: Trams, trams and the ferry.", 1, "2024-02-29", "Bo", 'O"Neil \\ {AND}'),
    passage(15, "José Müller: A café in Łódź, and a NOT or two AND (b.", 2, None, "José Müller"),
    passage(16, "Анна: Трамвай відкриють третього березня.", 3, "2025-12-31", "Анна"),
]


@pytest.fixture
def lexical() -> LexicalIndex:
    return LexicalIndex.build(ROWS, None)


def numbers(found: list[tuple[int, float]]) -> list[int]:
    return [number for number, _ in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tram", [8, 4]),
        ("TRAMS?", [8, 4]),
        ("ferries", [8]),
        ("$28 billion", [4]),
        ("28", [4]),
        ("7,591", [4]),
        ("jose muller", [15]),
        ("JOSÉ", [15]),
        ("Jose\u0301", [15]),
        ("lodz", [15]),
        ("cafe", [15]),
        ("трамвай", [16, 8, 4]),  # and what says the same in English
        ("submarine", []),
        ("", []),
        ("the of and", []),
        ("?!", []),
    ],
)
def test_words_are_found(lexical, text, expected):
    """In any case, number, accent and script; stop words alone find nothing."""
    assert numbers(lexical.search(text, 10)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a AND (b' +\"ferry",
        "ferry NOT trams~2",
        'text:ferry^3 OR "',
        "ferry*",
        "[ferry TO x}",
        "-ferry",
        "\\ferry",
        "ferry && !!",
        "number:8 ferry",
        "ferry\0",
    ],
)
def test_query_syntax_is_just_words(lexical, text):
    """Nothing a user types is read as an operator, a field or a phrase, or fails."""
    assert 8 in numbers(lexical.search(text, 10))


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_text_is_searched(text):
    """No text makes the search fail."""
    index = LexicalIndex.build([passage(1, "tram"), passage(2, text)], None)
    assert set(numbers(index.search(f"{text} tram", 5))) <= {1, 2}
    assert 1 in numbers(index.search(f"tram {text}", 5))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(speakers=("Anna",)), [4]),
        (Filters(speakers=("Bo", "José Müller")), [8]),
        (Filters(speakers=('O"Neil \\ {AND}',)), [8]),
        (Filters(speakers=("anna",)), []),
        (Filters(documents=("a.txt",)), [8, 4]),
        (Filters(documents=("b.txt",)), []),
        (Filters(documents=("gone.txt",)), []),
        (Filters(since="2024-02-29"), [8, 4]),
        (Filters(since="2024-03-01"), []),
        (Filters(until="2024-02-29"), [8, 4]),
        (Filters(until="2024-02-28"), []),
        (Filters(since="2024-01-01", until="2024-12-31", speakers=("Anna",)), [4]),
        (Filters(documents=("b.txt",), speakers=("Anna",)), []),
    ],
)
def test_filters_are_applied_inside_the_lexical_search(lexical, filters, expected):
    """Alone and together, and with the scores that the same passages have without them."""
    documents = [{"a.txt": 1, "b.txt": 2}[name] for name in filters.documents if name < "g"]
    scores = dict(lexical.search("tram", 9))
    found = lexical.search("tram", 1, filters, documents)
    assert found == [(n, pytest.approx(scores[n])) for n in expected[:1]]
    assert numbers(lexical.search("tram", 9, filters, documents)) == expected


def test_documents_taken_out_and_put_in(tmp_path):
    """In the folder as in the index that is returned; what stays is still found."""
    LexicalIndex.build(ROWS, tmp_path)
    new = passage(20, "Bo: The tram again.", 7, "2025-01-01", "Bo")
    updated = LexicalIndex.update(tmp_path, [1], [new])
    for index in (updated, LexicalIndex.load(tmp_path)):
        assert numbers(index.search("tram", 9)) == [20]
        assert numbers(index.search("café", 9)) == [15]
        assert numbers(index.search("tram", 9, Filters(speakers=("Bo",)))) == [20]


def test_a_pasted_page_is_a_query_of_few_terms(lexical):
    """The first words count; the rest is left out rather than made into thousands of clauses."""
    page = "tram " + " ".join(f"word{n}" for n in range(20_000)) + " ferry"
    assert set(numbers(lexical.search(page, 10))) == {4, 8}


def test_terms():
    """Folded, stemmed and without stop words, in order, as they are indexed."""
    assert terms("The Trams of Łódź cost $28, café") == ["tram", "lodz", "cost", "28", "cafe"]
    assert terms("x" * 61 + " tram") == ["tram"]


def test_numbers_of_the_store_come_back_exactly(tmp_path):
    """Also large ones, from a file."""
    large = 2**53 + 1
    LexicalIndex.build([passage(large, "tram"), passage(0, "ferry")], tmp_path)
    index = LexicalIndex.load(tmp_path)
    assert numbers(index.search("tram", 5)) == [large]
    assert numbers(index.search("ferry", 5)) == [0]


def test_an_empty_lexical_index():
    """Before the first document there is nothing to find."""
    assert LexicalIndex.build([], None).search("tram", 5) == []
