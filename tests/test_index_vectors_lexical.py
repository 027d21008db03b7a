"""The two searches: exact cosines, and BM25 over words that are never query syntax."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexical import LexicalIndex, terms
from index.vectors import VectorIndex

E1, E2 = np.eye(2, dtype=np.float32)
BETWEEN = np.array([0.6, 0.8], np.float32)


@pytest.fixture
def vectors() -> VectorIndex:
    return VectorIndex.build(np.array([7, 3, 9]), np.stack([E1, E2, BETWEEN]))


def test_nearest_first_with_cosines(vectors):
    """The score is the cosine, and higher is better."""
    found = vectors.search(E1, 3)
    assert [number for number, _ in found] == [7, 9, 3]
    assert [score for _, score in found] == pytest.approx([1.0, 0.6, 0.0])


def test_opposite_vectors_are_found_too():
    """A negative cosine is a score like any other."""
    index = VectorIndex.build(np.array([1]), np.stack([-E1]))
    assert index.search(E1, 5) == [(1, -1.0)]


def test_filters_are_applied_inside_the_vector_search(vectors):
    """The k best of those allowed, not those allowed of the k best."""
    assert [n for n, _ in vectors.search(E1, 1, np.array([3, 9]))] == [9]
    assert [n for n, _ in vectors.search(E1, 3, np.array([3, 99]))] == [3]
    assert vectors.search(E1, 3, np.array([], np.int64)) == []


@pytest.mark.parametrize("k", [0, -1])
def test_none_wanted_is_none_found(vectors, lexical, k):
    """Neither library is asked for nothing, as both would abort."""
    assert vectors.search(E1, k) == []
    assert lexical.search("tram", k) == []


def test_an_empty_vector_index():
    """Before the first document there is nothing to find, whatever the dimensions."""
    index = VectorIndex.build(np.array([], np.int64), np.zeros((0, 0), np.float32))
    assert (index.search(E1, 3), len(index)) == ([], 0)


def test_vectors_saved_and_loaded(vectors, tmp_path):
    """Numbers and scores survive the file."""
    vectors.save(tmp_path / "v")
    assert VectorIndex.load(tmp_path / "v").search(BETWEEN, 3) == vectors.search(BETWEEN, 3)


ROWS = [
    (4, "Anna: The new tram costs $28 billion, or 7,591 per head."),
    (8, "Bo: Trams, trams and the ferry."),
    (15, "José Müller: A café in Łódź, and a NOT or two AND (b."),
    (16, "Анна: Трамвай откроется третьего марта."),
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
        ("трамвай", [16]),
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
    index = LexicalIndex.build([(1, "tram"), (2, text)], None)
    assert set(numbers(index.search(f"{text} tram", 5))) <= {1, 2}
    assert 1 in numbers(index.search(f"tram {text}", 5))


def test_filters_are_applied_inside_the_lexical_search(lexical):
    """The k best of those allowed, with the scores they have without the filter."""
    (best, second) = lexical.search("tram", 2)
    assert lexical.search("tram", 1, np.array([4, 16])) == [(4, pytest.approx(second[1]))]
    assert lexical.search("tram", 1, np.array([8])) == [(8, pytest.approx(best[1]))]
    assert lexical.search("tram", 5, np.array([], np.int64)) == []
    assert lexical.search("tram", 5, np.array([15])) == []


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
    LexicalIndex.build([(large, "tram"), (0, "ferry")], tmp_path)
    index = LexicalIndex.load(tmp_path)
    assert numbers(index.search("tram", 5)) == [large]
    assert numbers(index.search("ferry", 5, np.array([0]))) == [0]


def test_an_empty_lexical_index():
    """Before the first document there is nothing to find."""
    assert LexicalIndex.build([], None).search("tram", 5) == []
