"""The reader by signs: what each sign is, and what it does to the score."""

from __future__ import annotations

import re

import pytest

from index import Turn
from index.types import Heading
from rag.question import understand
from rag.read import REFUSE_BELOW
from rag.reader.signs import (
    Candidate,
    SignReader,
    Signs,
    answering_values,
    score,
    short_answer,
    signs,
)
from rag.retrieve import retrieve
from rag.types import Quote

PLAIN = Signs(0.3, 0.5, 0, 0, 0.0, False, False, False)
HEADING = Heading("Trade talks", "2025-05-05", None)


def terms(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def candidate(text: str, speaker: str | None = "Anna Lind") -> Candidate:
    return Candidate(Quote("x", 0, 0, len(text)), Turn(0, speaker, text), HEADING, 0.3)


def found(question: str, text: str, people=("Anna Lind",)) -> Signs:
    return signs(understand(question, people), candidate(text), terms)


def test_the_target_goes_before_what_was_reached():
    """Of two figures in like words, the one ahead answers a question for a target."""
    question = understand("What trade target was mentioned?")
    target = signs(question, candidate("We will bring trade to $30 billion next year."), terms)
    reached = signs(question, candidate("Our trade reached $28 billion last year."), terms)
    assert (target.kind, target.outlook) == (1, 1)
    assert (reached.kind, reached.outlook) == (1, -1)
    assert score(question, target) > score(question, reached)


@pytest.mark.parametrize(
    ("question", "text", "kind"),
    [
        ("When does it open?", "It opens on March 3.", 1),
        ("When does it open?", "It opens soon enough.", -1),
        ("How much is it?", "It costs $30 million.", 1),
        ("Is $30 million too much, how much is it?", "It costs $30 million.", -1),
        ("Where is it built?", "It is built in Uppsala.", 1),
        ("Where is it built?", "It is built with Rosatom.", -1),
        ("Who pays?", "Then Per Holm pays.", 1),
        ("Who pays?", "We pay half of it.", 0),
        ("Who pays?", "Half of it is paid.", -1),
        ("What about the tram?", "It is late.", 0),
    ],
)
def test_kind(question, text, kind):
    """A value of the kind asked for, and not one that the question brought along."""
    assert found(question, text).kind == kind


def test_names_must_stand_near():
    """In the sentence, those around it or the title; another form of the name will do."""
    assert found("How far is it to Kazakhstan?", "The Kazakh border is far.").names_missing == 0
    assert found("What about China and Uppsala?", "Uppsala it is.").names_missing == 0.5
    assert found("What of it in 2023?", "It was good.").names_missing == 1


def test_what_is_counted_must_be_there():
    """Nine branches are no answer to how many students."""
    text = "There are nine branches now."
    assert not found("How many branches are there?", text).counted_missing
    assert found("How many students are there?", text).counted_missing


@pytest.mark.parametrize(
    ("text", "brief"),
    [
        ("Yes, well.", True),
        ("It opens soon.", False),
        ("好的。", True),
        ("会议讨论了税收。", False),
    ],
)
def test_a_sentence_too_short_to_say_anything(text, brief):
    """Also where words have no spaces between."""
    assert found("When does it open?", text).brief is brief


@pytest.mark.parametrize(
    ("change", "up"),
    [
        ({"stands_out": 0.4}, True),
        ({"covered": 0.9}, True),
        ({"covered": 0.0}, False),
        ({"kind": 1}, True),
        ({"kind": -1}, False),
        ({"outlook": -1}, False),
        ({"names_missing": 0.5}, False),
        ({"counted_missing": True}, False),
        ({"brief": True}, False),
    ],
)
def test_each_sign_moves_the_score_its_way(change, up):
    """Everything else alike."""
    question = understand("When does it open?")
    base = {name: getattr(PLAIN, name) for name in PLAIN.__slots__}
    before, after = score(question, PLAIN), score(question, Signs(**{**base, **change}))
    assert (after > before) is up
    assert 0 < after < 1


def test_the_short_answer_is_the_value_nearest_to_what_is_asked():
    """Of two sums in a sentence, that of the projects."""
    question = understand("What are the joint projects worth?")
    text = "After $4 million of losses, the joint projects are worth $22 billion now."
    values = answering_values(question, text)
    assert [text[v.start : v.end] for v in values] == ["$4 million", "$22 billion"]
    assert short_answer(question, candidate(text), terms) == "$22 billion"


def test_a_count_is_the_figure_beside_what_is_counted():
    """Of two counts in a sentence, that of the orders."""
    text = "In 30 weeks of crime, 600 deportation orders were given."
    asked = understand("How many deportation orders were given in weeks of crime?")
    assert short_answer(asked, candidate(text), terms) == "600"


def test_the_short_answer_to_who_said_it_is_the_speaker():
    """And to a question for no value, the sentence."""
    text = "The tram is late."
    assert short_answer(understand("Who said it is late?"), candidate(text), terms) == "Anna Lind"
    assert short_answer(understand("What of the tram?"), candidate(text), terms) == text


def test_readings_are_sentences_of_the_turns(library):
    """Each quote is a whole sentence of one turn, and the best comes first."""
    question = understand("How much does the tram cost?", library.speakers())
    readings = SignReader(library).read(question, retrieve(library, question, 5))
    best = readings[0]
    assert best.text == "The tram costs 240 million kronor."
    assert (best.turn.speaker, best.short) == ("Anna Lind", "240 million")
    assert [r.score for r in readings] == sorted((r.score for r in readings), reverse=True)
    assert len({r.quote for r in readings}) == len(readings)


def test_only_the_named_speakers_words_are_read(library):
    """A question for Per Holm's words never quotes the mayor beside him."""
    question = understand("What did Per Holm say about the tram?", library.speakers())
    readings = SignReader(library).read(question, retrieve(library, question, 5))
    assert {reading.turn.speaker for reading in readings} == {"Per Holm"}


def test_the_line_is_in_the_middle():
    """Half is where a sentence is as likely to answer as not."""
    assert REFUSE_BELOW == 0.5
