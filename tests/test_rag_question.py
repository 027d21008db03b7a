"""What is read out of a question."""

from __future__ import annotations

import pytest

from index.errors import InputError
from index.types import Document
from rag.question import sentence_outlook, understand
from rag.wording.people import people_named

PEOPLE = ("Vladimir Putin", "Kassym-Jomart Tokayev")


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("When will Tokayev visit Russia?", "date"),
        ("By when must it pass?", "date"),
        ("How long did the meeting last?", "duration"),
        ("How many joint projects are there?", "count"),
        ("how much was invested", "amount"),
        ("What trade target was mentioned?", "amount"),
        ("border length?", "amount"),
        ("Where is the festival held?", "place"),
        ("Who takes part in the construction?", "person"),
        ("Who said that relations are special?", "who_said"),
        ("Which of the two leaders brought up the border?", "who_said"),
        ("Which company builds the plant?", "name"),
        ("Why is the relationship special?", "reason"),
        ("Will the cooperation go on?", "yes_no"),
        ("What did Putin say about trade?", "statement"),
        ("the nuclear plant", "any"),
    ],
)
def test_the_kind_of_answer_wanted(text, wants):
    """The first words, or a noun of quantity, name the kind."""
    assert understand(text, PEOPLE).wants == wants


@pytest.mark.parametrize(
    ("text", "outlook"),
    [
        ("What trade target was mentioned?", "ahead"),
        ("How much was trade last year?", "behind"),
        ("When will Tokayev visit Russia?", "ahead"),
        ("What was the target last year?", None),
        ("What is the border's length?", None),
    ],
)
def test_outlook(text, outlook):
    """A target is ahead, last year behind; "was mentioned" frames the question and is neither."""
    assert understand(text).outlook == outlook


def test_outlook_of_a_sentence():
    """The same words decide in a transcript."""
    assert sentence_outlook("we will reach the milestone of $30 billion") == "ahead"
    assert sentence_outlook("last year we planned more") is None
    assert sentence_outlook("trade reached $28 billion last year") == "behind"


@pytest.mark.parametrize(
    ("text", "said_by", "about"),
    [
        ("What did Putin say about trade?", ("Vladimir Putin",), ()),
        ("According to President Tokayev, what is next?", ("Kassym-Jomart Tokayev",), ()),
        ("what was tokayev's view of the border", ("Kassym-Jomart Tokayev",), ()),
        ("What did Putin ask Tokayev?", ("Vladimir Putin",), ("Kassym-Jomart Tokayev",)),
        ("When will Tokayev visit Russia?", (), ("Kassym-Jomart Tokayev",)),
        ("What is the target?", (), ()),
    ],
)
def test_said_by_is_told_apart_from_said_about(text, said_by, about):
    """A verb of saying after the name asks for that person's words."""
    question = understand(text, PEOPLE)
    assert (question.said_by, question.about) == (said_by, about)


def test_a_surname_that_two_bear_names_nobody():
    """Better no filter than the wrong person's; the full name still names."""
    people = ("Anna Lind", "Per Lind")
    assert people_named("What did Lind say?", people) == []
    assert people_named("What did Anna Lind say?", people) == ["Anna Lind"]


def test_names_and_figures_of_the_question():
    """They must occur near an answer; the people's own names, units and the first capital don't."""
    question = understand("What did Putin say about the EAEU in 2023 and thirty dollars?", PEOPLE)
    assert question.names == ("EAEU", "2023", "30")


def test_what_how_many_counts():
    """The noun before the verb."""
    assert understand("How many Russian university branches are there?").counted == "branches"
    assert understand("How many people came?").counted == "people"
    assert understand("How much is it?").counted is None


def test_core_leaves_the_frame_out():
    """What it is about, without empty words."""
    assert understand("What did they say about the nuclear power plant?").core == (
        "nuclear power plant"
    )


@pytest.mark.parametrize("text", ["", "  \n", "?!", "—"])
def test_an_empty_question_is_refused(text):
    """With an example of one."""
    with pytest.raises(InputError, match="the question is empty; ask for example"):
        understand(text)


def test_a_question_of_ten_megabytes_is_refused_quickly():
    """By its length, before anything else looks at it."""
    with pytest.raises(InputError, match=r"the question has 10,000,000 characters"):
        understand("a" * 10_000_000)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Summarize the discussion about the budget.", "the budget"),
        ("Summarize the group's decision on colour and logo.", "colour and logo"),
        ("What did Putin think of the border?", "the border"),
        ("What did President Putin and Tokayev say about gas?", "gas"),
        ("What was the opinion of Putin on the border?", "the border"),
        ("Summarize Putin's opinions towards the border.", "the border"),
        ("Can you tell me what was said about the deadline?", "the deadline"),
        ("What did the team say about cats when discussing animals?", "cats, animals"),
        ("Why did prices fall, according to Tokayev?", "Why did prices fall"),
        ("What was said about gas in this meeting?", "gas"),
        ("How long is the border?", "How long is the border"),
        ("Why did Putin disagree with the plan?", "Why did Putin disagree with the plan"),
    ],
)
def test_the_subject_is_the_question_without_its_frame(text, subject):
    """A phrase as it stands in the question."""
    assert understand(text, PEOPLE).subject == subject


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("What are the three reasons for the delay?", "list"),
        ("List all the topics.", "list"),
        ("Which issues were raised?", "list"),
        ("What else was decided?", "list"),
        ("What was the reason for the delay?", "reason"),
        ("What were the costs?", "amount"),
    ],
)
def test_lists(text, wants):
    """Several things are asked for; a plural of figures stays one."""
    assert understand(text).wants == wants


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ('Who said "special relations" twice?', ("special relations",)),
        ("Who said “beautiful view”?", ("beautiful view",)),
        ("Кто сказал «Поехали»?", ("Поехали",)),
        ("Wer sagte „so wahr mir Gott helfe“?", ("so wahr mir Gott helfe",)),
        ("Why is 'easy to use' a goal?", ("easy to use",)),
        ("What did the team's and the users' views share?", ()),
    ],
)
def test_quoted_phrases(text, phrases):
    """In any marks; an apostrophe is none."""
    assert understand(text).phrases == phrases


def test_dates_and_transcripts_named_are_no_names_to_be_found():
    """They say where to look, so they need not occur in what answers."""
    town = Document(
        "council.txt", "Uppsala city council", "2025-05-05", None, ("Anna Lind",), 3, 3, 0, None
    )
    question = understand("What did Lind say about ERTMS in May 2025?", ["Anna Lind"], [town])
    assert (question.since, question.until) == ("2025-05-01", "2025-05-31")
    assert question.names == ("ERTMS",)
    question = understand("In the Uppsala council meeting, when does the tram open?", (), [town])
    assert (question.documents, question.names, question.wants) == (("council.txt",), (), "date")


ABROAD = ["Касым-Жомарт Токаев", "Angela Merkel", "Claudia Sheinbaum", "Владимир Путин"]


@pytest.mark.parametrize(
    ("text", "read", "said_by"),
    [
        ("Что сказал Токаев о торговле?", "What said Токаев about trade?", ABROAD[0]),
        ("Was sagte Merkel zum Haushalt?", "what said Merkel to the budget?", ABROAD[1]),
        ("Was hat Frau Merkel über die Steuer gesagt?", "about the tax said?", ABROAD[1]),
        ("¿Qué dijo la presidenta Claudia Sheinbaum?", "What said the", ABROAD[2]),
        ("What did Putin say about trade?", "What did Putin say about trade?", ABROAD[3]),
        ("Wie viele Stimmen gab es?", "how many votes", None),
        ("¿Cuándo se vota el presupuesto?", "When", None),
    ],
)
def test_a_question_in_another_language_is_read_in_english(text, read, said_by):
    """Names stay as they are; whose words are asked for shows in the language's own order."""
    question = understand(text, ABROAD)
    assert question.said == text
    assert read in question.text
    assert question.said_by == ((said_by,) if said_by else ())


def test_what_kind_of_answer_is_wanted_is_known_in_other_languages():
    wants = {
        "Wie viele Stimmen gab es?": "count",
        "¿Cuándo se vota el presupuesto?": "date",
        "Qui a dit que le budget est trop petit ?": "who_said",
        "Сколько стоит проезд?": "count",
    }
    assert {text: understand(text).wants for text in wants} == wants
