"""The reader: which words of the passages answer a question, and how surely any do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np

from index import Hit, Library, Passage, Turn
from index.chunk import Line, lines_of
from index.gloss import Gloss, glossed, in_english
from index.languages import is_english
from index.sentences import sentences_around

from .question import Question
from .reader.signs import Candidate, SignReader, Signs, Terms, kept_terms, signs
from .reader.span_model import SpanModel, TokenScores
from .reader.spans import Region, Span, best_spans
from .types import Quote, Reading

# A reading scored below this is no answer.
REFUSE_BELOW = 0.5
# So many passages are read first; the others only if nothing in them is this sure.
READ_FIRST = 4
SURE = 0.95
READ_BY_SIGNS = 5
SPANS_OF_PASSAGE = 3
# Set on the development questions of training/LOG.md.
_LINE, _STEEPNESS = -5.5, 0.31


@dataclass(frozen=True, slots=True)
class Found:
    """Words that the network takes for an answer, and the sentences of the turn that hold them.

    `margin` is by how much it prefers them to "not here".
    """

    quote: Quote
    turn: Turn
    short: str
    margin: float


class Reader(Protocol):
    @property
    def name(self) -> str: ...

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Reading]:
        """The readings of the hits, best first; empty where the hits hold no sentence."""
        ...


class SpanReader:
    """The reader over a library: a network finds the words, signs said in words help to tell how
    surely they answer. Read by signs alone is what the network has not learnt: questions in a
    language that has no gloss, and those that no one span answers."""

    def __init__(self, library: Library, model: SpanModel | None = None) -> None:
        self._library = library
        self._model = model or SpanModel()
        self._by_signs = SignReader(library)

    @property
    def name(self) -> str:
        return self._model.fingerprint

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Reading]:
        if question.broad or (self._model.shipped and not is_english(question.text)):
            return self._by_signs.read(question, hits[:READ_BY_SIGNS])
        headings = self._library.headings([hit.passage.transcript for hit in hits])
        passages = [hit.passage for hit in hits if hit.passage.transcript in headings]
        terms = kept_terms(self._library)
        readings: dict[Quote, Reading] = {}
        for first, last in ((0, READ_FIRST), (READ_FIRST, len(passages))):
            part = passages[first:last]
            scores = self._scores(question, [passage.text for passage in part])
            for place, (passage, of_tokens) in enumerate(zip(part, scores, strict=True), first):
                heading = headings[passage.transcript]
                of_heading = partial(terms, heading.language)
                for found in self._found(question, passage, of_tokens, of_heading):
                    said = Candidate(found.quote, found.turn, heading, 0.0)
                    theirs = signs(question, said, of_heading)
                    score = surely(question, found, theirs, place)
                    reading = Reading(found.quote, found.turn, heading, found.short, score)
                    known = readings.get(found.quote)
                    if known is None or known.score < reading.score:
                        readings[found.quote] = reading
            if any(reading.score >= SURE for reading in readings.values()):
                break
        return _apart(sorted(readings.values(), key=lambda reading: -reading.score))

    def _scores(self, question: Question, texts: Sequence[str]) -> list[TokenScores]:
        """What the network says of passages; the one that ships reads other languages by their
        glosses."""
        if not self._model.shipped:
            return self._model.read(question.said, texts)
        scores = self._model.read(question.text, [in_english(text) for text in texts])
        return [_at_source(of, glossed(text)) for of, text in zip(scores, texts, strict=True)]

    def _found(
        self, question: Question, passage: Passage, scores: TokenScores, terms: Terms
    ) -> list[Found]:
        """What a passage may answer, in the words of the speakers asked for."""
        turns = {t.position: t for t in self._library.turns(passage.transcript, *passage.turns)}
        places = [
            place
            for line in lines_of(passage, turns)
            if not question.said_by or turns[line.turn].speaker in question.said_by
            for place in _places(line)
        ]
        regions = [place.region for place in places]
        return [
            _found(question, span, places[span.region], passage.transcript, turns, scores, terms)
            for span in best_spans(scores, regions, SPANS_OF_PASSAGE)
        ]


def _at_source(scores: TokenScores, gloss: Gloss | None) -> TokenScores:
    """What the network says of a gloss, of the words that it stands for."""
    if gloss is None:
        return scores
    offsets = [gloss.source(start, end) for start, end in scores.offsets.tolist()]
    return replace(scores, offsets=np.array(offsets, np.int64).reshape(-1, 2))


def _apart(readings: Sequence[Reading]) -> list[Reading]:
    """Those whose quotes share no words with a better one."""
    kept: list[Reading] = []
    for reading in readings:
        if not any(reading.quote.shared(other.quote) for other in kept):
            kept.append(reading)
    return kept


def surely(question: Question, found: Found, said: Signs, place: int) -> float:
    """How surely the words found answer, 0 to 1, given the rank of their passage from 0.

    It is REFUSE_BELOW at the line where 10% of the answerable questions of a development set were
    refused; what share of answers is right at each score is in training/LOG.md.
    """
    total = found.margin + said.covered - math.log1p(place)
    total -= 2 * said.names_missing + 4 * said.counted_missing
    total -= 2 * (question.strict and said.kind < 0) + 6 * said.figure_missing
    total += {1: 2, 0: 0, -1: -4}[said.outlook]
    return 1 / (1 + math.exp(-_STEEPNESS * (total - _LINE)))


class _Place(NamedTuple):
    """A part of a passage's text that may answer: a turn's words in it, or its speaker's label."""

    region: Region
    line: Line
    label: bool


def _places(line: Line) -> list[_Place]:
    words = _Place(Region(line.words, line.end), line, label=False)
    if line.words == line.start:
        return [words]
    return [words, _Place(Region(line.start, line.words - len(": ")), line, label=True)]


def _found(
    question: Question,
    span: Span,
    place: _Place,
    transcript: str,
    turns: Mapping[int, Turn],
    scores: TokenScores,
    terms: Terms,
) -> Found:
    """A span of a passage as words of a turn, and the sentences to quote for it.

    Where the speaker answers, that is the sentence with the most words of the question, else the
    one of which the network would take words.
    """
    line = place.line
    turn = turns[line.turn]
    inner = span
    if place.label:
        said = best_spans(scores, [Region(line.words, line.end)], 1)
        inner = said[0] if said else Span(line.words, line.words + 1, 0, span.margin)
    start, end = (at - line.words + line.offset for at in (inner.start, inner.end))
    around = [
        (a, b) for a, b in sentences_around(turn.text, start, end) if a < end and start < b
    ] or [(start, end)]
    names = place.label or question.wants == "who_said"
    if names:
        around = [_most_said(question, line, turn, around, terms)]
    quote = Quote(transcript, turn.position, around[0][0], around[-1][1])
    short = turn.speaker if names and turn.speaker else turn.text[start:end]
    return Found(quote, turn, short, span.margin)


def _most_said(
    question: Question,
    line: Line,
    turn: Turn,
    around: Sequence[tuple[int, int]],
    terms: Terms,
) -> tuple[int, int]:
    """The sentence of a line that says most of what is asked about, of like ones that of `around`
    first."""
    asked = terms(question.content)
    end = line.offset + line.end - line.words
    spans = [around[0], *sentences_around(turn.text, line.offset, end)]
    inside = [(a, b) for a, b in spans if a < end and line.offset < b]
    return max(inside, key=lambda span: len(asked & terms(turn.text[slice(*span)])))
