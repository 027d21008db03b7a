"""Citations are the turn's own words; a language model's claims are held against them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Passage, Turn
from index.types import Heading, Slice
from rag.cite import UNSUPPORTED, cite, claims, passage_quote, question_put, supporting_quote
from rag.types import Quote
from rag.written import written_answer

TURN = Turn(
    4, "Anna Lind", "The tram opens in March. It costs 240 million. The council pays half.", 61.5
)
HEADING = Heading("Uppsala city council", "2025-05-05", "Uppsala")
PASSAGE = Passage(
    "council.txt", (Slice(4, 0, len(TURN.text)),), ("Anna Lind",), f"Anna Lind: {TURN.text}"
)
TURNS = {"council.txt": {4: TURN}}


def terms(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def written(said: str):
    headings = {"council.txt": HEADING}
    return written_answer("?", said, [PASSAGE], TURNS, headings, lambda _, text: terms(text))


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


def test_claims_are_sentences_with_their_markers():
    """A marker after the full stop belongs to the sentence before it."""
    assert claims("It opens in March [1]. It costs 240 million.[2][1] That is all.") == [
        ("It opens in March.", [1]),
        ("It costs 240 million.", [2, 1]),
        ("That is all.", []),
    ]


def test_supporting_quote_must_hold_every_figure():
    """A wrong number finds no support, however alike the words."""
    quote = supporting_quote("The tram costs 240 million", PASSAGE, TURNS["council.txt"], terms)
    assert quote == Quote("council.txt", 4, 25, 46)
    assert supporting_quote("It costs 250 million", PASSAGE, TURNS["council.txt"], terms) is None


def test_a_supported_answer_is_cited():
    """Each claim points at the sentence that carries it."""
    answer = written("The tram opens in March [1]. It costs 240 million [1].")
    assert answer.text == "The tram opens in March. [1] It costs 240 million. [2]"
    assert [c.quote for c in answer.citations] == [
        "The tram opens in March.",
        "It costs 240 million.",
    ]


def test_an_invented_figure_and_marker_are_marked():
    """The marker goes, the claim is marked, the rest stands."""
    answer = written("The tram opens in March [1]. It costs 900 million [7].")
    assert answer.text == f"The tram opens in March. [1] It costs 900 million. {UNSUPPORTED}"
    assert len(answer.citations) == 1


def test_a_claim_without_a_marker_gets_its_support():
    """The best sentence of all that was sent."""
    assert written("The council pays half.").citations[0].quote == "The council pays half."


def test_nothing_supported_is_no_answer():
    """The caller then shows exact quotes instead."""
    assert written("Bananas are yellow fruit from Ecuador [1].") is None


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
