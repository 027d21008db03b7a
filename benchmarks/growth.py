"""`python -m benchmarks.growth MEETINGS`: how the local store grows, up to a million passages.

MEETINGS is a folder of QMSum's meetings (`*.jsonl.gz`, each with turns and queries); libraries of
each size are made of them (corpus.py), through `LocalBackend.put` and `publish`. Every measure is
taken in a process of its own that has not loaded a model: questions come with their vectors.
Times are wall clock; files were written just before, so the system holds them in memory unless a
row says otherwise. Nothing is printed that was not measured in this run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from index.local import LocalBackend
from index.vectors import FILES as VECTOR_FILES
from rag.question import understand

from .asking import Asking, best, home_of
from .busy import changes, load
from .corpus import ASKED, DOCUMENT_PASSAGES, EMBEDDER, Corpus, prepare
from .measuring import Row, alone, megabytes, memory, times

TARGETS = {  # at 1e6 passages on 2 cores
    "hybrid, everything": "p95 <= 60 ms",
    "open and first search": "<= 2 s",
    "memory, resident": "<= 2.5 GB",
    "add a document (put + publish)": "<= 2 s",
    "recall@10, everything": ">= 0.98",
}
K = 100


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("meetings", type=Path)
    parser.add_argument("--passages", type=int, nargs="+", default=[10**3, 10**4, 10**5, 10**6])
    parser.add_argument("--scratch", type=Path, required=True, help="needs 5 GB for a million")
    parser.add_argument("--vectors", type=Path, nargs=2, help="vectors.npy texts.json, made before")
    parser.add_argument("--only", nargs="*", default=list(STEPS), choices=list(STEPS))
    chosen = parser.parse_args()
    alone(prepare, chosen.meetings, chosen.scratch / "corpus", chosen.vectors)
    table: dict[str, dict[int, str]] = {}
    for size in chosen.passages:
        print(f"\n{size:,} passages", flush=True)
        for step in chosen.only:
            print(f" {step}; {os.getloadavg()[0]:.1f} processes at work on the machine", flush=True)
            for name, value in alone(STEPS[step], chosen.scratch, size):
                table.setdefault(name, {})[size] = value
                print(f"  {name:44} {value:24} {TARGETS.get(name, '')}", flush=True)
    print(f"\n| | {' | '.join(f'{size:,}' for size in chosen.passages)} | target at 1e6 |")
    print(f"|---|{'---|' * len(chosen.passages)}---|")
    for name, values in table.items():
        cells = (values.get(size, "") for size in chosen.passages)
        print(f"| {name} | {' | '.join(cells)} | {TARGETS.get(name, '')} |")


# Each step takes the scratch folder and the number of passages and returns rows of the table.


def build(scratch: Path, size: int) -> list[Row]:
    """Make the library; documents are made up before the clock starts."""
    source, home = Corpus(scratch / "corpus"), home_of(scratch, size)
    home.mkdir(parents=True)  # one that is there already is measured with --only
    backend = LocalBackend.open(home)
    seconds = 0.0
    first_turns, regular = [], []
    for number in range(size // DOCUMENT_PASSAGES):
        made = source.document(number, size)
        begun = time.perf_counter()
        backend.put(made.transcript, made.origin, made.passages, made.vectors)
        seconds += time.perf_counter() - begun
        first_turns.append(made.first_turns)
        regular.append(made.regular)
    begun = time.perf_counter()
    note = backend.publish(EMBEDDER)
    publishing = time.perf_counter() - begun
    assert not note, note
    backend.close()
    np.savez(home / "truth.npz", first_turns=first_turns, regular=regular)
    return [
        ("put", f"{seconds:.1f} s, {size / seconds:.0f}/s"),
        ("publish, the first", f"{publishing:.1f} s"),
        *disk(scratch, size),
    ]


def disk(scratch: Path, size: int) -> list[Row]:
    index = home_of(scratch, size) / ".turncite"
    kept = (path for path in (index / "caches").iterdir() if path.name.isdigit())
    caches = max(kept, key=lambda path: int(path.name))  # of the generation published last
    parts = {
        "database": index.glob("library.sqlite3*"),
        "vectors": (caches / name for name in VECTOR_FILES),
        "lexical": (caches / "lexical").iterdir(),
    }
    return [
        (f"disk, {name}", megabytes(sum(path.stat().st_size for path in paths)))
        for name, paths in parts.items()
    ]


def opening(scratch: Path, size: int) -> list[Row]:
    """After the imports: to the first result; again with no file of it in memory."""
    warm = [alone(_open, scratch, size, False) for _ in range(3)]
    cold = alone(_open, scratch, size, True)
    return [
        ("open and first search", f"{statistics.median(s for s, _ in warm):.2f} s"),
        ("the same, files not in memory", f"{cold[0]:.2f} s"),
        ("memory, resident", megabytes(warm[0][1]["VmRSS"])),
        ("memory, of its own (RssAnon)", megabytes(warm[0][1]["RssAnon"])),
    ]


def _open(scratch: Path, size: int, cold: bool) -> tuple[float, dict[str, int]]:
    """Seconds, and bytes of memory once it was searched both ways with every question."""
    source = Corpus(scratch / "corpus")
    questions, vectors = source.questions, source.question_vectors
    del source  # its memory is not the library's
    if cold:
        os.sync()  # what is not written yet cannot be dropped
        for path in home_of(scratch, size).rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    begun = time.perf_counter()
    backend = LocalBackend.open(home_of(scratch, size))
    backend.dense(vectors[0], K, None)
    seconds = time.perf_counter() - begun
    for question, vector in zip(questions, vectors, strict=True):
        backend.dense(vector, K, None)
        backend.lexical(question, K, None)
    return seconds, memory()


def recall(scratch: Path, size: int) -> list[Row]:
    """Of the exactly nearest, how many are found: by passages moved, and by questions."""
    at = Asking(scratch, size)
    asked = np.concatenate([at.source.held_out, at.source.question_vectors])
    cosines = np.concatenate(
        [asked @ at.source.vectors(n).T for n in range(size // DOCUMENT_PASSAGES)], axis=1
    )
    backend = LocalBackend.open(at.home)
    rows: list[Row] = []
    for kind, variants in at.kinds.items():
        shares: dict[tuple[str, int], list[float]] = {}
        for place, vector in enumerate(asked):
            filters = variants[place % len(variants)]
            allowed = at.allowed(filters)
            order = best(cosines[place], allowed, K)
            found = [at.row(hit.passage) for hit in backend.dense(vector, K, filters)]
            assert len(found) == len(order), kind
            assert np.isin(found, allowed).all(), kind
            if kind == "the needle":
                named = [at.row(hit.passage) for hit in backend.lexical("quorum", K, filters)]
                assert len(allowed) == len(set(named) & set(allowed) & set(found)) == 5, kind
            for k in (10, K):
                right = len({*found[:k]} & {*order[:k].tolist()}) / min(k, len(order))
                who = "" if place < ASKED else " by questions"
                shares.setdefault((who, k), []).append(right)
        rows += [
            (f"recall@{k}{who}, {kind}", f"{statistics.mean(values):.4f}")
            for (who, k), values in shares.items()
        ]
    return rows


def searches(scratch: Path, size: int) -> list[Row]:
    """One reader. Filters take turns, more of them than are remembered, except the needle's."""
    at = Asking(scratch, size)
    library, questions, vectors = at.library(), at.source.questions, at.source.question_vectors
    rows: list[Row] = []
    for kind, variants in at.kinds.items():
        turns = list(islice(cycle(variants), ASKED))
        ask = at.asker(library, kind)
        for name, work in {
            "dense": lambda i, f=turns: library.dense(vectors[i], K, f[i]),
            "lexical": lambda i, f=turns: library.lexical(questions[i], K, f[i]),
            "hybrid": ask,
        }.items():
            rows.append((f"{name}, {kind}", times(work)))
    speakers = library.speakers()
    listed = times(lambda i: (library.speakers(), library.documents()))
    understood = times(lambda i: understand(questions[i], speakers))
    return [
        *rows,
        ("list speakers and documents, again", listed),
        ("understand a question, given the speakers", f"{understood}, {len(speakers)} of them"),
    ]


STEPS: dict[str, Callable[[Path, int], list[Row]]] = {
    "build": build, "opening": opening, "recall": recall, "searches": searches, "load": load,
    "changes": changes,
}  # fmt: skip


if __name__ == "__main__":
    main()
