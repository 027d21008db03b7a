"""Where a question is looked for."""

from __future__ import annotations

import re

import pytest

from index import Filters
from index.types import Document
from rag.examples import is_anonymous
from rag.question import understand
from rag.scope import scope_of, searched_in, speakers_of
from rag.wording.documents import documents_named


def document(name: str, title: str, date: str | None, *speakers: str) -> Document:
    return Document(name, title, date, None, speakers, 9, 9, 0, None)


LIBRARY = [
    document("kremlin-qa.html", "News conference in China", "2019-04-27", "Vladimir Putin"),
    document("bundestag-18004.txt", "Plenarprotokoll 18/4", "2013-12-17", "Angela Merkel"),
    document("changelog-103-gitlab.md", "changelog 103 gitlab", None, "Sid Sijbrandij"),
    document("dushanbe.txt", "Meeting with Tokayev", "2025-10-10", "Vladimir Putin", "Tokayev"),
    document("scotus-1.txt", "Supreme Court of the United States", "2012-03-26", "MR. LONG"),
    document("scotus-1.pdf", "Supreme Court of the United States", "2012-03-26", "MR. LONG"),
    document("pythonbytes-467.vtt", "pythonbytes 467", None, "Brian Okken"),
]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("What was said in the Bundestag session?", ["bundestag-18004.txt"]),
        ("What did Sid say in episode 103?", ["changelog-103-gitlab.md"]),
        ("What is discussed in Python Bytes episode 467?", ["pythonbytes-467.vtt"]),
        ("In the Tokayev interview, what is the target?", ["dushanbe.txt"]),
        ("In the interview with Brian Okken, what is new?", ["pythonbytes-467.vtt"]),
        ("What did Merkel say in bundestag-18004.txt?", ["bundestag-18004.txt"]),
        ("Was steht im Plenarprotokoll 18/4?", ["bundestag-18004.txt"]),
        ("In the Supreme Court hearing, what is a tax?", ["scotus-1.txt", "scotus-1.pdf"]),
        ("What was decided in the meeting?", None),
        ("What came of the meeting with Xi Jinping?", None),
        ("What is the goal of the trade talks in China?", None),
        ("What did he say in episode 104?", None),
    ],
)
def test_transcripts_named(text, ids):
    """By file, title, words of either with a word for a transcript, or who speaks there."""
    named = documents_named(text, LIBRARY)
    assert (list(named.documents) if named else None) == ids


def scope(text: str, filters: Filters | None = None) -> Filters:
    return scope_of(understand(text, speakers_of(LIBRARY), LIBRARY), filters, LIBRARY)


def test_the_question_narrows_the_search():
    """By whose words, when, and where."""
    assert scope("What did Putin say in October 2025?") == Filters(
        speakers=("Vladimir Putin",), since="2025-10-01", until="2025-10-31"
    )
    assert scope("What is the pay in the Bundestag session?") == Filters(
        documents=("bundestag-18004.txt",)
    )


def test_the_users_filters_go_before_the_questions():
    """Whatever the question names."""
    assert scope("What did Putin say in October 2025?", Filters(since="2019-01-01")) == Filters(
        speakers=("Vladimir Putin",), since="2019-01-01"
    )
    only = Filters(documents=("dushanbe.txt",))
    assert scope("What is the pay in the Bundestag session?", only) == only


def test_what_leaves_no_transcript_is_left_out():
    """Merkel does not speak in 2025, nor Putin in the Bundestag."""
    assert scope("What did Merkel say in October 2025?") == Filters(speakers=("Angela Merkel",))
    assert scope("What did Putin say in the Bundestag session?") == Filters(
        speakers=("Vladimir Putin",)
    )


def test_dates_of_what_is_talked_about_are_no_filter():
    """The trade of 2019 may be told at any time."""
    asked = understand("What did Putin say about trade in 2019?", speakers_of(LIBRARY), LIBRARY)
    assert (asked.since, asked.until) == (None, None)
    assert scope_of(asked, None, LIBRARY) == Filters(speakers=("Vladimir Putin",))


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("What is the target?", "Searched 7 transcripts."),
        ("What did Putin say?", "Searched 7 transcripts for what Vladimir Putin said."),
        (
            "What did Putin say in October 2025?",
            "Searched 1 transcript, dated 2025-10-01 to 2025-10-31, for what Vladimir Putin said.",
        ),
        (
            "What was said since 2019?",
            "Searched 2 transcripts, dated 2019-01-01 or later.",
        ),
        (
            "What is the pay in the Bundestag session?",
            "Searched 1 transcript (Plenarprotokoll 18/4).",
        ),
    ],
)
def test_what_was_searched_is_said(text, searched):
    """The transcripts that passed, their dates, and whose words."""
    asked = understand(text, speakers_of(LIBRARY), LIBRARY)
    assert searched_in(asked, scope_of(asked, None, LIBRARY), LIBRARY) == searched


def test_labels_that_name_nobody_make_no_examples():
    """A question about what "Question" said helps nobody."""
    nobody = [
        "Question", "Q", "Speaker 2", "SPEAKER_01", "Reporter", "Unidentified Male Speaker",
        "Interviewer", "Participant A", "Moderator:", "Unknown Speaker", "Guest", "Customer",
        "spk_0",
    ]  # fmt: skip
    assert [name for name in nobody if not is_anonymous(name)] == []
    people = ["Anna Lind", "Guest House Manager", "Angela Merkel", "Mr Speaker Brown", "Xi"]
    assert [name for name in people if is_anonymous(name)] == []


def test_a_name_is_looked_for_quickly_in_a_library_of_many(monkeypatch):
    """No pattern is made for a transcript of which the question has nothing: of ten thousand that
    took seconds."""
    many = [document(f"m/council-{n:05}.txt", f"Council {n:05}", None) for n in range(10_000)]
    searched = []
    search = re.search

    def counted(pattern, *rest):
        searched.append(pattern)
        return search(pattern, *rest)

    monkeypatch.setattr(re, "search", counted)
    named = documents_named("What was decided in council-04711?", many)
    assert named.documents == ("m/council-04711.txt",)
    assert len(searched) == 1
