"""The reader: which sentence of the passages answers, which words of it, and how surely.

This reader has no trained network. It weighs signs that can be said in words (see `Signs`) into
the probability that a sentence answers; below REFUSE_BELOW nothing is answered. The weights were
fitted on public question-answering data, not on the sample transcript: training/fit_signs.py.
A trained reader takes the same seat: `read(question, hits) -> readings, best first`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import astuple, dataclass
from functools import cache
from typing import Protocol

from index import Hit, Library, Passage, Turn
from index.sentences import sentences
from index.types import Heading

from .question import Question, sentence_outlook
from .types import Quote
from .values import Value, find_values

Terms = Callable[[str], AbstractSet[str]]

# In the order of Signs.
WEIGHTS = (1.75, 0.18, 3.79, 0.33, 0.46, 0.34, -0.28, -1.15, -0.09, -2.05)
INTERCEPT = -4.79
REFUSE_BELOW = 0.1

# Of the sentences around one in its turn, those this near may hold the names it refers to.
_WINDOW = 2
_MIN_WORDS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence that may answer, with the turn it stands in and that transcript's heading.

    `short` holds the words that answer; `score` is the probability that they do, 0 to 1.
    """

    quote: Quote
    turn: Turn
    heading: Heading
    short: str
    score: float

    @property
    def text(self) -> str:
        return self.turn.text[self.quote.start : self.quote.end]


class Reader(Protocol):
    def read(self, question: Question, hits: Sequence[Hit]) -> list[Reading]:
        """The readings of the hits, best first; empty where the hits hold no sentence."""
        ...


class SignReader:
    """The reader by signs, over a library whose embedder compares question and sentence."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Reading]:
        candidates = self._candidates(question, hits)
        terms = cache(lambda text: frozenset(self._library.terms(text)))
        readings = [
            Reading(
                candidate.quote,
                candidate.turn,
                candidate.heading,
                short_answer(question, candidate, terms),
                probability(signs(question, candidate, terms)),
            )
            for candidate in candidates
        ]
        return sorted(readings, key=lambda reading: -reading.score)

    def _candidates(self, question: Question, hits: Sequence[Hit]) -> list[Candidate]:
        """Every sentence of the hits, each once, in order of the hits."""
        headings = self._library.headings([hit.passage.transcript for hit in hits])
        drafts: dict[Quote, tuple[Turn, Hit]] = {}
        for hit in hits:
            if hit.passage.transcript in headings:
                for quote, turn in self._sentences(hit.passage):
                    if not question.said_by or turn.speaker in question.said_by:
                        drafts.setdefault(quote, (turn, hit))
        if not drafts:
            return []
        embedder = self._library.embedder
        asked = embedder.embed_questions([question.text, question.core]).mean(axis=0)
        texts = [_spoken(quote, turn) for quote, (turn, _) in drafts.items()]
        cosines = embedder.embed_passages(texts) @ asked
        of_hit = self._library.similarities([hit.passage for hit in hits], asked[None])[:, 0]
        of_passage = {hit.passage: cosine for hit, cosine in zip(hits, of_hit, strict=True)}
        return [
            Candidate(
                quote,
                turn,
                headings[quote.transcript],
                _around(quote, turn),
                float(cosine),
                float(of_passage[hit.passage]),
            )
            for (quote, (turn, hit)), cosine in zip(drafts.items(), cosines, strict=True)
        ]

    def _sentences(self, passage: Passage) -> Iterator[tuple[Quote, Turn]]:
        """The sentences that begin in a passage, whole."""
        turns = {t.position: t for t in self._library.turns(passage.transcript, *passage.turns)}
        for part in passage.slices:
            turn = turns.get(part.turn)
            for start, end in sentences(turn.text) if turn else ():
                if part.start <= start < part.end and turn:
                    yield Quote(passage.transcript, turn.position, start, end), turn


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with what stands around it. Similarities are cosines with the question."""

    quote: Quote
    turn: Turn
    heading: Heading
    around: str
    similarity: float
    passage_similarity: float

    @property
    def text(self) -> str:
        return self.turn.text[self.quote.start : self.quote.end]


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a sentence and against it. Shares are 0 to 1, the others -1, 0 or 1."""

    similarity: float  # cosine of question and sentence
    passage_similarity: float  # cosine of question and passage
    covered: float  # share of the question's words in the sentence
    covered_around: float  # share of them in the sentences around, the title, the speaker
    kind: float  # 1: holds the kind of value asked for; -1: does not; 0: none is asked for
    outlook: float  # 1: both ahead or both behind; -1: one ahead, one behind
    names_missing: float  # share of the question's names and figures that stand nowhere around
    counted_missing: float  # 1: "how many X" and no X in the sentence
    speaker: float  # 1: spoken by a person the question names; -1: by another
    brief: float  # 1: too short to say anything


def signs(question: Question, candidate: Candidate, terms: Terms) -> Signs:
    wanted = terms(question.core)
    here = terms(candidate.text)
    heading = candidate.heading
    around = here | terms(candidate.around) | terms(f"{heading.title} {candidate.turn.speaker}")
    names = set().union(*(terms(name) for name in question.names))
    named = question.said_by + question.about
    speaker = 0.0
    if named:
        speaker = 1.0 if candidate.turn.speaker in named else -1.0
    return Signs(
        similarity=candidate.similarity,
        passage_similarity=candidate.passage_similarity,
        covered=_share(wanted, here | terms(candidate.turn.speaker or "")),
        covered_around=_share(wanted, around),
        kind=_kind_sign(question, candidate),
        outlook=_outlook_sign(question, candidate.text),
        names_missing=_share(names, names - around) if names else 0.0,
        counted_missing=float(bool(question.counted) and not terms(question.counted or "") <= here),
        speaker=speaker,
        brief=float(len(candidate.text.split()) < _MIN_WORDS),
    )


def answering_values(question: Question, text: str) -> list[Value]:
    """The values of the kind asked for that the question does not already hold."""
    asked = question.text.casefold()
    return [
        value
        for value in find_values(text)
        if value.kind in question.kinds and text[value.start : value.end].casefold() not in asked
    ]


def _kind_sign(question: Question, candidate: Candidate) -> float:
    if not question.kinds:
        return 0.0
    return 1.0 if answering_values(question, candidate.text) else -1.0


def _outlook_sign(question: Question, text: str) -> float:
    theirs = sentence_outlook(text)
    if question.outlook is None or theirs is None:
        return 0.0
    return 1.0 if theirs == question.outlook else -1.0


def _share(whole: AbstractSet[str], part: AbstractSet[str]) -> float:
    return len(whole & part) / len(whole) if whole else 0.0


def probability(found: Signs) -> float:
    """That the sentence answers, by logistic regression over its signs."""
    total = INTERCEPT + sum(
        weight * sign for weight, sign in zip(WEIGHTS, astuple(found), strict=True)
    )
    return 1 / (1 + math.exp(-total))


def short_answer(question: Question, candidate: Candidate, terms: Terms) -> str:
    """The words of a sentence that answer: the value asked for nearest to the words asked about,
    the speaker where the question is who, else the sentence."""
    text = candidate.text
    if question.wants == "who_said" and candidate.turn.speaker:
        return candidate.turn.speaker
    values = answering_values(question, text)
    if not values:
        return text
    asked = terms(question.core)
    places = [m.start() for m in re.finditer(r"\w+", text) if terms(m.group()) & asked]
    order = {kind: rank for rank, kind in enumerate(question.kinds)}

    def distance(value: Value) -> tuple[int, int]:
        nearest = min((abs(place - value.start) for place in places), default=0)
        return order[value.kind], nearest

    best = min(values, key=distance)
    return text[best.start : best.end]


def _spoken(quote: Quote, turn: Turn) -> str:
    text = turn.text[quote.start : quote.end]
    return f"{turn.speaker}: {text}" if turn.speaker else text


def _around(quote: Quote, turn: Turn) -> str:
    """The sentences near a sentence in its turn."""
    spans = sentences(turn.text)
    here = next(i for i, (start, _) in enumerate(spans) if start == quote.start)
    near = spans[max(0, here - _WINDOW) : here + _WINDOW + 1]
    return turn.text[near[0][0] : near[-1][1]]
