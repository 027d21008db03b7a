"""Export and import: a library moves with its vectors, whole, and answers as it did."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import WordEmbedder, found, states, write

from index import Filters, Library
from index.errors import InputError, LibraryError
from index.types import Progress


@pytest.fixture
def bundle(library, folder, tmp_path) -> Path:
    """An export of the library of three transcripts, a copy, a README and a bad file."""
    write(folder / "sub" / "deep" / "town å.txt", "Ed: The mill is old.\nFay: Yes.\n")
    write(folder / "README.md", "About these files.")
    (folder / "bad.txt").write_bytes(b"\0" * 99)
    assert library.export(tmp_path / "library.zip") == ("README.md",)
    return tmp_path / "library.zip"


def test_the_same_answers_on_the_other_machine(library, bundle, tmp_path, embedder):
    """Every search finds the same with the same scores, and nothing is embedded for it."""
    embedder.asked_since()
    other = Library.restore(bundle, tmp_path / "new" / "place", embedder)
    report = other.sync()
    assert states(report) == {
        "bad.txt": "failed",
        "choir.md": "read",
        "council.txt": "read",
        "harbour.txt": "read",
        "sub/deep/town å.txt": "read",
    }
    assert other.sync().count("unchanged") == 4
    assert embedder.asked == []
    assert other.documents() == library.documents()
    for filters in (None, Filters(speakers=("Cy Berg",)), Filters(since="2025-01-01")):
        for words in ("tram budget", "ferry harbour", "mill"):
            assert other.lexical(words, 9, filters) == library.lexical(words, 9, filters)
            vector = embedder.vector(words)
            assert other.dense(vector, 9, filters) == library.dense(vector, 9, filters)
    for file in ("harbour.txt", "sub/deep/town å.txt", "bad.txt"):
        assert (other.path / file).read_bytes() == (library.path / file).read_bytes()


def test_an_export_is_of_the_folder_as_it_is(library, folder, tmp_path, embedder):
    """What changed since the last sync is brought up to date first."""
    write(folder / "town.txt", "Ed: The mill is old.\nFay: Yes.\n")
    library.export(tmp_path / "x.zip")
    assert found(Library.restore(tmp_path / "x.zip", tmp_path / "new", embedder), "mill") == [
        "town.txt"
    ]


def test_another_model_embeds_anew_and_says_so(bundle, tmp_path):
    """Vectors are of use only to the model that made them."""
    other = Library.restore(bundle, tmp_path / "new", WordEmbedder(words=("mill",), name="other"))
    assert "The embedding model changed" in other.sync().notes[0]


def test_progress_of_both(library, tmp_path, embedder):
    """Each file is told, and the end."""
    seen: list[Progress] = []
    library.export(tmp_path / "x.zip", on_progress=seen.append)
    assert seen[-1] == Progress("", 3, 3)
    assert Progress("council.txt", 1, 3) in seen
    seen.clear()
    Library.restore(tmp_path / "x.zip", tmp_path / "new", embedder, on_progress=seen.append)
    assert [at.file for at in seen][1:4] == ["choir.md", "council.txt", "harbour.txt"]


def test_an_export_replaces_one_that_is_there_only_when_it_is_whole(library, tmp_path, monkeypatch):
    """A full disk leaves the old one, and no half one beside it."""
    target = tmp_path / "out" / "x.zip"
    write(target, "the old one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("index.bundle.zipfile.ZipFile.write", full)
    with pytest.raises(LibraryError, match=r"x\.zip: the library cannot be written there \(No sp"):
        library.export(target)
    assert [p.name for p in target.parent.iterdir()] == ["x.zip"]
    assert target.read_text() == "the old one"


def test_what_a_killed_export_left_goes_with_the_next(library, tmp_path):
    """That of a process which still runs stays."""
    target = tmp_path / "out" / "x.zip"
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    write(target.with_name(f"x.zip.turncite-{ended.pid}.part"), "half")
    write(target.with_name(f"x.zip.turncite-{ended.pid}.index.part-journal"), "half")
    write(target.with_name(f"x.zip.turncite-{os.getppid()}.part"), "of another")
    library.export(target)
    assert sorted(path.name for path in target.parent.iterdir()) == [
        "x.zip",
        f"x.zip.turncite-{os.getppid()}.part",
    ]


def test_an_export_whose_parts_cannot_be_taken_away_is_one_all_the_same(
    library, tmp_path, embedder, monkeypatch
):
    remove = Path.unlink

    def fails(path: Path, missing_ok: bool = False) -> None:
        if path.name.endswith(".part"):
            raise OSError(errno.EIO, "Input/output error", str(path))
        remove(path, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", fails)
        library.export(tmp_path / "x.zip")
    assert len(Library.restore(tmp_path / "x.zip", tmp_path / "new", embedder).documents()) == 3


def test_an_import_killed_amid_moving_in_goes_on(bundle, tmp_path, embedder):
    """Unless the folder holds what is not of that import."""
    whole = Library.restore(bundle, tmp_path / "whole", embedder)
    half = tmp_path / "half"
    (half / ".turncite-incoming-7" / "sub").mkdir(parents=True)
    shutil.copy(whole.path / "choir.md", half)
    shutil.copytree(whole.path / "sub", half / "sub")
    assert len(Library.restore(bundle, half, embedder).documents()) == 4
    other = tmp_path / "other"
    (other / ".turncite-incoming-7").mkdir(parents=True)
    write(other / "choir.md", "My own notes.")
    with pytest.raises(LibraryError, match="is not empty; name a new folder"):
        Library.restore(bundle, other, embedder)
    assert [path.name for path in other.iterdir()] == ["choir.md"]
    assert (other / "choir.md").read_text() == "My own notes."


def test_an_import_that_fails_amid_moving_in_takes_back_what_it_moved(
    bundle, tmp_path, embedder, monkeypatch
):
    """The folder is as it was, so that it can be tried again."""
    real, moves = os.replace, iter(range(2))

    def full_at_last(source: Path, target: Path) -> None:
        if next(moves, None) is None:
            raise OSError(28, "No space left on device")
        real(source, target)

    (tmp_path / "new").mkdir()
    with monkeypatch.context() as disk:
        disk.setattr("index.bundle.os.replace", full_at_last)
        with pytest.raises(LibraryError, match="cannot be made there"):
            Library.restore(bundle, tmp_path / "new", embedder)
    assert list((tmp_path / "new").iterdir()) == []
    assert len(Library.restore(bundle, tmp_path / "new", embedder).documents()) == 4


def test_an_import_needs_an_empty_folder(bundle, folder, tmp_path, embedder):
    """Nothing that is there is mixed with what comes; an empty folder may be there."""
    with pytest.raises(LibraryError, match="is not empty; name a new folder"):
        Library.restore(bundle, folder, embedder)
    (tmp_path / "empty" / ".turncite-incoming-7" / "files").mkdir(
        parents=True
    )  # of a killed import
    assert len(Library.restore(bundle, tmp_path / "empty", embedder).documents()) == 4
    assert not list((tmp_path / "empty").glob(".turncite-incoming*"))


def rewritten(bundle: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The export with its parts changed."""
    with zipfile.ZipFile(bundle) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return bundle


def cut(bundle: Path) -> Path:
    bundle.write_bytes(bundle.read_bytes()[:-2000])
    return bundle


def flipped(bundle: Path) -> Path:
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    return bundle


def lying(bundle: Path, folder: Path, *orders: str) -> Path:
    """The export, to whose database somebody gave those orders."""
    database = folder / "library.sqlite3"

    def change(parts: dict[str, bytes]) -> None:
        database.write_bytes(parts["library.sqlite3"])
        with closing(sqlite3.connect(database)) as opened, opened:
            for order in orders:
                opened.execute(order)
        parts["library.sqlite3"] = database.read_bytes()

    return rewritten(bundle, change)


LIE = "UPDATE turns SET text = replace(text, 'ferry', 'bribe')"


def test_an_export_says_nothing_that_its_files_do_not(library, bundle, tmp_path, embedder):
    """Words altered in its index, under the right digest of the file, are not quoted, nor found;
    only what differs is embedded."""
    lying(bundle, tmp_path, LIE, LIE.replace("turns", "passages"))
    assert found(library, "ferry")
    embedder.asked_since()
    other = Library.restore(bundle, tmp_path / "new", embedder)
    assert "bribe" in " ".join(turn.text for turn in other.transcript("harbour.txt").turns)
    other.sync()
    for document in library.documents():
        assert other.transcript(document.id) == library.transcript(document.id)
    assert found(other, "ferry") == found(library, "ferry")
    assert found(other, "bribe") == []
    assert embedder.asked == []


def test_an_export_with_orders_of_its_own_is_refused(bundle, tmp_path, embedder):
    """A database can hold what is done at each change of it."""
    order = "CREATE TRIGGER lie BEFORE UPDATE ON documents BEGIN SELECT RAISE(IGNORE); END"
    lying(bundle, tmp_path, LIE, order)
    with pytest.raises(InputError, match="orders that no library does"):
        Library.restore(bundle, tmp_path / "new", embedder)
    assert not (tmp_path / "new").exists()


BROKEN: dict[str, Callable[[Path], Path]] = {
    "no zip": lambda b: b.write_bytes(b"junk") and b,
    "cut off": cut,
    "a flipped bit": flipped,
    "another zip": lambda b: rewritten(b, dict.clear),
    "no database": lambda b: rewritten(b, lambda p: p.pop("library.sqlite3")),
    "a file too few": lambda b: rewritten(b, lambda p: p.pop("files/harbour.txt")),
    "about no object": lambda b: rewritten(b, lambda p: p.update({"about.json": b"[]"})),
    "leads up": lambda b: rewritten(b, lambda p: p.update({"files/../../evil.txt": b"x"})),
    "absolute": lambda b: rewritten(b, lambda p: p.update({"files//etc/evil": b"x"})),
    "hidden": lambda b: rewritten(b, lambda p: p.update({"files/.turncite/x": b"x"})),
    "elsewhere": lambda b: rewritten(b, lambda p: p.update({"evil.txt": b"x"})),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_export_leaves_nothing(bundle, tmp_path, embedder, fault):
    """It is named, and neither the folder nor anything beside it is made."""
    broken = BROKEN[fault](bundle)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=r"library\.zip is no exported library, or is damaged"):
        Library.restore(broken, tmp_path / "new", embedder)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_export_that_would_fill_memory_or_disk_is_refused(
    bundle, tmp_path, monkeypatch, embedder
):
    """What is announced is compared with what is free, before anything is unpacked."""
    new = tmp_path / "new"
    monkeypatch.setattr("index.bundle.shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(
        InputError, match=r"holds 0\.\d GB, and the disk has 0\.0 GB free; make room"
    ):
        Library.restore(bundle, new, embedder)
    monkeypatch.undo()
    rewritten(bundle, lambda parts: parts.update({"about.json": b" " * 100_000}))
    with pytest.raises(InputError, match=r"its about\.json is none"):
        Library.restore(bundle, new, embedder)
    assert not new.exists()


def test_an_export_of_a_newer_turncite(bundle, tmp_path, embedder):
    """It says what to do."""
    newer = rewritten(
        bundle, lambda p: p.update({"about.json": json.dumps({"format": 2}).encode()})
    )
    with pytest.raises(InputError, match="exported by a newer Turncite; update Turncite"):
        Library.restore(newer, tmp_path / "new", embedder)


def test_files_with_odd_names_and_times_move_too(library, folder, tmp_path, embedder):
    """Colons and backslashes are letters here; a time before 1980 is none that a zip knows."""
    for name in ("2024-01-01 10:30.txt", "back\\slash.txt"):
        write(folder / name, f"Ed: The mill of {name} is old.\nFay: Yes.\n")
        os.utime(folder / name, (0, 0))
    library.export(tmp_path / "x.zip")
    other = Library.restore(tmp_path / "x.zip", tmp_path / "new", embedder)
    assert other.sync().count("read") == 5


def test_a_file_that_cannot_be_read_is_left_out_and_named(library, folder, tmp_path, embedder):
    """It stops no export, and the target isn't blamed."""
    (folder / "dangling.txt").symlink_to(folder / "nowhere.txt")
    assert library.export(tmp_path / "x.zip") == ("dangling.txt",)
    assert len(Library.restore(tmp_path / "x.zip", tmp_path / "new", embedder).documents()) == 3


def test_flipped_bits_anywhere_are_no_fault_of_ours(bundle, tmp_path, embedder):
    """Each gives the same library or our own error, and never half a library."""
    whole = bundle.read_bytes()
    chance = random.Random(5)
    for _ in range(60):
        data = bytearray(whole)
        data[chance.choice([chance.randrange(len(data)), -chance.randrange(1, 900)])] ^= 1 << 5
        bundle.write_bytes(data)
        shutil.rmtree(tmp_path / "new", ignore_errors=True)
        try:
            assert len(Library.restore(bundle, tmp_path / "new", embedder).documents()) == 4
        except (InputError, LibraryError):
            assert not (tmp_path / "new").exists()


def test_no_such_export(tmp_path, embedder):
    """A clear word for a wrong path."""
    with pytest.raises(InputError, match=r"gone\.zip: there is no such file"):
        Library.restore(tmp_path / "gone.zip", tmp_path / "new", embedder)
