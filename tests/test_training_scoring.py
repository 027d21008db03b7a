"""How readers are scored: by hand on a few questions each."""

from __future__ import annotations

import math

import numpy as np
import pytest

from training.scoring import (
    Predicted,
    Share,
    auc,
    best_threshold,
    calibration_error,
    exact,
    f1,
    normalised,
    refused_at,
    reliability,
    scored,
    threshold_at,
    wilson,
)

TARGET = Predicted("the $30 billion", 3.0, ("$30 billion", "30"))
WRONG = Predicted("a moratorium", 2.0, ("Kazakhstan",))
ABSENT = Predicted("Moscow", 1.0, ())
LATE = Predicted("in July 2019", 0.5, ("July 2019",))
ALL = [TARGET, WRONG, ABSENT, LATE]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The Theatre, an  opera!", "theatre opera"),
        ("A. Lind's (half)", "linds half"),
        ("U.S. dollars", "us dollars"),
        ("“a”", "“ ”"),  # the official script knows ASCII's punctuation alone
        ("the", ""),
    ],
)
def test_text_is_normalised_as_squad_does(text, plain):
    assert normalised(text) == plain


def test_the_best_of_the_accepted_answers_counts():
    assert exact("The 30 billion dollars.", ["30 billion", "30 billion dollars"]) == 1
    assert exact("30", ["30 billion"]) == 0
    assert f1("nearly 30 billion", ["40 billion", "30 billion"]) == pytest.approx(0.8)
    assert f1("no no no", ["no"]) == pytest.approx(0.5)  # a word counts as often as it is said


def test_no_answer_is_right_where_there_is_none():
    assert exact("", []) == f1("", []) == 1
    assert exact("Moscow", []) == f1("Moscow", []) == 0
    assert exact("", ["Moscow"]) == f1("", ["Moscow"]) == 0


def test_what_scores_below_the_threshold_is_refused():
    assert scored(ALL, -math.inf) == pytest.approx(np.array([[1, 1], [0, 0], [0, 0], [0, 0.8]]))
    assert scored(ALL, 2.0).tolist() == [[1, 1], [0, 0], [1, 1], [0, 0]]
    assert scored(ALL, math.inf).tolist() == [[0, 0], [0, 0], [1, 1], [0, 0]]


def test_the_best_threshold():
    """Taking in TARGET gains 1, ABSENT loses 1, LATE gains 0.8: the first alone is best. Of
    equal scores none can be left out."""
    assert best_threshold(ALL) == 3.0
    assert best_threshold([ABSENT]) == math.inf
    assert best_threshold([Predicted("x", 3.0, ()), TARGET]) == math.inf


def test_refusals_at_a_share_of_wrong_ones():
    answerable = [0.9, 0.2, 0.6, 0.5]
    assert threshold_at(answerable, 0.0) == 0.2
    assert threshold_at(answerable, 0.25) == 0.5
    assert threshold_at(answerable, 0.49) == 0.5
    assert threshold_at(answerable, 1.0) == math.inf
    unanswerable = [0.1, 0.2, 0.4, 0.55, 0.95]
    curve = [refused_at(answerable, unanswerable, share).count for share in (0.0, 0.25, 0.5, 1.0)]
    assert curve == [1, 3, 4, 5]


def test_auc_counts_ties_half():
    assert auc([2.0, 1.0], [1.0, 0.0]) == pytest.approx(3.5 / 4)
    assert math.isnan(auc([1.0], []))


def test_an_interval_of_wilson():
    """The value of his 1927 paper's formula for 1 of 10."""
    assert wilson(1, 10) == pytest.approx((0.0179, 0.4042), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert str(Share(1, 10)) == "1/10 10.0 (2-40)"
    assert str(Share(0, 0)) == "-"


def test_reliability_in_bins():
    """Three predictions in the first bin of two, one of them right; one in the last, with 1."""
    low, high = reliability([0.1, 0.2, 0.3, 1.0], [0, 1, 0, 1], bins=2)
    assert (low.count, low.predicted, low.right) == (3, pytest.approx(0.2), pytest.approx(1 / 3))
    assert (high.count, high.predicted, high.right) == (1, 1.0, 1.0)
    assert calibration_error([low, high]) == pytest.approx(3 / 4 * (1 / 3 - 0.2))
    empty = reliability([0.5], [1])[0]
    assert (empty.count, math.isnan(empty.right)) == (0, True)
