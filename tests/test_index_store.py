"""SQLite: what is put comes back, whole documents only, and every fault has its next step."""

from __future__ import annotations

import dataclasses
import sqlite3
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DamagedIndex, LibraryError
from index.store import SCHEMA_VERSION, Store, remove_database, text_digest
from index.types import (
    Document,
    Filters,
    Heading,
    Passage,
    Person,
    Slice,
    TimeMark,
    Transcript,
    Turn,
    UnreadLine,
)

TOWN = Transcript(
    id="sub/town.txt",
    title="Town hall",
    turns=(Turn(0, "Anna Lind", "Hello. 你好 \0 é", 1.5, 3.0), Turn(1, None, "It rained.", 3.0)),
    date="2025-05-05",
    place="Oslo",
    language="en",
    people=(Person("Anna Lind", "Mayor", ("Mayor Anna Lind", "Anna Lind")), Person("Bo")),
    unread=(UnreadLine(1, "Share", "page furniture"), UnreadLine(7, "x", "y")),
)
BOARD = Transcript("board.txt", "Board", (Turn(0, "Bo", "The budget."),), people=(Person("Bo"),))


def passages_of(transcript: Transcript) -> list[Passage]:
    """A passage for each turn."""
    return [
        Passage(
            transcript.id,
            (Slice(turn.position, 0, len(turn.text)),),
            (turn.speaker,) if turn.speaker else (),
            turn.text,
        )
        for turn in transcript.turns
    ]


def put(store: Store, transcript: Transcript, sha256: str = "1", value: float = 1.0) -> None:
    passages = passages_of(transcript)
    vectors = np.full((len(passages), 2), value, np.float32)
    store.put(transcript, sha256, "print", passages, vectors)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "library.sqlite3"


@pytest.fixture
def store(path) -> Store:
    return Store(path)


def test_a_document_comes_back_as_it_was(store):
    """Every field of a transcript, its turns, people and unread lines, byte for byte."""
    put(store, TOWN)
    assert store.transcript("sub/town.txt") == TOWN
    assert store.transcript("town.txt") is None
    assert store.digests() == {"sub/town.txt": ("1", "print")}
    assert store.documents() == [
        Document(
            "sub/town.txt", "Town hall", "2025-05-05", "Oslo", ("Anna Lind", "Bo"), 2, 2, 2, 3.0
        )
    ]


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@given(st.lists(st.tuples(st.none() | TEXT, TEXT), max_size=4), TEXT, st.none() | TEXT)
def test_any_text_comes_back(turns, title, place):
    """Whatever the characters, what was put is what is read."""
    transcript = Transcript(
        "x", title, tuple(Turn(n, who, what) for n, (who, what) in enumerate(turns)), place=place
    )
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "x.sqlite3")
        put(store, transcript)
        assert store.transcript("x") == transcript
        assert list(store.passages([1, 2, 3, 4]).values()) == passages_of(transcript)
        store.close()


def test_turns_headings_and_speakers(store):
    """The parts of documents that citations and pages ask for."""
    put(store, TOWN)
    put(store, BOARD)
    assert store.turns("sub/town.txt", 1, 9) == [TOWN.turns[1]]
    assert store.turns("gone", 0, 9) == []
    assert store.headings(["sub/town.txt", "gone"]) == {
        "sub/town.txt": Heading("Town hall", "2025-05-05", "Oslo")
    }
    assert store.speakers() == ["Bo", "Anna Lind"]


def test_putting_again_replaces(store):
    """The old turns, passages and unread lines go with the old document."""
    put(store, TOWN)
    put(store, Transcript("sub/town.txt", "New", (Turn(0, "Cy", "Only this."),)), "2")
    assert store.transcript("sub/town.txt").turns == (Turn(0, "Cy", "Only this."),)
    assert [text for _, text in store.texts()] == ["Only this."]
    assert store.digests() == {"sub/town.txt": ("2", "print")}


def test_generation_rises_with_every_change_and_numbers_are_never_used_twice(store):
    """By the first the caches know their age; by the second a stale one can't name another text."""
    put(store, TOWN)
    put(store, BOARD)
    assert (store.generation, [n for n, _ in store.texts()]) == (2, [1, 2, 3])
    store.delete("board.txt")
    store.clear()
    put(store, BOARD)
    assert (store.generation, [n for n, _ in store.texts()]) == (5, [4])


def test_vectors(store):
    """All with their numbers, those of known texts, and those of one document."""
    put(store, TOWN, value=0.25)
    put(store, BOARD, value=0.5)
    numbers, vectors = store.vectors()
    assert numbers.tolist() == [1, 2, 3]
    assert vectors.tolist() == [[0.25, 0.25], [0.25, 0.25], [0.5, 0.5]]
    known = store.known_vectors([text_digest("The budget."), text_digest("never said")])
    assert {key: value.tolist() for key, value in known.items()} == {
        text_digest("The budget."): [0.5, 0.5]
    }
    assert {key: value.tolist() for key, value in store.vectors_of("board.txt").items()} == {
        text_digest("The budget."): [0.5, 0.5]
    }


def test_an_empty_store_has_no_vectors(store):
    """The shape is still that of vectors."""
    numbers, vectors = store.vectors()
    assert (numbers.shape, vectors.shape) == ((0,), (0, 0))


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(), [1, 2, 3]),
        (Filters(speakers=("Bo",)), [3]),
        (Filters(speakers=("Anna Lind", "Bo")), [1, 3]),
        (Filters(speakers=("Anna",)), []),
        (Filters(documents=("sub/town.txt",)), [1, 2]),
        (Filters(since="2025-05-05"), [1, 2]),
        (Filters(since="2025-05-06"), []),
        (Filters(until="2025-05-05"), [1, 2]),
        (Filters(until="2025-05-04"), []),
        (Filters(speakers=("Anna Lind",), documents=("board.txt",)), []),
        (Filters(documents=("x' OR 1 --",)), []),
    ],
)
def test_filters(store, filters, numbers):
    """They narrow together, dates are inclusive, and a document without one has none."""
    put(store, TOWN)
    put(store, BOARD)
    assert store.numbers_within(filters).tolist() == numbers


def test_a_failed_put_leaves_the_old_document(store):
    """A transaction is whole or not at all: here a vector is missing."""
    put(store, TOWN)
    with pytest.raises(ValueError, match="zip"):
        store.put(TOWN, "2", "print", passages_of(TOWN), np.zeros((1, 2), np.float32))
    assert store.transcript("sub/town.txt") == TOWN
    assert (store.digests()["sub/town.txt"][0], store.generation) == ("1", 1)


def test_each_thread_reads_while_another_writes(store):
    """A reader never waits for a transaction that is open, and sees what was committed last."""
    put(store, TOWN)
    seen: list[list[str]] = []
    with store._transaction() as db:
        db.execute("DELETE FROM documents")
        reader = threading.Thread(target=lambda: seen.append(list(store.digests())))
        reader.start()
        reader.join(5)
    assert seen == [["sub/town.txt"]]
    assert store.digests() == {}


def test_a_second_writer_says_that_there_is_a_first(path, store, monkeypatch):
    """It waits, and then says whom for."""
    monkeypatch.setattr("index.store._BUSY_SECONDS", 0.05)
    other = Store(path)
    with store._transaction(), pytest.raises(LibraryError, match="another Turncite is writing"):
        other.delete("x")


@pytest.mark.parametrize("junk", [b"not a database" * 200, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database(path, junk):
    """It says which file, that the transcripts are safe, and the command that mends it."""
    path.write_bytes(junk)
    with pytest.raises(DamagedIndex) as caught:
        Store(path)
    assert str(path) in str(caught.value)
    assert "your transcripts are untouched" in str(caught.value)
    assert str(caught.value).endswith("rebuild it with: turncite sync --rebuild")


def test_pages_that_went_bad_are_damage_too(path, store):
    """A database that opens but can't be read through is reported in the same way."""
    for n in range(50):
        put(store, Transcript(f"{n}.txt", "x", (Turn(0, "Bo", f"{n} " * 2000),)))
    store.close()
    data = bytearray(path.read_bytes())
    data[8192:-4096] = b"\xa5" * (len(data) - 8192 - 4096)
    path.write_bytes(data)
    with pytest.raises(DamagedIndex, match="turncite sync --rebuild"):
        list(Store(path).texts())


def test_a_database_without_our_tables_is_damaged(path):
    """Half a library is none."""
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.close()
    with pytest.raises(DamagedIndex, match="no such table"):
        Store(path)


def test_a_newer_schema_is_not_touched(path, store):
    """It says so, with both ways out; `set_damaged_aside` is the second."""
    put(store, TOWN)
    store.close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    db.close()
    with pytest.raises(DamagedIndex, match="newer Turncite; update Turncite, or rebuild"):
        Store(path)


def test_a_database_set_aside_is_kept(path, store):
    """Nothing is deleted but its side files."""
    put(store, TOWN)
    store.close()
    before = path.read_bytes()
    remove_database(path)
    assert path.with_name("library.sqlite3.damaged").read_bytes() == before
    assert not path.exists()
    remove_database(path)


def test_read_only_reads_and_refuses_to_write(path, store):
    """A store opened to read never changes the file."""
    put(store, TOWN)
    store.close()
    before = path.read_bytes()
    reader = Store(path, read_only=True)
    assert reader.transcript("sub/town.txt") == TOWN
    with pytest.raises(LibraryError, match="check that the folder can be written"):
        reader.delete("sub/town.txt")
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_read_only_sees_what_the_log_still_holds(path, store):
    """What was committed last may lie in SQLite's log, where a killed writer left it."""
    put(store, TOWN)
    assert path.with_name("library.sqlite3-wal").stat().st_size > 0
    assert Store(path, read_only=True).transcript("sub/town.txt") == TOWN


def test_check(store):
    """SQLite's own word for a sound file."""
    assert store.check() == "ok"


def test_a_database_of_the_version_before_is_brought_up(path, store):
    """Version 1 had no times within turns: its documents stay, and new ones get theirs."""
    put(store, TOWN)
    before = store.transcript(TOWN.id)
    store.close()
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE turns DROP COLUMN marks")
        db.execute("PRAGMA user_version = 1")
    db.close()
    with pytest.raises(LibraryError, match="made by an older Turncite"):
        Store(path, read_only=True)
    opened = Store(path)
    assert opened.transcript(TOWN.id) == before
    marked = dataclasses.replace(
        TOWN, turns=(Turn(0, "Anna", "One. Two.", 1.0, 9.0, (TimeMark(0, 1.0), TimeMark(5, 4.5))),)
    )
    put(opened, marked)
    assert opened.transcript(TOWN.id).turns == marked.turns
    assert opened.turns(TOWN.id, 0, 0) == list(marked.turns)
    opened.close()
