"""Readings become an answer: how many are quoted, and how."""

from __future__ import annotations

import pytest

from index import Turn
from index.types import Heading
from rag.compose import UNSURE, quoted_answer
from rag.question import understand
from rag.types import Quote, Reading

TEXTS = ("It costs ten euros.", "It costs nine euros.", "It is paid in rates.", "It is cheap.")


def readings(*scores: float) -> list[Reading]:
    return [
        Reading(Quote("a.txt", i, 0, len(text)), Turn(i, "Ann", text), Heading("A", None, None),
                text.split()[2], score)
        for i, (text, score) in enumerate(zip(TEXTS, scores, strict=False))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "scores", "quoted"),
    [
        ("How much is it?", (0.97, 0.9, 0.9), 1),  # one value, and sure of it
        ("How much is it?", (0.8, 0.7, 0.65, 0.64), 3),  # not sure: the others are shown as well
        ("How much is it?", (0.8, 0.5), 1),
        ("How much is it, and how is it paid?", (0.97, 0.9, 0.9), 3),  # two are asked for
        ("Why is it cheap?", (0.97, 0.9, 0.2), 2),
        ("Why is it cheap?", (0.6, 0.31, 0.29), 2),  # more is shown where none is certain
    ],
)
def test_as_many_are_quoted_as_may_be_needed(question, scores, quoted):
    answer = quoted_answer(understand(question), readings(*scores))
    assert [citation.quote for citation in answer.citations] == list(TEXTS[:quoted])
    assert [citation.marker for citation in answer.citations] == list(range(1, quoted + 1))
    assert answer.short == "ten"


def test_each_quote_is_named_and_marked():
    answer = quoted_answer(understand("How much is it?"), readings(0.8, 0.7))
    assert answer.text == "Ann: “It costs ten euros.” [1]\n\nAnn: “It costs nine euros.” [2]"


def test_an_answer_that_is_not_certain_says_so():
    answer = quoted_answer(understand("How much is it?"), readings(0.6))
    assert answer.text == f"{UNSURE}\n\nAnn: “It costs ten euros.” [1]"
