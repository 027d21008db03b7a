"""Readings -> an Answer in the speakers' own words, or a refusal. Pure.

Each quote is named by its speaker and carries its marker: `Name: “words” [1]`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from index.types import Progress

from .cite import cite
from .question import Question
from .read import SURE
from .types import REFUSAL, Answer, Citation, Reading

# A reading is quoted beside the best when it has this share of its score, where the best is not
# certain this smaller one; where one value is asked for and the best is sure, it is enough.
NEARLY_AS_SURE = 0.7
_WORTH_A_LOOK = 0.5
_MAX_QUOTES = 3
# Of readings that score less, fewer than half are right (training/LOG.md).
UNSURE_BELOW = 0.75
UNSURE = "Not certain, but this may answer it:"
# "What share did they buy, and how was it split?" asks for two.
_TWO = re.compile(r"\band\s+(?:how|what|when|where|who|which|why)\b", re.IGNORECASE)


def quoted_answer(question: Question, readings: Sequence[Reading]) -> Answer:
    """The answer in quotes, of readings best first, the first of them sure enough."""
    best = readings[0]
    unsure = best.score < UNSURE_BELOW
    floor = best.score * (_WORTH_A_LOOK if unsure else NEARLY_AS_SURE)
    chosen = [reading for reading in readings if reading.score >= floor]
    enough = question.for_value and best.score >= SURE and not _TWO.search(question.text)
    chosen = chosen[: 1 if enough else _MAX_QUOTES]
    citations = [
        cite(marker, reading.quote, reading.turn, reading.heading, reading.score)
        for marker, reading in enumerate(chosen, 1)
    ]
    paragraphs = [f"{quoted(citation)} [{citation.marker}]" for citation in citations]
    return Answer(
        question=question.text,
        answered=True,
        short=best.short,
        text="\n\n".join([UNSURE, *paragraphs] if unsure else paragraphs),
        citations=tuple(citations),
    )


def differing_answer(question: Question, readings: Sequence[Reading]) -> Answer:
    """The answer where sources differ: each with its date, and all of their values as the short
    one."""
    citations = [
        cite(marker, reading.quote, reading.turn, reading.heading, reading.score)
        for marker, reading in enumerate(readings, 1)
    ]
    lines = [
        f"{quoted(citation)} [{citation.marker}] ({title_of(citation)})" for citation in citations
    ]
    return Answer(
        question=question.text,
        answered=True,
        short="; ".join(reading.short for reading in readings),
        text="\n\n".join(["The sources differ:", *lines]),
        citations=tuple(citations),
    )


def grouped_quotes(citations: Sequence[Citation]) -> list[str]:
    """A paragraph for each run of one speaker's quotes, headed by the name; where several
    transcripts are quoted, by when, or by which, as well."""
    several = len({citation.transcript for citation in citations}) > 1
    paragraphs = []
    for (_, speaker), group in groupby(citations, lambda c: (c.transcript, c.speaker)):
        first, *rest = group
        lines = [
            f"“{' '.join(citation.quote.split())}” [{citation.marker}]"
            for citation in (first, *rest)
        ]
        where = (long_date(first.date) if first.date else first.title) if several else ""
        head = f"{speaker} ({where})" if speaker and where else speaker or where
        paragraphs.append("\n".join([f"{head}:", *lines] if head else lines))
    return paragraphs


def title_of(citation: Citation) -> str:
    """The transcript's title with its date."""
    return f"{citation.title}, {long_date(citation.date)}" if citation.date else citation.title


def refusal(question: Question, searched: str, nearest: Sequence[Citation]) -> Answer:
    """An honest no: what was searched, and the closest passages."""
    return Answer(
        question=question.text,
        answered=False,
        short=None,
        text=f"{REFUSAL} {searched}",
        nearest=tuple(nearest),
    )


def found_elsewhere(answer: Answer, refused: Answer) -> Answer:
    """An answer from other transcripts than the question seemed to name; it says so."""
    searched = refused.text.removeprefix(REFUSAL).strip()
    return replace(answer, text=f"{searched} Not there, but elsewhere:\n\n{answer.text}")


def quoted(citation: Citation) -> str:
    words = " ".join(citation.quote.split())
    return f"{citation.speaker}: “{words}”" if citation.speaker else f"“{words}”"


def long_date(iso: str) -> str:
    """ "October 10, 2025" of "2025-10-10"."""
    day = date.fromisoformat(iso)
    return f"{day:%B} {day.day}, {day.year}"


def place_of(citation: Citation) -> str:
    """Where a citation stands, for a line of text."""
    parts = [citation.speaker or "no speaker"]
    if citation.date:
        parts.append(long_date(citation.date))
    if citation.start_seconds is not None:
        parts.append(clock(citation.start_seconds))
    parts.append(f"turn {citation.turn + 1} of {citation.transcript}")
    return ", ".join(parts)


def clock(seconds: float) -> str:
    """ "1:02:03" or "2:03" of seconds; a countdown is negative."""
    sign, whole = ("-" if seconds < 0 else ""), int(abs(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02}:{left:02}" if hours else f"{sign}{minutes}:{left:02}"


def pace(at: Progress) -> str:
    """How far a sync is, how quick, and how long it takes, as far as that is known."""
    parts = [f"{at.passages:,} passage{'s' if at.passages != 1 else ''}"]
    if at.passages:
        parts.append(f"{at.rate:.0f}/s")
    if at.seconds_left is not None and at.done < at.total:
        parts.append(f"{clock(at.seconds_left)} left")
    return ", ".join(parts)
