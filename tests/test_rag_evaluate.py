"""The measures over labelled questions."""

from __future__ import annotations

import json

import pytest

from index.errors import InputError
from rag import Assistant
from rag.evaluate import evaluate, read_questions

ROWS = [
    {
        "question": "How much does the tram cost?", "answerable": True,
        "answers": ["240 million"], "evidence": "The tram costs 240 million kronor.",
    },
    {
        "question": "How much does the ferry cost?", "answerable": True,
        "answers": ["17 million"], "evidence": "It costs 17 million.",
    },
    {"question": "Who won the marathon in Tokyo?", "answerable": False},
]  # fmt: skip


def test_measures(library, tmp_path):
    """One right with its citation, one wrong, one rightly refused."""
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS) + "\n")
    measures = evaluate(Assistant(library), read_questions(path))
    assert measures["questions"] == 3
    assert measures["answer right"] == {"count": 1, "of": 2, "share": 0.5}
    assert measures["citation right"] == {"count": 1, "of": 2, "share": 0.5}
    assert measures["unanswerable and refused"] == {"count": 1, "of": 1, "share": 1.0}


@pytest.mark.parametrize("line", ["not json", "[1]", '{"answers": []}'])
def test_a_bad_line_is_named(tmp_path, line):
    """With its number and what a line should look like."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "What?"}\n' + line + "\n")
    with pytest.raises(InputError, match=r"line 2: is no labelled question"):
        read_questions(path)
