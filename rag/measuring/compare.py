"""Two evaluations of the same questions, question by question."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from index.errors import InputError

from ..evaluate import ANSWER_MEASURES
from .labels import Labelled
from .measures import MEASURES, paired_difference


def read_evaluation(path: Path, rows: Sequence[Labelled]) -> dict[str, Any]:
    """An evaluation that was printed before. Raises InputError where it is none, or not one of
    these questions."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: is neither a ranking nor a file that can be read ({error})"
        ) from error
    try:
        evaluation: dict[str, Any] = json.loads(text)
        asked = [
            (row["question"], row["document"], row["answerable"])
            for row in evaluation["per_question"]
        ]
        numbers = [value for row in evaluation["per_question"] for value in row["values"].values()]
        if not all(isinstance(value, int | float) for value in numbers):
            raise TypeError("a value is no number")
        dict(evaluation["settings"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{path}: is not what `turncite evaluate --json` prints ({error!r})"
        ) from error
    if len(asked) != len(rows):
        raise InputError(
            f"{path}: was measured on {len(asked)} questions, not on these {len(rows)}"
        )
    for row, before in zip(rows, asked, strict=True):
        if before != (row.question, row.document, row.answerable):
            raise InputError(
                f"{path}: was measured on other questions: where {row.where} asks "
                f"{row.question!r}, it has {before[0]!r}"
                + (" with another document or label" if before[0] == row.question else "")
            )
    return evaluation


def compare(this: Mapping[str, Any], other: Mapping[str, Any], name: str) -> dict[str, Any]:
    """How `this` evaluation differs from the one called `name`, over the questions for which
    both have a value; `shown` is whether the interval of the difference leaves out zero."""
    measures = {}
    for measure in (*ANSWER_MEASURES, *MEASURES):
        pairs = [
            (mine["values"][measure], theirs["values"][measure])
            for mine, theirs in zip(this["per_question"], other["per_question"], strict=True)
            if measure in mine["values"] and measure in theirs["values"]
        ]
        if pairs:
            these, others = zip(*pairs, strict=True)
            difference = paired_difference(these, others)
            low, high = round(difference.low, 3), round(difference.high, 3)
            measures[measure] = {
                "of": difference.of,
                "this": round(fmean(these), 3),
                "other": round(fmean(others), 3),
                "difference": round(difference.mean, 3),
                "low": low,
                "high": high,
                "shown": not low <= 0 <= high,
            }
    return {"with": name, "settings": other["settings"], "measures": measures}
