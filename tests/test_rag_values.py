"""The figures, dates, durations and names that are found in a sentence."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rag.wording.values import find_values, name_spans


def values(text: str) -> list[tuple[str, str]]:
    return [(value.kind, text[value.start : value.end]) for value in find_values(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we will reach $30 billion next year", [("money", "$30 billion"), ("date", "next year")]),
        ("240 million kronor, 28 euros", [("number", "240 million"), ("money", "28 euros")]),
        ("twenty-five percent", [("share", "twenty-five percent")]),
        ("1,200 tonnes", [("quantity", "1,200 tonnes")]),
        ("on November 12, in a few weeks", [("date", "November 12"), ("date", "in a few weeks")]),
        ("after two days and 40 minutes", [("duration", "two days"), ("duration", "40 minutes")]),
        ("next year or in a year", [("date", "next year or in a year")]),
        ("in 2019, at 10:30", [("date", "2019"), ("date", "10:30")]),
        ("one of the leading investors", []),
    ],
)  # fmt: skip
def test_kinds(text, expected):
    """Each kind is found whole, and the more telling kind takes the place."""
    assert values(text) == expected


def test_values_never_overlap():
    """A year inside a date is not found a second time."""
    found = find_values("On October 10, 2025, in Dushanbe, 114 projects worth almost $22 billion.")
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("At the Festival of Kazakh Culture here.", ["Festival of Kazakh Culture"]),
        ("The Rosatom’s plant. Everything is fine.", ["Rosatom"]),
        ("I am glad. We agreed with the EAEU.", ["EAEU"]),
        ("Vladimir Putin spoke.", ["Vladimir Putin"]),
    ],
)  # fmt: skip
def test_names(text, names):
    """Runs of capitals are names; a sentence's first word alone is not."""
    assert [text[start:end] for start, end in name_spans(text)] == names


def test_a_month_of_a_year_is_no_day():
    """The 20 of "July 2019" is its century."""
    text = "It expires in July 2019, or on July 20, or on July 20, 2019."
    dates = [text[v.start : v.end] for v in find_values(text) if v.kind == "date"]
    assert dates == ["July 2019", "July 20", "July 20, 2019"]


def test_figures_side_by_side_stay_apart():
    """A space groups thousands, and joins no two years."""
    assert values("2019 2020") == [("date", "2019"), ("date", "2020")]
    assert values("1 200 000 tonnes of 15 200") == [
        ("quantity", "1 200 000 tonnes"),
        ("number", "15 200"),
    ]


def test_a_page_of_figures_is_read():
    """Each of them is found, however many there are."""
    assert len(find_values("2019, " * 20_000)) == 20_000
    assert len(find_values("2019 " * 20_000)) == 20_000
    assert find_values("The " * 20_000) == []


def test_may_is_a_month_only_where_it_is_one():
    """ "May I ask" begins with a verb."""
    assert values("May I ask? In May we met.") == [("date", "May")]
