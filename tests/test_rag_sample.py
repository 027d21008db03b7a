"""The sample transcript, with the real model: what a newcomer asks first."""

from __future__ import annotations

import shutil

import pytest

from rag import Assistant

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def assistant(tmp_path_factory, sample):
    folder = tmp_path_factory.mktemp("library")
    shutil.copy(sample, folder)
    return Assistant.open(folder)


@pytest.mark.parametrize(
    ("question", "short", "speaker"),
    [
        ("What trade target was mentioned?", "$30 billion", "Kassym-Jomart Tokayev"),
        ("How much was mutual trade last year?", "$28 billion", "Kassym-Jomart Tokayev"),
        ("How long is the border?", "7,591 kilometres", "Kassym-Jomart Tokayev"),
        ("When will Tokayev visit Russia?", "November 12", "Kassym-Jomart Tokayev"),
        ("How many branches do Russian universities have?", "nine", "Kassym-Jomart Tokayev"),
        ("Where is the Festival of Kazakh Culture held?", "Moscow", "Kassym-Jomart Tokayev"),
        ("Which company builds the nuclear power plant?", "Rosatom", "Kassym-Jomart Tokayev"),
        ("Who said there are special relations?", "Vladimir Putin", "Vladimir Putin"),
        ("When did the meeting take place?", "October 10, 2025", None),
        ("Where did they meet?", "Dushanbe", None),
    ],
)
def test_answers(assistant, question, short, speaker):
    """The short answer, and a citation of the right person's exact words."""
    answer = assistant.ask(question)
    assert answer.short == short
    citation = answer.citations[0]
    turn = assistant.library.transcript(citation.transcript).turns[citation.turn]
    assert citation.quote == turn.text[citation.start : citation.end]
    assert citation.speaker == turn.speaker
    assert speaker in (None, citation.speaker)
    assert citation.date == "2025-10-10"


@pytest.mark.parametrize(
    "question",
    [
        "Who won the world cup in 2022?",
        "What did Tokayev say about the war in Ukraine?",
        "What trade target was set for 2035?",
        "When will construction of the nuclear power plant be finished?",
        "What did Putin say about the $28 billion?",
        "What is the length of the border with China?",
        "How do I bake bread?",
    ],
)
def test_refusals(assistant, question):
    """Off the subject, and near misses of date, place, figure and speaker."""
    answer = assistant.ask(question)
    assert not answer.answered
    assert answer.citations == ()
    assert answer.nearest


def test_examples_are_made_of_the_library(assistant):
    """The target first, and every one of them is answered."""
    examples = [*assistant.examples()]
    assert examples[0] == "What mutual trade target was mentioned?"
    assert assistant.ask(examples[0]).short == "$30 billion"
    assert all(assistant.ask(question).answered for question in examples)
