"""Evaluation over labelled questions: right answers, citations and refusals, and what is found.

Each question has its own values, from 0 to 1; a measure is their mean over the questions that
have it, and two settings are compared question by question. See docs/evaluate.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from index import Filters, Passage, Place
from index.errors import InputError

from .answer import Assistant
from .measuring.labels import Labelled, find_gold
from .measuring.measures import MEASURES, Gold, estimate, measure
from .types import Answer, Ranking

ANSWER_MEASURES = (
    "answer right", "citation right", "answer and citation right", "answerable but refused",
    "unanswerable and refused",
)  # fmt: skip
# Enough passages for the thousand words that are looked at, also where they are short.
SEARCHED = 100
# Of a transcript that is asked about often, neither text nor passages are read again.
_KEPT = 64

Watch = Callable[[Sequence[Labelled]], Iterable[Labelled]]


def evaluate(
    assistant: Assistant,
    rows: Sequence[Labelled],
    *,
    ranking: Ranking = "best",
    within: bool = False,
    answers: bool = True,
    watch: Watch = iter,
) -> dict[str, Any]:
    """What `turncite evaluate --json` prints; see docs/evaluate.md.

    `ranking` is what retrieval is measured of, answers always come from `reading`; `within`
    looks for each in its document only; without `answers` nothing is answered. `watch` hands the
    rows on, one by one as they are asked. Raises InputError for a row that can't be used.
    """
    library = assistant.library
    transcript_of = lru_cache(_KEPT)(library.transcript)
    counts = {document.id: document.passages for document in library.documents()}

    @lru_cache(_KEPT)
    def passages_of(transcript: str) -> list[Passage]:
        places = [Place(transcript, place) for place in range(counts[transcript])]
        return list(library.passages(places).values())

    def found(row: Labelled, filters: Filters | None, gold: Gold) -> dict[str, float]:
        hits = assistant.search(row.question, SEARCHED, filters, ranking=ranking)
        passages = [passage for name in gold.transcripts for passage in passages_of(name)]
        return measure(hits, gold, transcript_of, passages)

    scopes = [_scope(row) if within else None for row in rows]
    with library.moment():
        golds, missing = find_gold(rows, library)
        asked = []
        for row, filters, gold in zip(watch(rows), scopes, golds, strict=True):
            said = _answered(assistant, row, filters) if answers else {"values": {}}
            said["values"] |= found(row, filters, gold) if gold else {}
            asked.append(
                {"question": row.question, "document": row.document, "answerable": row.answerable}
                | said
            )
    return {
        "questions": len(rows),
        **(_of_answers(asked) if answers else {}),
        "retrieval": _of_retrieval(asked),
        "settings": {
            "ranking": ranking,
            "within": within,
            "embedder": library.embedder.fingerprint,
            "reader": assistant.reader,
            "model": assistant.model,
            "version": version("turncite"),
        },
        "evidence not found": [{"question": q, "evidence": text} for q, text in missing],
        "per_question": asked,
    }


def answer_is_right(answer: Answer, row: Labelled) -> bool:
    """Whether one of the accepted answers stands in the short answer or the text."""
    said = _plain(f"{answer.short or ''} {answer.text}")
    return answer.answered and any(_plain(text) in said for text in row.answers)


def citation_is_right(answer: Answer, row: Labelled) -> bool:
    """Whether a citation holds the evidence, or lies within it.

    Evidence that nobody speaks (a date line) cannot be quoted; there a citation is right when
    the answer is.
    """
    if row.unspoken:
        return answer_is_right(answer, row)
    quotes = [_plain(citation.quote) for citation in answer.citations]
    return any(
        _plain(text) in quote or quote in _plain(text) for text in row.evidence for quote in quotes
    )


def _scope(row: Labelled) -> Filters:
    if row.document is None:
        raise InputError(
            f"{row.where}: names no `document`, and --within asks each question within its own"
        )
    return Filters(documents=(row.document,))


def _answered(assistant: Assistant, row: Labelled, filters: Filters | None) -> dict[str, Any]:
    """Ask one, and judge what its row has a label for."""
    *events, last = assistant.stream(row.question, filters=filters)
    answer = last.answer
    assert answer is not None, "a stream ends in an answer"
    values: dict[str, bool] = {}
    if not row.answerable:
        values["unanswerable and refused"] = not answer.answered
    else:
        values["answerable but refused"] = not answer.answered
        if row.answers:
            values["answer right"] = answer_is_right(answer, row)
        if row.evidence or (row.unspoken and row.answers):
            values["citation right"] = citation_is_right(answer, row)
        if {"answer right", "citation right"} <= values.keys():
            values["answer and citation right"] = (
                values["answer right"] and values["citation right"]
            )
    return {
        "answered": answer.answered,
        "ms": answer.timings_ms["total"],
        "notes": [event.text for event in events if event.kind == "note"],
        "values": {name: float(value) for name, value in values.items()},
    }


def _of_answers(asked: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts as {"count", "of", "share", "low", "high"}, and milliseconds a question."""
    measured = {name: _values(asked, name) for name in ANSWER_MEASURES}
    times = sorted(row["ms"] for row in asked)
    return {
        **{
            name: {"count": int(sum(v)), "of": len(v), **_mean(v, "share")}
            for name, v in measured.items()
        },
        "p50 ms": times[len(times) // 2],
        "p95 ms": times[int(len(times) * 0.95)],
    }


def _of_retrieval(asked: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Means as {"of", "mean", "low", "high"}; empty where no row has gold."""
    measured = {name: _values(asked, name) for name in MEASURES}
    return {name: {"of": len(v), **_mean(v, "mean")} for name, v in measured.items() if v}


def _values(asked: Sequence[Mapping[str, Any]], name: str) -> list[float]:
    return [row["values"][name] for row in asked if name in row["values"]]


def _mean(values: Sequence[float], name: str) -> dict[str, float | None]:
    if not values:
        return {name: None, "low": None, "high": None}
    found = estimate(values)
    return {name: round(found.mean, 3), "low": round(found.low, 3), "high": round(found.high, 3)}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
