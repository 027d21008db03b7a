"""Broad questions: the best quotes on a subject, by speaker; and whole transcripts."""

from __future__ import annotations

import pytest
from conftest import by_signs, write

from index import Filters, Hit, Turn
from index.types import Heading, Passage, Slice
from rag import Assistant
from rag.collect import overview as overviews
from rag.collect.gist import telling
from rag.collect.overview import (
    MAX_QUOTES,
    OF_ONE,
    Said,
    choose,
    covered_shares,
    hits_for_overview,
    overview,
)
from rag.prompt import REFUSAL
from rag.question import understand
from rag.types import Quote, Reading

SUMMIT = """Summit
Ann Berg: Thank you very much. The budget of the harbour grows by 5 million this year. I like it.
Reporter: What do you say about the budget of the harbour?
Per Holm: The budget of the harbour is too small for a second ferry, I fear. So be it.
Ann Berg: Our schools have a budget of their own, which nobody will touch.
Reporter: And the schools?
Per Holm: The school has music on Monday and nobody could find the old piano.
Ida Ek: I only sing in the choir and have music all day long here.
Ida Ek: I said so before.
June 1, 2025, Oslo
"""  # fmt: skip
COUNCIL = """Council
Per Holm: In those years the budget of the harbour was much larger than today, I recall.
Eva Lund: That is so.
Per Holm: Good.
Eva Lund: Let us go on.
January 7, 2023, Oslo
"""


@pytest.fixture
def assistant(tmp_path, embedder) -> Assistant:
    write(tmp_path / "a-summit.txt", SUMMIT)
    write(tmp_path / "council.txt", COUNCIL)
    return by_signs(tmp_path, embedder)


def test_quotes_are_grouped_by_speaker_in_order_of_time(assistant):
    """The earlier transcript first, no thanks and no question of a reporter among them."""
    answer = assistant.ask("What did each side say about the budget of the harbour?")
    assert answer.answered
    assert answer.short is None
    assert answer.text == (
        "Per Holm (January 7, 2023):\n"
        "“In those years the budget of the harbour was much larger than today, I recall.” [1]\n\n"
        "Ann Berg (June 1, 2025):\n"
        "“The budget of the harbour grows by 5 million this year.” [2]\n\n"
        "Per Holm (June 1, 2025):\n"
        "“The budget of the harbour is too small for a second ferry, I fear.” [3]"
    )
    for citation in answer.citations:
        turn = assistant.library.transcript(citation.transcript).turns[citation.turn]
        assert citation.quote == turn.text[citation.start : citation.end]
        assert citation.speaker == turn.speaker


def test_who_says_nothing_on_it_is_named(assistant):
    """Of two who are asked for, one speaks on it."""
    answer = assistant.ask("What did Per Holm and Ida Ek say about the budget of the harbour?")
    assert {citation.speaker for citation in answer.citations} == {"Per Holm"}
    assert answer.text.endswith("Nothing by Ida Ek was found on it.")


def test_a_press_secretary_is_no_reporter(tmp_path, embedder):
    """And a reporter whose words are asked for is quoted."""
    write(
        tmp_path / "briefing.txt",
        "Briefing\nPress Secretary: The budget of the harbour grows by 5 million this year.\n"
        "Reporter: My paper says the budget of the harbour is far too small for a ferry.\n"
        "Press Secretary: So be it.\nReporter: I see.\nJune 1, 2025, Oslo\n",
    )
    assistant = by_signs(tmp_path, embedder)
    for asked in ("What was said about the budget of the harbour?", "What was discussed?"):
        answer = assistant.ask(asked)
        assert [citation.speaker for citation in answer.citations] == ["Press Secretary"]
        answer = assistant.ask(asked, filters=Filters(speakers=("Reporter",)))
        assert [citation.speaker for citation in answer.citations] == ["Reporter"]


def test_passages_to_read_stand_where_they_were_first_found(monkeypatch):
    """Of A B C and A the first A."""
    a, b, c = (
        Hit(Passage(name, (Slice(0, 0, 5),), (), "words"), score)
        for name, score in (("a", 0.9), ("b", 0.8), ("c", 0.7))
    )

    class Words:
        def lexical(self, *_):
            return [Hit(a.passage, 3.0)]

    monkeypatch.setattr(overviews, "retrieve", lambda *_: [a, b, c])
    question = understand("What was said about the budget?")
    assert hits_for_overview(Words(), question, Filters()) == [a, b, c]


def test_who_speaks_on_it_is_not_called_silent(assistant):
    """Of those asked for the best is quoted, however much more another's is worth; and that nobody
    else speaks is said of all that was read, not of what is quoted."""
    library = assistant.library
    by_both = understand(
        "What did Ann Berg and Per Holm say about the budget of the harbour?",
        ("Ann Berg", "Per Holm"),
    )
    hits = hits_for_overview(library, by_both, Filters(documents=("a-summit.txt",)))
    heading, turns = (
        library.headings(["a-summit.txt"])["a-summit.txt"],
        library.turns("a-summit.txt", 0, 3),
    )
    sure = Reading(Quote("a-summit.txt", 0, 22, 78), turns[0], heading, "5 million", 1.0)
    answer = overview(by_both, library, hits, [sure])
    assert [citation.speaker for citation in answer.citations] == ["Ann Berg", "Per Holm"]
    assert "Nothing by" not in answer.text
    by_each = understand("What did each side say about the budget of the harbour?")
    answer = overview(by_each, library, hits, [sure])
    assert [citation.speaker for citation in answer.citations] == ["Ann Berg"]
    assert "Nobody else" not in answer.text


def test_filters_hold(assistant):
    """Of speakers and of transcripts."""
    asked = "Summarize the discussion of the budget"
    answer = assistant.ask(asked, filters=Filters(speakers=("Ann Berg",)))
    assert {citation.speaker for citation in answer.citations} == {"Ann Berg"}
    answer = assistant.ask(asked, filters=Filters(documents=("council.txt",)))
    assert {citation.transcript for citation in answer.citations} == {"council.txt"}


def test_nothing_on_the_subject_is_refused(assistant):
    """Not a word of it is said."""
    answer = assistant.ask("What was discussed about asylum in Bavaria?")
    assert not answer.answered
    assert answer.text == f"{REFUSAL} Searched 2 transcripts."


def test_a_follow_up_leans_on_an_overview(assistant):
    """ "He" is who is quoted, also under a heading with a date."""
    first = assistant.ask("What did each side say about the budget of the harbour?")
    history = [(first.question, first.text)]
    events = list(assistant.stream("What did he say about music?", history=history))
    assert "Understood as: What did Per Holm say about music?" in [e.text for e in events]


def test_a_whole_transcript_in_its_own_words(assistant):
    """Without a subject the transcript named is read whole; of each speaker few sentences."""
    answer = assistant.ask("Summarize the council meeting")
    assert [citation.quote for citation in answer.citations] == [
        "In those years the budget of the harbour was much larger than today, I recall."
    ]
    answer = assistant.ask("What was discussed?")
    assert {citation.transcript for citation in answer.citations} == {"a-summit.txt", "council.txt"}
    assert "Reporter" not in {citation.speaker for citation in answer.citations}


def test_what_is_quoted_of_many_transcripts_is_counted(tmp_path, embedder):
    """And those of which nothing is."""
    for day in range(1, 11):
        telling_it = day in (2, 4, 5, 8, 10)
        words = f"The harbour needs a deeper basin for ferry number {day} this year." * telling_it
        write(
            tmp_path / f"day{day:02}.txt",
            f"Day {day}\nAnn Berg: {words or 'Good.'}\nPer Holm: I see.\nMay {day}, 2025, Oslo\n",
        )
    assistant = by_signs(tmp_path, embedder)
    answer = assistant.ask("What was discussed?")
    assert answer.text.startswith(
        "4 quotes of the 8 most recent of 10 transcripts; 4 gave none:\n\nAnn Berg (May 4, 2025):"
    )
    answer = assistant.ask("What was discussed?", filters=Filters(since="2025-05-08"))
    assert answer.text.startswith("2 quotes of 3 transcripts; 1 gave none:")
    answer = assistant.ask("What did Ann Berg and Per Holm talk about?")
    assert "Nothing by" not in answer.text


def said(text: str, speaker: str | None, worth: float, start: int = 0, turn: int = 0) -> Said:
    whole = Turn(turn, speaker, " " * start + text)
    return Said(Quote("t", turn, start, start + len(text)), whole, Heading("T", None, None), worth)


def test_few_of_one_speaker_and_one_of_each():
    """The best of a quiet speaker goes before the fourth of a loud one."""
    loud = [said(f"Loud words {n}.", "A", 1.0, turn=n) for n in range(9)]
    quiet = [said("Quiet words.", "B", 0.5, turn=10)]
    chosen = choose([*loud, *quiet])
    assert [each.turn.speaker for each in chosen] == ["A"] * OF_ONE + ["B"]
    many = [said(f"Words {n}.", f"S{n}", 1.0, turn=n) for n in range(20)]
    assert len(choose(many)) == MAX_QUOTES


def test_neighbours_become_one_quote_and_copies_are_left_out():
    """Two sentences at most."""
    turn = Turn(0, "A", "First one. Second one. Third one.")
    heading = Heading("T", None, None)
    three = [
        Said(Quote("t", 0, a, b), turn, heading, 1.0) for a, b in ((0, 10), (11, 22), (23, 33))
    ]
    copy = said("First one.", "A", 0.9, turn=5)
    assert [each.text for each in choose([*three, copy])] == [
        "First one. Second one.",
        "Third one.",
    ]


def test_rare_words_and_names_say_most_of_a_subject():
    """ "Energy" is in every sentence, "nuclear" in one; a name outweighs both."""
    held = [frozenset(("energy",)), frozenset(("energy",)), frozenset(("energy", "nuclear"))]
    subject = {"energy", "nuclear"}
    common, _, both = covered_shares(subject, held, frozenset())
    assert common < 0.5 < both == 1.0
    assert covered_shares(subject, held, frozenset(("energy",)))[0] > 0.5
    assert covered_shares(set(), [frozenset()], frozenset()) == [0.0]


def test_a_word_that_nobody_says_is_missed():
    """ "Education in Japan" is no subject where only Japan is spoken of."""
    held = [frozenset(("japan",))] * 20 + [frozenset[str]()] * 40
    assert covered_shares({"education", "japan"}, held, frozenset(("japan",)))[0] < 0.5


def test_the_most_telling_sentences():
    """What comes up most, and not the same again; figures tell more."""
    text = (
        "The harbour needs a deeper basin for the ferry this year and next. "
        "The harbour needs a deeper basin for the ferry this year too. "
        "The harbour of Bergen needs $5 million and a ferry before May 2026. "
        "Nobody in the whole room could find even one of the old pianos."
    )
    turn = Turn(0, "A", text)
    found = telling("t", [turn], Heading("T", None, None), lambda t: t.casefold().split(), 2)
    assert [each.text[:25] for each in found] == [
        "The harbour of Bergen nee",
        "The harbour needs a deepe",
    ]


@pytest.mark.parametrize(
    ("text", "topic", "of_each"),
    [
        ("What did each side say about trade?", ("trade",), True),
        ("What did both presidents say about the border?", ("border",), True),
        ("What did Putin and Rahmon say about energy?", ("energy",), True),
        ("Summarize the discussion of the budget.", ("budget",), False),
        ("Summarize what Putin said about gas", ("gas",), False),
        ("What were the main points of the discussion about tariffs?", ("tariffs",), False),
        ("Give me an overview of the trade talks", ("trade",), False),
        ("Can you tell me what was said about the deadline?", ("deadline",), False),
        ("What was discussed?", (), False),
        ("Main points of the meeting", (), False),
    ],
)
def test_broad_questions(text, topic, of_each):
    """All that was said on a subject is asked for, by each, or on none."""
    question = understand(text, ["Vladimir Putin", "Emomali Rahmon"])
    assert (question.broad, question.topic, question.of_each) == (True, topic, of_each)
    assert not question.for_value


@pytest.mark.parametrize(
    "text",
    [
        "What did Putin say about trade?",
        "How long did both sides talk?",
        "How much did both sides invest?",
        "Who said that relations are special?",
        "What trade target was mentioned?",
        "Which figures did they mention about trade?",
    ],
)
def test_questions_for_one_thing_are_not_broad(text):
    """One speaker's words, a value, a list."""
    assert not understand(text, ["Vladimir Putin"]).broad
