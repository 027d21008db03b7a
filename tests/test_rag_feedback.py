"""What is thought of answers is kept with the library, and is a set for `turncite evaluate`."""

from __future__ import annotations

import json

import pytest
from conftest import by_signs

from index.errors import InputError, LibraryError
from rag.feedback import file_of, keep_feedback, labelled, read_feedback
from rag.measuring.labels import read_questions
from rag.types import Answer


def test_what_is_right_becomes_a_label_and_the_rest_is_kept(library, tmp_path):
    assistant = by_signs(library)
    cost = assistant.ask("How much does the tram cost?")
    assert cost.answered
    refused = Answer("Who won the marathon?", False, None, "This is not in these transcripts.")
    for answer, verdict in ((cost, "wrong passage"), (cost, "good"), (refused, "good")):
        keep_feedback(library, answer, verdict)
    assert [row["verdict"] for row in read_feedback(library)] == ["wrong passage", "good", "good"]
    assert labelled(library) == [
        {
            "question": cost.question,
            "evidence": [cost.citations[0].quote],
            "answers": [cost.short],
            "document": "council.txt",
        },
        {"question": refused.question, "answerable": False},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in labelled(library)))
    assert [row.answerable for row in read_questions(path)] == [True, False]


def test_of_a_question_judged_twice_the_last_counts(library):
    answer = by_signs(library).ask("How much does the tram cost?")
    keep_feedback(library, answer, "good")
    keep_feedback(library, answer, "wrong speaker")
    assert labelled(library) == []
    keep_feedback(library, answer, "should have refused")
    assert labelled(library) == [{"question": answer.question, "answerable": False}]


def test_a_damaged_line_is_passed_over_and_no_file_is_nothing(library):
    assert labelled(library) == []
    file_of(library).write_text('{"question": "q", "answer": 7}\nbroken\n[]\n', encoding="utf-8")
    assert list(read_feedback(library)) == []


def test_what_cannot_be_kept_says_why(library, monkeypatch):
    answer = by_signs(library).ask("How much does the tram cost?")
    with pytest.raises(InputError, match="'lovely' is none of: good, bad"):
        keep_feedback(library, answer, "lovely")
    file_of(library).mkdir()
    with pytest.raises(LibraryError, match="cannot be written"):
        keep_feedback(library, answer, "good")


def test_what_a_killed_process_left_of_a_line_spoils_no_other(library):
    """The next one stands on a line of its own."""
    answer = by_signs(library).ask("How much does the tram cost?")
    keep_feedback(library, answer, "good")
    with file_of(library).open("ab") as file:
        file.write(b'{"question": "half a li')
    keep_feedback(library, answer, "wrong speaker")
    assert [row["verdict"] for row in read_feedback(library)] == ["good", "wrong speaker"]
