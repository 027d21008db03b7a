"""`make bench`: what answers are worth and what they cost, as tables. Run by hand.

Answers are measured on the questions in benchmarks/questions, over the sample transcript.
Times are wall clock on whatever machine this is; compare ratios within one run.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from index import Library
from index.embed import SentenceTransformerEmbedder
from rag import Assistant
from rag.evaluate import ANSWER_MEASURES, evaluate
from rag.measuring.labels import read_questions

from . import starting

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "dushanbe-2025-10-10.txt"
QUESTIONS = Path(__file__).parent / "questions"
T = TypeVar("T")
COPIES = 60  # of the sample, each a little different, for the rate of a sync


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        answers(folder / "answers")
        syncing(folder / "syncing")
    print()
    starting.measure([starting.ROOT], rounds=3)


def answers(folder: Path) -> None:
    folder.mkdir()
    shutil.copy(SAMPLE, folder)
    assistant = Assistant.open(folder)
    print("Answers over the sample")
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        print(f"  {path.name}")
        measured = evaluate(assistant, read_questions(path))
        for name in ANSWER_MEASURES:
            print(f"    {name:28} {measured[name]['count']} of {measured[name]['of']}")
        for name in ("p50 ms", "p95 ms"):
            print(f"    {name:28} {measured[name]}")


def syncing(folder: Path) -> None:
    """Passages a second of a sync, beside the model's own encode over the same texts."""
    folder.mkdir()
    text = SAMPLE.read_text(encoding="utf-8")
    for number in range(COPIES):
        changed = text.replace(" the ", f" the {number} ")
        (folder / f"copy-{number}.txt").write_text(changed, encoding="utf-8")
    embedder = SentenceTransformerEmbedder()
    embedder.embed_passages(["warm"])
    library = Library.open(folder, embedder)
    report, sync_seconds = timed(library.sync)
    passages = sum(result.passages for result in report.files)
    texts = [hit.passage.text for hit in library.lexical("Tokayev Putin", passages)]
    _, encode_seconds = timed(lambda: embedder.embed_passages(texts))
    _, again_seconds = timed(library.sync)
    print(f"\nSync of {COPIES} files, {passages} passages")
    print(f"    sync                         {passages / sync_seconds:.0f} passages/s")
    print(f"    encode alone                 {passages / encode_seconds:.0f} passages/s")
    print(f"    ratio                        {encode_seconds / sync_seconds:.2f}")
    print(f"    sync with nothing changed    {again_seconds * 1000:.0f} ms")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.perf_counter()
    result = work()
    return result, time.perf_counter() - begun


if __name__ == "__main__":
    main()
