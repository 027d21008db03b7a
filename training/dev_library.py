"""The development library and its questions, with which the line of refusal was set.

    python -m training.dev_library SHARED OUT

Sixteen transcripts: eight of SHARED/data/transcripts/files that carry no questions of their own,
and eight meetings of QMSum's val, as "Speaker: words" lines. training/questions/development.jsonl
has 156 questions over them, written by somebody who had not seen the code; it names the evidence by
its place (turn, first and last character), as the texts are not ours to copy. OUT gets files/, and
questions.jsonl with the evidence in words, for benchmarks.reading and `turncite evaluate`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.parse import parse_file

QUESTIONS = Path(__file__).parent / "questions" / "development.jsonl"
MEETINGS = "data/qmsum/qmsum_meetings.val.jsonl.gz"
FILES = "data/transcripts/files"


def gather(shared: Path, names: set[str], out: Path) -> None:
    """The transcripts of these names."""
    out.mkdir(parents=True, exist_ok=True)
    with gzip.open(shared / MEETINGS, "rt", encoding="utf-8") as lines:
        meetings = {f"{row['meeting']}.txt": row["turns"] for row in map(json.loads, lines)}
    for name in sorted(names):
        if name in meetings:
            said = [f"{speaker}: {' '.join(words.split())}" for speaker, words in meetings[name]]
            (out / name).write_text("\n\n".join(said) + "\n", encoding="utf-8")
        else:
            shutil.copy(shared / FILES / name, out)


def in_words(rows: list[dict[str, Any]], files: Path) -> Iterator[dict[str, Any]]:
    """The questions with their evidence as text."""
    turns = {name: parse_file(files / name).turns for name in {row["document"] for row in rows}}
    for row in rows:
        of_document = turns[row["document"]]
        evidence = [of_document[turn].text[a:b] for turn, a, b in row.pop("places")]
        yield {**row, "evidence": evidence}


def read_rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    rows = read_rows()
    gather(given.shared, {row["document"] for row in rows}, given.out / "files")
    with (given.out / "questions.jsonl").open("w", encoding="utf-8") as file:
        for row in in_words(rows, given.out / "files"):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{len(rows)} questions over {len({row['document'] for row in rows})} transcripts")


if __name__ == "__main__":
    main()
