"""The readers that are compared, and how one is watched at work.

similarity  the sentence most like the question; the floor that any reader must leave behind
signs       without a trained network (rag/reader/signs.py)
trained     the one that the product uses (rag/read.py)
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from index import Hit, Library
from rag.question import Question
from rag.read import REFUSE_BELOW, Reader, SpanReader
from rag.reader.signs import SignReader, sentences_of
from rag.reader.span_model import SpanModel
from rag.types import Answer, Quote, Reading


class Watched:
    """A reader that keeps, since `forget`, the readings it gave and the seconds it took."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.name = reader.name
        self.forget()

    def forget(self) -> None:
        self.readings: list[Reading] = []
        self.seconds = 0.0

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Reading]:
        begun = time.perf_counter()
        readings = self._reader.read(question, hits)
        self.seconds += time.perf_counter() - begun
        self.readings += readings
        return readings

    def score(self, answer: Answer) -> float:
        """At what threshold this answer, or the refusal, would turn: the best reading's score. An
        answer that no reading gave (a heading did) is never refused."""
        best = max((reading.score for reading in self.readings), default=0.0)
        read = {reading.quote for reading in self.readings}
        cited = {Quote(c.transcript, c.turn, c.start, c.end) for c in answer.citations}
        return math.inf if answer.answered and not cited & read else best


class Similarity:
    """Of the first passages the sentence with the highest cosine to the question. Refuses never;
    the order of its scores is that of the cosines."""

    name = "similarity"

    def __init__(self, library: Library) -> None:
        self._library = library

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Reading]:
        places = list(
            dict.fromkeys(p for hit in hits for p in sentences_of(self._library, hit.passage))
        )
        if not places:
            return []
        embedder = self._library.embedder
        texts = [turn.text[quote.start : quote.end] for quote, turn in places]
        cosines = embedder.embed_passages(texts) @ embedder.embed_passages([question.text])[0]
        best = int(cosines.argmax())
        quote, turn = places[best]
        heading = self._library.headings([quote.transcript])[quote.transcript]
        score = REFUSE_BELOW + (1 - REFUSE_BELOW) * (float(cosines[best]) + 1) / 2
        return [Reading(quote, turn, heading, texts[best], score)]


def named(name: str, model: Callable[[], SpanModel]) -> Callable[[Library], Reader]:
    """The maker of a reader of READERS."""
    return {
        "similarity": Similarity,
        "signs": SignReader,
        "trained": lambda library: SpanReader(library, model()),
    }[name]


READERS = ("similarity", "signs", "trained")
