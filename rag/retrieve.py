"""Question -> hits: dense and lexical candidates, fused.

The score of a passage is H = 0.6 z(D) + 0.4 z(B) + 0.3 N, with D the mean cosine with the
question as asked and with its subject, B its BM25, N the share of its words spoken by a person the
question names, and z the standard score over the candidates. Measured on meetings, this beat
either part alone and reciprocal rank fusion. Passages that hold what the question has in
quotation marks go before all others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index import Filters, Hit, Library, Passage

from .question import Question

DENSE_WEIGHT = 0.6
LEXICAL_WEIGHT = 0.4
NAMED_WEIGHT = 0.3
# Candidates taken from each of the two searches before fusion.
CANDIDATES = 100
_WORD = re.compile(r"\w+")


def retrieve(
    library: Library, question: Question, k: int, filters: Filters | None = None
) -> list[Hit]:
    """The `k` best passages, best first; scores compare within one call only.

    A question for somebody's words ("What did Putin say about...") is looked for in those alone.
    """
    filters = filters or Filters()
    if question.said_by and not filters.speakers:
        filters = replace(filters, speakers=question.said_by)
    vectors = library.embedder.embed_questions([question.text, question.subject])
    with library.moment():
        dense = library.dense(vectors.mean(axis=0), CANDIDATES, filters)
        lexical = library.lexical(question.core, CANDIDATES, filters)
        bm25 = {hit.passage: hit.score for hit in lexical}
        quoted = [
            hit.passage
            for phrase in question.phrases
            for hit in library.lexical(phrase, CANDIDATES, filters)
        ]
        passages = list(dict.fromkeys([*(hit.passage for hit in dense), *bm25, *quoted]))
        if not passages:
            return []
        cosines = library.similarities(passages, vectors).mean(axis=1)
    words = np.array([bm25.get(passage, 0.0) for passage in passages])
    named = np.array([_share_spoken_by(question, passage) for passage in passages])
    scores = (
        DENSE_WEIGHT * _standard(cosines) + LEXICAL_WEIGHT * _standard(words) + NAMED_WEIGHT * named
    )
    if question.phrases:
        held = np.array([_share_held(question.phrases, passage.text) for passage in passages])
        scores = scores + held * (1 + scores.max() - scores.min())
    best = np.argsort(-scores, kind="stable")[:k]
    return [Hit(passages[i], float(scores[i])) for i in best]


def _standard(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """z-scores over the candidates; zeros where all are alike."""
    values = values.astype(np.float64)
    spread = values.std()
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)


def _share_held(phrases: Sequence[str], text: str) -> float:
    """The share of the phrases that stand in a text, word for word."""
    words = f" {' '.join(_WORD.findall(text.casefold()))} "
    exact = [f" {' '.join(_WORD.findall(phrase.casefold()))} " in words for phrase in phrases]
    return sum(exact) / len(exact)


def _share_spoken_by(question: Question, passage: Passage) -> float:
    """The share of a passage that the people named in the question speak, by length."""
    people: Sequence[str] = question.said_by + question.about
    if not people:
        return 0.0
    lengths = [
        (len(line), any(line.startswith(f"{person}: ") for person in people))
        for line in passage.text.split("\n")
    ]
    return sum(length for length, theirs in lengths if theirs) / sum(n for n, _ in lengths)
