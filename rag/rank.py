"""Which passages come first: pure functions over what the library tells of them.

What answers a question in a meeting is seldom one passage: it is some minutes of talk, of which a
few passages hold the question's words. So a passage is scored twice. H, its own likeness to the
question, is

    H = 0.6 z(cosine) + 0.4 z(BM25) + 0.3 (share spoken by people whom the question names)

with z over all passages surveyed. Its context C is what is around it in its transcript:

    C = 0.5 log G60(e) + 1.4 log G400(e) + 0.9 z(W) + 4.6 G150(spoken) - 5.7 G400(spoken)

with e = exp(0.6 H) and Gs a Gaussian mean over the transcript, s words wide. W is how many of the
question's words are said around: the sum over them of m b / (m + b), where b is the word's BM25
added up over some 400 words around, and m its highest in any one passage. First come leads, best
by H + 2 z(C) - 0.5 log(words); all others follow by C. Where talk about a subject is asked for,
leads are few and apart from each other, as a subject is often taken up again elsewhere. Where a
value is, which one sentence holds, they are more, may be neighbours, and are the best by
H + 1.5 z(C). The weights were fitted to 162
meetings; what each part brings on others is in benchmarks/LOG.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index import Survey

Values = NDArray[np.float64]
# Of each passage those around it, as rows, and how much each weighs: (n, most) each.
_Neighbours = tuple[NDArray[np.intp], Values]

DENSE_WEIGHT = 0.6
LEXICAL_WEIGHT = 0.4
SPOKEN_WEIGHT = 0.3
# Widths, here in words, become bytes by the length of a word and its space in our meetings.
_WORD_BYTES = 6.0
_SHARPNESS = 0.6
_NEAR, _MIDDLE, _FAR = 60, 150, 400
# Beyond so many widths a Gaussian is nothing.
_REACH = 3.5


class _Leads(NamedTuple):
    """How many lead at most, how many words apart at least, and what the choice weighs."""

    most: int
    apart: int
    context: float
    brevity: float


_TO_TALK = _Leads(3, 200, 2.0, 0.5)
_TO_A_VALUE = _Leads(5, 0, 1.5, 0.0)
_BEST_OF_TRANSCRIPT = 3


def likeness(cosines: Values, bm25: Values, spoken: Values) -> Values:
    """H of passages, (n,) each."""
    return (
        DENSE_WEIGHT * _standard(cosines)
        + LEXICAL_WEIGHT * _standard(bm25)
        + SPOKEN_WEIGHT * spoken
    )


def likeliest(scores: Mapping[str, Sequence[float]], most: int) -> list[str]:
    """The transcripts that most likely hold the answer, best first, by H of their candidates.

    By the mean of the three best: where there are fewer, the worst of all stands in.
    """
    worst = min((min(values) for values in scores.values()), default=0.0)

    def mean_of_best(transcript: str) -> float:
        best = sorted(scores[transcript], reverse=True)[:_BEST_OF_TRANSCRIPT]
        missing = _BEST_OF_TRANSCRIPT - len(best)
        return (sum(best) + worst * missing) / _BEST_OF_TRANSCRIPT

    return sorted(scores, key=mean_of_best, reverse=True)[:most]


def rank(surveys: Sequence[Survey], *, for_value: bool = False) -> list[tuple[int, int, float]]:
    """All passages that are allowed, best first: which survey, which row of it, and a score.

    `for_value` is whether a value is asked for. Scores never rise along the list.
    """
    h = likeness(
        np.concatenate([survey.cosines for survey in surveys]),
        np.concatenate([survey.bm25.sum(axis=1) for survey in surveys]),
        np.concatenate([survey.spoken for survey in surveys]),
    )
    counts = [len(survey.sizes) for survey in surveys]
    starts = np.cumsum([0, *counts])
    middles_of = [_middles(survey.sizes) for survey in surveys]
    far_of = [_neighbours(middles, _FAR) for middles in middles_of]
    h_of = np.split(h, starts[1:-1])
    context = np.concatenate([*map(_context, surveys, h_of, middles_of, far_of)])
    highest = np.max([survey.bm25.max(axis=0, initial=0.0) for survey in surveys], axis=0)
    context += 0.9 * _standard(
        np.concatenate([*map(partial(_words_around, highest), surveys, far_of)])
    )
    allowed = np.flatnonzero(np.concatenate([survey.allowed for survey in surveys]))
    owner = np.repeat(np.arange(len(surveys)), counts)
    middles = np.concatenate(middles_of)
    leads = _TO_A_VALUE if for_value else _TO_TALK
    order: list[int] = []
    sizes = np.concatenate([survey.sizes for survey in surveys])
    lead = h + leads.context * _standard(context) - leads.brevity * np.log(np.maximum(sizes, 1))
    left = allowed
    while len(left) and len(order) < leads.most:
        best = int(left[np.argmax(lead[left])])
        order.append(best)
        near = np.abs(middles[left] - middles[best]) < leads.apart * _WORD_BYTES
        left = left[~((owner[left] == owner[best]) & near) & (left != best)]
    rest = np.setdiff1d(allowed, np.array(order, allowed.dtype))
    rest = rest[np.argsort(-context[rest], kind="stable")]
    first = np.concatenate([np.array(order, allowed.dtype), rest])
    falling = np.maximum.accumulate(context[first][::-1])[::-1]
    rows = first - starts[owner[first]]
    return list(zip(owner[first].tolist(), rows.tolist(), falling.tolist(), strict=True))


def _context(survey: Survey, h: Values, middles: Values, far: _Neighbours) -> Values:
    e = np.exp(_SHARPNESS * h)
    context = 0.5 * np.log(_around(e, _neighbours(middles, _NEAR), survey.sizes))
    context += 1.4 * np.log(_around(e, far, survey.sizes))
    if survey.spoken.any():
        context += 4.6 * _around(survey.spoken, _neighbours(middles, _MIDDLE), survey.sizes)
        context -= 5.7 * _around(survey.spoken, far, survey.sizes)
    return context


def _words_around(highest: Values, survey: Survey, far: _Neighbours) -> Values:
    """W of the passages; `highest` is (words,)."""
    rows, weights = far
    around = np.einsum("ij,ijw->iw", weights, survey.bm25[rows])
    return np.asarray((around * highest / np.maximum(around + highest, 1e-9)).sum(axis=1))


def _around(values: Values, neighbours: _Neighbours, sizes: Values) -> Values:
    """The Gaussian mean of values around each passage; longer passages weigh more, by the root
    of their length."""
    rows, weights = neighbours
    weights = weights * np.sqrt(np.maximum(sizes, 1))[rows]
    return np.asarray((weights * values[rows]).sum(axis=1) / weights.sum(axis=1))


def _neighbours(middles: Values, width: float) -> _Neighbours:
    """Of each passage those within reach (n, most) and their Gaussian weights, 1 for its own.

    Where it has fewer, others stand in with no weight.
    """
    reach = _REACH * width * _WORD_BYTES
    first = np.searchsorted(middles, middles - reach)
    last = np.searchsorted(middles, middles + reach, side="right")
    rows = first[:, None] + np.arange((last - first).max(initial=0))
    inside = rows < last[:, None]
    rows = np.minimum(rows, max(0, len(middles) - 1))
    distances = (middles[rows] - middles[:, None]) / (width * _WORD_BYTES)
    return rows, np.exp(-0.5 * distances**2) * inside


def _middles(sizes: Values) -> Values:
    return np.asarray(np.cumsum(sizes) - sizes / 2)


def _standard(values: Values) -> Values:
    """z-scores; zeros where all are alike."""
    spread = values.std() if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)
