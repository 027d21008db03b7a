"""Which passages come first: over surveys whose values a person can add up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from index import Survey
from rag.rank import likeliest, likeness, rank

PASSAGE_BYTES = 600  # 100 words


def survey(
    cosines: Sequence[float],
    *,
    name: str = "a.txt",
    words: Sequence[Sequence[float]] | None = None,
    spoken: Sequence[float] | None = None,
    allowed: Sequence[bool] | None = None,
    size: int = PASSAGE_BYTES,
) -> Survey:
    count = len(cosines)
    return Survey(
        name,
        0,
        sizes=np.full(count, float(size)),
        cosines=np.array(cosines),
        bm25=np.array(words if words is not None else [[0.0]] * count),
        spoken=np.array(spoken if spoken is not None else [0.0] * count),
        allowed=np.array(allowed if allowed is not None else [True] * count),
    )


def order(*surveys: Survey, value: bool = False) -> list[tuple[int, int]]:
    return [(which, row) for which, row, _ in rank(surveys, for_value=value)]


def test_likeness_weighs_both_searches_and_speakers():
    """z-scores of two values are -1 and 1: 0.6 + 0.4 + 0.3 for the one that has all."""
    h = likeness(np.array([0.1, 0.9]), np.array([0.0, 5.0]), np.array([0.0, 1.0]))
    assert h == pytest.approx([-1.0, 1.3])


def test_likeness_of_what_is_all_alike_is_nothing():
    """A search that tells no passage from another has no say."""
    assert likeness(np.array([0.5, 0.5]), np.zeros(2), np.zeros(2)).tolist() == [0.0, 0.0]


def test_the_likeliest_transcripts_are_those_of_the_best_three():
    """One high passage is less than three; what lacks is filled with the worst of all."""
    scores = {"low": [-1.0], "one": [2.0], "three": [1.0, 1.0, 1.0, -1.0]}
    assert likeliest(scores, 9) == ["three", "one", "low"]
    assert likeliest(scores, 1) == ["three"]
    assert likeliest({}, 3) == []


def test_what_is_said_around_counts():
    """Two passages are as like the question; the one amid others that are comes first, and what
    stands between good ones before what stands alone."""
    cosines = [0.0] * 30
    cosines[4] = 0.6
    cosines[18], cosines[19], cosines[21], cosines[22] = 0.6, 0.6, 0.6, 0.6
    found = [row for _, row in order(survey(cosines))]
    assert found[0] in (19, 21)
    assert found.index(20) < found.index(5)


def test_leads_to_talk_are_apart():
    """A second place in the talk is shown before the neighbours of the first."""
    cosines = [0.0] * 60
    cosines[10:13] = [0.8, 0.9, 0.8]
    cosines[40] = 0.75
    first = [row for _, row in order(survey(cosines))][:2]
    assert first == [11, 40]


def test_leads_to_a_value_may_be_neighbours():
    """One sentence holds it: the likest passages come first wherever they are."""
    cosines = [0.0] * 60
    cosines[10:13] = [0.8, 0.9, 0.8]
    cosines[40] = 0.75
    first = [row for _, row in order(survey(cosines), value=True)][:3]
    assert first[0] == 11
    assert {10, 12} == set(first[1:])


def test_different_words_around_beat_one_word_again():
    """Both passages hold nothing themselves: near one stand two words of the question, near the
    other one of them twice."""
    words = np.zeros((40, 2))
    words[9, 0], words[11, 1] = 3.0, 3.0
    words[29, 0], words[31, 0] = 3.0, 3.0
    found = [row for _, row in order(survey([0.0] * 40, words=words))]
    assert found.index(10) < found.index(30)


def test_only_what_is_allowed_is_given():
    """What a filter excludes still tells what is said around, but is no hit."""
    found = order(survey([0.2, 0.9, 0.3], allowed=[True, False, True]))
    assert sorted(found) == [(0, 0), (0, 2)]


def test_scores_never_rise_and_each_passage_comes_once():
    """Whatever the values are, for transcripts of any length and of one passage."""
    random = np.random.default_rng(1)
    for count in (1, 2, 7, 300):
        surveys = [
            survey(random.random(count), name=name, words=random.random((count, 3)),
                   spoken=random.random(count))
            for name in ("a.txt", "b.txt")
        ]  # fmt: skip
        found = rank(surveys)
        scores = [score for _, _, score in found]
        assert scores == sorted(scores, reverse=True)
        assert len({(which, row) for which, row, _ in found}) == len(found) == 2 * count


def test_a_question_without_words_is_ranked_by_vectors():
    """Only stop words: no column of BM25 at all."""
    none = survey([0.1, 0.9], words=np.zeros((2, 0)))
    assert order(none)[0] == (0, 1)
