"""Lists: every match, counted, with what was covered."""

from __future__ import annotations

import pytest
from conftest import by_signs, write

from index import Filters, Turn
from rag import Assistant
from rag.collect import listing
from rag.collect.countries import countries
from rag.collect.matching import matches_in
from rag.prompt import REFUSAL
from rag.wording.listed import Listed

BOARD = """Trade board
Ann Berg: Trade reached $28 billion last year. The ferry to Norway runs 9 times a day.
Per Holm: Our target for trade is $30 billion by 2030. It was $28 billion in March 2024.
Per Holm: Trade of $28 billion is fine.
Reporter: Is the trade with Norway fair? And who pays for it?
Per Holm: Chad Smith asked me that on May 5, 2025. May I go on? Jordan and the US pay.
Ann Berg: Thank you for your words.
June 1, 2025, Oslo
"""  # fmt: skip
SCHOOL = """School board
Eva Lund: There are nine schools. The budget is 12 million kronor. Q2 and COVID-19 were hard.
Bo Alm: Yes, they were very hard for all of us.
Eva Lund: Fees are no subject for us, we want music in 50% of the schools.
Bo Alm: So do we.
January 7, 2023, Oslo
"""


@pytest.fixture
def assistant(tmp_path, embedder) -> Assistant:
    write(tmp_path / "board.txt", BOARD)
    write(tmp_path / "school.txt", SCHOOL)
    return by_signs(tmp_path, embedder)


def words(text: str) -> list[str]:
    return text.casefold().strip(".").split()


def shown(answer) -> list[str]:
    """The lines of a list without its lead, up to the quote."""
    lines = answer.text.split("\n\n", 1)[1].split("\n")
    return [line.split("“")[0].strip(" :") for line in lines if line and "“" in line]


def test_figures_about_a_subject(assistant):
    """Each once with the further places counted, and none of the ferry's or the schools'."""
    answer = assistant.ask("Which figures were mentioned about trade?")
    assert answer.answered
    assert answer.short == "$28 billion; $30 billion"
    assert answer.text.startswith(
        "2 figures about “trade” in 1 transcript (all 2 transcripts were scanned).\n\n"
        "$28 billion · Ann Berg: “Trade reached $28 billion last year.” [1] (said twice more)\n"
        "$30 billion · Per Holm: “Our target for trade is $30 billion by 2030.” [2]"
    )
    for citation in answer.citations:
        turn = assistant.library.transcript(citation.transcript).turns[citation.turn]
        assert citation.quote == turn.text[citation.start : citation.end]


def test_dates_of_all_transcripts_in_order(assistant):
    """By date of the transcript, then by turn; "last year" is no date of the calendar, "May I"
    none at all."""
    answer = assistant.ask("List all dates")
    assert answer.short == "2030; March 2024; May 5, 2025"
    assert shown(answer) == ["2030 · Per Holm", "March 2024 · Per Holm", "May 5, 2025 · Per Holm"]


def test_figures_of_several_transcripts(assistant):
    """The earlier first, each under its title; no quarter and no virus is a figure."""
    answer = assistant.ask("Which figures were mentioned?")
    titles = [line for line in answer.text.split("\n") if line.startswith(("School", "Trade"))]
    assert titles == ["School board, January 7, 2023", "Trade board, June 1, 2025"]
    assert answer.short == "nine; 12 million; 50%; $28 billion; 9 times; $30 billion"


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("What targets were mentioned?", "$30 billion"),
        ("Which countries were named?", "Norway; Jordan; United States"),
        ("Which percentages were mentioned?", "50%"),
        ("Which sums were mentioned?", "12 million; $28 billion; $30 billion"),
        ("How many countries were mentioned?", "3"),
        ("How often was trade mentioned?", "4 times"),
        ("How often did Per Holm mention trade?", "twice"),
        ("How many questions did the reporters ask?", "2"),
    ],
)
def test_kinds(assistant, question, short):
    """What answers in short, where the values are few or how many is asked."""
    assert assistant.ask(question).short == short


def test_questions_of_reporters_alone(assistant):
    """What is put together is one quote; Per Holm's own question is none of theirs."""
    answer = assistant.ask("List all the questions the reporters asked.")
    assert [citation.quote for citation in answer.citations] == [
        "Is the trade with Norway fair? And who pays for it?"
    ]
    assert answer.text.startswith(
        "2 questions in 1 transcript (all 2 transcripts were scanned). "
        "Reporters are named in 1 of these 2 transcripts.\n\n"
    )


@pytest.mark.parametrize(
    ("label", "reporter"),
    [
        ("Q", True),
        ("Q.", True),
        ("Q2", True),
        ("Question", True),
        ("QUESTION 3", True),
        ("Question (Reuters)", True),
        ("Question Time Chair", False),
        ("Reporters", True),
        ("BBC reporter", True),
        ("Press", True),
        ("Press corps", True),
        ("Media pool", True),
        ("Press Secretary", False),
        ("Press Secretary Karine Jean-Pierre", False),
        ("Media Adviser", False),
        ("Vopros Q", False),
    ],
)
def test_who_is_a_reporter(label, reporter):
    """Who speaks for somebody to the press is none."""
    assert listing.is_reporter(label) is reporter


def test_where_nobody_is_named_as_a_reporter(assistant):
    """Everybody's questions, and the answer says so."""
    only = Filters(documents=("school.txt",))
    assert not assistant.ask("List all the questions the reporters asked.", filters=only).answered
    write(
        assistant.library.path / "club.txt",
        "Ida Ek: Who won the race today?\nAl Aas: We did.\n" * 2,
    )
    assistant.library.sync()
    only = Filters(documents=("club.txt",))
    answer = assistant.ask("List all the questions the reporters asked.", filters=only)
    assert "Nobody is named as a reporter there: these are everybody's questions." in answer.text
    assert answer.citations[0].speaker == "Ida Ek"


def test_every_mention_is_a_line(assistant):
    """With another form of the word, and what somebody else says left out on demand."""
    answer = assistant.ask("Every mention of schools")
    assert [citation.quote for citation in answer.citations] == [
        "There are nine schools.",
        "Fees are no subject for us, we want music in 50% of the schools.",
    ]
    answer = assistant.ask("Every mention of Norway", filters=Filters(speakers=("Ann Berg",)))
    assert answer.text.startswith(
        "“Norway” is mentioned once, in 1 transcript "
        "(all 2 transcripts were scanned for what Ann Berg said)."
    )


BANKS = """Bank board
Ann Berg: The Bank of China lends to us. The bank, China said, is a bank in China.
Per Holm: Oil and gas, oil or natural gas, and the oil's price are dear in the US. Tell us.
Ann Berg: Nato and the NATO summit of the World Bank's office. May we?
Per Holm: We met in May. So we did.
June 1, 2025, Oslo
"""


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("How often was NATO mentioned?", "twice"),
        ("How often was nato mentioned?", "twice"),
        ("How often was the US mentioned?", "once"),
        ("How often was the Bank of China mentioned?", "once"),
        ("How often was the World Bank office mentioned?", "once"),
        ("How often is oil or gas mentioned?", "5 times"),
        ("How often is “oil and gas” mentioned?", "once"),
        ("How often were gas, natural gas and the bank mentioned?", "6 times"),
        ("How often is gas or the US mentioned?", "3 times"),
    ],
)
def test_mentions_are_counted_as_they_are_written(tmp_path, embedder, question, short):
    """Names in capitals in any case but where that is another word, small words kept, each of
    several once."""
    write(tmp_path / "banks.txt", BANKS)
    assert by_signs(tmp_path, embedder).ask(question).short == short


def test_mentions_of_several_are_named(assistant):
    """It is said how the question was read."""
    text = assistant.ask("How often is trade or the ferry mentioned?").text
    assert text.startswith("“trade” or “ferry” is mentioned 5 times, in 1 transcript (")
    text = assistant.ask("How often are Sweden, coal and gas mentioned?").text
    assert text.startswith(f"{REFUSAL} “Sweden”, “coal” or “gas” is not mentioned: ")


def test_what_is_never_mentioned_is_refused(assistant):
    """With what was scanned; a word that search leaves out is looked for as it is."""
    answer = assistant.ask("How often was Sweden mentioned?")
    assert not answer.answered
    assert answer.text == (f"{REFUSAL} “Sweden” is not mentioned: all 2 transcripts were scanned.")
    assert assistant.ask("How often was the US mentioned?").short == "once"


def test_nothing_of_the_kind_is_refused(assistant):
    """Without a subject the scan is the whole truth."""
    answer = assistant.ask("List all durations")
    assert answer.text == (f"{REFUSAL} No durations were found: all 2 transcripts were scanned.")


def test_the_question_itself_may_say_where(assistant):
    """Dates and transcripts that it names narrow the scan, and no list there is the whole truth."""
    answer = assistant.ask("Which percentages were mentioned in 2023?")
    assert answer.short == "50%"
    assert answer.text.startswith(
        "1 percentage in 1 transcript: "
        "the 1 transcript, dated 2023-01-01 to 2023-12-31, was scanned.\n\n"
    )
    answer = assistant.ask("Which percentages were mentioned in the trade board meeting?")
    assert answer.text == (
        f"{REFUSAL} No percentages were found: the 1 transcript (Trade board) was scanned."
    )
    only = Filters(documents=("board.txt", "school.txt"), speakers=("Ann Berg",))
    assert assistant.ask("List all durations", filters=only).text == (
        f"{REFUSAL} No durations were found: "
        "all 2 transcripts (Trade board; School board) were scanned for what Ann Berg said."
    )


def test_long_lists_say_what_they_leave_out(assistant, monkeypatch):
    """The first are shown and cited, all are counted."""
    monkeypatch.setattr(listing, "SHOWN", 2)
    answer = assistant.ask("Which figures were mentioned?")
    assert [citation.marker for citation in answer.citations] == [1, 2]
    assert answer.text.startswith("6 figures in 2 transcripts")
    assert "4 more entries are not shown" in answer.text


def test_what_could_not_be_scanned_is_said(assistant, monkeypatch):
    """Where there is too much to read, how much of it was read."""
    monkeypatch.setattr(listing, "MAX_CHARS", 10)
    answer = assistant.ask("Which figures were mentioned?")
    assert "(the first 1 of 2 transcripts were scanned)" in answer.text
    monkeypatch.setattr(listing, "MAX_PASSAGES", 1)
    answer = assistant.ask("Every mention of trade")
    assert "(only the 1 passages that match best were scanned)" in answer.text
    only = Filters(since="2023-01-01", until="2025-12-31")
    assert assistant.ask("Every mention of trade", filters=only).text.startswith(
        "“trade” is mentioned once, in 1 transcript: only the 1 passages that match best of "
        "2 transcripts, dated 2023-01-01 to 2025-12-31, were scanned.\n\n"
    )


def test_the_words_of_a_subject_may_stand_in_the_sentence_before():
    """Where this one goes on with it; not two before."""
    text = "Trade grew well. A sum of $5 is fine. It was $4. Trade was $3. It is $2. We have $1."
    turn = Turn(0, "A", text)
    found = matches_in("t", turn, Listed("figures", "trade"), ["trade"], words)
    assert [match.value for match in found] == ["$5", "$3", "$2"]


def test_countries():
    """By their usual names; no seas, states' namesakes or parts of other names."""
    text = (
        "The U.K. and Great Britain, the Republic of Georgia, Georgia and Chad Smith, New Mexico, "
        "the South China Sea, Guinea-Bissau and South Sudan asked us."
    )
    assert [country for _, _, country in countries(text)] == [
        "United Kingdom", "United Kingdom", "Georgia", "Georgia", "Guinea-Bissau", "South Sudan",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("America and the United States of America grew.", ["United States", "United States"]),
        ("We went to the States, and the States paid.", ["United States", "United States"]),
        ("The Baltic States, the States Parties and the States of the region met.", []),
        ("Latin America, South America, the Bank of America and Americans.", []),
        ("Korea, North Korea and the Republic of Korea", ["Korea", "North Korea", "South Korea"]),
        ("The Democratic People's Republic of Korea", ["North Korea"]),
        ("The DRC is large.", ["Democratic Republic of the Congo"]),
        ("East Timor and the Holy See", ["Timor-Leste", "Vatican City"]),
        ("PLEASE TELL US MORE.", []),
        ("Tell the US more.", ["United States"]),
        ("The National Bank of Kazakhstan", ["Kazakhstan"]),
    ],
)
def test_short_names_of_countries(text, named):
    """As they are said; "US" in a text of capitals is no country."""
    assert [country for _, _, country in countries(text)] == named


def test_a_language_model_words_no_list(assistant):
    """It would see a few passages of what was counted in all."""

    class Unasked:
        model = "unasked"

        def stream(self, messages):
            raise AssertionError("a list is not for a model")

    answer = Assistant(assistant.library, llm=Unasked()).ask("List all dates")
    assert answer.short == "2030; March 2024; May 5, 2025"
