"""The reader with a network that a person can read: what it finds in a passage becomes words of a
turn, a quote, and a score."""

from __future__ import annotations

import re
from itertools import pairwise

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
        self.shipped, self.fingerprint, self.passages = True, "pointer", 0

    def read(self, question, passages):
        self.passages += len(passages)
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


def read(library: Library, text: str, network: Pointer, k: int = 5):
    question = understand(text, library.speakers())
    return SpanReader(library, network).read(question, retrieve(library, question, k))


def open_library(folder, embedder, files: dict[str, str]) -> Library:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = Library.open(folder, embedder)
    library.sync()
    return library


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


def test_who_said_it_is_quoted_with_the_sentence_that_says_it(tmp_path, embedder):
    """Not with the one that the network would take words of."""
    said = "Anna Lind: You have to have money. Nobody pays for a pizza with applause, right?\n"
    library = open_library(tmp_path, embedder, {"talk.txt": said})
    network = Pointer("Anna Lind", "have money", logit=6.0)
    best = read(library, "Who said that you cannot pay for a pizza with applause?", network)[0]
    assert (best.short, best.text) == (
        "Anna Lind",
        "Nobody pays for a pizza with applause, right?",
    )


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


def test_an_answer_deep_in_a_turn_without_full_stops_is_quoted(tmp_path, embedder):
    """Speech as it is recognised: what is cut there depends on where one begins."""
    words = "and so on we went " * 200 + "the tram costs 240 million kronor " + "and on " * 300
    library = open_library(tmp_path, embedder, {"talk.txt": f"Anna Lind: {words}\n"})
    best = read(library, "How much does the tram cost?", Pointer("240 million kronor"))[0]
    assert best.short == "240 million kronor"
    assert "240 million kronor" in best.text
    assert len(best.text) <= 2 * 600


def test_what_a_better_quote_holds_is_not_quoted_again(library):
    readings = read(library, "How much does the tram cost?", Pointer("opens on", "240 million"))
    places = sorted(
        (r.quote.transcript, r.quote.turn, r.quote.start, r.quote.end) for r in readings
    )
    for (file, turn, _, end), (other, its_turn, start, _) in pairwise(places):
        assert (file, turn) != (other, its_turn) or end <= start


def test_all_passages_are_read_unless_the_first_are_sure(tmp_path, embedder):
    """Four are enough where one of those is nearly certain."""
    files = {f"{i}.txt": f"Anna Lind: The tram number {i} is late today.\n" for i in range(9)}
    library = open_library(tmp_path, embedder, files)
    for logit, passages in ((9.0, 4), (0.1, 9)):
        network = Pointer("late today", logit=logit)
        read(library, "When is the tram late?", network, k=9)
        assert network.passages == passages


def test_questions_in_languages_without_a_gloss_are_read_by_signs(library):
    network = Pointer("240 million kronor")
    readings = read(library, "Wat kost de tram van de stad?", network)
    assert network.passages == 0
    assert readings


def test_a_transcript_in_another_language_is_read_in_english_and_quoted_as_it_is(
    tmp_path, embedder
):
    """Asked in either language; the network sees the gloss, the reader of the answer the words."""
    said = "Ana Ruiz: Buenos días. El presupuesto de la ciudad es de 30 millones de euros este año."
    library = open_library(tmp_path, embedder, {"talk.txt": f"{said}\n"})
    for question in ("How much is the budget of the city?", "¿Cuánto es el presupuesto?"):
        best = read(library, question, Pointer("30 millions"))[0]
        assert best.short == "30 millones"
        assert best.text == "El presupuesto de la ciudad es de 30 millones de euros este año."
