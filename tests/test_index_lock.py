"""One writer a library: the others wait, or are told who it is; readers never wait."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import by_signs, found, write

from index import Library
from index.errors import LibraryBusy, LibraryError
from index.lock import WriterLock

HOLD = """
import sys
from pathlib import Path
from index.lock import WriterLock
with WriterLock(Path(sys.argv[1]) / ".turncite").held(5):
    print("held", flush=True)
    sys.stdin.read()
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
