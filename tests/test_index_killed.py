"""SIGKILL at any instant, over and over: whole documents, no work done twice, no lie told.

A server process imports everything once and forks a syncing child for each round, so that a
round takes little more than the time until its kill. Between rounds files come, change, move and
go. `make test` kills 60 times; CI, with TURNCITE_KILLS, hundreds of times.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import WordEmbedder, found, write

from index import Library
from index.chunk import chunk
from index.material import expand
from index.parse import parse_bytes
from index.store import Store

KILLS = int(os.environ.get("TURNCITE_KILLS", "60"))
FILES = int(os.environ.get("TURNCITE_KILL_FILES", "40"))
# A sync of a round takes about as long, so that kills fall on all of its parts.
LONGEST_SECONDS = float(os.environ.get("TURNCITE_KILL_SECONDS", "0.25"))

# For each line read, a child syncs; it notes what it embeds.
SERVER = """
import os, sys
sys.path.insert(0, sys.argv[2])
from conftest import WordEmbedder
import index.library, index.sync

index.sync._WINDOW = 6
index.library.PUBLISH_SECONDS = 0.03

class Noting(WordEmbedder):
    def embed_passages(self, texts):
        with open(sys.argv[3], "a", encoding="utf-8") as notes:
            notes.writelines(text.replace("\\n", " ") + "\\n" for text in texts)
        return super().embed_passages(texts)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        print(os.getpid(), flush=True)
        index.library.Library.open(sys.argv[1], Noting()).sync(wait_seconds=5)
        os._exit(0)
    os.waitpid(child, 0)
    print("over", flush=True)
"""


@pytest.fixture
def server(folder, tmp_path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SERVER, folder, Path(__file__).parent, tmp_path / "notes"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=folder.parent, **pipes) as process:
        yield process


class Tide:
    """Changes a library's folder at random; each file's text is like no other's."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._folder = folder
        self._chance = chance
        self._next = 0
        for _ in range(FILES):
            self._write(f"{self._next:05}.txt")

    def turn(self) -> None:
        """Four new versions, a move, a deletion and two new files."""
        names = sorted(path.name for path in self._folder.glob("*.txt"))
        *changed, moved, gone = self._chance.sample(names, 6)
        for name in changed:
            self._write(name)
        (self._folder / gone).unlink()
        (self._folder / moved).rename(self._folder / f"{self._next:05}-moved.txt")
        for _ in range(2):
            self._write(f"{self._next:05}.txt")

    def _write(self, name: str) -> None:
        n = self._next
        self._next += 1
        text = f"Ed: The tram number {n} is late.\nFay: It is {n} o'clock, says {n} times Ed.\n"
        write(self._folder / name, text)


def committed(folder: Path, embedder: WordEmbedder, known: set[object]) -> set[str]:
    """The texts of all passages of the newest documents, each of which must be whole.

    So must be those that readers see. `known` has what was looked at before.
    """
    store = Store(folder / ".turncite" / "library.sqlite3")
    assert store.check() == "ok"
    for document in store.documents():
        if document not in known:
            assert len(store.transcript(document.id).turns) == document.turns == 2
            known.add(document)
    numbers, ranges = store.ranges(store.generation)
    held = list(store.texts(numbers))
    assert len(held) == ranges[:, 1].sum()
    vectors = store.vectors(expand(ranges))
    assert vectors.tolist() == embedder.embed_questions([p.text for p in held]).tolist()
    by_document: dict[int, list[str]] = {}
    for passage in held:
        by_document.setdefault(passage.document, []).append(passage.text)
    for document, origin in store.origins().items():
        if (document, origin) in known:
            continue
        known.add((document, origin))
        transcript = store.transcript(document, store.generation)
        passages = chunk(transcript, embedder.count_tokens, embedder.max_tokens)
        (number,) = store.document_numbers([document], store.generation)
        assert by_document[number] == [passage.text for passage in passages]
        path = folder / document
        data = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(data).hexdigest() == origin.sha256:
            assert transcript == parse_bytes(path, data, document)
    store.close()
    return {passage.text.replace("\n", " ") for passage in held}


def test_a_sync_killed_at_any_instant_goes_on_where_it_was(folder, server, embedder, tmp_path):
    """After each kill there are whole documents only, and none of them is embedded again."""
    chance = random.Random(7)
    for path in folder.glob("*.*"):
        path.unlink()
    tide = Tide(folder, chance)
    notes = tmp_path / "notes"
    notes.touch()
    done: set[str] = set()
    known: set[object] = set()
    finished = 0
    for _ in range(KILLS):
        before = notes.stat().st_size
        server.stdin.write("go\n")
        server.stdin.flush()
        child = int(server.stdout.readline())
        try:
            time.sleep(chance.uniform(0, LONGEST_SECONDS))
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            finished += 1
        assert server.stdout.readline() == "over\n"
        with notes.open(encoding="utf-8") as noted:
            noted.seek(before)
            embedded = noted.read().splitlines()
        assert done.isdisjoint(embedded), "embedded again"
        done = committed(folder, embedder, known)
        tide.turn()
    assert finished < KILLS / 2, "most kills must come before the end"
    library = Library.open(folder, embedder)
    report = library.sync()
    assert report.count("failed") == 0
    names = sorted(path.name for path in folder.glob("*.txt"))
    assert [document.id for document in library.documents()] == names
    assert done.isdisjoint(text.replace("\n", " ") for text in embedder.asked)
    assert library.health()["caches"] == "whole"
    for name in names[::7]:
        (number,) = {word for word in (folder / name).read_text().split() if word.isdigit()}
        assert found(library, number) == [name]
