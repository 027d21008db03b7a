"""Faults at every step of what writes: nothing is lost, and what comes next mends it.

`make torture` tries many more, at each call of the operating system.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from unittest.mock import Mock

import pytest
from conftest import COUNCIL, HARBOUR, WordEmbedder, found, reasons, states, write
from torture.acts import DATABASE, INDEX, Trial, held, look, make, opened
from torture.damage import HARMS, harm_file, set_value
from torture.forking import Forks, forks

from index import Library
from index.embed import SentenceTransformerEmbedder
from index.errors import DamagedIndex, LibraryError, ModelError, TurnciteError, unforeseen
from index.local import LocalBackend
from index.store import Store
from rag.reader.named_model import NamedReader


@pytest.fixture(scope="module")
def forked() -> Iterator[Forks]:
    with forks() as process:
        yield process


OTHER_ACTS = ["set damage aside", "export", "import into a folder", "rename", "add"]


@pytest.mark.parametrize(
    ("act", "stride"),
    [
        ("sync", 1),
        *[(act, 3) for act in OTHER_ACTS],
        *[pytest.param(act, 1, marks=pytest.mark.thorough) for act in OTHER_ACTS],
    ],
)
def test_killed_at_each_step(forked, tmp_path, act, stride):
    """There is a whole library, it answers, and the same again makes all that was to be."""
    trial = Trial(act, tmp_path)
    steps = forked.run(act, trial.place()).steps
    assert steps > 20
    for at in range(1, steps + 1, stride):
        place = trial.place()
        assert forked.run(act, place, "kill", at).killed
        trial.check(place)


@pytest.mark.parametrize("act", ["sync", "set damage aside", "add", "export"])
def test_a_disk_that_is_full_from_some_step_on(forked, tmp_path, act):
    """The error is ours and names the disk; nothing is lost, and with space all is done."""
    trial = Trial(act, tmp_path)
    struck = 0
    for at in range(1, forked.run(act, trial.place()).steps, 4):
        place = trial.place()
        outcome = forked.run(act, place, "full", at)
        assert not outcome.foreign, outcome.error
        assert "No space left on device" in outcome.error or not outcome.error
        struck += bool(outcome.error)
        trial.check(place)
    assert struck > 0


@pytest.mark.parametrize("act", ["sync", "rename", "export", "judge an answer"])
def test_files_that_cannot_grow(forked, tmp_path, act):
    """As with a full disk or a quota, in the middle of a file of whichever library."""
    trial = Trial(act, tmp_path)
    told = []
    for size in (0, 5000, 34_000, 60_000, 110_000, 1 << 20):
        place = trial.place()
        outcome = forked.run(act, place, "limit", size)
        assert (outcome.killed, outcome.foreign) == (False, False), outcome.error
        told.append(outcome.error)
        trial.check(place)
    assert all("disk" in error for error in told if error)
    assert told[0]
    assert not told[-1]


# Damage


@pytest.fixture(scope="module")
def pristine(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("pristine") / "place"
    make(place)
    return place


@pytest.fixture
def place(pristine, tmp_path) -> Path:
    return shutil.copytree(pristine, tmp_path / "place")


def mended(place: Path) -> None:
    """As with `turncite sync --rebuild`."""
    library = opened(place / "library", set_damaged_aside=True)
    assert library.sync(rebuild=True).count("read") == 3
    assert library.health()["database"] == "ok"
    library.close()


@pytest.mark.parametrize("harm", HARMS)
def test_a_database_harmed_in_any_way(place, harm):
    """It answers or says how it is mended, and that mends it."""
    harm_file(place / "library", "library.sqlite3", HARMS[harm])
    said = ""
    try:
        look(place)
    except TurnciteError as error:
        said = str(error)
    assert "turncite sync --rebuild" in said or "holds no transcripts" in said or not said
    mended(place)
    assert len(held(place / "library").transcripts) == 3
    assert held(place / "library").judged == ["What does the tram cost?"]


VALUES = [
    ("documents", "people", "[7]"),
    ("documents", "title", b"\xff"),
    ("documents", "date", "May"),
    ("documents", "turns", 1 << 40),
    ("documents", "first", -1),
    ("documents", "passages", 1 << 40),
    ("documents", "embedder", b""),
    ("turns", "text", b"\xff"),
    ("turns", "marks", "[[1]]"),
    ("turns", "start_seconds", "x"),
    ("turns", "position", 99),
    ("passages", "slices", "[[0, 0, 999999]]"),
    ("passages", "slices", "{}"),
    ("passages", "speakers", "7"),
    ("passages", "text", b"x"),
    ("vectors", "vector", b"123"),
    ("speakers", "passages", b"123"),
    ("meta", "value", "many"),
]


@pytest.mark.parametrize(("table", "column", "value"), VALUES)
def test_a_value_that_nobody_wrote(place, pristine, table, column, value):
    """SQLite finds it sound. It is told as damage, and a rebuild keeps the renamed speaker."""
    assert set_value(place / "library", table, column, value)
    shutil.rmtree(place / "library" / INDEX / "caches")
    with suppress(DamagedIndex):
        look(place)
    try:
        told = opened(place / "library").health()["database"]
    except DamagedIndex as error:
        told = str(error)
    assert told != "ok"
    mended(place)
    assert held(place / "library") == held(pristine / "library")


def test_what_was_set_aside_is_kept(place):
    """Also twice, and nothing of it is deleted."""
    for junk in (b"junk" * 999, b"more junk" * 999):
        (place / "library" / DATABASE).write_bytes(junk)
        mended(place)
    aside = place / "library" / f"{DATABASE}.damaged"
    assert aside.read_bytes() == b"junk" * 999
    assert aside.with_name(f"{aside.name}1").read_bytes() == b"more junk" * 999


def test_an_index_of_a_newer_turncite_is_not_touched(place):
    """It says so, and not a byte of the database changes."""
    database = place / "library" / DATABASE
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA user_version = 99")
    before = database.read_bytes()
    with pytest.raises(DamagedIndex, match="made by a newer Turncite; update Turncite"):
        opened(place / "library")
    assert database.read_bytes() == before


def test_a_folder_or_a_file_in_the_way(place, tmp_path):
    """Caches are made anew; a file in place of the index is named."""
    shutil.rmtree(place / "library" / INDEX / "caches")
    (place / "library" / INDEX / "caches").write_text("a file")
    assert found(opened(place / "library"), "basin") == ["harbour.txt", "harbour.txt"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / INDEX).write_text("a file")
    with pytest.raises(LibraryError, match="is a file, and Turncite keeps its index in a folder"):
        opened(tmp_path / "other")


# A folder that can't be written


@pytest.mark.parametrize("index_of_log", [True, False])
def test_a_killed_writer_in_a_folder_that_cannot_be_written(place, tmp_path, index_of_log):
    """What was committed last is in the log: it is read, with -shm or without, and kept."""
    writer = opened(place / "library")
    write(place / "library" / "town.txt", "Ed: The mill is old.\nFay: Yes.\n")
    writer.sync()
    home = shutil.copytree(place / "library" / INDEX, tmp_path / "copy" / INDEX)
    assert (home / "library.sqlite3-wal").stat().st_size > 0
    if not index_of_log:
        (home / "library.sqlite3-shm").unlink()
    before = (home / "library.sqlite3").read_bytes(), (home / "library.sqlite3-wal").read_bytes()
    backend = LocalBackend(home, Store(home / "library.sqlite3", read_only=True))
    reader = Library(home.parent, backend, WordEmbedder())
    assert found(reader, "mill") == ["town.txt"]
    assert backend.renamings()[0].new == "Dina Lund"
    reader.close()
    after = (home / "library.sqlite3").read_bytes(), (home / "library.sqlite3-wal").read_bytes()
    assert after == before


# Files that change while they are read


def test_a_file_that_changes_between_two_looks_at_it(library, folder, monkeypatch):
    """It is indexed as it was when it was read, whole, and the next sync finds no difference."""
    read = Path.read_bytes

    def changing(path: Path) -> bytes:
        if path.name == "council.txt" and "all of" not in path.read_text():
            write(path, COUNCIL.replace("half of", "all of"))
        return read(path)

    write(folder / "council.txt", COUNCIL.replace("half of", "most of"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", changing)
        assert states(library.sync())["council.txt"] == "read"
    assert library.transcript("council.txt").turns[2].text.endswith("all of the budget.")
    assert library.sync().count("unchanged") == 3


@pytest.mark.parametrize("become", ["gone", "a folder"])
def test_a_file_that_goes_while_it_is_read(library, folder, monkeypatch, become):
    """Its document stays until the next sync, which removes it."""
    read = Path.read_bytes

    def going(path: Path) -> bytes:
        if path.name == "council.txt" and path.is_file():
            path.unlink()
            if become == "a folder":
                path.mkdir()
        return read(path)

    write(folder / "council.txt", COUNCIL.replace("half of", "most of"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", going)
        report = library.sync()
    assert reasons(report)["council.txt"].startswith("cannot be opened (")
    assert library.transcript("council.txt").title == "Uppsala city council"
    assert states(library.sync())["council.txt"] == "removed"


def test_a_file_cut_off_while_it_is_written_is_read_again_when_it_is_whole(library, folder):
    """As by a program that writes it slowly."""
    write(folder / "council.txt", COUNCIL[:120])
    library.sync()
    write(folder / "council.txt", COUNCIL)
    assert states(library.sync())["council.txt"] == "read"
    assert len(library.transcript("council.txt").turns) == 3


@pytest.mark.parametrize("time", [0, 2**33])
def test_time_decides_nothing(library, folder, time):
    """Other content of the same size and time is read; a time long past or to come is not."""
    path = folder / "harbour.txt"
    os.utime(path, (time, time))
    assert library.sync().count("unchanged") == 3
    write(path, HARBOUR.replace("28 million", "82 million"))
    os.utime(path, (time, time))
    assert states(library.sync())["harbour.txt"] == "read"
    assert found(library, "82") == ["harbour.txt"]


# Memory


class Crowded(WordEmbedder):
    """Has memory for so many passages at once, and says so in the words of one who has not."""

    def __init__(self, most: int, words: str) -> None:
        super().__init__()
        self.most, self.fault = most, words

    def embed_passages(self, texts):
        if len(texts) > self.most:
            raise RuntimeError(self.fault) if self.fault else MemoryError
        return super().embed_passages(texts)


OUT_OF_MEMORY = [
    "",
    "CUDA out of memory. Tried to allocate 20.00 MiB.",
    "[enforce fail at alloc_cpu.cpp:114] data. DefaultCPUAllocator: can't allocate memory: you",
    "std::bad_alloc",
    "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
]


@pytest.mark.parametrize("words", OUT_OF_MEMORY)
def test_too_little_memory_embeds_fewer_at_once(folder, words):
    """And comes to the same; where it does not suffice for one passage, the file is named."""
    crowded = Crowded(1, words)
    library = Library.open(folder, crowded)
    assert library.sync().count("read") == 3
    assert len(crowded.asked) == 6
    assert library.dense(crowded.vector("tram"), 1)[0].score == pytest.approx(1.0)
    write(folder / "town.txt", "Ed: The mill is old.\nFay: Yes.\n")
    crowded.most = 0
    with pytest.raises(LibraryError, match=r"town\.txt: the memory does not suffice to embed"):
        library.sync()
    assert found(library, "basin") == ["harbour.txt", "harbour.txt"]


@pytest.mark.parametrize("words", [*OUT_OF_MEMORY, "Cannot allocate memory (os error 12)"])
def test_too_little_memory_to_load_a_model(folder, monkeypatch, words):
    """It says so, and sends nobody to check whether the setting names a model."""

    def load(*_: object, **__: object) -> None:
        raise RuntimeError(words) if words else MemoryError

    models = Mock(SentenceTransformer=load, AutoTokenizer=Mock(from_pretrained=load))
    for name in ("sentence_transformers", "transformers", "transformers.utils"):
        monkeypatch.setitem(sys.modules, name, models)
    with pytest.raises(ModelError) as caught:
        Library.open(folder, SentenceTransformerEmbedder("large")).sync()
    assert str(caught.value) == (
        "the memory does not suffice to load the embedding model large; "
        "close other programs, or set TURNCITE_EMBEDDER to a smaller model"
    )
    with pytest.raises(ModelError, match=r"to load the reader large; .*TURNCITE_READER to"):
        NamedReader.load("large")


@pytest.mark.parametrize("words", OUT_OF_MEMORY)
def test_too_little_memory_anywhere_is_told_as_that(words):
    """As where a question is embedded: no fault of Turncite's that one is to report."""
    said = unforeseen(RuntimeError(words) if words else MemoryError())
    assert said == "the memory does not suffice; close other programs, and try again"


def test_another_fault_of_a_model_is_not_taken_for_that(folder):
    """It comes out as it is."""
    with pytest.raises(RuntimeError, match="shapes differ"):
        Library.open(folder, Crowded(1, "shapes differ")).sync()
