"""`python -m benchmarks.followups FOLDER`: what resolving follow-up questions is worth.

FOLDER holds the transcripts that benchmarks/followups.jsonl is about. A line of that is a
conversation with its next question and how the sentence that answers begins; those with
`kept_back` were written before the rules were tuned, and not looked at until they were measured.
hit@5 is the share whose sentence is in one of the five passages that an answer is read from.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from index import Library
from rag.followup import resolve
from rag.question import understand
from rag.retrieve import retrieve
from rag.scope import scope_of, speakers_of

ROWS = Path(__file__).parent / "followups.jsonl"
K = 5
Row = dict[str, Any]
Resolve = Callable[[str, Sequence[tuple[str, str]], Sequence[str]], str]

WAYS: dict[str, Resolve] = {
    "the question alone": lambda question, _history, _people: question,
    "the last question before it": lambda question, history, _: f"{history[-1][0]} {question}",
    "resolved by rules": resolve,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.followups")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--misses", action="store_true", help="print what the rules miss")
    options = parser.parse_args()
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "library"
        shutil.copytree(options.folder, folder)
        library = Library.open(folder)
        library.sync()
        print(f"hit@{K} of {len(rows)} follow-ups")
        for kept_back in (False, True):
            asked = [row for row in rows if row["kept_back"] == kept_back]
            print(f"  {'kept back' if kept_back else 'tuned on'}, {len(asked)}")
            for name, way in WAYS.items():
                found = [hit(library, row, way, misses=options.misses) for row in asked]
                print(f"    {name:30} {sum(found)} of {len(asked)}")


def hit(library: Library, row: Row, way: Resolve, *, misses: bool) -> bool:
    """Whether the row's sentence is found by its question, resolved in this way."""
    documents = library.documents()
    people = speakers_of(documents)
    history = [(question, answer) for question, answer in row["history"]]
    text = way(row["question"], history, people)
    question = understand(text, people, documents)
    hits = retrieve(library, question, K, scope_of(question, None, documents))
    passages = [each.passage for each in hits if each.passage.transcript == row["file"]]
    found = any(plain(row["evidence"]) in plain(passage.text) for passage in passages)
    if misses and not found and way is resolve:
        print(f"      {row['question']} -> {text}")
    return found


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


if __name__ == "__main__":
    main()
