"""Scores of tokens become spans: the best in each region, never across two."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.reader.span_model import TokenScores
from rag.reader.spans import MAX_SPAN_TOKENS, Region, Span, best_spans


def scores(starts, ends, nowhere=0.0) -> TokenScores:
    """Tokens of two characters with a space between: 0-2, 3-5, 6-8."""
    offsets = np.array([(3 * i, 3 * i + 2) for i in range(len(starts))], np.int64).reshape(-1, 2)
    return TokenScores(offsets, np.array(starts, float), np.array(ends, float), nowhere)


def test_the_span_with_the_highest_sum_wins():
    said = scores([0, 5, 0, 0], [0, 0, 4, 0], nowhere=2.0)
    assert best_spans(said, [Region(0, 11)], 1) == [Span(3, 8, 0, 7.0)]


def test_no_span_crosses_from_one_region_to_the_next():
    said = scores([0, 5, 0, 0], [0, 0, 9, 1])
    found = best_spans(said, [Region(0, 5), Region(6, 11)], 2)
    assert found == [Span(6, 8, 1, 9.0), Span(3, 5, 0, 5.0)]


def test_spans_given_do_not_overlap():
    said = scores([9, 8, 0, 0], [0, 9, 0, 1])
    assert [(s.start, s.end) for s in best_spans(said, [Region(0, 11)], 2)] == [(0, 5), (6, 11)]


def test_an_end_before_its_start_is_no_span():
    assert best_spans(scores([0, 9], [9, 0]), [Region(0, 5)], 1)[0].margin == 9.0


def test_a_region_without_tokens_has_no_span():
    assert best_spans(scores([1], [1]), [Region(20, 30)], 3) == []
    assert best_spans(scores([], []), [Region(0, 30)], 3) == []


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=70),
    st.integers(0, 70),
)
def test_the_first_is_the_best_there_is(logits, cut):
    """Against every span tried in turn."""
    starts, ends = zip(*logits, strict=True)
    regions = [Region(0, 3 * cut), Region(3 * cut, 3 * len(logits))]
    found = best_spans(scores(starts, ends), regions, 1)
    best = max(
        starts[i] + ends[j]
        for part in (range(min(cut, len(logits))), range(min(cut, len(logits)), len(logits)))
        for i in part
        for j in part
        if i <= j < i + MAX_SPAN_TOKENS
    )
    assert found[0].margin == best
