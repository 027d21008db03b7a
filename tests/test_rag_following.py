"""Figures that nobody says, but that follow from those that are said."""

from __future__ import annotations

import pytest

from rag.checking.figures import figures_of, holds
from rag.checking.following import follows


def all_follow(claim: str, said: str) -> bool:
    held = figures_of(said)
    return all(
        any(holds(figure, other) for other in held) or follows(claim, figure, said, held)
        for figure in figures_of(claim)
    )


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("The start moves by 65 minutes", "It would be 8:40 instead of 7:35"),
        ("They came 19 minutes later", "It rang at 2:12 and they called at 2:31"),
        ("It is put off by three months", "It moves from March 3 to June 16"),
        ("His share drops by three percentage points", "It goes from 30 to 27 percent"),
        ("It is more than 25 times as many", "There were 240 in a litre, and nine from the tap"),
        ("He got less than half", "I got 190 pounds for cows worth 400 pounds"),
        ("We watched them for just under three years", "We watched them for 34 months"),
        ("A 43-year-old was arrested", "We arrested a man of 43"),
        ("They slept 34 extra minutes", "They slept 34 minutes more"),
        ("He sold it to two firefighters", "I sold it to a pair of firefighters"),
        ("They get €2.40 in cash", "They get 2 euros 40 in cash"),
        ("They have 24 points more", "They have 39 points now, and had 15 points in May"),
        ("It adds half a million a year", "It goes from 1.6 to 2.1 million a year"),
        ("Together 35 are hired", "We hire 20 nurses and 15 doctors"),
    ],
)
def test_what_follows_from_what_is_said_counts_as_said(claim, said):
    assert all_follow(claim, said)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("They paid 70 euros", "They paid 60 euros"),
        ("It takes two years", "It takes six months"),
        ("The start moves by 55 minutes", "It would be 8:40 instead of 7:35"),
        ("It is ten times as many", "There were 240 in a litre, and nine from the tap"),
        ("Nearly 30 people came", "We had 34 people"),
        ("They saved 24.5 million", "It cost 31 thousand"),
        ("They are six points behind", "It's nine points to sixth, with fifteen matches to go"),
    ],
)
def test_what_does_not_follow_is_absent(claim, said):
    assert not all_follow(claim, said)
