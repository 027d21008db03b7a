"""Signs that can be said in words of whether a sentence answers: it holds the kind of value asked
for, the names that the question has, the tense.

`SignReader` reads with these alone, where the network of rag/read.py knows too little of the
language. Its weights were set by hand on four development sets of questions and measured on two
kept back (training/LOG.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, partial

from index import Hit, Library, Passage, Turn
from index.gloss import glossed, in_english
from index.sentences import sentences, sentences_around
from index.words import count_words

from ..question import Question, sentence_outlook
from ..types import Quotable, Quote, Reading
from ..wording.values import Value, find_values

Terms = Callable[[str], AbstractSet[str]]

# The sum of signs at which a sentence is as likely to answer as not, and how steep the score
# rises there. The score orders readings and marks the line; it is no calibrated probability.
_EVEN = 0.28
_STEEPNESS = 8.0
# Of the sentences around one in its turn, those this near may hold the names it refers to.
_WINDOW = 2
_MIN_WORDS = 3
# A name is a place where one of these stands before it: "in Moscow", not "with Rosatom".
_AT = re.compile(
    r"\b(?:in|at|to|from|near|outside|around|into|across|here in|of)\s+(?:the\s+)?$", re.I
)
# Who does what a sentence says in the first person is its speaker.
_FIRST_PERSON = re.compile(r"\b(?:I|we|me|us|my|our)\b|\bI['’]", re.I)


@dataclass(frozen=True, slots=True)
class Candidate(Quotable):
    """A sentence of a turn, and by how much its cosine with the question exceeds the mean of
    all the sentences read: an answer stands out from talk on the same subject."""

    stands_out: float


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a sentence and against it. Shares are 0 to 1, the others -1, 0 or 1."""

    stands_out: float  # see Candidate
    covered: float  # share of the question's words in the sentence or its speaker's name
    kind: int  # 1: holds the kind of value asked for; -1: does not; 0: none is asked for
    outlook: int  # 1: both ahead or both behind; -1: one ahead, one behind; 0: not told
    names_missing: float  # share of the question's names and figures that stand nowhere around
    figure_missing: bool  # one of them is a figure, as a year
    counted_missing: bool  # "how many X", and no X in the sentence
    brief: bool  # too short to say anything


class SignReader:
    """The reader by signs, over a library whose embedder compares question and sentence."""

    name = "signs"

    def __init__(self, library: Library) -> None:
        self._library = library

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Reading]:
        terms = kept_terms(self._library)
        readings = []
        for candidate in self._candidates(question, hits):
            theirs = partial(terms, candidate.heading.language)
            readings.append(
                Reading(
                    candidate.quote,
                    candidate.turn,
                    candidate.heading,
                    short_answer(question, candidate, theirs),
                    score(question, signs(question, candidate, theirs)),
                )
            )
        return sorted(readings, key=lambda reading: -reading.score)

    def _candidates(self, question: Question, hits: Sequence[Hit]) -> list[Candidate]:
        """Every sentence of the hits, each once; of the named speakers alone, if their words
        are asked for."""
        headings = self._library.headings([hit.passage.transcript for hit in hits])
        found = dict(
            pair
            for hit in hits
            if hit.passage.transcript in headings
            for pair in sentences_of(self._library, hit.passage)
            if not question.said_by or pair[1].speaker in question.said_by
        )
        if not found:
            return []
        embedder = self._library.embedder
        texts = [_spoken(quote, turn) for quote, turn in found.items()]
        vectors = embedder.embed_passages([*texts, question.text])
        cosines = vectors[:-1] @ vectors[-1]
        return [
            Candidate(quote, turn, headings[quote.transcript], float(above))
            for (quote, turn), above in zip(found.items(), cosines - cosines.mean(), strict=True)
        ]


def sentences_of(library: Library, passage: Passage) -> Iterator[tuple[Quote, Turn]]:
    """The sentences that begin in a passage, whole."""
    turns = {t.position: t for t in library.turns(passage.transcript, *passage.turns)}
    for part in passage.slices:
        turn = turns.get(part.turn)
        for start, end in sentences(turn.text) if turn else ():
            if turn and part.start <= start < part.end:
                yield Quote(passage.transcript, turn.position, start, end), turn


def kept_terms(library: Library) -> Callable[[str | None, str], frozenset[str]]:
    """The terms of a text in a language; what is asked again is not worked out again."""
    return cache(lambda language, text: frozenset(library.terms(text, language)))


def signs(question: Question, candidate: Candidate, terms: Terms) -> Signs:
    here = terms(candidate.text) | terms(candidate.turn.speaker or "")
    names = frozenset[str]().union(*(terms(name) for name in question.names))
    figures = frozenset[str]().union(*(terms(n) for n in question.names if n[:1].isdigit()))
    around = here | terms(_around(candidate)) | terms(candidate.heading.title)
    return Signs(
        stands_out=candidate.stands_out,
        covered=_share(terms(question.content), here),
        kind=_kind_sign(question, in_english(candidate.text)),
        outlook=_outlook_sign(question, in_english(candidate.text)),
        names_missing=sum(not _stands_in(name, around) for name in names) / max(1, len(names)),
        figure_missing=not figures <= around,
        counted_missing=bool(question.counted) and not terms(question.counted or "") <= here,
        brief=count_words(candidate.text) < _MIN_WORDS,
    )


def score(question: Question, found: Signs) -> float:
    """How surely a sentence with these signs answers, 0 to 1; 0.5 is the line."""
    total = found.stands_out + 0.2 * found.covered
    if found.kind >= 0:
        total += 0.07 if found.kind else 0.04
    else:  # "when?" cannot be answered without a date; "what target?" may be
        total -= 0.37 if question.strict else 0.17
    total -= 0.1 * (not found.covered)
    total += {1: 0.04, 0: 0.0, -1: -0.14}[found.outlook]
    total -= 0.4 * min(1.0, 2 * found.names_missing)
    total -= 0.3 * found.counted_missing + 0.5 * found.brief
    return 1 / (1 + math.exp(-_STEEPNESS * (total - _EVEN)))


def answering_values(question: Question, text: str) -> list[Value]:
    """The values of the kind asked for that the question does not already hold."""
    asked = question.text.casefold()
    return [
        value
        for value in find_values(text)
        if value.kind in question.kinds
        and text[value.start : value.end].casefold() not in asked
        and (question.wants != "place" or _AT.search(text[: value.start]))
    ]


def short_answer(question: Question, candidate: Candidate, terms: Terms) -> str:
    """The words of a sentence that answer: the value asked for nearest to the words asked about,
    the speaker where the question is who said it, else the sentence."""
    text = candidate.text
    if question.wants == "who_said" and candidate.turn.speaker:
        return candidate.turn.speaker
    gloss = glossed(text)
    read = gloss.text if gloss else text
    values = answering_values(question, read)
    if not values:
        return text
    places = _places(question.counted or "", read, terms) or _places(question.content, read, terms)
    rank = {kind: place for place, kind in enumerate(question.kinds)}

    def distance(value: Value) -> tuple[int, int]:
        return rank[value.kind], min((abs(at - value.start) for at in places), default=0)

    best = min(values, key=distance)
    start, end = gloss.source(best.start, best.end) if gloss else (best.start, best.end)
    return text[start:end]


def _places(words: str, text: str, terms: Terms) -> list[int]:
    """Where words that are asked about stand in a text."""
    asked = terms(words)
    return [m.start() for m in re.finditer(r"\w+", text) if terms(m.group()) & asked]


def _spoken(quote: Quote, turn: Turn) -> str:
    """A sentence as passages are embedded: with its speaker, who is part of what is asked."""
    text = turn.text[quote.start : quote.end]
    return f"{turn.speaker}: {text}" if turn.speaker else text


def _kind_sign(question: Question, text: str) -> int:
    if not question.kinds:
        return 0
    if answering_values(question, text):
        return 1
    return 0 if question.wants == "person" and _FIRST_PERSON.search(text) else -1


def _outlook_sign(question: Question, text: str) -> int:
    theirs = sentence_outlook(text)
    if question.outlook is None or theirs is None:
        return 0
    return 1 if theirs == question.outlook else -1


def _around(candidate: Candidate) -> str:
    """The sentences near a sentence in its turn."""
    quote, text = candidate.quote, candidate.turn.text
    spans = sentences_around(text, quote.start, quote.end)
    before = [span for span in spans if span[1] <= quote.start][-_WINDOW:]
    behind = [span for span in spans if span[0] >= quote.end][:_WINDOW]
    start = min([quote.start, *(a for a, _ in before)])
    end = max([quote.end, *(b for _, b in behind)])
    return text[start:end]


def _stands_in(name: str, terms: AbstractSet[str]) -> bool:
    """Whether a name is among the terms, also as another of its forms: "Kazakh", "Kazakhstan"."""
    if name in terms:
        return True
    return len(name) > 3 and any(
        len(term) > 3 and (term.startswith(name) or name.startswith(term)) for term in terms
    )


def _share(whole: AbstractSet[str], part: AbstractSet[str]) -> float:
    return len(whole & part) / len(whole) if whole else 0.0
