"""Where two sources that are both sure give different values for one question. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from ..compose import NEARLY_AS_SURE
from ..question import Question, sentence_outlook
from ..read import REFUSE_BELOW
from ..types import Reading
from ..wording.values import find_values
from .sameness import same_value

# Kinds of question whose answers can be held against each other.
_COMPARED = ("amount", "count", "date", "duration")
_MAX_SOURCES = 3
_YEARS_AWAY = {"last year": -1, "this year": 0, "next year": 1}

Terms = Callable[[str | None, str], AbstractSet[str]]


def differing(question: Question, readings: Sequence[Reading], terms: Terms) -> list[Reading]:
    """The best reading and those of other speakers or transcripts that say another value of the
    same thing, the most recent first; empty where none does.

    A target and a result differ by nature, and so do values of two years. A reading speaks of the
    same thing where its sentence has all the words of the question that the best one's has.
    """
    if question.wants not in _COMPARED or question.listed or question.broad:
        return []
    if not readings or not _kind(readings[0]):
        return []
    floor = max(REFUSE_BELOW, NEARLY_AS_SURE * readings[0].score)
    sure = [reading for reading in readings if reading.score >= floor and _kind(reading)]
    found = sure[:1]
    for reading in sure[1:]:
        others = [_differs(question, reading, other, terms) for other in found]
        if len(found) < _MAX_SOURCES and all(others):
            found.append(reading)
    found.sort(key=lambda reading: reading.heading.date or "", reverse=True)
    return found if len(found) > 1 else []


def _differs(question: Question, one: Reading, best: Reading, terms: Terms) -> bool:
    """Whether another source says another value of what the best says one of."""
    kind = _kind(best)
    if _source(one) == _source(best) or _kind(one) != kind or kind is None:
        return False
    outlook, theirs = sentence_outlook(one.text), sentence_outlook(best.text)
    if outlook != theirs or (question.outlook and outlook not in (None, question.outlook)):
        return False
    if _of_other_times(one, best):
        return False
    asked = terms(best.heading.language, question.content)
    shared = asked & terms(best.heading.language, best.text)
    if not shared <= terms(one.heading.language, one.text):
        return False
    return same_value(one.short, best.short, kind) is False


def _of_other_times(one: Reading, other: Reading) -> bool:
    """Whether both sentences name dates beside their values, and one a date that the other does
    not: $26 billion in 2023 and $28 billion in 2024 may both be right."""
    dates, others = _dates_beside(one), _dates_beside(other)
    return bool(dates and others) and (
        any(_is_none_of(date, others) for date in dates)
        or any(_is_none_of(date, dates) for date in others)
    )


def _is_none_of(date: str, others: Sequence[str]) -> bool:
    return all(same_value(date, other, "date") is False for other in others)


def _dates_beside(reading: Reading) -> list[str]:
    """The dates of a sentence that are no part of its value, "last year" as the year it was."""
    found = (
        reading.text[value.start : value.end]
        for value in find_values(reading.text)
        if value.kind == "date"
    )
    return [_year(date, reading.heading.date) for date in found if date not in reading.short]


def _year(date: str, of_transcript: str | None) -> str:
    away = _YEARS_AWAY.get(date.casefold())
    return date if away is None or of_transcript is None else str(int(of_transcript[:4]) + away)


def _source(reading: Reading) -> tuple[str, str | None]:
    return reading.quote.transcript, reading.turn.speaker


def _kind(reading: Reading) -> str | None:
    """The kind of the one value that the short answer is; None where it is something else."""
    values = [value for value in find_values(reading.short) if value.kind != "name"]
    return values[0].kind if len(values) == 1 else None
