"""Citations are the turn's own words; a language model's claims are held against them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Passage, Turn
from index.types import Heading, Slice
from rag.cite import cite, first_of, passage_quote, question_put
from rag.types import Quote

TURN = Turn(
    4, "Anna Lind", "The tram opens in March. It costs 240 million. The council pays half.", 61.5
)
HEADING = Heading("Uppsala city council", "2025-05-05", "Uppsala")


def test_a_citation_holds_all_a_reader_needs():
    """The words, the speaker, the title, the date, the time and the place."""
    citation = cite(2, Quote("council.txt", 4, 25, 46), TURN, HEADING, 0.123456)
    assert citation.quote == "It costs 240 million."
    assert (citation.marker, citation.speaker, citation.turn) == (2, "Anna Lind", 4)
    assert (citation.start, citation.end, citation.start_seconds) == (25, 46, 61.5)
    assert (citation.title, citation.date) == ("Uppsala city council", "2025-05-05")
    assert citation.score == 0.1235


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_citation_is_always_the_turns_own_words(start, end):
    """Whatever the place: an exact substring, or an error."""
    quote = Quote("council.txt", 4, start, end)
    if start < end <= len(TURN.text):
        assert cite(1, quote, TURN, HEADING, 1).quote == TURN.text[start:end]
    else:
        with pytest.raises(ValueError, match="no such place"):
            cite(1, quote, TURN, HEADING, 1)


def test_a_citation_of_another_turn_is_refused():
    """A quote is never paired with a turn that it does not name."""
    with pytest.raises(ValueError, match="no such place"):
        cite(1, Quote("council.txt", 3, 0, 5), TURN, HEADING, 1)


def test_passage_quote_is_its_longest_slice_trimmed():
    """White space at the ends is not quoted."""
    turns = {0: Turn(0, "A", "Yes."), 1: Turn(1, "B", "  A longer answer. ")}
    passage = Passage("x", (Slice(0, 0, 4), Slice(1, 0, 19)), ("A", "B"), "")
    assert passage_quote(passage, turns) == Quote("x", 1, 2, 18)
    assert passage_quote(Passage("x", (Slice(1, 0, 2),), (), ""), turns) is None


def test_quotes_share_the_characters_that_both_have():
    quote = Quote("x", 3, 10, 20)
    assert quote.shared(Quote("x", 3, 15, 40)) == 5
    assert quote.shared(quote) == 10
    others = [Quote("x", 3, 20, 30), Quote("x", 2, 10, 20), Quote("y", 3, 10, 20)]
    assert [quote.shared(other) for other in others] == [0, 0, 0]


def test_the_first_citations_of_several_groups_are_numbered_anew():
    """Each place once, in order."""
    opens = cite(7, Quote("council.txt", 4, 0, 24), TURN, HEADING, 1)
    costs = cite(9, Quote("council.txt", 4, 25, 46), TURN, HEADING, 1)
    first = first_of(2, [costs], [opens, costs])
    assert [(c.marker, c.quote) for c in first] == [
        (1, "It costs 240 million."),
        (2, "The tram opens in March."),
    ]


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        (Turn(0, "Reporter", "Good morning. When will it open?"), "When will it open?"),
        (Turn(0, None, "“Is it true?”"), "“Is it true?”"),
        (Turn(0, "Reporter", "Is it true? I doubt it."), None),
        (Turn(0, "Anna", "When will it open? Soon, I say. Why?"), None),
        (Turn(0, "Reporter", "  "), None),
    ],
)
def test_the_question_before_an_answer(before, asked):
    """What another speaker asks at the end of the turn before; nobody answers themselves."""
    assert question_put(before, Turn(1, "Anna", "In May.")) == asked
