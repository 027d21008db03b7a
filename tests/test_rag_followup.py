"""Questions that lean on the one before."""

from __future__ import annotations

import pytest
from conftest import by_signs
from fastapi.responses import JSONResponse

from rag.followup import resolve

PEOPLE = ("Vladimir Putin", "Kassym-Jomart Tokayev", "MS. DALTON", "MR. LONG", "Sid Sijbrandij")
TRADE = (
    "What did Putin say about trade with Tajikistan?",
    "Vladimir Putin: “Trade has grown to one billion.” [1]",
)
TARGET = ("What was the trade target in 2018?", "Vladimir Putin: “It was $100 billion.” [1]")
VISIT = ("When will Tokayev visit Russia?", "Kassym-Jomart Tokayev: “On November 12.” [1]")


@pytest.mark.parametrize(
    ("last", "question", "alone"),
    [
        (TRADE, "What about Russia?", "What did Putin say about trade with Russia?"),
        (TRADE, "And Tokayev?", "What did Tokayev say about trade with Tajikistan?"),
        (TRADE, "And about gas?", "What did Putin say about gas?"),
        (TRADE, "and in 2024?", "What did Putin say about trade with Tajikistan in 2024?"),
        (TARGET, "And in 2019?", "What was the trade target in 2019?"),
        (TARGET, "and last year?", "What was the trade target last year?"),
        (TARGET, "And by when?", "By when (the trade target in 2018)?"),
        (TARGET, "Was it reached?", "Was the trade target in 2018 reached?"),
        (TARGET, "How much of it is oil?", "How much of it is oil (the trade target in 2018)?"),
        (VISIT, "Why?", "Why will Tokayev visit Russia?"),
        (VISIT, "With whom?", "With whom (Tokayev visit Russia)?"),
        (TRADE, "Why?", "Why did Putin say that about trade with Tajikistan?"),
        (TRADE, "Who said that?", "Who said “Trade has grown to one billion”?"),
        (VISIT, "What did he say about that?",
         "What did Tokayev say about that (Tokayev visit Russia)?"),
        (VISIT, "What will he sign there?", "What will Tokayev sign there (Tokayev visit Russia)?"),
        (TRADE, "And what did Tokayev say about it?",
         "What did Tokayev say about trade with Tajikistan?"),
    ],
)  # fmt: skip
def test_a_follow_up_stands_alone(last, question, alone):
    """What is parallel is replaced, pronouns are filled in, and the rest follows in brackets."""
    assert resolve(question, [last], PEOPLE) == alone


@pytest.mark.parametrize(
    "question",
    [
        "How long is the border?",
        "Who said that relations are special?",
        "What did Putin say about oil?",
        "What did the minister say when giving his speech?",
        "Who said the meeting was important for him?",
        "How long will it take to build the plant?",
        "Is it true that prices fell?",
        "What changes did the group say were needed?",
        "What number is this call and what date is it?",
        "Why did the team choose wood and how will it be cut?",
        "",
    ],
)
def test_a_question_that_stands_alone_stays(question):
    """Whatever was asked before."""
    assert resolve(question, [TRADE, TARGET], PEOPLE) == question


def test_without_history_nothing_is_filled_in():
    """There is nothing to fill in from."""
    assert resolve("And by when?", []) == "And by when?"


def test_a_title_tells_he_from_she():
    """Ms. Dalton is not "he", Mr. Long not "she"."""
    last = ("What did Ms. Dalton say about Mr. Long?", "MS. DALTON: “He is late.” [1]")
    assert resolve("When did he come?", [last], PEOPLE) == "When did Mr. Long come?"
    assert resolve("What did she add?", [last], PEOPLE) == "What did Ms. Dalton add?"


def test_a_follow_up_of_a_follow_up():
    """Is traced back to the question that says what it is about."""
    history = [TRADE, ("What about gas?", "Vladimir Putin: “It flows.” [1]")]
    assert resolve("And Tokayev?", history, PEOPLE) == "What did Tokayev say about gas?"


COST = ("What did Anna Lind say about the tram?", "Anna Lind: “The new tram opens.” [1]")


def test_what_was_understood_is_said_and_the_answer_keeps_what_was_typed(library):
    """The status says it first; the answer's question is the user's."""
    events = list(by_signs(library).stream("How much does it cost?", history=[COST]))
    assert events[0].text == "Understood as: How much does the tram cost?"
    assert events[-1].answer.question == "How much does it cost?"
    assert events[-1].answer.short == "240 million"


COSTS = "The tram costs 240 million kronor [1]."


@pytest.mark.parametrize(
    ("reworded", "alone"),
    [
        ("What did the council pay for the tram?", "What did the council pay for the tram?"),
        ("<think>Who?</think>What is the price?", "What is the price?"),
        ("I think it is:\nthe tram?", "What did the council pay (the tram)?"),
        ("x" * 400 + "?", "What did the council pay (the tram)?"),
        (JSONResponse({}, 400), "What did the council pay (the tram)?"),
    ],
)
def test_a_language_model_rewords_what_rules_only_put_side_by_side(
    library, server, reworded, alone
):
    """One short line is used; anything else gives way to the rules."""
    server.replies = [reworded, COSTS]
    question = "And what did the council pay?"
    events = list(by_signs(library, llm=server.model()).stream(question, history=[COST]))
    assert events[0].text == f"Understood as: {alone}"
    assert alone in server.requests[-1]["messages"][-1]["content"]
    assert len(server.requests) == 2


@pytest.mark.parametrize("question", ["How much does the tram cost?", "How much does it cost?"])
def test_a_language_model_is_not_asked_to_reword_where_rules_suffice(library, server, question):
    """One request, the answer's."""
    by_signs(library, llm=server.says(COSTS)).ask(question, history=[COST])
    assert len(server.requests) == 1
