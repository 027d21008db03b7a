"""The comparison of readers: how rows are read, answers judged, and readers watched."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from benchmarks.judging import converted, figures, holds, is_right_leniently, names, read_rows
from benchmarks.readers import Similarity, Watched
from benchmarks.reading import Outcome, printed, table
from rag import Answer, Assistant
from rag.measuring.labels import Labelled
from rag.reader.signs import SignReader
from rag.reader.span_model import TokenScores
from rag.types import Citation
from training.evaluate_reader import best_span, read_squad

SLEEP = {
    "id": "W008", "file": "files/kremlin.html", "question": "How long does he sleep?",
    "answer": "Six hours", "evidence": ["Six hours a day."], "speaker": "Vladimir Putin",
    "type": "number", "question_lang": "en", "answerable": True,
}  # fmt: skip
ABSENT = {
    "file": "files/mx.txt", "question": "¿Quién será?", "answer": None, "evidence": [],
    "speaker": None, "type": "unanswerable", "question_lang": "es", "answerable": False,
}  # fmt: skip


def test_a_row_of_a_json_array_becomes_one_of_ours():
    assert converted(SLEEP) == {
        "question": "How long does he sleep?", "answerable": True, "type": "number",
        "answers": ["Six hours"], "evidence": ["Six hours a day."], "document": "kremlin.html",
        "speaker": "Vladimir Putin", "language": "en",
    }  # fmt: skip
    assert converted(ABSENT)["answers"] == []


def test_both_kinds_of_files_are_read(tmp_path):
    array, lines = tmp_path / "array.json", tmp_path / "lines.jsonl"
    array.write_text(json.dumps([SLEEP, ABSENT]), encoding="utf-8")
    lines.write_text('{"question": "Who won?", "answerable": false}\n', encoding="utf-8")
    rows = read_rows(array, tmp_path)
    assert [(row.language, row.labelled.document) for row in rows] == [
        ("en", "kremlin.html"), ("es", "mx.txt"),
    ]  # fmt: skip
    assert [row.labelled.answers for row in rows] == [("Six hours",), ()]
    assert [row.language for row in read_rows(lines, tmp_path)] == ["en"]


def test_figures_have_their_scale():
    assert figures("$3 trillion, twenty percent, 10%, 1,500 of them") == {
        ("3", "trillion"), ("20", "percent"), ("10", "percent"), ("1500", ""),
    }  # fmt: skip
    assert figures("the 1st of one at 00:00:04:01, EIP-1559") == {
        ("1", ""), ("00:00:04:01", ""), ("1559", ""),
    }  # fmt: skip


def test_names_have_a_capital_that_opens_no_sentence():
    assert names("Target met; Mr. Will White and Henoko's mayor. Six slots.") == {
        "will", "white", "henoko",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "accepted", "right"),
    [
        ("to reach $100 billion, and exceed that, at $108 billion",
         "Target $100 billion; reached $108 billion", True),
        ("we exceed that, at $108 billion", "Target $100 billion; reached $108 billion", False),
        ("we reached $100 billion", "Agreed on $100 billion of pipeline projects", False),
        ("in 3 days", "nearly $3 trillion", False),
        ("this is total lawlessness", "As total lawlessness", True),
        ("Google called", "It would cause many millions of requests to Google systems", False),
        ("anything", "No", False),
    ],
)  # fmt: skip
def test_figures_names_and_words_of_an_accepted_answer(said, accepted, right):
    assert holds(said, accepted, "What was the target, and what was reached?") == right


def cited(quote: str, start: int = 0) -> Citation:
    end = start + len(quote)
    return Citation(1, quote, "Ann", "a.txt", "A", None, 0, start, end, None, 0.9)


def test_a_lenient_judge_takes_other_words_but_no_refusal():
    row = Labelled("", "?", answers=("Between 2 and 10% (at most)",))
    quote = "That gives us between, like, 2 and 10% improvement."
    answer = Answer("?", True, "10%", f"Ann: “{quote}” [1]", (cited(quote),))
    assert is_right_leniently(answer, row)
    assert not is_right_leniently(Answer("?", False, None, answer.text), row)
    markers = Answer("?", True, "It is.", "Ann: “It is.” [1]", (cited("It is."),))
    assert not is_right_leniently(markers, Labelled("", "?", answers=("About 1 or so",)))


def test_the_best_span_is_in_order_and_weighed_against_nowhere():
    """Of three tokens the second alone has the highest sum that is no span back in the text."""
    offsets = np.array([[0, 2], [3, 5], [6, 8]])
    starts, ends = np.array([0.0, 1.0, 2.0]), np.array([3.0, 2.0, -9.0])
    span = best_span(TokenScores(offsets, starts, ends, 1.0), "aa bb cc")
    assert (span.start, span.end, span.text, span.score) == (0, 2, "aa", 2.0)
    sums = [3, 2, -9, 3, -8, -7]
    total = sum(map(math.exp, sums)) + math.exp(1)
    assert span.probability == pytest.approx(math.exp(3) / total)
    assert span.here == pytest.approx(1 - math.exp(1) / total)


def test_the_most_similar_sentence_is_never_refused(library):
    """And a reader that is watched says with what score."""
    watched = Watched(Similarity(library))
    answer = Assistant(library, reader=watched).ask("What about the harbour fees?")
    assert [citation.quote for citation in answer.citations] == ["The harbour fees pay for it."]
    assert watched.score(answer) == pytest.approx(answer.citations[0].score)
    watched.forget()
    assert (watched.readings, watched.seconds) == ([], 0.0)


def test_an_answer_of_no_reader_is_never_refused(library):
    """As one from the heading; a refusal has the score of the best that was read."""
    watched = Watched(SignReader(library))
    assistant = Assistant(library, reader=watched)
    refused = assistant.ask("Who won the marathon in Tokyo?")
    assert watched.score(refused) == max(reading.score for reading in watched.readings)
    assert watched.score(Answer("?", True, "May 5", "It was.", (cited("nothing"),))) == math.inf


def outcome(answerable: bool, answered: bool, score: float, language: str = "en") -> Outcome:
    values = {"answer right, strictly": answered} if answerable else {}
    return Outcome("?", language, answerable, answered, None, "", (), score, values, 0.001, 0.002)


def test_the_table_counts_by_language_and_draws_the_curve():
    outcomes = [
        outcome(True, True, 0.9), outcome(True, False, 0.3), outcome(True, True, 0.8, "ru"),
        outcome(False, False, 0.2), outcome(False, True, 0.6),
    ]  # fmt: skip
    lines = table({"signs": outcomes})
    cells = [(name.strip(), *values) for name, values in lines]
    assert ("English",) in cells
    assert ("answer right, strictly", "1/2 50.0 (9-91)") in cells
    assert ("answer right, strictly", "2/3 66.7 (21-94)") in cells
    assert ("unanswerable refused", "1/2 50.0 (9-91)") in cells
    assert ("0%", "1/2 50.0 (9-91)") in cells
    assert ("AUC of the scores", "0.833") in cells
    assert printed(["signs"], lines).splitlines()[0].split() == ["signs"]


def test_the_questions_beside_the_repository_are_read(shared, tmp_path):
    """68 over real transcripts; and those of SQuAD's articles that are held out."""
    rows = read_rows(shared / "data" / "transcripts" / "questions.json", tmp_path)
    assert [len(rows), sum(row.labelled.answerable for row in rows)] == [68, 57]
    assert sum(row.language == "en" for row in rows) == 53
    squad = read_squad(shared / "data" / "reader")
    assert [len(squad), sum(bool(question.answers) for question in squad)] == [2140, 983]
