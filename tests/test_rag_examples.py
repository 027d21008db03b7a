"""Questions proposed of a library and after an answer: what they are made of, which are kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import by_signs, write

from index import Library, Turn
from rag.compose import UNSURE
from rag.examples import (
    Proposal,
    chosen,
    counted,
    example_questions,
    figures_about,
    on_topic,
    readable,
    said_by,
    said_by_each,
)
from rag.examples_abroad import names_of
from rag.suggest import answered_ones, next_questions
from rag.topics import Topic, topics_of
from rag.types import Answer, Citation, Event

TALK = """Tram debate
Anna Lind: The tram line opens in March. Our city needs the tram line for the schools of the north.
Per Holm: I doubt that the tram line pays. The tram line costs 240 million kronor; Volvo paid 9%.
Anna Lind: Yes, really. We spoke with Volvo about our bus depot, and the noise of the bus depot.
Per Holm: What does the tram line cost in the long run?
Anna Lind: The tram line costs 30 million kronor a year, and Volvo will pay the half of that to us.
May 5, 2025, Uppsala
"""
TRAM = Topic("tram line", "the tram line", (0, 1), 4, False)


def cited(
    *quotes: str, speaker: str | None = "Anna Lind", text: str = "", short: str = ""
) -> Answer:
    citations = tuple(
        Citation(n, quote, speaker, "talk.txt", "Talk", None, n, 0, len(quote), None, 0.9)
        for n, quote in enumerate(quotes, 1)
    )
    return Answer("q", bool(quotes), short or None, text, citations)


SURE = cited("Our city needs the tram line for the schools of the north.")
OFF = cited("Our city needs a lot of things for the schools of the north.")


@pytest.fixture
def library(tmp_path, embedder) -> Library:
    write(tmp_path / "talks" / "talk.txt", TALK)
    library = Library.open(tmp_path / "talks", embedder)
    library.sync()
    return library


def test_topics_are_phrases_that_come_back_with_the_article_they_are_said_with():
    turns = [
        Turn(0, "Ada", "The Supreme Court met about trade. It was a very good thing."),
        Turn(1, "Bo", "In the Supreme Court they talk about trade, about our bus depots, GitLab."),
        Turn(2, "Bo", "And our bus depots are full. It was a thing to walk into. So GitLab is it."),
    ]
    topics = topics_of(turns, ["Bo"])
    assert [topic.spoken for topic in topics] == [
        "the Supreme Court",
        "bus depots",
        "GitLab",
        "trade",
    ]
    assert topics[0].turns == (0, 1)
    assert [topic.is_name for topic in topics] == [True, False, True, False]


def test_capitals_markup_and_abbreviations_make_no_topics():
    said = "THE TRAM LINE IS LATE. The <b>tram line</b> is here. The Japan-U.S. plan. It's the U.S."
    assert topics_of([Turn(0, None, said), Turn(1, None, said)]) == []


def test_proposals_are_made_from_what_is_said(library):
    questions = {p.kind: p.question for p in reversed([*example_questions(library)])}
    assert questions == {
        "asked": "What does the tram line cost in the long run?",
        "said": "What did Anna Lind say about the tram line?",
        "each": "What did each speaker say about the tram line?",
        "count": "How often did the tram line come up?",
        "figures": "Which figures were mentioned about the tram line?",
    }


def test_a_question_that_was_put_is_kept_where_the_next_turn_answers_it(library):
    asked = next(p for p in example_questions(library) if p.kind == "asked")
    there = cited("The tram line costs 30 million kronor a year, and Volvo pays.")
    at = replace(there.citations[0], turn=4)
    assert asked.holds(replace(there, citations=(at,)))
    assert not asked.holds(there)  # elsewhere


def test_a_speakers_words_must_be_theirs_to_the_point_and_sure():
    proposal = said_by("Anna Lind", TRAM)
    assert proposal.holds(SURE)
    assert not proposal.holds(OFF)
    assert not proposal.holds(cited(SURE.citations[0].quote, speaker="Per Holm"))
    assert not proposal.holds(replace(SURE, text=f"{UNSURE}\n\nx"))
    assert not proposal.holds(cited())
    assert not on_topic(cited(SURE.citations[0].quote, "Yes."), TRAM)  # a scrap
    half = cited(SURE.citations[0].quote, OFF.citations[0].quote)
    assert proposal.holds(half)


def test_everybody_is_asked_for_only_where_two_speak_of_it():
    turns = [Turn(0, "Anna Lind", "x"), Turn(1, "Per Holm", "y"), Turn(2, "Speaker 3", "z")]
    (proposal,) = said_by_each(TRAM, turns)
    two = (SURE.citations[0], replace(SURE.citations[0], speaker="Per Holm"))
    assert proposal.holds(replace(SURE, citations=two))
    assert not proposal.holds(SURE)
    assert [*said_by_each(TRAM, turns[1:])] == []


def test_lists_are_kept_where_they_are_neither_empty_nor_endless():
    assert counted(TRAM).holds(cited("a", "b", "c"))
    assert not counted(TRAM).holds(cited("a", "b"))
    assert not counted(TRAM).holds(cited(*"abcdefghijklmnopqrstuvwxyzA"))
    assert figures_about(TRAM).holds(cited("a", "b", short="9%; $3"))
    assert not figures_about(TRAM).holds(cited("a", "b", short="two; $3"))


def test_one_of_each_kind_is_chosen_whose_answer_holds_and_no_topic_twice():
    def proposal(kind, topic, holds=True):
        return Proposal(kind, f"{kind} {topic}?", topic, lambda answer: holds)

    proposals = [
        proposal("count", "a"),
        proposal("said", "a", holds=False),
        proposal("said", "b"),
        proposal("said", "c"),
        proposal("each", "b"),
        proposal("each", "d"),
    ]
    assert [*chosen(proposals, lambda question: SURE, 4)] == [
        "said b?",
        "each d?",
        "said c?",
        "count a?",
    ]
    assert [*chosen(proposals, lambda question: SURE, 2)] == ["said b?", "each d?"]


def test_transcripts_that_no_example_is_of_yet_come_first():
    def proposal(topic, document):
        return Proposal("said", f"{topic}?", topic, lambda answer: True, document)

    proposals = [proposal("a", "1"), proposal("b", "1"), proposal("c", "2"), proposal("d", "1")]
    assert [*chosen(proposals, lambda question: SURE, 3)] == ["a?", "c?", "b?"]


def test_a_transcript_is_asked_of_in_its_own_language_about_names_that_come_back():
    turns = [
        Turn(0, "Ana", "Hoy la Corte Suprema habló de México, y en Sonora no. Señora Presidenta."),
        Turn(1, "Ana", "Dijo la Corte Suprema que México gana. Gracias, Señora Presidenta."),
        Turn(2, "Ana", "No es la Corte Suprema, es México. Y DICE ALGO. Pues Ana, Ana."),
    ]
    names = names_of(turns, "es", ["Ana"])
    assert [(topic.spoken, topic.turns) for topic in names] == [
        ("la Corte Suprema", (0, 1, 2)),
        ("México", (0, 1, 2)),
        ("Sonora", (0,)),
    ]
    german = [Turn(0, "Bo", "Es geht um Europa, um des Grundgesetzes und den Deutschen Bundestag.")]
    assert [topic.spoken for topic in names_of(german, "de")] == ["Europa"]


def test_examples_of_a_spanish_transcript_are_in_spanish(tmp_path, embedder):
    said = "Yo digo que hoy la gente de México sabe lo que es la justicia, y que es para todos."
    talk = "".join(
        f"Ana Paz: {said}\nLuis Gil: Pues claro que sí, eso es muy cierto.\n" for _ in "abc"
    )
    write(tmp_path / "es" / "charla.txt", f"La charla\n{talk}Mayo 5, 2025\n")
    library = Library.open(tmp_path / "es", embedder)
    library.sync()
    assert [document.language for document in library.documents()] == ["es"]
    (proposal,) = example_questions(library)
    assert proposal.question == "¿Qué dijo Ana Paz sobre México?"
    assert proposal.holds(cited(said, speaker="Ana Paz"))
    assert not proposal.holds(cited(said, speaker="Luis Gil"))


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("PRESIDENT BIDEN", "President Biden"),
        ("MR. LONG", "Mr. Long"),
        ("Bo", "Bo"),
        ("SLA", "SLA"),
    ],
)
def test_a_label_in_capitals_is_written_as_a_name(label, name):
    assert readable(label) == name


def test_what_comes_next_are_other_voices_and_other_subjects_around_the_quotes(library):
    quote = "The tram line costs 240 million kronor; Volvo paid 9%."
    start = library.transcript("talk.txt").turns[1].text.index(quote)
    shown = replace(cited(quote).citations[0], turn=1, start=start, speaker="Per Holm")
    answer = replace(SURE, question="What does the tram line cost?", citations=(shown,))
    questions = [proposal.question for proposal in next_questions(library, answer)]
    assert questions[:3] == [
        "Which figures were mentioned about the tram line?",
        "What did Anna Lind say about the tram line?",
        "What did each speaker say about the tram line?",
    ]
    assert "What did Per Holm say about Volvo?" in questions
    first = next(p for p in next_questions(library, answer) if p.kind == "said")
    assert not first.holds(replace(answer, answered=True))  # no word that was not shown


def test_what_was_asked_is_not_proposed_and_the_caller_may_stop_between_steps():
    proposals = [
        Proposal("said", "One?", "a", lambda answer: True),
        Proposal("said", "Two?", "b", lambda answer: False),
        Proposal("said", "Three?", "c", lambda answer: True),
        Proposal("said", "Four?", "c", lambda answer: True),
    ]

    def stream(question):
        yield Event("status", "Searching")
        yield Event("answer", answer=SURE)

    steps = list(answered_ones(proposals, stream, ["one?"]))
    assert steps == [None, None, None, "Three?"]


def test_the_assistant_suggests_questions_that_it_answers(library):
    assistant = by_signs(library)
    answer = assistant.ask("What does the tram line cost in the long run?")
    found = [question for question in assistant.suggestions(answer) if question]
    assert found
    for question in found:
        assert assistant.ask(question).answered
    again = [question for question in assistant.suggestions(answer, found) if question]
    assert not set(found) & set(again)
