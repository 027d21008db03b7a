"""Whom a question names, and whose words it asks for."""

from __future__ import annotations

import pytest

from rag.wording.people import mentions, people_named
from rag.wording.saying import who_says

PEOPLE = (
    "Vladimir Putin", "Kassym-Jomart Tokayev", "MR. LONG", "JUSTICE KENNEDY", "PRESIDENT BIDEN",
    "PRIME MINISTER SUGA", "The Prime Minister", "David Cameron", "MS. DALTON", "DIRECTOR YOUNG",
    "Michael Kennedy", "Will White", "Theresa May", "Condoleezza Rice", "Wolfgang Schäuble",
    "CLAUDIA SHEINBAUM PARDO", "Marketing", "User Interface", "Project Manager", "Grad E", "PhD D",
    "Speaker 2", "Question", "Q", "A", "Zoom user", "Кедр", "Lynne Neagle AM",
)  # fmt: skip
ROLES = (("Vladimir Putin", "President of Russia"), ("David Cameron", "Witney, Con"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What did President Tokayev say?", ["Kassym-Jomart Tokayev"]),
        ("Tokayev's plans", ["Kassym-Jomart Tokayev"]),
        ("how long did mr long speak", ["MR. LONG"]),
        ("How long will it take?", []),
        ("What did Long argue?", ["MR. LONG"]),
        ("What happened in Long Beach?", []),
        ("What happened in May?", []),
        ("What did May say in May?", ["Theresa May"]),
        ("What did Rice think of the price of rice?", ["Condoleezza Rice"]),
        ("What did Will think?", ["Will White"]),
        ("What will the price be?", []),
        ("What did Schauble say?", ["Wolfgang Schäuble"]),
        ("What did Sheinbaum say?", ["CLAUDIA SHEINBAUM PARDO"]),
        ("What did Joe Biden say?", ["PRESIDENT BIDEN"]),
        ("What Did Putin Say About Trade?", ["Vladimir Putin"]),
        ("what did putin say about trade", ["Vladimir Putin"]),
    ],
)
def test_people_by_name(text, named):
    """Surname or first name, with a title or in lower case; ordinary words only where meant so."""
    assert people_named(text, PEOPLE, ROLES) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What did Tokaev say about trade?", ["Kassym-Jomart Tokayev"]),
        ("what did tokaeyv say about trade", ["Kassym-Jomart Tokayev"]),
        ("What did Grade E think?", ["Grad E"]),
        ("What is the putting green for?", []),
        ("Where is Canned food sold?", []),
    ],
)
def test_one_letter_may_be_wrong_where_only_a_speaker_can_stand(text, named):
    """Elsewhere a word like a name is a word."""
    assert people_named(text, PEOPLE, ROLES) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What did Maria Putin say?", []),
        ("What did Michael Jackson say?", []),
        ("What did Michael Kennedy say?", ["Michael Kennedy"]),
        ("What did Justice Kennedy ask?", ["JUSTICE KENNEDY"]),
        ("What did Kennedy ask?", ["Michael Kennedy", "JUSTICE KENNEDY"]),
    ],
)
def test_a_namesake_is_another(text, named):
    """Another first name or surname beside it names somebody else; a title tells two apart."""
    assert people_named(text, PEOPLE, ROLES) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What did the Prime Minister say?", ["PRIME MINISTER SUGA", "The Prime Minister"]),
        ("What did Prime Minister Suga say?", ["PRIME MINISTER SUGA"]),
        ("What did the President of Russia say?", ["Vladimir Putin"]),
        ("What did the President of China say?", []),
        ("What did the Vice President say?", []),
        ("What did President Xi say?", []),
        ("What did the director compare it to?", ["DIRECTOR YOUNG"]),
    ],
)
def test_people_by_office(text, named):
    """All who hold it, where they are few; of a country, that one's."""
    assert people_named(text, PEOPLE, ROLES) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What did PhD D think?", ["PhD D"]),
        ("What did D think?", ["PhD D"]),
        ("What did Speaker E say?", ["Grad E"]),
        ("What did Speaker 2 say?", ["Speaker 2"]),
        ("What did Marketing think?", ["Marketing"]),
        ("What did the marketing expert think?", ["Marketing"]),
        ("What is the marketing strategy?", []),
        ("Summarize user interface's opinions", ["User Interface"]),
        ("What are the user requirements?", []),
        ("What is the final evaluation of the project?", []),
        ("Why was the question asked by a zoom caller?", []),
    ],
)
def test_people_by_labels_that_are_no_names(text, named):
    """Letters, numbers and parts played; their words alone name nobody."""
    assert people_named(text, PEOPLE, ROLES) == named


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("What did Tokayev say about Putin?", ["Kassym-Jomart Tokayev"]),
        ("What did Putin reply to Tokayev?", ["Vladimir Putin"]),
        ("What was said about Putin?", []),
        ("Putin's view of Tokayev", ["Vladimir Putin"]),
        ("What was Putin asked about sleep?", []),
        ("Who asked Putin about sleep?", []),
        ("Is Putin expected to visit?", []),
        ("What did Putin and Tokayev say?", ["Vladimir Putin", "Kassym-Jomart Tokayev"]),
        ("According to Putin and Tokayev, why?", ["Vladimir Putin", "Kassym-Jomart Tokayev"]),
        ("What was the opinion of Tokayev on trade?", ["Kassym-Jomart Tokayev"]),
        ("What was suggested by Cameron?", ["David Cameron"]),
        ("What did the team think of Putin's proposal?", []),
        ("What did Marketing think of the wheel suggested by PhD D?", ["Marketing"]),
        ("Was sagte Schäuble?", ["Wolfgang Schäuble"]),
        ("Что сказал Кедр?", ["Кедр"]),
        ("What did Lynne Neagle AM say about fees?", ["Lynne Neagle AM"]),
        ("what did lynne neagle am say about fees?", ["Lynne Neagle AM"]),
        ("What did Tokayev, PhD, say?", ["Kassym-Jomart Tokayev"]),
        ("What did Tokayev MD PhD say?", ["Kassym-Jomart Tokayev"]),
        (
            "What did Tokayev, Ms Lynne Neagle and Putin say?",
            [
                "Kassym-Jomart Tokayev",
                "Lynne Neagle AM",
                "Vladimir Putin",
            ],
        ),
    ],
)
def test_whose_words_are_asked_for(text, asked):
    """The subject's of a verb of saying; else the source's; nobody's where one is talked about."""
    found = mentions(text, PEOPLE, ROLES)
    says = who_says(text, [(mention.start, mention.end) for mention in found])
    assert [m.people[0] for m, yes in zip(found, says, strict=True) if yes] == asked
