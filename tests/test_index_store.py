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
from index.schema import VERSION
from index.store import Store, text_digest
from index.types import (
    Document,
    Filters,
    Heading,
    Origin,
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
    """Put and publish."""
    write(store, transcript, sha256, value)
    store.publish("model")


def write(store: Store, transcript: Transcript, sha256: str = "1", value: float = 1.0) -> None:
    passages = passages_of(transcript)
    vectors = np.full((len(passages), 2), value, np.float32)
    store.put(transcript, Origin(sha256, "reader", "model"), passages, vectors)


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
    assert store.origins() == {"sub/town.txt": Origin("1", "reader", "model")}
    assert store.documents() == [
        Document(
            "sub/town.txt",
            "Town hall",
            "2025-05-05",
            "Oslo",
            ("Anna Lind", "Bo"),
            2,
            2,
            2,
            3.0,
            "en",
            (("Anna Lind", "Mayor"),),
        )
    ]  # fmt: skip


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
        "sub/town.txt": Heading("Town hall", "2025-05-05", "Oslo", "en")
    }
    assert store.speakers() == ["Bo", "Anna Lind"]


def test_putting_again_replaces(store):
    """The old turns, passages and unread lines go with the old document."""
    put(store, TOWN)
    put(store, Transcript("sub/town.txt", "New", (Turn(0, "Cy", "Only this."),)), "2")
    assert store.transcript("sub/town.txt").turns == (Turn(0, "Cy", "Only this."),)
    assert texts(store) == ["Only this."]
    assert store.origins() == {"sub/town.txt": Origin("2", "reader", "model")}


def texts(store: Store) -> list[str]:
    """Of every passage that readers see."""
    documents, _ = store.ranges(store.published)
    return [passage.text for passage in store.texts(documents)]


def numbers(store: Store) -> list[int]:
    return store.numbers_within(Filters()).tolist()


def test_generation_rises_with_every_change_and_numbers_are_never_used_twice(store):
    """By the first the caches know their age; by the second a stale one can't name another text."""
    put(store, TOWN)
    put(store, BOARD)
    assert (store.generation, numbers(store)) == (2, [1, 2, 3])
    store.delete("board.txt")
    store.delete("sub/town.txt")
    store.publish("model")
    store.purge()
    put(store, BOARD)
    assert (store.generation, numbers(store)) == (5, [4])


def test_the_content_of_a_generation_has_a_name(store, tmp_path):
    """By which its caches are told from those of another database, or another history of it."""
    other = Store(tmp_path / "other.sqlite3")
    assert len(store.mark(0)) == 16
    assert store.mark(0) != other.mark(0)
    store.copy_to(tmp_path / "backup.sqlite3")
    backup = Store(tmp_path / "backup.sqlite3")
    assert backup.mark(0) == store.mark(0)
    put(store, BOARD)
    put(backup, BOARD)
    assert store.generation == backup.generation == 1
    assert len({store.mark(1), backup.mark(1), other.mark(0)}) == 3
    assert Store(store.path).mark(1) == store.mark(1)
    write(store, TOWN)
    assert len({store.mark(1), store.mark(2)}) == 2
    assert store.mark(0) == ""


def test_documents_of_another_model_are_counted(store):
    """Newest versions count, whether readers see them or not."""
    put(store, BOARD)
    write(store, TOWN)
    assert (store.made_by_others("model"), store.made_by_others("other")) == (0, 2)


def test_a_document_without_passages(store):
    """It is listed, and no filter stumbles over it."""
    store.put(Transcript("a.txt", "A", ()), Origin("", "", "model"), [], np.zeros((0, 2)))
    put(store, BOARD)
    filters = Filters(documents=("a.txt", "board.txt"))
    assert [document.id for document in store.documents()] == ["a.txt", "board.txt"]
    assert store.ranges(store.published, filters)[1].tolist() == [[1, 1]]


def test_readers_see_what_was_published(store):
    """A new version, a new document and a deletion show together, and only when published."""
    put(store, TOWN)
    put(store, BOARD)
    edited = dataclasses.replace(BOARD, turns=(Turn(0, "Cy", "New."),), people=(Person("Cy"),))
    write(store, edited, "2")
    write(store, Transcript("c.txt", "C", (Turn(0, "Dee", "Third."),), people=(Person("Dee"),)))
    store.delete("sub/town.txt")
    before = [d.id for d in store.documents()], store.speakers(), texts(store), numbers(store)
    assert before == (
        ["board.txt", "sub/town.txt"],
        ["Bo", "Anna Lind"],
        ["Hello. 你好 \0 é", "It rained.", "The budget."],
        [1, 2, 3],
    )
    assert store.transcript("board.txt") == BOARD
    assert store.transcript("board.txt", store.generation) == edited
    assert store.turns("board.txt", 0, 0) == list(BOARD.turns)
    assert store.headings(["c.txt"]) == {}
    assert store.origins() == {
        "board.txt": Origin("2", "reader", "model"),
        "c.txt": Origin("1", "reader", "model"),
    }
    store.publish("model")
    after = [d.id for d in store.documents()], store.speakers(), texts(store), numbers(store)
    assert after == (["board.txt", "c.txt"], ["Cy", "Dee"], ["New.", "Third."], [4, 5])
    assert store.transcript("sub/town.txt") is None


def test_what_was_replaced_stays_for_one_generation_more(store):
    """A reader that still loads the new one can read its passages; then they are deleted."""
    put(store, BOARD)
    put(store, dataclasses.replace(BOARD, turns=(Turn(0, "Bo", "New."),)), "2")
    store.purge()
    assert [p.text for p in store.passages([1, 2]).values()] == ["The budget.", "New."]
    put(store, TOWN)
    store.purge()
    assert [p.text for p in store.passages([1, 2]).values()] == ["New."]
    assert store.vectors(np.array([1, 2])).tolist() == [[0.0, 0.0], [1.0, 1.0]]


def test_a_version_that_nobody_saw_leaves_nothing(store):
    """Written twice before it is published, as after a kill: only the last is kept."""
    put(store, BOARD)
    write(store, dataclasses.replace(BOARD, title="Lost"), "2")
    write(store, BOARD, "1")
    assert store.transcript("board.txt") == BOARD
    store.publish("model")
    assert (len(store.documents()), numbers(store)) == (1, [3])


def test_vectors(store):
    """Those of passages by number, of known texts by model, and all, a block at a time."""
    put(store, TOWN, value=0.25)
    put(store, BOARD, value=0.5)
    assert store.vectors(np.array([3, 1])).tolist() == [[0.5, 0.5], [0.25, 0.25]]
    digests = [text_digest("The budget."), text_digest("never said")]
    known = store.known_vectors(digests, "model")
    assert {key: value.tolist() for key, value in known.items()} == {digests[0]: [0.5, 0.5]}
    assert store.known_vectors(digests, "another model") == {}
    (block,) = store.vector_blocks(np.array([2, 3]))
    assert block.tolist() == [[0.25, 0.25], [0.5, 0.5]]
    with pytest.raises(DamagedIndex, match="passages without a vector like those of the others"):
        list(store.vector_blocks(np.array([2, 9])))


def test_an_empty_store_has_no_vectors(store):
    """Nor documents, and nothing is allowed."""
    assert list(store.vector_blocks(np.zeros(0, np.int64))) == []
    assert store.vectors(np.array([1])).shape == (1, 0)
    assert [part.tolist() for part in store.ranges(0)] == [[], []]
    assert numbers(store) == []


@pytest.mark.parametrize(
    ("filters", "expected"),
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
def test_filters(store, filters, expected):
    """They narrow together, dates are inclusive, and a document without one has none."""
    put(store, TOWN)
    put(store, BOARD)
    assert store.numbers_within(filters).tolist() == expected


def test_a_failed_put_leaves_the_old_document(store):
    """A transaction is whole or not at all: here a vector is missing."""
    put(store, TOWN)
    with pytest.raises(ValueError, match="zip"):
        store.put(TOWN, Origin("2", "", ""), passages_of(TOWN), np.zeros((1, 2), np.float32))
    assert store.transcript("sub/town.txt") == TOWN
    assert (store.origins()["sub/town.txt"].sha256, store.generation) == ("1", 1)


def test_each_thread_reads_while_another_writes(store):
    """A reader never waits for a transaction that is open, and sees what was committed last."""
    put(store, TOWN)
    seen: list[list[str]] = []
    with store._db.transaction() as db:
        db.execute("DELETE FROM documents")
        reader = threading.Thread(target=lambda: seen.append(list(store.origins())))
        reader.start()
        reader.join(5)
    assert seen == [["sub/town.txt"]]
    assert store.origins() == {}


def test_a_second_writer_says_that_there_is_a_first(path, store, monkeypatch):
    """It waits, and then says whom for."""
    monkeypatch.setattr("index.database._BUSY_SECONDS", 0.05)
    other = Store(path)
    with store._db.transaction(), pytest.raises(LibraryError, match="another Turncite is writing"):
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
        list(Store(path).texts(range(1, 51)))


def test_a_database_without_our_tables_is_damaged(path):
    """Half a library is none."""
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION}")
    db.close()
    with pytest.raises(DamagedIndex, match="no such table"):
        Store(path)


def test_a_newer_schema_is_not_touched(path, store):
    """It says so, with both ways out; `set_damaged_aside` is the second."""
    put(store, TOWN)
    store.close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    with pytest.raises(DamagedIndex, match="newer Turncite; update Turncite, or rebuild"):
        Store(path)


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


# Older versions, as they made their tables. What they held must be there after the migration.

VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,
    fingerprint TEXT NOT NULL, title TEXT NOT NULL, date TEXT, place TEXT, language TEXT,
    people TEXT NOT NULL);
CREATE TABLE turns (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, position INTEGER NOT NULL,
    speaker TEXT, text TEXT NOT NULL, start_seconds REAL, end_seconds REAL,
    PRIMARY KEY (document, position)) WITHOUT ROWID;
CREATE TABLE unread (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, line INTEGER NOT NULL,
    text TEXT NOT NULL, why TEXT NOT NULL);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    slices TEXT NOT NULL, speakers TEXT NOT NULL, text TEXT NOT NULL,
    digest BLOB NOT NULL, vector BLOB NOT NULL);
CREATE INDEX passages_document ON passages (document);
CREATE INDEX passages_digest ON passages (digest);
CREATE INDEX unread_document ON unread (document);
INSERT INTO meta VALUES ('generation', '3');
INSERT INTO meta VALUES ('published', '3');
INSERT INTO meta VALUES ('embedder', 'model@1');
INSERT INTO documents VALUES (2, 'a.txt', 'aa', 'parser 1, chunker 2, model@1', 'A', '2024-05-01',
    'Oslo', 'en', '[{"name": "Anna", "role": null, "labels": ["ANNA"]}]');
INSERT INTO documents VALUES (5, 'b.txt', 'bb', 'parser 1, chunker 2, model@1', 'B', NULL,
    NULL, NULL, '[]');
INSERT INTO turns VALUES (2, 0, 'Anna', 'Hello.', 1.5, 2.5);
INSERT INTO turns VALUES (2, 1, NULL, 'Rain.', NULL, NULL);
INSERT INTO turns VALUES (5, 0, NULL, 'More.', NULL, NULL);
INSERT INTO unread VALUES (2, 7, 'Share', 'furniture');
INSERT INTO passages VALUES (4, 2, '[[0, 0, 6]]', '["Anna"]', 'Anna: Hello.', x'01', x'0000803f00000000');
INSERT INTO passages VALUES (5, 2, '[[1, 0, 5]]', '[]', 'Rain.', x'02', x'000000000000803f');
INSERT INTO passages VALUES (9, 5, '[[0, 0, 5]]', '[]', 'More.', x'03', x'0000803f00000000');
PRAGMA user_version = 1;
"""  # noqa: E501
VERSION_2 = VERSION_1.replace("end_seconds REAL,", "end_seconds REAL, marks TEXT,").replace(
    "1.5, 2.5)", "1.5, 2.5, '[[0, 1.5], [3, 2.0]]')"
).replace("NULL, NULL);\nINSERT INTO turns", "NULL, NULL, NULL);\nINSERT INTO turns").replace(
    "'More.', NULL, NULL)", "'More.', NULL, NULL, NULL)"
).replace("user_version = 1", "user_version = 2")  # fmt: skip


@pytest.mark.parametrize("version", [VERSION_1, VERSION_2], ids=["1", "2"])
def test_a_database_of_every_earlier_version_is_brought_up(path, version):
    """Documents, turns, passages, vectors and filters are as they were; a reader says who must."""
    with sqlite3.connect(path) as db:
        db.executescript(version)
    db.close()
    with pytest.raises(LibraryError, match="made by an older Turncite"):
        Store(path, read_only=True)
    store = Store(path)
    marks = (TimeMark(0, 1.5), TimeMark(3, 2.0)) if version is VERSION_2 else ()
    assert store.transcript("a.txt") == Transcript(
        "a.txt", "A", (Turn(0, "Anna", "Hello.", 1.5, 2.5, marks), Turn(1, None, "Rain.")),
        "2024-05-01", "Oslo", "en", (Person("Anna", None, ("ANNA",)),),
        (UnreadLine(7, "Share", "furniture"),),
    )  # fmt: skip
    assert store.documents() == [
        Document("a.txt", "A", "2024-05-01", "Oslo", ("Anna",), 2, 2, 1, 2.5, "en"),
        Document("b.txt", "B", None, None, (), 1, 1, 0, None),
    ]
    assert store.origins()["b.txt"] == Origin("bb", "parser 1, chunker 2", "model@1")
    assert (store.generation, store.published, store.meta("embedder")) == (3, 3, "model@1")
    assert numbers(store) == [4, 5, 9]
    assert store.numbers_within(Filters(speakers=("Anna",))).tolist() == [4]
    assert store.vectors(np.array([9, 5])).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert store.known_vectors([b"\2"], "model@1")[b"\2"].tolist() == [0.0, 1.0]
    assert (store.check(), len(store.mark(3))) == ("ok", 16)
    put(store, TOWN)
    assert numbers(store) == [4, 5, 9, 10, 11]
    assert Store(path).transcript(TOWN.id) == TOWN


def test_an_older_database_that_was_never_published(path):
    """As one whose first sync was killed: the next one publishes it."""
    with sqlite3.connect(path) as db:
        db.executescript(VERSION_2.replace("INSERT INTO meta VALUES ('published', '3');", ""))
    db.close()
    store = Store(path)
    assert (store.documents(), list(store.origins())) == ([], ["a.txt", "b.txt"])
    store.publish("model@1")
    assert [document.id for document in store.documents()] == ["a.txt", "b.txt"]


def test_a_copy_is_whole(store, tmp_path):
    """What was committed is in the one file, also what still lies in the log."""
    put(store, TOWN)
    store.copy_to(tmp_path / "copy.sqlite3")
    assert Store(tmp_path / "copy.sqlite3", read_only=True).transcript(TOWN.id) == TOWN
