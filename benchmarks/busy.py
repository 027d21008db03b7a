"""The steps of growth.py in which something is written: searches beside a sync, and how soon a
document is there and gone."""

from __future__ import annotations

import multiprocessing
import statistics
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any

from index.local import LocalBackend

from .asking import Asking, home_of
from .corpus import ASKED, DOCUMENT_PASSAGES, EMBEDDER, Corpus
from .measuring import SPAWN, Row, alone, megabytes, memory, percentiles

_LOAD_SECONDS = 10.0
_ROUNDS = 5  # of adding and deleting a document


def load(scratch: Path, size: int) -> list[Row]:
    """Hybrid searches by one and by eight threads, alone and beside a process that writes."""
    rows: list[Row] = []
    for writing in (False, True):
        for kind in ("everything", "a speaker of about 1%"):
            for readers in (1, 8):
                name = f"{readers} reader{'s' * (readers > 1)}{', a sync beside' * writing}, {kind}"
                rows.append((name, alone(_under_load, scratch, size, readers, kind, writing)))
    return rows


def _under_load(scratch: Path, size: int, readers: int, kind: str, writing: bool) -> str:
    at = Asking(scratch, size)
    ask = at.asker(at.library(), kind)
    ask(0)
    stop, published = SPAWN.Event(), SPAWN.Value("i", 0)
    writer = SPAWN.Process(target=_keep_writing, args=(scratch, size, stop, published))
    if writing:
        writer.start()
        while not published.value:
            time.sleep(0.1)
    before, taken, numbers = published.value, [], count()
    end = time.perf_counter() + _LOAD_SECONDS

    def read() -> None:
        while (begun := time.perf_counter()) < end:
            ask(next(numbers) % ASKED)
            taken.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    beside = f", {(published.value - before) / _LOAD_SECONDS:.2f} publishes/s" if writing else ""
    if writing:
        stop.set()
        writer.join()
        assert writer.exitcode == 0
    return f"{percentiles(taken)}, {len(taken) / _LOAD_SECONDS:.0f}/s{beside}"


def _keep_writing(scratch: Path, size: int, stop: Any, published: Any) -> None:
    """Add one document after another without a pause, each in the place of the one before."""
    source = Corpus(scratch / "corpus")
    backend = LocalBackend.open(home_of(scratch, size))
    last, parent = "", multiprocessing.parent_process()
    for number in count(size // DOCUMENT_PASSAGES):
        made = source.document(number, size)
        with backend.writing(0):
            if last:
                backend.delete(last)
            last = made.transcript.id
            if stop.is_set() or not parent.is_alive():
                backend.publish(EMBEDDER)
                return
            backend.put(made.transcript, made.origin, made.passages, made.vectors)
            backend.publish(EMBEDDER)
        published.value += 1


def changes(scratch: Path, size: int) -> list[Row]:
    """A document more, until another process finds it, and one less."""
    source = Corpus(scratch / "corpus")
    backend = LocalBackend.open(home_of(scratch, size))
    adding, seeing, deleting = [], [], []
    for number in range(size // DOCUMENT_PASSAGES, size // DOCUMENT_PASSAGES + _ROUNDS):
        made = source.document(number, size)
        ready, seen = SPAWN.Event(), SPAWN.Queue()
        arguments = (scratch, size, made.transcript.id, made.vectors[0], ready, seen)
        watcher = SPAWN.Process(target=_watch, args=arguments)
        watcher.start()
        ready.wait()
        begun = time.time()
        with backend.writing(0):
            backend.put(made.transcript, made.origin, made.passages, made.vectors)
            backend.publish(EMBEDDER)
        adding.append(time.time() - begun)
        seeing.append(seen.get(timeout=60) - begun - adding[-1])
        watcher.join()
        begun = time.time()
        with backend.writing(0):
            backend.delete(made.transcript.id)
            backend.publish(EMBEDDER)
        deleting.append(time.time() - begun)
        assert backend.dense(made.vectors[0], 1, None)[0].passage.transcript != made.transcript.id
    return [
        ("add a document, first of a process", f"{adding[0]:.2f} s"),
        ("add a document (put + publish)", f"{statistics.median(adding[1:]):.2f} s"),
        ("found by another process after", f"{statistics.median(seeing):.2f} s"),
        ("delete a document (delete + publish)", f"{statistics.median(deleting):.2f} s"),
        ("memory of the writer, resident", megabytes(memory()["VmRSS"])),
    ]


def _watch(scratch: Path, size: int, document: str, vector: Any, ready: Any, seen: Any) -> None:
    backend = LocalBackend.open(home_of(scratch, size))
    backend.dense(vector, 1, None)
    ready.set()
    while backend.dense(vector, 1, None)[0].passage.transcript != document:
        time.sleep(0.02)
    seen.put(time.time())
