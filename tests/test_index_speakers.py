"""One name per person of a transcript; when in doubt, two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.speakers import is_anonymous, people_by_label
from index.types import Person


def names(*labels: str) -> dict[str, str]:
    return {label: person.name for label, person in people_by_label(labels).items()}


def test_a_label_that_ends_in_another_names_the_same_person():
    """The longer one's first words are the office."""
    person = Person(
        "Vladimir Putin",
        "President of Russia",
        ("President of Russia Vladimir Putin", "Vladimir Putin"),
    )
    assert people_by_label(person.labels) == dict.fromkeys(person.labels, person)


def test_a_surname_is_the_one_person_who_bears_it():
    """Constituency and party, in brackets, become the role."""
    labels = ("Mr. David Cameron (Witney) (Con)", "The Prime Minister", "Mr. Cameron")
    person = Person("David Cameron", "Witney, Con", (labels[0], labels[2]))
    people = people_by_label(labels)
    assert people[labels[0]] == people[labels[2]] == person
    assert people["The Prime Minister"] == Person(
        "The Prime Minister", labels=("The Prime Minister",)
    )


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        (["MS. DALTON", "MS DALTON"], "MS. DALTON"),
        (["Dr. Angela Merkel (CDU/CSU)", "Dr. Angela Merkel, Bundeskanzlerin"], "Angela Merkel"),
        (["Präsident Dr. Norbert Lammert", "Dr. Norbert Lammert"], "Norbert Lammert"),
        (["Anna Lind", "ANNA LIND", "Lind, Anna"], "Anna Lind"),
        (["Lind", "Ms. Lind", "Mayor Anna Lind", "Anna Lind"], "Anna Lind"),
        (["Anna", "Anna (host)"], "Anna"),
        (["Joe Biden", "PRESIDENT BIDEN", "Mr. Biden"], "Joe Biden"),
        (["GENERAL VERRILLI", "MR. VERRILLI"], "MR. VERRILLI"),
        (["Stephan Livera (SL)", "SL"], "Stephan Livera"),
        (["Maxime Jaglin", "MJ"], "Maxime Jaglin"),
        (["John Smith, Jr.", "Mr. Smith"], "John Smith Jr."),
        (["Präsident Dr. Norbert Lammert"], "Norbert Lammert"),
        (["Secretary General António Guterres"], "António Guterres"),
        (["LIND, ANNA", "ANNA LIND"], "ANNA LIND"),
    ],
)
def test_labels_of_one_person(labels, name):
    """Titles, capitals, offices and brackets don't make another person."""
    assert names(*labels) == dict.fromkeys(labels, name)


@pytest.mark.parametrize(
    "labels",
    [
        ["David Cameron", "Samantha Cameron", "Mr. Cameron"],
        ["Mr. Smith", "Mrs. Smith"],
        ["Ann Lee", "Bo Lee", "Lee"],
        ["Prime Minister", "Deputy Prime Minister"],
        ["PRESIDENT", "VICE PRESIDENT"],
        ["Secretary General", "Deputy Secretary General"],
        ["Audience Member", "Second Audience Member"],
        ["Speaker 1", "Speaker 2", "Speaker 10"],
        ["Speaker (1)", "Speaker (2)", "Speaker"],
        ["Mr. Smith (Lab)", "Mr. Smith (Con)"],
        ["Q", "A"],
        ["Hans Peter Müller", "Peter Müller"],
        ["Ann Lee", "Al Lund", "AL"],
    ],
)
def test_two_people_are_never_merged(labels):
    """One surname, one office or one part in common is not one person."""
    assert names(*labels) == {label: label for label in labels}


def test_father_and_son_are_two():
    """ "Jr." is part of the name."""
    assert names("John Smith", "John Smith, Jr.") == {
        "John Smith": "John Smith",
        "John Smith, Jr.": "John Smith Jr.",
    }


def test_an_office_after_the_surname_is_no_given_name():
    """ "Lind, CEO" is Lind, whose office is CEO."""
    person = people_by_label(["Lind, CEO"])["Lind, CEO"]
    assert (person.name, person.role) == ("Lind", "CEO")


def test_mr_and_mrs_beside_a_full_name():
    """Where a Mr. and a Mrs. share a surname, neither is the one with the full name."""
    people = people_by_label(["David Cameron", "Mr. Cameron", "Mrs. Cameron"])
    assert people["David Cameron"] == Person("David Cameron", labels=("David Cameron",))
    assert people["Mrs. Cameron"] == Person("Mrs. Cameron", labels=("Mrs. Cameron",))


def test_names_in_catalogue_order_are_turned():
    """Zoom and Teams print "Lind, Anna"; an office after the comma stays an office."""
    assert names("Lind, Anna", "Lind, Per") == {"Lind, Anna": "Anna Lind", "Lind, Per": "Per Lind"}
    person = people_by_label(["Mr. Lind, Chairman of the Board"])["Mr. Lind, Chairman of the Board"]
    assert (person.name, person.role) == ("Mr. Lind", "Chairman of the Board")


@pytest.mark.parametrize(
    "label",
    [
        "Q",
        "Question",
        "Q (Reuters)",
        "Speaker 1",
        "SPEAKER_00",
        "Reporter 2",
        "Unknown Speaker",
        "Unidentified Male",
        "Senior Administration Official",
        "Audience Member",
        "Вопрос",
        "问",
    ],
)
def test_parts_that_several_may_play(label):
    """They are no names, so nothing is concluded from two that look alike."""
    assert is_anonymous(label)


@pytest.mark.parametrize("label", ["Quentin", "Speaker Pelosi", "Anna", "Questor Lee", "Mr. Ask"])
def test_names_are_not_parts(label):
    """A name that begins like a part is a name."""
    assert not is_anonymous(label)


@given(
    st.lists(
        st.text(st.sampled_from("AbÉß .,()'1-"), min_size=1).filter(str.strip),
        unique=True,
        max_size=6,
    )
)
def test_every_label_has_a_person(labels):
    """Whatever the labels, each has one person, who knows it and has a name."""
    people = people_by_label(labels)
    assert list(people) == labels
    assert [label for label in labels if label not in people[label].labels] == []
    assert [person for person in people.values() if not person.name.strip()] == []
