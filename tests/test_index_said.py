"""Where words were said: each place once, whole words, in any case and script."""

from __future__ import annotations

import pytest
from conftest import write

from index import Filters, Library
from index.errors import InputError
from index.said import wanted

TEXTS = {
    "2024-01-02 a.txt": "Ada: The tram, the TRAM and trams. A tram-line.\nBo: Don’t say tramway.\n",
    "2025-01-02 b.txt": "Ada: Юрий и юрий. 50% of it_all.\nCy: 我们讨论比特币，比特币。\n",
    "c.txt": "Bo: Über alles. The\u00a0tram  stops at Café Élan.\nAda: don't, 100 x 100.\n",
}


@pytest.fixture
def said(tmp_path, embedder):
    for name, text in TEXTS.items():
        write(tmp_path / "l" / name, text)
    library = Library.open(tmp_path / "l", embedder)
    library.sync()

    def count(words: str, filters: Filters | None = None) -> list[tuple[str, int, int]]:
        return sorted(
            (each.document[-5], each.turn.position, len(each.spans))
            for each in library.said(words, filters)
        )

    return count


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("tram", [("a", 0, 3), ("c", 0, 1)]),
        ("tram*", [("a", 0, 4), ("a", 1, 1), ("c", 0, 1)]),
        ("the tram", [("a", 0, 2), ("c", 0, 1)]),
        ("“The Tram”", [("a", 0, 2), ("c", 0, 1)]),
        ("don't", [("a", 1, 1), ("c", 1, 1)]),
        ("ЮРИЙ", [("b", 0, 2)]),
        ("比特币", [("b", 1, 2)]),
        ("über", [("c", 0, 1)]),
        ("ÉLAN", [("c", 0, 1)]),
        ("50%", [("b", 0, 1)]),
        ("it_all", [("b", 0, 1)]),
        ("it", []),
        ("100", [("c", 1, 2)]),
        ("t.am", []),
        ("tra_", []),
    ],
)  # fmt: skip
def test_every_place_is_counted_and_no_other(said, words, places):
    assert said(words) == places


@pytest.mark.parametrize(
    ("filters", "places"),
    [
        (Filters(speakers=("Bo",)), [("c", 0, 1)]),
        (Filters(since="2024-01-01", until="2024-12-31"), [("a", 0, 3)]),
        (Filters(documents=("c.txt",)), [("c", 0, 1)]),
    ],
)
def test_filters_narrow_what_is_counted(said, filters, places):
    assert said("tram", filters) == places


@pytest.mark.parametrize("words", ["", "   ", "*", "?!", "x" * 300])
def test_what_is_no_word_says_what_to_type(words):
    with pytest.raises(InputError, match=r"(?i)type a"):
        wanted(words)


def test_what_was_replaced_is_not_counted(tmp_path, embedder):
    write(tmp_path / "l" / "a.txt", "Ada: The tram.\nBo: A tram.\n")
    library = Library.open(tmp_path / "l", embedder)
    library.sync()
    write(tmp_path / "l" / "a.txt", "Ada: The ferry.\nBo: A tram.\n")
    library.sync()
    assert [each.turn.position for each in library.said("tram")] == [1]
