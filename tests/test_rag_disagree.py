"""Two sources that give different values for one question."""

from __future__ import annotations

import pytest
from conftest import by_signs, write

from index import Turn
from index.types import Heading
from rag.collect.disagree import differing
from rag.collect.sameness import amount_of, key_of, same_value
from rag.question import understand
from rag.types import Quote, Reading


def reading(
    text: str, short: str, speaker: str = "A", transcript: str = "a", date: str = "2024-01-01",
    score: float = 0.9,
) -> Reading:  # fmt: skip
    quote = Quote(transcript, 0, 0, len(text))
    return Reading(quote, Turn(0, speaker, text), Heading("T", date, None), short, score)


def terms(_: str | None, text: str) -> frozenset[str]:
    return frozenset(word.strip("?.,").casefold() for word in text.split())


NINE = reading("The bridge cost $9 million.", "$9 million")
TEN = reading("The bridge cost $12 million.", "$12 million", "B", "b", "2025-01-01", 0.8)
HOW_MUCH = "How much did the bridge cost?"


def test_both_are_shown_the_most_recent_first():
    """Another speaker, another transcript, another value."""
    assert differing(understand(HOW_MUCH), [NINE, TEN], terms) == [TEN, NINE]


@pytest.mark.parametrize(
    "other",
    [
        reading("The bridge cost 9 million dollars.", "9 million dollars", "B", "b"),
        reading("The bridge cost $9.1 million.", "$9.1 million", "B", "b"),
        reading("The bridge cost $12 million.", "$12 million"),
        reading("The bridge cost $12 million.", "$12 million", "B", "b", score=0.4),
        reading("The bridge cost $12 million.", "$12 million", "B", "b", score=0.6),
        reading("The bridge will cost $12 million.", "$12 million", "B", "b"),
        reading("The tunnel cost $12 million.", "$12 million", "B", "b"),
        reading("The bridge cost us a year.", "a year", "B", "b"),
        reading("The bridge cost 12 million euros.", "12 million euros", "B", "b"),
    ],
)
def test_what_does_not_differ(other):
    """The same value, the same source, too unsure, a forecast, another thing, another unit."""
    assert differing(understand(HOW_MUCH), [NINE, other], terms) == []


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("Trade in 2023 was $26 billion.", "Trade in 2024 was $28 billion.", False),
        ("Trade in 2024 was $26 billion.", "Trade in 2024 was $28 billion.", True),
        ("Trade in 2024 was $26 billion.", "Trade was $28 billion.", True),
        ("Trade in March 2024 was $26 billion.", "Trade in 2024 was $28 billion.", True),
        ("Trade in March was $26 billion.", "Trade in May was $28 billion.", False),
        ("Trade in 2024, as in 2023, was $26 billion.", "Trade in 2024 was $28 billion.", False),
        ("Trade last year was $26 billion.", "Trade last year was $28 billion.", False),
        ("Trade this year was $26 billion.", "Trade last year was $28 billion.", True),
    ],
)  # fmt: skip
def test_values_of_two_years_are_no_contradiction(one, other, differ):
    """Where both sentences say a date, and it is another; "last year" is the one before the
    transcript's."""
    first = reading(one, "$26 billion", "A", "a", "2024-06-01")
    second = reading(other, "$28 billion", "B", "b", "2025-06-01")
    found = differing(understand("How much was trade?"), [first, second], terms)
    assert found == ([second, first] if differ else [])


def test_dates_asked_for_are_held_against_each_other():
    """The value itself is no date that its sentence names."""
    one = reading("The bridge opened in 2023.", "2023")
    other = reading("The bridge opened in 2024.", "2024", "B", "b", "2025-01-01")
    assert differing(understand("When was the bridge opened?"), [one, other], terms) == [other, one]


def test_a_target_is_no_other_result():
    """Which of them is asked for decides; the other is left out."""
    goal = reading("Our target is that the bridge cost will be $5 million.", "$5 million", "B", "b")
    question = understand("What is the target for the bridge cost?")
    assert differing(question, [goal, TEN], terms) == []
    assert differing(understand("What did the bridge cost?"), [TEN, goal], terms) == []


def test_only_values_are_held_against_each_other():
    """Two opinions are no contradiction that rules can see."""
    assert differing(understand("What was said about the bridge?"), [NINE, TEN], terms) == []


@pytest.mark.parametrize(
    ("one", "other", "kind", "same"),
    [
        ("$28 billion", "28 billion dollars", "money", True),
        ("$28.2 billion", "$28 billion", "money", True),
        ("$30 billion", "$28 billion", "money", False),
        ("28 euros", "$28", "money", None),
        ("nine", "9", "number", True),
        ("twenty-five percent", "25%", "share", True),
        ("24 months", "two years", "duration", True),
        ("1,200 tonnes", "1200 tonnes", "quantity", True),
        ("two or three", "3", "number", None),
        ("November 12", "November 12, 2025", "date", True),
        ("12 November", "November 13", "date", False),
        ("November 2024", "2025", "date", False),
        ("next year", "2025", "date", None),
        ("2025", "November", "date", None),
    ],
)
def test_same_values(one, other, kind, same):
    """However written, rounded or exact; None where it can't be told."""
    assert same_value(one, other, kind) is same


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("two hundred votes", 200),
        ("one hundred and fifty", 150),
        ("a hundred votes", 100),
        ("a thousand", 1_000),
        ("two hundred million dollars", 200_000_000),
        ("one million two hundred thousand", 1_200_000),
        ("three hundred and fifty thousand", 350_000),
        ("two thousand million", 2_000_000_000),
        ("$1.5 million", 1_500_000),
        ("28 billions", 28_000_000_000),
        ("28bn", 28_000_000_000),
        ("twenty-five hundred", 2_500),
        ("120 hundred", 12_000),
        ("1,234,567", 1_234_567),
        ("0", 0),
    ],
)
def test_numbers_in_words(value, number):
    """Hundreds and thousands multiply what stands before them."""
    read = amount_of(value)
    assert read is not None
    assert read.number == number


@pytest.mark.parametrize("value", ["hundred votes", "hundreds of votes", "a couple", "million"])
def test_what_is_no_number(value):
    """ "Several hundred" and "half a million" are found without their first words."""
    assert amount_of(value) is None


def test_keys_of_values():
    """What lists count as one; no digit is lost."""
    assert key_of("$1,234,567", "money") != key_of("$1,234,571", "money")
    assert key_of("$1,234,567", "money") == key_of("$1.234567 million", "money")
    assert key_of("two hundred votes", "quantity") == key_of("200 votes", "quantity")
    assert key_of("two hundred votes", "quantity") != key_of("two votes", "quantity")
    assert key_of("$28 billion", "money") == key_of("28 billion dollars", "money")
    assert key_of("November 12", "date") == key_of("12 November", "date")
    assert key_of("Next  Year", "date") == "next year"


def test_the_answer_says_that_the_sources_differ(tmp_path, embedder):
    """Each with speaker, date and marker; all values in short."""
    write(tmp_path / "a.txt", "Board\nMayor Ann Berg: The ferry budget is 12 million kronor.\n"
          "Per Holm: I see.\nMay 2, 2024, Oslo\n")  # fmt: skip
    write(tmp_path / "b.txt", "Council\nMayor Eva Lund: The ferry budget is 17 million kronor.\n"
          "Bo Alm: I see.\nMay 2, 2025, Oslo\n")  # fmt: skip
    answer = by_signs(tmp_path, embedder).ask("How much is the ferry budget?")
    assert answer.short == "17 million; 12 million"
    assert answer.text == (
        "The sources differ:\n\n"
        "Eva Lund: “The ferry budget is 17 million kronor.” [1] (Council, May 2, 2025)\n\n"
        "Ann Berg: “The ferry budget is 12 million kronor.” [2] (Board, May 2, 2024)"
    )
    assert [citation.date for citation in answer.citations] == ["2025-05-02", "2024-05-02"]
