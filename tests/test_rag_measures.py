"""The measures of retrieval, on transcripts whose words can be counted by hand."""

from __future__ import annotations

from math import log2

import pytest

from index import Hit, Passage, Transcript, Turn
from index.types import Slice
from rag.measuring.measures import (
    MEASURES,
    Gold,
    estimate,
    find_sentences,
    measure,
    paired_difference,
    words_of,
)


def transcript(*texts: str, name: str = "a.txt") -> Transcript:
    turns = (Turn(position, "Ann", text) for position, text in enumerate(texts))
    return Transcript(name, "A", tuple(turns))


def numbered(first: int, last: int) -> str:
    """Words of one length: "w100 w101 ..."."""
    return " ".join(f"w{number}" for number in range(first, last))


def passage(turn: int, first: int = 0, last: int = 9_999, name: str = "a.txt") -> Passage:
    """Of the words at `first` to before `last` in a turn of numbered words of 4 characters."""
    return Passage(name, (Slice(turn, 5 * first, 5 * last),), (), "")


def measured(talk: Transcript, gold: Gold, *ranked: Passage) -> dict[str, float]:
    """With the ranked passages as all there are."""
    hits = [Hit(found, -rank) for rank, found in enumerate(ranked)]
    return measure(hits, gold, {talk.id: talk}.__getitem__, ranked)


def test_words_are_told_by_where_they_begin():
    """A cut within a word leaves it to the passage in which it begins; Chinese counts by sign."""
    talk = transcript("One two  three", "好的 ok")
    cut = Passage("a.txt", (Slice(0, 5, 14), Slice(1, 0, 5)), (), "")
    assert words_of(cut, lambda _: talk) == [
        ("a.txt", 0, 9), ("a.txt", 1, 0), ("a.txt", 1, 1), ("a.txt", 1, 3),
    ]  # fmt: skip


def test_a_sentence_is_found_whatever_its_case_punctuation_and_white_space():
    """Wherever it stands; "ten" is not in "often", and no sentence runs over a turn's end."""
    talk = transcript("Often. It’s  ten –\n a DEAL!", "Well: it's ten, a deal. Ten", "miles.")
    found = find_sentences(["It's ten, a deal.", "ten miles", "?!", "ten"], talk)
    assert found == {
        "It's ten, a deal.": (
            frozenset({("a.txt", 0, t) for t in (7, 13, 20, 22)}),
            frozenset({("a.txt", 1, t) for t in (6, 11, 16, 18)}),
        ),
        "ten": tuple(
            frozenset({place}) for place in [("a.txt", 0, 13), ("a.txt", 1, 11), ("a.txt", 1, 24)]
        ),
    }


@pytest.mark.parametrize(
    ("first", "last", "relevant"),
    [
        (0, 40, False),  # none of the place
        (0, 119, False),  # 19 of its 60 words, of 119
        (0, 120, True),  # 20 of them
        (82, 119, True),  # 19 of them, more than half of its own 37
        (140, 240, True),  # its last 20, of 100
        (141, 240, False),  # its last 19, of 99
    ],
)
def test_what_is_relevant_to_a_long_place(first, last, relevant):
    """Words 100 to 159: 20 of them will do, or half of the passage's own."""
    talk = transcript(numbered(100, 400))
    gold = Gold((frozenset(("a.txt", 0, 5 * n) for n in range(100, 160)),))
    found = words_of(passage(0, first, last), lambda _: talk)
    assert gold.in_passage(found) == relevant


def test_what_is_relevant_to_a_short_place():
    """Half of a sentence of 10 words, and not 4; halves of two sentences don't add up."""
    talk = transcript(numbered(100, 400))
    gold = Gold(tuple(frozenset(("a.txt", 0, 5 * n) for n in range(a, a + 10)) for a in (100, 200)))
    ends = {100: False, 104: False, 105: True}
    for end, relevant in ends.items():
        found = words_of(passage(0, 0, end), lambda _: talk)
        assert gold.in_passage(found) == relevant
    assert not gold.in_passage(words_of(passage(0, 106, 204), lambda _: talk))


def test_turns_as_gold():
    """Each run is a place; all their words are gold."""
    talk = transcript("one two", "three", "four", "five")
    gold = Gold.of_turns(talk, [(0, 1), (3, 3)])
    assert [sorted(place) for place in gold.stretches] == [
        [("a.txt", 0, 0), ("a.txt", 0, 4), ("a.txt", 1, 0)], [("a.txt", 3, 0)],
    ]  # fmt: skip
    assert len(gold.words) == 4
    assert gold.transcripts == ("a.txt",)


def test_ranks():
    """Relevant are the second and the fourth: gains and discounts by hand."""
    talk = transcript(*(numbered(100, 130) for _ in range(5)))
    gold = Gold.of_turns(talk, [(1, 1), (3, 3)])
    found = measured(talk, gold, *(passage(turn) for turn in range(5)))
    assert list(found) == list(MEASURES)
    assert (found["hit@1"], found["hit@5"], found["hit@10"]) == (0, 1, 1)
    assert found["MRR@10"] == 1 / 2
    assert found["nDCG@10"] == pytest.approx((1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3)))


def test_relevant_passages_that_were_not_found_count_against_ndcg():
    """One of two found, first; no hit at all is nought everywhere."""
    talk = transcript(*(numbered(100, 130) for _ in range(3)))
    gold = Gold.of_turns(talk, [(0, 1)])
    everything = [passage(turn) for turn in range(3)]
    texts = {talk.id: talk}.__getitem__
    found = measure([Hit(everything[0], 1.0)], gold, texts, everything)
    assert found["nDCG@10"] == pytest.approx(1 / (1 + 1 / log2(3)))
    assert found["recall@500w"] == 0.5
    assert set(measure([], gold, texts, everything).values()) == {0.0}


def test_beyond_the_tenth_is_no_hit():
    """The eleventh is relevant: only its words count."""
    talk = transcript(*(numbered(100, 130) for _ in range(11)))
    found = measured(talk, Gold.of_turns(talk, [(10, 10)]), *(passage(n) for n in range(11)))
    assert {name for name, value in found.items() if value} == {"recall@500w", "recall@1000w"}


def test_recall_within_a_budget_of_words():
    """400 words that are not gold, then 400 that are: 100 of them lie within 500 words, and all
    within 1000; a passage that comes twice uses up the budget twice."""
    talk = transcript(numbered(100, 500), numbered(100, 500))
    gold = Gold.of_turns(talk, [(1, 1)])
    once = measured(talk, gold, passage(0), passage(1))
    assert (once["recall@500w"], once["recall@1000w"], once["hw@200"]) == (0.25, 1.0, 0.0)
    twice = measured(talk, gold, passage(0), passage(0), passage(1))
    assert (twice["recall@500w"], twice["recall@1000w"]) == (0.0, 0.5)


@pytest.mark.parametrize(("before", "useful"), [(180, 1.0), (181, 0.0)])
def test_twenty_gold_words_among_the_first_two_hundred(before, useful):
    """After 180 others there is room for 20, after 181 for 19."""
    talk = transcript(numbered(100, 100 + before), numbered(100, 160))
    found = measured(talk, Gold.of_turns(talk, [(1, 1)]), passage(0), passage(1))
    assert found["hw@200"] == useful


def test_all_gold_words_will_do_where_there_are_few():
    """Three of three."""
    talk = transcript(numbered(100, 110), "yes we can")
    found = measured(talk, Gold.of_turns(talk, [(1, 1)]), passage(0), passage(1))
    assert found["hw@200"] == 1.0


def test_an_interval_of_a_mean():
    """Of 300 yes and no, half each: 0.5 -+ 1.96 sqrt(0.25 / 300), and the same each time."""
    found = estimate([0.0, 1.0] * 150)
    assert (found.of, found.mean) == (300, 0.5)
    assert found.low == pytest.approx(0.443, abs=0.005)
    assert found.high == pytest.approx(0.557, abs=0.005)
    assert estimate([0.0, 1.0] * 150) == found
    with pytest.raises(ValueError, match="nothing"):
        estimate([])


def test_a_paired_difference_is_told_question_by_question():
    """Always an eighth better is surely better, however much the questions differ."""
    others = [0.0, 0.25, 0.5, 0.75]
    found = paired_difference([value + 0.125 for value in others], others)
    assert (found.of, found.mean, found.low, found.high) == (4, 0.125, 0.125, 0.125)
    swapped = paired_difference([0.0, 1.0], [1.0, 0.0])
    assert (swapped.mean, swapped.low, swapped.high) == (0.0, -1.0, 1.0)
    with pytest.raises(ValueError, match="longer"):
        paired_difference([1.0], [1.0, 0.0])
