"""One writer a library: the others wait, or are told who it is; readers never wait."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import by_signs, found, write

from index import Library
from index.errors import LibraryBusy, LibraryError
from index.lock import WriterLock
from index.parse import parse_bytes

HOLD = """
import sys
from pathlib import Path
from index.lock import WriterLock
with WriterLock(Path(sys.argv[1]) / ".turncite").held(5):
    print("held", flush=True)
    sys.stdin.read()
"""

# For each line read, two children sync at once; each notes what it embeds, and waits with that
# while there is a file "hold".
PAIR = """
import os, sys, time
sys.path.insert(0, sys.argv[2])
from conftest import WordEmbedder
import index.library, index.sync

index.sync._WINDOW = 4

class Noting(WordEmbedder):
    def embed_passages(self, texts):
        with open(f"notes-{os.getpid()}", "a", encoding="utf-8") as notes:
            notes.writelines(text.replace("\\n", " ") + "\\n" for text in texts)
        time.sleep(0.02)
        while os.path.exists("hold"):
            time.sleep(0.01)
        return super().embed_passages(texts)

for line in sys.stdin:
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            report = index.library.Library.open(sys.argv[1], Noting()).sync(wait_seconds=60)
            os._exit(bool(report.notes))
        children.append(child)
    print(*children, flush=True)
    print(*(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children), flush=True)
"""


@contextmanager
def another_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the right to write."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_who_holds_it_is_said(library, folder, embedder):
    """By process and machine; the library can be asked meanwhile."""
    write(folder / "town.txt", "Ed: The mill is old.\nFay: Yes.\n")
    with another_process(folder) as other:
        with pytest.raises(LibraryBusy) as caught:
            library.sync(wait_seconds=0.1)
        assert f"another Turncite (process {other.pid} on " in str(caught.value)
        assert "can be asked meanwhile" in str(caught.value)
        assert found(library, "basin") == ["harbour.txt", "harbour.txt"]
        assistant = by_signs(folder, embedder)
        assert "is bringing this library up to date" in assistant.report.notes[0]
        assert len(assistant.search("tram")) > 0


def test_the_second_waits_for_the_first(library, folder):
    """And then does its work."""
    write(folder / "town.txt", "Ed: The mill is old.\nFay: Yes.\n")
    with another_process(folder) as other:
        threading.Timer(0.5, other.kill).start()
        assert library.sync(wait_seconds=30).count("read") == 1
    assert found(library, "mill") == ["town.txt"]


def test_a_killed_holder_leaves_no_lock(library, folder):
    """The operating system frees it, though the note of who it was is still there."""
    with another_process(folder) as other:
        other.kill()
        other.wait()
        assert (folder / ".turncite" / "writer.txt").exists()
        assert library.sync(wait_seconds=5).count("unchanged") == 3
    assert not (folder / ".turncite" / "writer.txt").exists()


@pytest.fixture
def pair(folder, tmp_path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PAIR, folder, Path(__file__).parent]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(command, cwd=tmp_path, env=env, **pipes) as process:
        yield process


def test_two_that_sync_a_folder_that_changes(folder, pair, embedder, tmp_path):
    """From the first sync on they take turns: nothing is embedded twice. One that is killed amid
    its work is no harm to the other, and in the end the index holds the files as they are."""
    for turn in range(5):
        killed = turn in (1, 3)
        for n in range(8):
            write(folder / f"{turn + n}.txt", f"Ed: Tram {turn}-{n} is late.\nFay: Oh, {turn}.\n")
        if killed:
            (tmp_path / "hold").touch()
        pair.stdin.write("go\n")
        pair.stdin.flush()
        children = pair.stdout.readline().split()
        notes = [tmp_path / f"notes-{child}" for child in children]
        write(folder / "amid.txt", f"Ed: The ferry came amid {turn}.\n")
        (folder / f"{turn}.txt").unlink()
        if killed:
            until = time.monotonic() + 60
            while not any(map(Path.exists, notes)) and time.monotonic() < until:
                time.sleep(0.01)
            os.kill(int(children[notes[1].exists()]), signal.SIGKILL)
            (tmp_path / "hold").unlink()
        ended = sorted(pair.stdout.readline().split())
        assert ended == (["-9", "0"] if killed else ["0", "0"])
        one, two = (
            set(note.read_text().split("\n")[:-1] if note.exists() else ()) for note in notes
        )
        assert killed or one.isdisjoint(two), "embedded twice"
    library = Library.open(folder, embedder)
    library.sync()
    files = sorted(path for path in folder.iterdir() if path.is_file())
    assert [document.id for document in library.documents()] == [path.name for path in files]
    for path in files:
        read = parse_bytes(path, path.read_bytes(), path.name)
        assert library.transcript(path.name) == read
    health = library.health()
    assert (health["database"], health["caches"]) == ("ok", "whole")


def test_threads_take_turns(folder):
    """The same object in two threads, as on the page."""
    lock = WriterLock(folder)
    with lock.held(0):
        seen: list[object] = []

        def try_it() -> None:
            try:
                with lock.held(0.05):
                    seen.append("held")
            except LibraryBusy as error:
                seen.append(error)

        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
        assert isinstance(seen[0], LibraryBusy)
    with lock.held(0):
        pass


def test_a_lock_that_cannot_be_made(tmp_path):
    """The fault is named."""
    (tmp_path / "writer.lock").mkdir()
    lock = WriterLock(tmp_path)
    with pytest.raises(LibraryError, match="cannot be locked for writing"), lock.held(0):
        pass


def test_a_library_that_was_moved_is_not_emptied(library, folder):
    """Under an open process: no folder is made in its place, and no document is lost."""
    moved = folder.with_name("moved")
    folder.rename(moved)
    with pytest.raises(LibraryError, match="no longer there; name the folder where it is now"):
        library.sync()
    assert not folder.exists()
    assert Library.open(moved, library.embedder).sync().count("unchanged") == 3


def test_an_index_that_was_deleted_under_an_open_process(library, folder, embedder):
    """It does not go on with the file that nobody else sees."""
    shutil.rmtree(folder / ".turncite")
    other = Library.open(folder, embedder)
    with pytest.raises(LibraryError, match="its index was deleted or replaced while this Turnc"):
        library.sync()
    assert other.sync().count("read") == 3


def test_a_reader_that_finds_no_caches_while_another_writes(library, folder, embedder):
    """It makes them in memory, rather than wait or write beside the writer."""
    shutil.rmtree(folder / ".turncite" / "caches")
    reader = Library.open(folder, embedder)
    with library.backend.writing(0):
        assert found(reader, "basin") == ["harbour.txt", "harbour.txt"]
        assert list((folder / ".turncite" / "caches").iterdir()) == []
