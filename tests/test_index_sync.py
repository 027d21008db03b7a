"""Syncing: the index follows the folder, embeds only what is new, and survives a kill."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import CHOIR, COUNCIL, HARBOUR, WordEmbedder, found, reasons, states, write

from index import Library
from index.chunk import chunk
from index.errors import NotInLibrary
from index.parse import parse_file
from index.store import Store
from index.types import FileResult, Progress, SyncReport

DATABASE = Path(".turncite") / "library.sqlite3"


def test_first_sync_reads_all(folder, embedder):
    """Each file with what it gave, in order of id."""
    report = Library.open(folder, embedder).sync()
    assert report == SyncReport(
        (
            FileResult("choir.md", "read", turns=2, passages=1),
            FileResult("council.txt", "read", turns=3, passages=3),
            FileResult("harbour.txt", "read", turns=3, passages=2),
        )
    )
    assert len(embedder.asked) == len(set(embedder.asked)) == 6


def test_sync_of_nothing_new_embeds_nothing(library, embedder):
    """Nor does it make a new generation."""
    before = library.health()
    assert states(library.sync()) == dict.fromkeys(
        ["choir.md", "council.txt", "harbour.txt"], "unchanged"
    )
    assert (embedder.asked, library.health()) == ([], before)


def test_touched_files_are_unchanged(library, folder, embedder):
    """A file is known by its content, not by its time."""
    os.utime(folder / "choir.md", (1, 1))
    assert states(library.sync())["choir.md"] == "unchanged"


def test_one_changed_paragraph_embeds_its_passages_only(library, folder, embedder):
    """The passages around it keep their vectors."""
    write(folder / "council.txt", COUNCIL.replace("half of the budget", "all of the budget"))
    report = library.sync()
    assert states(report) == {
        "choir.md": "unchanged",
        "council.txt": "read",
        "harbour.txt": "unchanged",
    }
    assert embedder.asked == ["Anna Lind: The council will pay all of the budget."]
    assert library.transcript("council.txt").turns[2].text.endswith("all of the budget.")


def test_removed_files_are_gone(library, folder):
    """From the list, the transcripts and both searches."""
    (folder / "harbour.txt").unlink()
    assert states(library.sync())["harbour.txt"] == "removed"
    assert [document.id for document in library.documents()] == ["choir.md", "council.txt"]
    assert found(library, "basin") == []
    with pytest.raises(NotInLibrary, match=r"harbour\.txt is not in this library; `turncite list`"):
        library.transcript("harbour.txt")


def test_renamed_files_are_not_embedded_again(library, folder, embedder):
    """The new name is found, the old one isn't."""
    (folder / "harbour.txt").rename(folder / "docks.txt")
    assert states(library.sync()) == {
        "choir.md": "unchanged",
        "council.txt": "unchanged",
        "docks.txt": "read",
        "harbour.txt": "removed",
    }
    assert found(library, "basin") == ["docks.txt", "docks.txt"]
    assert embedder.asked == []


def test_swapped_files_are_not_embedded_again(library, folder, embedder):
    """Two files that trade contents trade everything."""
    write(folder / "council.txt", HARBOUR)
    write(folder / "harbour.txt", COUNCIL)
    report = library.sync()
    assert (states(report)["council.txt"], states(report)["harbour.txt"]) == ("read", "read")
    assert found(library, "basin") == ["council.txt", "council.txt"]
    assert library.transcript("harbour.txt").title == "Uppsala city council"
    assert embedder.asked == []


def test_files_renamed_in_a_row_are_not_embedded_again(folder, embedder):
    """part1 becomes part2, part2 becomes part3."""
    library = Library.open(folder, embedder)
    library.sync()
    embedder.asked_since()
    (folder / "harbour.txt").rename(folder / "later.txt")
    (folder / "council.txt").rename(folder / "harbour.txt")
    (folder / "choir.md").rename(folder / "council.txt")
    library.sync()
    assert found(library, "basin") == ["later.txt", "later.txt"]
    assert embedder.asked == []


def test_identical_copies_are_skipped_until_the_original_goes(library, folder, embedder):
    """A copy would double every hit; it says whose copy it is, and takes its place later."""
    shutil.copy(folder / "harbour.txt", folder / "a copy.txt")
    report = library.sync()
    assert reasons(report) == {"a copy.txt": "the same as harbour.txt"}
    assert found(library, "basin") == ["harbour.txt", "harbour.txt"]
    (folder / "harbour.txt").unlink()
    assert states(library.sync())["a copy.txt"] == "read"
    assert found(library, "basin") == ["a copy.txt", "a copy.txt"]
    assert embedder.asked == []


def test_of_new_copies_the_first_is_indexed(folder, embedder):
    """By name, as there is no other order."""
    write(folder / "z.md", CHOIR)
    assert reasons(Library.open(folder, embedder).sync()) == {"z.md": "the same as choir.md"}


def test_rebuild_embeds_all_again(library, embedder):
    """Known vectors are not trusted then."""
    assert library.sync(rebuild=True).count("read") == 3
    assert len(embedder.asked) == 6


def test_bad_files_stop_nothing(library, folder, embedder):
    """Each is reported with its reason, and the good file beside them is read."""
    (folder / "bad.txt").write_bytes(b"\0\1\2" * 50)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "scan.txt").write_bytes(b"%PDF-1.4")
    (folder / "table.csv").write_bytes(b"a,b\n")
    (folder / "dangling.txt").symlink_to(folder / "nowhere.txt")
    os.mkfifo(folder / "pipe.txt")
    write(folder / "good.txt", "Ed: The tram is here.\nFay: Good.\n")
    report = library.sync()
    assert states(report)["good.txt"] == "read"
    assert reasons(report) == {
        "bad.txt": "this is not a text file; Turncite reads transcripts as text",
        "dangling.txt": "cannot be opened (No such file or directory)",
        "empty.txt": "is empty; put a transcript in it or remove it",
        "pipe.txt": "not a regular file",
        "scan.txt": "is a damaged PDF; open it in a PDF reader and save it anew",
        "table.csv": "has 2 columns without names, but none of speech; name one 'text', "
        "and one 'speaker' if there is one",
    }
    assert sorted(found(library, "tram")) == ["council.txt", "good.txt"]


def test_names_that_are_no_unicode_are_reported(library, folder):
    """They can't be written in the index, in JSON or on a page."""
    (Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt"))).write_text("Ed: Hi.\nFay: Ho.\n")
    assert reasons(library.sync()) == {"caf?.txt": "its name is not valid Unicode; rename the file"}


def test_good_content_replaced_by_garbage_is_reported(library, folder):
    """What the file no longer says is no longer found."""
    (folder / "harbour.txt").write_bytes(b"\0" * 99)
    report = library.sync()
    assert states(report)["harbour.txt"] == "failed"
    assert "not a text file" in reasons(report)["harbour.txt"]
    assert found(library, "basin") == []


def test_a_file_that_cannot_be_opened_keeps_its_document(library, folder, monkeypatch):
    """A locked file is no removed file; the same for a folder, with what lies in it."""
    write(folder / "sub" / "town.txt", "Ed: The mill is old.\nFay: Yes.\n")
    library.sync()
    read, scandir = Path.read_bytes, os.scandir

    def locked_file(path: Path) -> bytes:
        if path.name == "harbour.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    def locked_folder(path: str) -> object:
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(Path, "read_bytes", locked_file)
    monkeypatch.setattr(os, "scandir", locked_folder)
    report = library.sync()
    assert (states(report)["harbour.txt"], states(report)["sub"]) == ("failed", "failed")
    assert reasons(report) == dict.fromkeys(
        ["harbour.txt", "sub"], "cannot be opened (Permission denied)"
    )
    assert found(library, "basin") == ["harbour.txt", "harbour.txt"]
    assert found(library, "mill") == ["sub/town.txt"]


def test_what_is_read_and_what_is_passed_over(folder, embedder, tmp_path):
    """Subfolders are read; README, recordings and links out say why not; hidden is hidden."""
    write(folder / "2025" / "May" / "town.txt", "Ed: Hello.\nFay: Hi.\n")
    write(folder / "README.md", "About these files.")
    write(folder / ".hidden.txt", "Ed: Hello.\nFay: Hidden.\n")
    write(folder / ".git" / "x.txt", "Ed: Hello.\nFay: Git.\n")
    (folder / "talk.mp3").write_bytes(b"ID3")
    write(tmp_path / "outside" / "secret.txt", "Ed: Hello.\nFay: Secret.\n")
    (folder / "link.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (folder / "linked").symlink_to(tmp_path / "outside")
    (folder / "same.txt").symlink_to(folder / "choir.md")
    report = Library.open(folder, embedder).sync()
    assert states(report)["2025/May/town.txt"] == "read"
    assert reasons(report) == {
        "README.md": "describes the folder; rename it if it is a transcript",
        "link.txt": "a link that leads out of the library",
        "linked": "a link to a folder; only files in the library's own folders are read",
        "same.txt": "the same as choir.md",
        "talk.mp3": "a recording or picture; only transcripts are read",
    }
    assert [file.id for file in report.files if "hidden" in file.id or "git" in file.id] == []


def test_progress(folder, embedder):
    """Each file is announced, each block embedded is counted, and the last report says all."""
    seen: list[Progress] = []
    Library.open(folder, embedder).sync(on_progress=seen.append)
    assert seen == [
        Progress("choir.md", 0, 3, 0),
        Progress("choir.md", 0, 3, 1),
        Progress("council.txt", 1, 3, 1),
        Progress("council.txt", 1, 3, 4),
        Progress("harbour.txt", 2, 3, 4),
        Progress("harbour.txt", 2, 3, 6),
        Progress("", 3, 3, 6),
    ]


# Killed

KILLED = """
import sys, time
sys.path.insert(0, sys.argv[2])
from conftest import WordEmbedder
from index import Library

class Slow(WordEmbedder):
    def embed_passages(self, texts):
        time.sleep(0.04)
        return super().embed_passages(texts)

Library.open(sys.argv[1], Slow()).sync(on_progress=lambda p: print(p.done, flush=True))
"""


def whole_documents(folder: Path, embedder: WordEmbedder) -> list[str]:
    """The texts embedded for the documents that the index holds; each must be whole."""
    store = Store(folder / DATABASE)
    assert store.check() == "ok"
    texts = []
    for document in store.documents():
        transcript = parse_file(folder / document.id)
        assert store.transcript(document.id) == transcript
        passages = chunk(transcript, embedder.count_tokens, embedder.max_tokens)
        assert document.passages == len(passages)
        texts += [passage.text for passage in passages]
    assert sorted(texts) == sorted(text for _, text in store.texts())
    store.close()
    return texts


def test_a_sync_killed_at_any_instant_goes_on_where_it_was(tmp_path, embedder):
    """After each kill there are whole documents only; in the end none was embedded twice."""
    folder = tmp_path / "library"
    for n in range(60):
        write(
            folder / f"{n:02}.txt", f"Ed: The tram number {n} is late.\nFay: It is {n} o'clock.\n"
        )
    embedded: list[str] = []
    instants = random.Random(7)
    for round_ in range(5):
        command = [sys.executable, "-c", KILLED, str(folder), str(Path(__file__).parent)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=folder.parent
        ) as child:
            for line in child.stdout:
                if int(line) > 9 * (round_ + 1):
                    break
            threading.Event().wait(instants.uniform(0, 0.08))
            child.send_signal(signal.SIGKILL)
        assert child.returncode == -signal.SIGKILL
        now = whole_documents(folder, embedder)
        assert set(embedded) <= set(now)
        assert len(now) > len(embedded)
        embedded = now
    library = Library.open(folder, embedder)
    report = library.sync()
    assert (report.count("read"), report.count("unchanged")) == (60 - len(embedded), len(embedded))
    assert set(embedder.asked).isdisjoint(embedded)
    assert len(whole_documents(folder, embedder)) == 60
    assert library.health()["caches"] == "whole"
    assert found(library, "number 59")[0] == "59.txt"
