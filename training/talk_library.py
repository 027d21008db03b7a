"""The invented talks as long transcripts, and the questions over them, to choose how to retrieve.

    python -m training.talk_library OUT

Fifteen talks of one kind make a transcript, as a session has many subjects. OUT gets files/, and
questions.jsonl with the words around each answer as evidence, for `turncite evaluate`. The reader
was trained on these questions: they tell how well passages are found, not how well they are read.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .reader_data import TALKS

KINDS = ("interviews", "meetings", "official", "podcasts", "press")
TALKS_OF_TRANSCRIPT = 15
# Characters of the line before and after an answer that tell its place.
BEFORE, AFTER = 25, 10
SEED = 5


def questions_of(talk: dict[str, Any], document: str) -> Iterator[dict[str, Any]]:
    """Those that the talk answers."""
    lines = talk["context"].split("\n")
    for asked in talk["questions"]:
        if not asked["answers"]:
            continue
        line = next(line for line in lines if line.startswith(asked["turn"]))
        words = line.partition(": ")[2] or line
        at = words.find(asked["answers"][0])
        start, end = max(0, at - BEFORE), at + len(asked["answers"][0]) + AFTER
        evidence = words[start:end] if at >= 0 else words  # else the speaker answers
        yield {"question": asked["question"], "document": document, "evidence": evidence}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    (out / "files").mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)
    rows = []
    for kind in KINDS:
        lines = (TALKS / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
        talks = [json.loads(line) for line in lines]
        rng.shuffle(talks)
        for start in range(0, len(talks), TALKS_OF_TRANSCRIPT):
            part = talks[start : start + TALKS_OF_TRANSCRIPT]
            name = f"{kind}-{start // TALKS_OF_TRANSCRIPT + 1}.txt"
            text = "\n".join(talk["context"] for talk in part)
            (out / "files" / name).write_text(f"{text}\n", encoding="utf-8")
            rows += [row for talk in part for row in questions_of(talk, name)]
    rng.shuffle(rows)
    with (out / "questions.jsonl").open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{len(rows)} questions over {len(list((out / 'files').iterdir()))} transcripts")


if __name__ == "__main__":
    main()
