"""Scores of tokens -> the spans of a passage that may answer. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .span_model import Scores, TokenScores

# A span of more tokens is no exact answer.
MAX_SPAN_TOKENS = 48


class Region(NamedTuple):
    """A part of a passage's text, as characters, in which an answer may lie: nothing crosses from
    one speaker's words to another's."""

    start: int
    end: int


class Span(NamedTuple):
    """`text[start:end]` of a passage, in the region of this index; `margin` is by how much the
    network prefers it to "not here", as a difference of logits."""

    start: int
    end: int
    region: int
    margin: float


def best_spans(scores: TokenScores, regions: Sequence[Region], most: int) -> list[Span]:
    """The best spans that do not overlap, best first, at most so many of each passage."""
    found = [
        span for index, region in enumerate(regions) for span in _within(scores, region, index)
    ]
    chosen: list[Span] = []
    for span in sorted(found, key=lambda span: -span.margin):
        if len(chosen) == most:
            break
        if all(span.end <= other.start or other.end <= span.start for other in chosen):
            chosen.append(span)
    return chosen


def span_sums(starts: Scores, ends: Scores) -> Scores:
    """(n, n): the sum of logits of each span from token i to token j; -inf for what is none."""
    at = np.arange(len(starts))
    length = at[None, :] - at[:, None]
    sums = starts[:, None] + ends[None, :]
    return np.where((length >= 0) & (length < MAX_SPAN_TOKENS), sums, -np.inf)


def _within(scores: TokenScores, region: Region, index: int) -> list[Span]:
    """For every token of a region the best span that begins there."""
    offsets = scores.offsets
    inside = np.flatnonzero((offsets[:, 0] >= region.start) & (offsets[:, 1] <= region.end))
    if not len(inside):
        return []
    first, last = inside[0], inside[-1] + 1
    totals = span_sums(scores.starts[first:last], scores.ends[first:last])
    ends = totals.argmax(axis=1)
    return [
        Span(
            int(offsets[first + start, 0]),
            int(offsets[first + end, 1]),
            index,
            float(totals[start, end]) - scores.nowhere,
        )
        for start, end in enumerate(ends.tolist())
    ]
