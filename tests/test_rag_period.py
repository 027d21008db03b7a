"""When what a question asks for was said."""

from __future__ import annotations

import pytest

from rag.wording.period import period_of

DATES = ["2019-04-27", "2021-04-16", "2023-06-02", "2024-05-05", "2025-03-12", "2025-10-10"]


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("What did Putin say in October 2025?", "2025-10-01", "2025-10-31"),
        ("What did Putin say about gas in October 2025?", "2025-10-01", "2025-10-31"),
        ("In 2019, what did Putin say about gas?", "2019-01-01", "2019-12-31"),
        ("What did Putin say in 2019 about gas?", "2019-01-01", "2019-12-31"),
        ("What was said on 10 October 2025?", "2025-10-10", "2025-10-10"),
        ("What was said on October 10, 2025 about gas?", "2025-10-10", "2025-10-10"),
        ("What did Putin say on 2025-10-10?", "2025-10-10", "2025-10-10"),
        ("What has Putin said since March?", "2025-03-01", None),
        ("What did Putin say before June 2024?", None, "2024-05-31"),
        ("What was said after May 2024?", "2024-06-01", None),
        ("What was discussed between May and July 2023?", "2023-05-01", "2023-07-31"),
        ("What was discussed from May 2023 to July 2024?", "2023-05-01", "2024-07-31"),
        ("What did they say last year?", "2024-01-01", "2024-12-31"),
        ("What was decided in the last meeting?", "2025-10-10", "2025-10-10"),
        ("Who asked first in the April 2021 press conference?", "2021-04-01", "2021-04-30"),
        ("What is the target in the March meeting?", "2025-03-01", "2025-03-31"),
        ("In the interview of 2019, what is the target?", "2019-01-01", "2019-12-31"),
    ],
)
def test_a_date_of_saying(text, since, until):
    """With a word for a transcript, at the verb, opening the question, or exact and closing it."""
    period = period_of(text, DATES)
    assert period is not None
    assert (period.since, period.until) == (since, until)


@pytest.mark.parametrize(
    "text", ["What did Putin say about trade in 2019?", "What did they discuss about it in March?"]
)
def test_a_year_that_closes_the_question_is_none(text):
    """It may be of what was talked about."""
    assert period_of(text, DATES) is None


@pytest.mark.parametrize(
    "text",
    [
        "What happened in 1812?",
        "Who flew in April 1961?",
        "What was the 2019 target?",
        "What trade target was set for 2019?",
        "How much was trade last year?",
        "What will trade be by 2025?",
        "How did trade grow from 2019 to 2025?",
        "What did Putin say about the war in 1812?",
        "Which tax may rise?",
        "What did May say about the march to the sea?",
    ],
)
def test_a_date_of_what_is_talked_about(text):
    """It says nothing of where to look."""
    assert period_of(text, DATES) is None


def test_a_period_without_a_transcript_is_none():
    """So that it hides nothing."""
    assert period_of("What did Putin say in June 2020?", DATES) is None
    assert period_of("What did Putin say in June 2020?", []) is None
