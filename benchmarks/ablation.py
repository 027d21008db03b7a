"""`python -m benchmarks.ablation MEETINGS.jsonl.gz --scratch FOLDER`: what each part of retrieval
brings on QMSum, by leaving it out. See qmsum.py, whose library in FOLDER it uses.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from index import embed
from rag import Assistant, answer, rank, retrieve
from rag.question import Question, understand

from .qmsum import passages_in, questions, read_meetings, report, searching, write_meetings

Without = Callable[[], AbstractContextManager[Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("meetings", type=Path)
    parser.add_argument("--scratch", type=Path, required=True)
    given = parser.parse_args()
    meetings = read_meetings(given.meetings)
    write_meetings(meetings, given.scratch)
    assistant = Assistant.open(given.scratch)
    transcript_of = cache(assistant.library.transcript)
    passages_of = passages_in(assistant.library)
    asked = [one for meeting in meetings for one in questions(meeting, transcript_of)]
    search = searching(assistant, "best")
    embed._QUESTIONS_KEPT = 10 * len(asked)  # each question is embedded once for all parts
    for within in (True, False):
        for name, without in PARTS.items():
            with without():
                report(f"{name}, {'within' if within else 'all'}", search, asked, transcript_of,
                       passages_of, within)  # fmt: skip


def understood(**changes: Callable[[Question], Any]) -> Without:
    """Questions of which these fields are others."""

    def changed(*arguments: Any, **more: Any) -> Question:
        question = understand(*arguments, **more)
        return replace(question, **{name: of(question) for name, of in changes.items()})

    return lambda: mock.patch.object(answer, "understand", changed)


def by_likeness(surveys: Sequence[Any], **_: Any) -> list[tuple[int, int, float]]:
    h = rank.likeness(
        np.concatenate([survey.cosines for survey in surveys]),
        np.concatenate([survey.bm25.sum(axis=1) for survey in surveys]),
        np.concatenate([survey.spoken for survey in surveys]),
    )
    at = [(s, row) for s, survey in enumerate(surveys) for row in range(len(survey.sizes))]
    return [(*at[i], float(h[i])) for i in np.argsort(-h, kind="stable")]


@contextmanager
def leads(talk: Any, value: Any) -> Iterator[None]:
    with mock.patch.multiple(rank, _TO_TALK=talk, _TO_A_VALUE=value):
        yield


PARTS: dict[str, Without] = {
    "all": nullcontext,
    "H alone": lambda: mock.patch.object(retrieve, "rank", by_likeness),
    "no leads": lambda: leads(rank._TO_TALK._replace(most=0), rank._TO_A_VALUE._replace(most=0)),
    "leads not apart": lambda: leads(rank._TO_TALK._replace(apart=0), rank._TO_A_VALUE),
    "leads by H alone": lambda: leads(
        rank._TO_TALK._replace(context=0.0, brevity=0.0),
        rank._TO_A_VALUE._replace(context=0.0),
    ),
    "no words around": lambda: mock.patch.object(
        rank, "_words_around", lambda _, survey, __: np.zeros(len(survey.sizes))
    ),
    "no people": understood(said_by=lambda _: (), about=lambda _: ()),
    "no subject": understood(subject=lambda question: question.text),
    "no frame words": understood(core=lambda question: question.content),
}

if __name__ == "__main__":
    main()
