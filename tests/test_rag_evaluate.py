"""The measures over labelled questions."""

from __future__ import annotations

import json
from math import log2

import pytest
from conftest import by_signs

from index.errors import InputError
from rag import Assistant
from rag.evaluate import evaluate
from rag.measuring.compare import compare, read_evaluation
from rag.measuring.labels import Labelled, find_gold, read_questions

TRAM = {
    "question": "How much does the tram cost?", "answerable": True,
    "answers": ["240 million"], "evidence": "The tram costs 240 million kronor.",
}  # fmt: skip
FERRY = {
    "question": "How much does the ferry cost?", "answerable": True,
    "answers": ["17 million"], "evidence": "It costs 17 million.",
}  # fmt: skip
MARATHON = {"question": "Who won the marathon in Tokyo?", "answerable": False}
FEES = {
    "question": "What do the harbour fees pay for?",
    "transcript": "harbour.txt", "turns": [[2, 2]],
}  # fmt: skip


@pytest.fixture
def rows_of(tmp_path):
    """Reads rows, or lines, as a file of questions."""

    def read(*rows: dict | str) -> list[Labelled]:
        path = tmp_path / "questions.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_questions(path)

    return read


@pytest.fixture
def assistant(library) -> Assistant:
    return by_signs(library)


def test_answers(assistant, rows_of):
    """One right with its citation, one wrong, one rightly refused."""
    measured = evaluate(assistant, rows_of(TRAM, FERRY, MARATHON))
    one_of_two = {"count": 1, "of": 2, "share": 0.5, "low": 0.0, "high": 1.0}
    assert measured["questions"] == 3
    assert measured["answer right"] == one_of_two
    assert measured["citation right"] == one_of_two
    assert measured["unanswerable and refused"] == {
        "count": 1, "of": 1, "share": 1.0, "low": 1.0, "high": 1.0,
    }  # fmt: skip
    assert measured["settings"]["ranking"] == "best"
    assert [(row["question"], row["answered"]) for row in measured["per_question"]] == [
        (TRAM["question"], True), (FERRY["question"], True), (MARATHON["question"], False),
    ]  # fmt: skip


def test_what_has_no_label_is_not_measured(assistant, rows_of):
    """Turns alone say nothing of the answer's words, but that there is one."""
    measured = evaluate(assistant, rows_of(FEES))
    assert measured["answer right"]["of"] == measured["citation right"]["of"] == 0
    assert measured["answer right"]["share"] is None
    assert measured["answerable but refused"]["of"] == 1


def test_who_said_and_what_nobody_says(assistant, rows_of):
    """A speaker is an answer; what stands in a heading is cited right when it is answered."""
    who = {**TRAM, "answers": [], "type": "who-said", "speaker": "Anna Lind"}
    when = {"question": "When did the harbour board meet?", "answers": ["February 29, 2024"],
            "speaker": None}  # fmt: skip
    assert rows_of(who)[0].answers == ("Anna Lind",)
    measured = evaluate(assistant, rows_of(when))
    assert measured["answer and citation right"]["count"] == 1


def test_retrieval(assistant, rows_of):
    """By meaning the passage comes second, by words first; evidence and turns are gold alike."""
    said = {"question": FEES["question"], "evidence": "the harbour fees pay for it"}
    for row in (FEES, said):
        dense = evaluate(assistant, rows_of(row), ranking="dense", answers=False)["retrieval"]
        assert {name: dense[name]["mean"] for name in dense} == {
            "hit@1": 0.0, "hit@5": 1.0, "hit@10": 1.0, "MRR@10": 0.5,
            "nDCG@10": round(1 / log2(3), 3),
            "recall@500w": 1.0, "recall@1000w": 1.0, "hw@200": 1.0,
        }  # fmt: skip
        lexical = evaluate(assistant, rows_of(row), ranking="lexical", answers=False)
        assert lexical["retrieval"]["hit@1"] == {"of": 1, "mean": 1.0, "low": 1.0, "high": 1.0}


def test_only_answerable_rows_with_gold_count(assistant, rows_of):
    """Evidence that nobody says is reported, with its question; the others are measured."""
    unsaid = {**MARATHON, "evidence": "The tram costs 240 million kronor."}
    measured = evaluate(assistant, rows_of(TRAM, FERRY, unsaid))
    assert measured["retrieval"]["hit@1"]["of"] == 1
    assert measured["evidence not found"] == [
        {"question": FERRY["question"], "evidence": "It costs 17 million."}
    ]


def test_gold_in_the_document_only(library, rows_of):
    """Where a row names one; else wherever the sentence stands."""
    (library.path / "copy.txt").write_text("Ed: Who pays for the basin?\nFay: The ferry.\n")
    library.sync()
    row = {"question": "Who pays?", "evidence": ["Who pays for the basin?"]}
    (gold, within), missing = find_gold(rows_of(row, {**row, "document": "copy.txt"}), library)
    assert gold.transcripts == ("copy.txt", "harbour.txt")
    assert within.transcripts == ("copy.txt",)
    assert missing == []


def test_within_its_document(assistant, rows_of):
    """Each question is asked and looked for there; a row without one is named."""
    elsewhere = {**TRAM, "document": "harbour.txt"}
    measured = evaluate(assistant, rows_of(elsewhere), within=True)
    assert measured["answer right"]["count"] == 0
    measured = evaluate(assistant, rows_of({**TRAM, "document": "council.txt"}), within=True)
    assert measured["answer right"]["count"] == 1
    assert measured["retrieval"]["hit@1"]["mean"] == 1.0
    with pytest.raises(InputError, match=r"line 2: names no `document`"):
        evaluate(assistant, rows_of(elsewhere, TRAM), within=True)


def test_rankings_compared(assistant, rows_of):
    """Question by question: one of two differs by one, so the mean by a half, which is not
    shown."""
    rows = rows_of(FEES, TRAM)
    best, dense = (
        evaluate(assistant, rows, ranking=ranking, answers=False) for ranking in ("best", "dense")
    )
    comparison = compare(best, dense, "dense")
    assert (comparison["with"], comparison["settings"]["ranking"]) == ("dense", "dense")
    assert comparison["measures"]["hit@1"] == {
        "of": 2, "this": 1.0, "other": 0.5, "difference": 0.5, "low": 0.0, "high": 1.0,
        "shown": False,
    }  # fmt: skip
    one = compare(*(evaluate(assistant, rows[:1], ranking=r, answers=False)
                    for r in ("best", "dense")), "dense")  # fmt: skip
    assert one["measures"]["MRR@10"]["difference"] == 0.5
    assert one["measures"]["MRR@10"]["shown"]


def test_an_evaluation_is_read_back(assistant, rows_of, tmp_path):
    """And differs in nothing from itself."""
    rows = rows_of(TRAM, FERRY, MARATHON)
    measured = evaluate(assistant, rows)
    path = tmp_path / "before.json"
    path.write_text(json.dumps(measured))
    comparison = compare(measured, read_evaluation(path, rows), path.name)
    assert {"answer right", "unanswerable and refused", "nDCG@10"} <= set(comparison["measures"])
    assert {m["difference"] for m in comparison["measures"].values()} == {0.0}
    assert not any(m["shown"] for m in comparison["measures"].values())


def test_an_evaluation_of_other_questions(assistant, rows_of, tmp_path):
    """Says which, or how many."""
    path = tmp_path / "before.json"
    path.write_text(json.dumps(evaluate(assistant, rows_of(TRAM))))
    with pytest.raises(InputError, match=r"line 1 asks 'How much does the ferry cost\?'"):
        read_evaluation(path, rows_of(FERRY))
    with pytest.raises(InputError, match="with another document or label"):
        read_evaluation(path, rows_of({**TRAM, "answerable": False}))
    with pytest.raises(InputError, match="measured on 1 questions, not on these 2"):
        read_evaluation(path, rows_of(TRAM, FERRY))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"per_question": 1}', '{"per_question": [1], "settings": {}}',
     '{"per_question": [{"question": "Q?", "document": null, "answerable": true, "values": '
     '{"hit@1": "x"}}], "settings": {}}'],
)  # fmt: skip
def test_a_file_that_is_no_evaluation(rows_of, tmp_path, text):
    """Whatever else it holds."""
    path = tmp_path / "before.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"is not what `turncite evaluate --json` prints"):
        read_evaluation(path, rows_of(TRAM))


def test_neither_a_ranking_nor_a_file(rows_of, tmp_path):
    with pytest.raises(InputError, match="is neither a ranking nor a file"):
        read_evaluation(tmp_path / "sparse", rows_of(TRAM))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("not json", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[1]", "is no JSON object"),
        ('{"answers": []}', "the question is empty"),
        ('{"question": "?"}', "the question is empty"),
        (json.dumps({"question": "long " * 2_000}), "the question has 9,999 characters"),
        ('{"question": 7}', "`question` is to be a string, and is 7"),
        ('{"question": "Q", "answerable": "no"}', '`answerable` is to be true or false, and is "n'),
        ('{"question": "Q", "answers": "x"}', '`answers` is to be a list of strings, and is "x"'),
        ('{"question": "Q", "answers": [7]}', "`answers` is to be a list of strings"),
        ('{"question": "Q", "evidence": 7}', "`evidence` is to be a string or several, and is 7"),
        ('{"question": "Q", "evidence": ["a", 7]}', "`evidence` is to be"),
        ('{"question": "Q", "speaker": ["a"]}', "`speaker` is to be a string or null"),
        ('{"question": "Q", "document": 7}', "`document` is to be the id of a transcript"),
        ('{"question": "Q", "document": "a", "transcript": "b"}', "mean the same, and differ"),
        ('{"question": "Q", "turns": [[0, 1]]}', "has `turns` but no `document`"),
        ('{"question": "Q", "document": "a", "turns": [0, 1]}', "`turns` is to be"),
        ('{"question": "Q", "document": "a", "turns": [[2, 1]]}', "`turns` is to be"),
        ('{"question": "Q", "document": "a", "turns": [[-1, 1]]}', "`turns` is to be"),
        ('{"question": "Q", "document": "a", "turns": [[true, 1]]}', "`turns` is to be"),
    ],
)
def test_a_bad_line_is_named(rows_of, line, fault):
    """The file, the line and the fault."""
    with pytest.raises(InputError) as error:
        rows_of('{"question": "What\u2028now?"}', line)
    assert "questions.jsonl, line 2: " in str(error.value)
    assert fault in str(error.value)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"document": "nope.txt"}, "line 1: nope.txt is not in this library"),
        ({"document": "harbour.txt", "turns": [[1, 3]]},
         "line 1: turns [1, 3] is beyond harbour.txt, whose last turn is 2, counted from 0"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_the_library(assistant, rows_of, row, fault):
    """Named before anything is measured."""
    with pytest.raises(InputError) as error:
        evaluate(assistant, rows_of({"question": "What?", **row}))
    assert fault in str(error.value)


def test_a_file_without_questions(rows_of, tmp_path):
    """Or none at all."""
    with pytest.raises(InputError, match="holds no questions"):
        rows_of("")
    with pytest.raises(InputError, match="cannot be read as questions"):
        read_questions(tmp_path / "nowhere.jsonl")
