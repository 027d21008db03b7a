"""Measures over labelled questions: right answers, right citations, right refusals.

A line of the file is a JSON object: `question`, `answerable`, `answers` (any of them in the
answer is right) and `evidence` (a sentence, or several; a citation that holds one is right).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from index.errors import InputError

from .answer import Assistant
from .types import Answer


def evaluate_file(assistant: Assistant, path: Path) -> dict[str, Any]:
    """The measures of `evaluate` over the questions of a file. Raises InputError."""
    return evaluate(assistant, read_questions(path))


def read_questions(path: Path) -> list[dict[str, Any]]:
    """The labelled questions of a JSON-lines file. Raises InputError with the line at fault."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as questions ({error})") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append({"answerable": True, "answers": [], "evidence": [], **row})
            row["question"]
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(
                f"{path}, line {number}: is no labelled question ({error!r}); each line is an "
                'object such as {"question": "...", "answerable": true, "answers": ["..."]}'
            ) from error
    return rows


def evaluate(assistant: Assistant, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts as {"count", "of", "share"}, and the time of a question in milliseconds."""
    asked = [(row, assistant.ask(row["question"])) for row in rows]
    answerable = [(row, answer) for row, answer in asked if row["answerable"]]
    unanswerable = [(row, answer) for row, answer in asked if not row["answerable"]]
    right = [answer_is_right(answer, row) for row, answer in answerable]
    cited = [citation_is_right(answer, row) for row, answer in answerable]
    times = sorted(answer.timings_ms["total"] for _, answer in asked)
    return {
        "questions": len(rows),
        "answer right": _share(right),
        "citation right": _share(cited),
        "answer and citation right": _share([a and c for a, c in zip(right, cited, strict=True)]),
        "answerable but refused": _share([not answer.answered for _, answer in answerable]),
        "unanswerable and refused": _share([not answer.answered for _, answer in unanswerable]),
        "p50 ms": times[len(times) // 2] if times else None,
        "p95 ms": times[int(len(times) * 0.95)] if times else None,
    }


def answer_is_right(answer: Answer, row: Mapping[str, Any]) -> bool:
    """Whether one of the accepted answers stands in the short answer or the text."""
    said = _plain(f"{answer.short or ''} {answer.text}")
    wanted = [*row["answers"], *([row["speaker"]] if row.get("type") == "who-said" else [])]
    return answer.answered and any(_plain(text) in said for text in wanted if text)


def citation_is_right(answer: Answer, row: Mapping[str, Any]) -> bool:
    """Whether a citation holds the evidence, or lies within it.

    Evidence that nobody speaks (a date line) cannot be quoted; there a citation is right when
    the answer is.
    """
    if row.get("speaker", "") is None:
        return answer_is_right(answer, row)
    evidence = row["evidence"] if isinstance(row["evidence"], list) else [row["evidence"]]
    quotes = [_plain(citation.quote) for citation in answer.citations]
    return any(
        _plain(text) in quote or quote in _plain(text)
        for text in evidence
        if text
        for quote in quotes
    )


def _plain(text: str) -> str:
    return " ".join(str(text).casefold().split())


def _share(values: Sequence[bool]) -> dict[str, Any]:
    count = sum(values)
    return {
        "count": count,
        "of": len(values),
        "share": round(count / len(values), 3) if values else None,
    }
