"""Quotes -> citations, each checked against its turn; pure.

A citation is made from the turn it stands in, so its words cannot differ from the transcript's:
`quote == turn.text[start:end]` by construction, and the speaker is that turn's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from index import Passage, Turn
from index.sentences import sentences
from index.types import Heading

from .types import Citation, Quote

UNSUPPORTED = "(not supported by the transcripts)"
# Of what a model says is missing.
UNCHECKED = "(cannot be checked)"


def cite(marker: int, quote: Quote, turn: Turn, heading: Heading, score: float) -> Citation:
    """The citation of a quote. `turn` must be the turn that the quote names."""
    if turn.position != quote.turn or not 0 <= quote.start < quote.end <= len(turn.text):
        raise ValueError(f"no such place in turn {turn.position}: {quote}")
    return Citation(
        marker=marker,
        quote=turn.text[quote.start : quote.end],
        speaker=turn.speaker,
        transcript=quote.transcript,
        title=heading.title,
        date=heading.date,
        turn=quote.turn,
        start=quote.start,
        end=quote.end,
        start_seconds=turn.seconds_at(quote.start),
        score=round(score, 4),
    )


def question_put(before: Turn, turn: Turn) -> str | None:
    """The question at the end of the turn before, where another speaker put it."""
    last = before.text[slice(*sentences(before.text)[-1])] if before.text.strip() else ""
    asks = last.rstrip("\"'”’) ").endswith(("?", "？", "؟"))
    return last if asks and before.speaker != turn.speaker else None


def passage_quote(passage: Passage, turns: Mapping[int, Turn]) -> Quote | None:
    """The longest of a passage's slices as a quote; None where only white space is in it."""
    quotes = [
        quote
        for part in passage.slices
        if part.turn in turns
        and (quote := _trimmed(passage.transcript, turns[part.turn], part.start, part.end))
    ]
    return max(quotes, key=lambda quote: quote.end - quote.start, default=None)


def first_of(most: int, *groups: Sequence[Citation]) -> list[Citation]:
    """The first so many citations, each place once, numbered anew."""
    places = {(c.transcript, c.turn, c.start): c for group in reversed(groups) for c in group}
    first = dict.fromkeys((c.transcript, c.turn, c.start) for group in groups for c in group)
    return [replace(places[at], marker=n) for n, at in enumerate([*first][:most], 1)]


def _trimmed(transcript: str, turn: Turn, start: int, end: int) -> Quote | None:
    """The quote of `turn.text[start:end]` without the white space around; None if all is."""
    text = turn.text[start:end]
    lead = len(text) - len(text.lstrip())
    if lead == len(text):
        return None
    return Quote(transcript, turn.position, start + lead, start + len(text.rstrip()))
