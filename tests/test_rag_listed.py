"""Which questions ask for every match, of what kind and about what."""

from __future__ import annotations

import pytest

from rag.question import understand
from rag.wording.listed import Listed, listed_in

PEOPLE = ("Vladimir Putin", "PRESIDENT BIDEN")


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Which figures were mentioned about trade?", Listed("figures", "trade")),
        ("Which trade figures were mentioned?", Listed("figures", "trade")),
        ("What budget figures were given?", Listed("figures", "budget")),
        ("What are all the figures about trade?", Listed("figures", "trade")),
        ("Show me the numbers they mentioned about jobs", Listed("figures", "jobs")),
        ("What amounts of money were mentioned?", Listed("sums")),
        ("List all dates", Listed("dates")),
        ("Please list the dates in this transcript.", Listed("dates")),
        ("What other targets were set?", Listed("targets")),
        ("Which countries were named?", Listed("countries")),
        ("How many countries were mentioned?", Listed("countries", counts=True)),
        ("Every mention of Rosatom", Listed("mentions", "Rosatom")),
        ("Show me every reference to the World Bank", Listed("mentions", "World Bank")),
        ("Where was the border mentioned?", Listed("mentions", "border")),
        ("How often was Rosatom mentioned?", Listed("mentions", "Rosatom", counts=True)),
        (
            "How many times did they say “power plant”?",
            Listed("mentions", "power plant", counts=True),
        ),
        (
            "How many times does the word budget come up?",
            Listed("mentions", "budget", counts=True),
        ),
        (
            "How often is oil or gas mentioned?",
            Listed("mentions", "oil or gas", counts=True, either=("oil", "gas")),
        ),
        (
            "How often did they mention oil, the gas price and coal?",
            Listed(
                "mentions",
                "oil, the gas price and coal",
                counts=True,
                either=("oil", "gas price", "coal"),
            ),
        ),
        (
            "How often were the words “oil” and “gas” used?",
            Listed("mentions", "oil” and “gas", counts=True, either=("oil", "gas")),
        ),
        ("Where is the word tariff used?", Listed("mentions", "tariff")),
        ("Where does Rosatom appear?", Listed("mentions", "Rosatom")),
        ("Where is “night train” used?", Listed("mentions", "night train")),
        ("Every mention of “oil and gas”", Listed("mentions", "oil and gas")),
        ("Every mention of Trinidad and Tobago", Listed("mentions", "Trinidad and Tobago")),
        (
            "Every mention of the Ministry of Finance and Economy",
            Listed("mentions", "Ministry of Finance and Economy"),
        ),
        ("Every mention of 10,000 jobs", Listed("mentions", "10,000 jobs")),
        (
            "List all the questions the reporters asked",
            Listed("questions", by_reporters=True),
        ),
        (
            "What did the journalists ask about Iran?",
            Listed("questions", "Iran", by_reporters=True),
        ),
        ("What questions were asked?", Listed("questions")),
    ],
)
def test_every_match_is_asked_for(text, listed):
    """Something was mentioned, or all of it is wanted."""
    assert understand(text).listed == listed


@pytest.mark.parametrize(
    "text",
    [
        "What trade target was mentioned?",
        "Which island did he identify?",
        "What were the costs?",
        "What are the dates of the festival?",
        "Give me the dates of the visit.",
        "Which countries are in the EAEU?",
        "Name the countries in the EAEU.",
        "How many years were mentioned in the sentence he got?",
        "How often does the ferry sail?",
        "How many times was the bill rejected?",
        "Where is the seal robot used?",
        "How often did they use the night train?",
        "Where did the blackout occur?",
        "How often does the prompt appear?",
        "How often do they mention it?",
        "How often do they mention him or gas?",
        "Which figures were mentioned about oil or gas?",
        "What did the journalists ask about oil, gas and coal?",
        "What questions did the minister refuse to answer?",
        "List all the topics.",
        "What goals does Kazakhstan have?",
        "What did Putin say about trade?",
    ],
)
def test_other_questions_are_left_alone(text):
    """One value, a fact about a group, or a list that no rule can scan for."""
    assert understand(text, PEOPLE).listed is None


@pytest.mark.parametrize(
    ("text", "said_by"),
    [
        ("Which figures did Putin mention about trade?", "Vladimir Putin"),
        ("List all the figures Putin mentioned about trade.", "Vladimir Putin"),
        ("Which figures about trade were mentioned by Putin?", "Vladimir Putin"),
        ("Which figures does Biden name for trade?", "PRESIDENT BIDEN"),
    ],
)
def test_whose_mentions(text, said_by):
    """Who mentioned them is asked for as well, and is no part of the subject."""
    question = understand(text, PEOPLE)
    assert (question.said_by, question.listed) == ((said_by,), Listed("figures", "trade"))
    assert question.wants == "list"


def test_a_person_may_be_what_is_mentioned():
    """Putin's words about Biden."""
    question = understand("How often did Putin mention Biden?", PEOPLE)
    assert question.said_by == ("Vladimir Putin",)
    assert question.listed == Listed("mentions", "Biden", counts=True)


def test_more_than_the_rules_know_is_no_list():
    """Words that are left over might change what is asked for."""
    assert listed_in("Which figures were mentioned to impress the voters?") is None
