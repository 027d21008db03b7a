"""Turncite beside others: where passages stand in a meeting, what is right, and the table."""

from __future__ import annotations

import pytest

from benchmarks.peers.judging import Meeting, holds, measured
from benchmarks.peers.table import Asked, Measured, ratios, table

LONG = " ".join(f"word{n}" for n in range(30))
MEETING = Meeting.of(
    "m",
    [
        ("Ann B.", "Right , let 's go ."),
        ("Cy", ""),
        ("Cy", LONG),
        ("Ann B.", "Right , let 's go ."),
    ],
)


def shown(text, document="m.txt", **more):
    return {"document": document, "text": text, **more}


def test_a_meeting_is_written_as_text_without_its_empty_turns():
    assert MEETING.document == "m.txt"
    assert MEETING.text == (
        f"Ann B.: Right , let 's go .\n\nCy: {LONG}\n\nAnn B.: Right , let 's go .\n"
    )
    assert MEETING.ends == (0, 6, 6, 36, 42)


def test_a_passage_is_found_by_its_words_wherever_they_stand():
    """Signs and spaces may differ, names are no words of the talk, ends may cut a word."""
    assert MEETING.places(shown("let's  go.\nCy: word0 wor")) == [[2, 3, 4, 6, 7]]
    assert MEETING.places(shown("Right, let 's")) == [[0, 2, 3], [36, 38, 39]]
    assert MEETING.places(shown("Cy:")) == [[]]
    assert MEETING.places(shown("let us go")) == []
    assert MEETING.places(shown("whatever", words=(4, 7, 42))) == [[4, 5, 6]]
    with pytest.raises(AssertionError, match="m was read with 40"):
        MEETING.places(shown("whatever", words=(4, 7, 40)))


def test_a_passage_is_relevant_by_the_rule_of_turncite_evaluate():
    gold = MEETING.gold([(1, 2)])
    assert {word for _, _, word in gold.words} == set(range(6, 36))
    twenty = " ".join(f"word{n}" for n in range(20))
    few = "Cy: word0 word1 word2 Right, let's go. Right, let's go."
    assert measured(MEETING, gold, [shown(f"Cy: {twenty}")]) == {
        "hit": True, "hw@200": True, "lost": 0,
    }  # fmt: skip
    assert measured(MEETING, gold, [shown(few), shown("Right, let's go.")]) == {
        "hit": False, "hw@200": False, "lost": 1,
    }  # fmt: skip


def test_only_the_first_200_words_count_and_other_meetings_use_them_up():
    gold = MEETING.gold([(2, 2)])
    other, own = shown("uh " * 185, "other.txt"), shown(f"Cy: {LONG}")
    assert measured(MEETING, gold, [other, own]) == {"hit": True, "hw@200": False, "lost": 0}
    assert measured(MEETING, gold, [own, other]) == {"hit": True, "hw@200": True, "lost": 0}


def test_a_sentence_is_shown_in_its_order_with_little_between():
    sentence = "Six hours, six hours a day."
    captions = "00:01.000 --> 00:03.000\nSix hours, six\n\n00:03.000 --> 00:05.000\nhours a day. So"
    assert holds(captions, sentence)
    assert holds("Six hours", sentence)  # a quote that is part of it
    assert not holds("A day has six hours, six!", sentence)
    assert not holds("Six hours, six" + " and so on" * 30 + " hours a day", sentence)
    assert not holds("", sentence)


ASKED = [Asked("How long?", ("Six hours a day",)), Asked("Where?", ("In Kyiv",)), Asked("Why?", ())]


def tool(name, seconds, ms, started, **more):
    return Measured(
        name,
        1_500_000_000,
        read=2,
        indexed=[{"seconds": s, "passages": 60, "peak": 9e8} for s in seconds],
        asked=[{"ms": [m, m, m], "started": started, "peak": 7e8} for m in ms],
        within=[{"hit": True, "hw@200": False, "lost": 0}, {"hit": False, "hw@200": False}],
        across=[{"hit": True, "hw@200": True, "lost": 0}],
        shown=[
            [shown("He said nothing"), shown("Six hours a day, he said")],
            [shown("In Kyiv"), shown("Or not")],
            [shown("Because")],
        ],
        **more,
    )


def test_the_table_has_medians_counts_and_the_words_shown():
    ours = tool(
        "Ours", [2.0, 3.0, 9.0], [10.0, 12.0, 50.0], 4.0,
        answered=[{"ms": [300.0], "started": 6.0, "peak": 8e8}],
        quoted=[[shown("hours a day")], [], []],
    )  # fmt: skip
    theirs = tool("Theirs", [1.0, 6.0, 9.0], [20.0, 6.0, 50.0], 2.0)
    lines = table([ours, theirs], ASKED, files=3, words=1234).splitlines()
    assert lines == [
        "| | Ours | Theirs |",
        "|---|---|---|",
        "| transcripts read, of 3 | 2 | 2 |",
        "| installed | 1,500 MB | 1,500 MB |",
        "| indexing 1,234 words | 3.0 s (20 passages/s) | 6.0 s (10 passages/s) |",
        "| peak memory, indexing / asking | 900 MB / 800 MB | 900 MB / 700 MB |",
        "| new process to first passages | 4.0 s | 2.0 s |",
        "| new process to first answer | 6.0 s | – |",
        "| passages for a question, p50 / p95 | 12 / 12 ms | 20 / 20 ms |",
        "| answer to a question, p50 / p95 | 300 / 300 ms | – |",
        "| QMSum, within the meeting: hit@5, hw@200 | 50.0%, 0.0% | 50.0%, 0.0% |",
        "| QMSum, all meetings: hit@5, hw@200 | 100.0%, 100.0% | 100.0%, 100.0% |",
        "| evidence in the first passage, of 2 | 1, in 2 words | 1, in 2 words |",
        "| in the first 3 passages | 2, in 6 words | 2, in 6 words |",
        "| in the first quote | 1, in 3 words | – |",
        "| in the first 3 quotes | 1, in 3 words | – |",
        "| refused, of 1 without an answer / of 2 with one | 1 / 1 | – |",
    ]
    assert ratios([ours, theirs]) == (
        "Theirs : Ours: indexing 1.00 (0.50-2.00), start 0.50 (0.50-0.50), "
        "question 1.00 (0.50-2.00)"
    )
