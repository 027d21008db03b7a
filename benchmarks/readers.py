"""The readers that are compared, and how one is watched at work.

similarity  the sentence most like the question; the floor that any reader must leave behind
signs       the one without a trained network (rag/read.py)
network     the trained network by itself: its best span, and the sentence around it
trained     the one that the product uses
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from index import Hit, Library, Passage, Turn
from index.sentences import sentences
from rag import Assistant
from rag.question import Question
from rag.read import REFUSE_BELOW, Reader
from rag.reader.signs import SignReader
from rag.reader.span_model import SpanModel
from rag.types import Answer, Quote, Reading
from training.evaluate_reader import Span, best_span


class Watched:
    """A reader that keeps, since `forget`, the readings it gave and the seconds it took."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
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

    def __init__(self, library: Library) -> None:
        self._library = library

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Reading]:
        places = list(dict.fromkeys(p for hit in hits for p in _sentences(self._library, hit)))
        if not places:
            return []
        embedder = self._library.embedder
        texts = [turn.text[quote.start : quote.end] for quote, turn in places]
        cosines = embedder.embed_passages(texts) @ embedder.embed_questions([question.text])[0]
        best = int(cosines.argmax())
        quote, turn = places[best]
        heading = self._library.headings([quote.transcript])[quote.transcript]
        score = REFUSE_BELOW + (1 - REFUSE_BELOW) * (float(cosines[best]) + 1) / 2
        return [Reading(quote, turn, heading, texts[best], score)]


class Network:
    """Of each of the first passages the best span, scored by its logit above "not here"."""

    def __init__(self, library: Library, model: SpanModel) -> None:
        self._library, self._model = library, model

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Reading]:
        passages = [hit.passage for hit in hits]
        headings = self._library.headings([passage.transcript for passage in passages])
        said = self._model.read(question.text, [passage.text for passage in passages])
        found = []
        for passage, each in zip(passages, said, strict=True):
            span = best_span(each, passage.text)
            turns = self._library.turns(passage.transcript, *passage.turns)
            placed = quoted_around(span, passage, turns)
            if placed is None or (question.said_by and placed[1].speaker not in question.said_by):
                continue
            quote, turn = placed
            score = 1 / (1 + math.exp(-max(-50.0, min(50.0, span.score))))
            found.append(Reading(quote, turn, headings[passage.transcript], span.text, score))
        return sorted(found, key=lambda reading: -reading.score)


def quoted_around(span: Span, passage: Passage, turns: Sequence[Turn]) -> tuple[Quote, Turn] | None:
    """The sentence of a turn in which a span of a passage begins. Of a span in a speaker's label
    it is the first that follows."""
    of_position = {turn.position: turn for turn in turns}
    at = 0
    for part in passage.slices:
        turn = of_position[part.turn]
        raw = turn.text[part.start : part.end]
        begins = passage.text.index(raw.strip(), at)
        at = begins + len(raw.strip())
        if span.start < at:
            lead = part.start + len(raw) - len(raw.lstrip())
            place = lead + max(0, span.start - begins)
            for start, end in sentences(turn.text):
                if place < end:
                    return Quote(passage.transcript, turn.position, start, end), turn
    return None


def _sentences(library: Library, hit: Hit) -> list[tuple[Quote, Turn]]:
    """Those that begin in a passage, whole."""
    passage = hit.passage
    turns = {turn.position: turn for turn in library.turns(passage.transcript, *passage.turns)}
    return [
        (Quote(passage.transcript, part.turn, start, end), turns[part.turn])
        for part in passage.slices
        for start, end in sentences(turns[part.turn].text)
        if part.start <= start < part.end
    ]


def named(name: str, model: Callable[[], SpanModel]) -> Callable[[Library], Reader]:
    """The maker of a reader of READERS."""
    return {
        "similarity": Similarity,
        "signs": SignReader,
        "network": lambda library: Network(library, model()),
        "trained": lambda library: Assistant(library)._reader,
    }[name]


READERS = ("similarity", "signs", "network", "trained")
