"""The reader with a network that a person can read: what it finds in a passage becomes words of a
turn, a quote, and a score."""

from __future__ import annotations

import re

import numpy as np
import pytest

from index import Library
from rag.question import understand
from rag.read import REFUSE_BELOW, SpanReader
from rag.reader.span_model import TokenScores
from rag.retrieve import retrieve


class Pointer:
    """A network that takes the words it is told to for the answer, the surer the higher `logit`;
    of passages without them it says "not here"."""

    def __init__(self, *words: str, logit: float = 9.0) -> None:
        self._words, self._logit = words, logit

    def read(self, question, passages):
        return [self._scores(text) for text in passages]

    def _scores(self, text):
        tokens = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
        starts = np.full(len(tokens), -5.0, np.float32)
        ends = np.full(len(tokens), -5.0, np.float32)
        for words in self._words:
            for found in re.finditer(re.escape(words), text):
                for i, (start, end) in enumerate(tokens):
                    starts[i] = self._logit if start == found.start() else starts[i]
                    ends[i] = self._logit if end == found.end() else ends[i]
        return TokenScores(np.array(tokens, np.int64), starts, ends, 0.0)


def read(library: Library, text: str, network: Pointer):
    question = understand(text, library.speakers())
    return SpanReader(library, network).read(question, retrieve(library, question, 5))


def test_the_words_found_are_quoted_with_their_sentence(library):
    best = read(library, "How much does the tram cost?", Pointer("240 million kronor"))[0]
    assert best.short == "240 million kronor"
    assert best.text == "The tram costs 240 million kronor."
    assert best.turn.speaker == "Anna Lind"
    assert best.turn.text[best.quote.start : best.quote.end] == best.text
    assert best.score > REFUSE_BELOW


def test_where_a_label_answers_the_speaker_is_the_short_answer(library):
    best = read(library, "Who talked about fees?", Pointer("Cy Berg"))[0]
    assert (best.short, best.turn.speaker) == ("Cy Berg", "Cy Berg")
    assert best.text in best.turn.text


def test_what_is_nowhere_scores_below_the_line(library):
    readings = read(library, "Who plays the organ?", Pointer("organ"))
    assert readings
    assert all(reading.score < REFUSE_BELOW for reading in readings)


def test_only_those_asked_for_are_read(library):
    """Their words alone, also where another's are in the passage."""
    network = Pointer("28 million", "harbour fees", logit=6.0)
    readings = read(library, "What did Cy Berg say about the budget of the basin?", network)
    assert {reading.turn.speaker for reading in readings} == {"Cy Berg"}


def test_a_sentence_found_twice_is_one_reading(library):
    readings = read(library, "How much does the tram cost?", Pointer("240 million", "kronor"))
    quotes = [reading.quote for reading in readings]
    assert len(quotes) == len(set(quotes))


def test_no_passages_give_no_readings(library):
    assert SpanReader(library, Pointer("x")).read(understand("What?"), []) == []


@pytest.mark.parametrize(("weaker", "stronger"), [(0.5, 2.0), (2.0, 4.0)])
def test_the_surer_the_network_the_higher_the_score(library, weaker, stronger):
    by_logit = [
        read(library, "How much does the tram cost?", Pointer("240 million kronor", logit=x))[0]
        for x in (weaker, stronger)
    ]
    assert by_logit[0].score < by_logit[1].score
