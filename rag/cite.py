"""Quotes -> citations, each checked against its turn; pure.

A citation is made from the turn it stands in, so its words cannot differ from the transcript's:
`quote == turn.text[start:end]` by construction, and the speaker is that turn's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

from index import Passage, Turn
from index.sentences import sentences
from index.types import Heading

from .types import Citation, Quote

UNSUPPORTED = "(not supported by the transcripts)"

_MARKER = re.compile(r"\s*\[(\d{1,4})\]")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
# A claim of a model and the sentence it is said to rest on must share this much of its words.
_MIN_SHARED = 0.25

Terms = Callable[[str], AbstractSet[str]]


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


def claims(text: str) -> list[tuple[str, list[int]]]:
    """A model's answer as (sentence without markers, the numbers of its markers)."""
    # A marker after the full stop belongs to the sentence before it.
    text = re.sub(r"([.!?…]['\"”’)]*)((?:\s*\[\d{1,4}\])+)", r"\2\1", text)
    found = []
    for start, end in sentences(text):
        sentence = text[start:end]
        numbers = list(dict.fromkeys(int(match[1]) for match in _MARKER.finditer(sentence)))
        found.append((_MARKER.sub("", sentence).strip(), numbers))
    return found


def supporting_quote(
    claim: str, passage: Passage, turns: Mapping[int, Turn], terms: Terms
) -> Quote | None:
    """The sentence of the passage that best supports a claim; None where none does.

    It must share words with the claim, and hold every figure that the claim states.
    """
    wanted = terms(claim)
    figures = set(_FIGURE.findall(claim))
    best: tuple[float, Quote] | None = None
    for part in passage.slices:
        turn = turns.get(part.turn)
        if turn is None:
            continue
        for start, end in sentences(turn.text[part.start : part.end]):
            quote = Quote(passage.transcript, turn.position, part.start + start, part.start + end)
            text = turn.text[quote.start : quote.end]
            if not figures <= set(_FIGURE.findall(text)):
                continue
            known = terms(text) | terms(turn.speaker or "")
            shared = len(wanted & known) / len(wanted) if wanted else 0.0
            if shared >= _MIN_SHARED and (best is None or shared > best[0]):
                best = shared, quote
    return best[1] if best else None


def _trimmed(transcript: str, turn: Turn, start: int, end: int) -> Quote | None:
    """The quote of `turn.text[start:end]` without the white space around; None if all is."""
    text = turn.text[start:end]
    lead = len(text) - len(text.lstrip())
    if lead == len(text):
        return None
    return Quote(transcript, turn.position, start + lead, start + len(text.rstrip()))
