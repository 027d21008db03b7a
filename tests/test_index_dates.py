"""Date lines and dates in names."""

from __future__ import annotations

import pytest

from index.dates import DateLine, date_in_name, read_date_line


@pytest.mark.parametrize(
    ("line", "date", "place"),
    [
        ("October 10, 2025, Dushanbe", "2025-10-10", "Dushanbe"),
        ("Oct. 3rd, 2025", "2025-10-03", None),
        ("Monday, May 5, 2025, 10:30 a.m. EST", "2025-05-05", None),
        ("5 May 2025", "2025-05-05", None),
        ("the 5th of May 2025".removeprefix("the "), "2025-05-05", None),
        ("Berlin, den 17. Dezember 2013", "2013-12-17", "Berlin"),
        ("Frankfurt am Main, 3. März 2020", "2020-03-03", "Frankfurt am Main"),
        ("10 de junio de 2024, Ciudad de México", "2024-06-10", "Ciudad de México"),
        ("14 juillet 2021, Paris", "2021-07-14", "Paris"),
        ("10 октября 2025 года, Душанбе", "2025-10-10", "Душанбе"),
        ("2021年11月16日", "2021-11-16", None),
        ("Date: 2025-10-10", "2025-10-10", None),
        ("**Recorded: 2025-10-10**", "2025-10-10", None),
        ("House of Commons, 10 May 2006", "2006-05-10", "House of Commons"),
    ],
)
def test_date_lines(line, date, place):
    """Five languages, ISO and Chinese; weekday, clock and the word "date" are no place."""
    assert read_date_line(line) == DateLine(date, place)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Dushanbe",
        "We meet again on May 5, 2025.",
        "See you on May 5, 2025",
        "On May 5, 2025",
        "May 5, 2025. Thank you.",
        "Anna: May 5, 2025",
        "In a few weeks, on November 12, I will make an official visit.",
        "February 30, 2025",
        "2025-13-45",
        "May 2025",
        "October 10, 2025, " + "Dushanbe " * 20,
    ],
)
def test_what_is_no_date_line(line):
    """A sentence with a date in it, half a date and a day that never was are none."""
    assert read_date_line(line) is None


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("dushanbe-2025-10-10.txt", "2025-10-10"),
        ("20251010_board.md", "2025-10-10"),
        ("board.2025_10_10", "2025-10-10"),
        ("20251399.txt", None),
        ("120251010.txt", None),
        ("board.txt", None),
    ],
)
def test_dates_in_names(name, date):
    """Eight digits are a date where they can be one and are no part of a longer number."""
    assert date_in_name(name) == date
