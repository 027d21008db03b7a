"""The caches: whatever happens to them, they are built again and nothing is embedded."""

from __future__ import annotations

import gc
import json
import shutil
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tantivy
from conftest import found
from hypothesis import given
from hypothesis import strategies as st

from index import Library
from index.caches import _among, _covered, build_in_memory, load_caches, write_caches
from index.lexical import LexicalIndex
from index.local import LocalBackend
from index.material import expand
from index.store import Store
from index.types import Filters, Origin, Passage, Slice, Transcript, Turn

TRAM = "Anna Lind: The new tram opens on the third of March. The tram costs 240 million kronor."


@pytest.fixture
def home(folder, embedder) -> Path:
    """The caches of a synced library."""
    Library.open(folder, embedder).sync()
    embedder.asked_since()
    return home_of(folder)


def home_of(folder: Path) -> Path:
    """The folder of the newest caches."""
    return max((folder / ".turncite" / "caches").iterdir(), key=lambda home: int(home.name))


def open_store(folder: Path) -> Store:
    return Store(folder / ".turncite" / "library.sqlite3")


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def lexical_file(home: Path) -> Path:
    return max((home / "lexical").iterdir(), key=lambda path: path.stat().st_size)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "all missing": lambda home: shutil.rmtree(home.parent),
    "generation missing": lambda home: shutil.rmtree(home),
    "vectors missing": lambda home: (home / "vectors.faiss").unlink(),
    "lexical missing": lambda home: shutil.rmtree(home / "lexical"),
    "sums missing": lambda home: (home / "sums.json").unlink(),
    "sums no JSON": lambda home: (home / "sums.json").write_bytes(b"\xff{"),
    "sums of another version": lambda home: (home / "sums.json").write_text(
        json.dumps(json.loads((home / "sums.json").read_text()) | {"version": "0"})
    ),
    "vectors truncated": lambda home: (home / "vectors.faiss").write_bytes(
        (home / "vectors.faiss").read_bytes()[:-10]
    ),
    "vectors empty": lambda home: (home / "vectors.faiss").write_bytes(b""),
    "numbers bit-flipped": lambda home: flip_a_bit(home / "numbers.npy"),
    "vectors bit-flipped": lambda home: flip_a_bit(home / "vectors.faiss"),
    "lexical bit-flipped": lambda home: flip_a_bit(lexical_file(home)),
    "lexical truncated": lambda home: lexical_file(home).write_bytes(b"x"),
    "a file too many": lambda home: (home / "lexical" / "extra").write_bytes(b"x"),
    "half written": lambda home: home.rename(home.with_name(f"{home.name}.123.new")),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_caches_are_built_again_without_embedding(folder, embedder, home, damage):
    """A search finds what it did, the files are whole again, and the store alone was asked."""
    DAMAGE[damage](home)
    library = Library.open(folder, embedder)
    assert library.health()["caches"] == "missing or stale (rebuilt when next needed)"
    (hit,) = library.dense(embedder.vector("tram"), 1)
    assert (hit.passage.text, hit.score) == (TRAM, 1.0)
    assert [hit.passage.text for hit in library.lexical("kronor", 5)] == [TRAM]
    assert library.health()["caches"] == "whole"
    assert embedder.asked == []


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_sync_mends_the_caches_too(folder, embedder, home, damage):
    """A sync that finds nothing changed leaves whole caches of this generation and no other."""
    DAMAGE[damage](home)
    library = Library.open(folder, embedder)
    assert library.sync().count("unchanged") == 3
    assert library.health()["caches"] == "whole"
    assert [entry.name for entry in home.parent.iterdir()] == [home.name]
    assert embedder.asked == []


def test_caches_deleted_under_an_open_library_do_no_harm(folder, embedder, home):
    """Searching and syncing go on."""
    library = Library.open(folder, embedder)
    library.lexical("tram", 1)
    shutil.rmtree(home.parent)
    assert library.sync().count("unchanged") == 3
    assert [hit.passage.text for hit in library.lexical("kronor", 5)] == [TRAM]


def test_caches_of_an_older_generation_are_stale(folder, embedder, home):
    """A copy of old caches put back under the new name would lie; it isn't used."""
    old = folder / ".turncite" / "old"
    shutil.copytree(home, old)
    (folder / "choir.md").unlink()
    Library.open(folder, embedder).sync()
    new = home_of(folder)
    shutil.rmtree(new)
    shutil.move(old, new)
    library = Library.open(folder, embedder)
    assert library.lexical("music", 5) == []
    assert library.health()["caches"] == "whole"


def test_caches_of_a_database_that_was_set_aside_are_not_adopted(folder, embedder, home):
    """Generations and numbers begin anew with a new database, so both could seem to fit."""
    old = folder / ".turncite" / "old"
    shutil.copytree(home, old)
    (folder / "choir.md").write_text("Ed: The mill is old.\nFay: Yes.\n")
    for file in (folder / ".turncite").glob("library.sqlite3*"):
        file.write_bytes(b"broken")
    mended = Library.open(folder, embedder, set_damaged_aside=True)
    assert not home.exists()
    mended.sync(rebuild=True)
    assert home_of(folder) == home  # the same generation
    shutil.rmtree(home)
    shutil.move(old, home)
    again = Library.open(folder, embedder)
    assert again.health()["caches"] == "missing or stale (rebuilt when next needed)"
    assert [hit.passage.transcript for hit in again.lexical("mill", 5)] == ["choir.md"]


def test_checksums_cover_every_file(home):
    """Each file but the list of sums and tantivy's locks."""
    about = json.loads((home / "sums.json").read_text())
    files = {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()}
    assert set(about["files"]) == {
        name for name in files if name != "sums.json" and not name.endswith(".lock")
    }
    assert {"vectors.faiss", "numbers.npy", "lexical/meta.json"} <= set(about["files"])


def test_caches_in_memory_find_the_same(folder, embedder, home):
    """For a library that can't be written."""
    store = open_store(folder)
    on_disk = load_caches(store, home.parent, store.published)
    in_memory = build_in_memory(store, store.published)
    tram = embedder.vector("tram")
    assert in_memory.generation == on_disk.generation == int(home.name)
    assert sorted(in_memory.propose(tram, 9, None)) == sorted(on_disk.propose(tram, 9, None))
    assert in_memory.search_words("budget", 9, None) == on_disk.search_words("budget", 9, None)


def test_caches_written_over_older_files_of_the_same_name(folder, home):
    """What is there is replaced whole, leftovers of a killed writer too."""
    store = open_store(folder)
    (home / "extra").write_bytes(b"x")
    assert write_caches(store, home.parent, store.published).generation == int(home.name)
    assert not (home / "extra").exists()


def test_a_full_disk_is_noted_and_searched_in_memory(folder, embedder, home, monkeypatch):
    """Caches that can't be written are no reason not to answer."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("index.caches.os.replace", full)
    (folder / "town.txt").write_text("Ed: The mill is old.\nFay: Yes.\n")
    library = Library.open(folder, embedder)
    assert library.sync().notes == (
        "The search indexes cannot be written (No space left on device); they are made in memory "
        "each time. Check the permissions and the space on the disk.",
    )
    assert [hit.passage.transcript for hit in library.lexical("mill", 5)] == ["town.txt"]
    assert [p.name for p in home.parent.iterdir()] == [home.name]
    monkeypatch.undo()
    assert Library.open(folder, embedder).sync().notes == ()
    assert Library.open(folder, embedder).health()["caches"] == "whole"


def test_a_disk_that_fills_up_under_faiss_or_tantivy(folder, embedder, home, monkeypatch):
    """They have words of their own for it, which are ours in the end."""

    def full(*_: object) -> None:
        raise (RuntimeError if _ and hasattr(_[0], "ntotal") else ValueError)("No space left")

    (folder / "town.txt").write_text("Ed: The mill is old.\nFay: Yes.\n")
    library = Library.open(folder, embedder)
    monkeypatch.setattr("index.caches.RECENT_PASSAGES", 0)
    with monkeypatch.context() as disk:
        disk.setattr("index.vectors.faiss.write_index", full)
        assert library.sync().notes[0].startswith("The search indexes cannot be written (FAISS")
        assert found(library, "mill") == ["town.txt"]
        disk.setattr("index.lexical.LexicalIndex._written", full)
        with pytest.raises(OSError, match="tantivy cannot write its index: No space left"):
            LexicalIndex.build([], None)
    assert library.sync().notes == ()
    assert library.health()["caches"] == "whole"


def test_caches_of_a_folder_that_cannot_be_written_are_used(folder, embedder, home, monkeypatch):
    """tantivy, which wants to lock what it opens, is given other names of the same files."""
    opened: list[str] = []
    real = tantivy.Index.open

    class Locked:
        @staticmethod
        def open(path: str) -> object:
            opened.append(path)
            if str(folder) in path:
                raise ValueError("Failed to acquire Lockfile: Read-only file system")
            return real(path)

    monkeypatch.setattr("index.lexical.tantivy.Index", Locked)
    store = Store(folder / ".turncite" / "library.sqlite3", read_only=True)
    caches = load_caches(store, home.parent, store.published)
    assert [n for n, _ in caches.search_words("kronor", 5, None)] == [2]
    assert len(opened) == 2
    assert not Path(opened[1]).exists()
    for path in (home / "lexical").glob("*.json"):
        assert path.stat().st_mode & 0o044 == (home / "lexical").stat().st_mode & 0o044


# What changes is added; what stays is shared


def test_a_small_change_shares_the_files_that_stay(folder, embedder, home):
    """The vectors are not written again: what came is held in memory, what went is masked."""
    written = (home / "vectors.faiss").stat().st_ino
    (folder / "town.txt").write_text("Ed: The mill and the tram are old.\nFay: Yes.\n")
    (folder / "harbour.txt").unlink()
    library = Library.open(folder, embedder)
    library.sync()
    new = home_of(folder)
    assert new != home
    assert (new / "vectors.faiss").stat().st_ino == written
    fresh = Library.open(folder, embedder)
    assert fresh.health()["caches"] == "whole"
    for opened in (library, fresh):
        hits = opened.dense(embedder.vector("tram"), 9)
        assert {hit.passage.transcript for hit in hits} == {"choir.md", "council.txt", "town.txt"}
        assert [hit.passage.transcript for hit in opened.lexical("mill", 9)] == ["town.txt"]
        assert opened.lexical("basin", 9) == []
    assert [hit.passage.transcript for hit in fresh.dense(embedder.vector("harbour"), 9)].count(
        "harbour.txt"
    ) == 0


def test_damage_to_a_shared_file_is_noticed(folder, embedder, home):
    """Also when it comes after an earlier generation with the same file was loaded."""
    (folder / "town.txt").write_text("Ed: The mill is old.\nFay: Yes.\n")
    Library.open(folder, embedder).sync()
    flip_a_bit(home_of(folder) / "vectors.faiss")
    library = Library.open(folder, embedder)
    assert library.health()["caches"] == "missing or stale (rebuilt when next needed)"
    assert library.dense(embedder.vector("tram"), 1)[0].score == 1.0


@pytest.mark.parametrize("name", ["vectors.faiss", "lexical"])
def test_damage_under_an_open_library_is_not_passed_on(folder, embedder, home, name):
    """A sync that shares files looks at them first, and makes anew what isn't what was written."""
    library = Library.open(folder, embedder)
    library.lexical("tram", 1)
    flip_a_bit(lexical_file(home) if name == "lexical" else home / name)
    (folder / "town.txt").write_text("Ed: The mill is old.\nFay: Yes.\n")
    assert library.sync().notes == ()
    fresh = Library.open(folder, embedder)
    assert fresh.health()["caches"] == "whole"
    assert (fresh.dense(embedder.vector("tram"), 1)[0].score, len(found(fresh, "tram"))) == (1.0, 1)


def test_caches_that_were_in_memory_only_are_written_by_the_next_sync(folder, embedder, home):
    """Also when they were deleted under the open library."""
    library = Library.open(folder, embedder)
    library.lexical("tram", 1)
    shutil.rmtree(home)
    (folder / "town.txt").write_text("Ed: The mill is old.\nFay: Yes.\n")
    assert library.sync().notes == ()
    assert Library.open(folder, embedder).health()["caches"] == "whole"


def test_a_backup_put_back_does_not_find_the_caches_of_what_came_after(folder, embedder, home):
    """The same generation of another history has other words."""
    database = folder / ".turncite" / "library.sqlite3"
    backup = folder / ".turncite" / "backup"
    open_store(folder).copy_to(backup)
    (folder / "town.txt").write_text("Ed: The mill is old.\nFay: Yes.\n")
    Library.open(folder, embedder).sync()
    for path in database.parent.glob("library.sqlite3*"):
        path.unlink()
    backup.rename(database)
    (folder / "town.txt").write_text("Ed: The castle is old.\nFay: Yes.\n")
    library = Library.open(folder, embedder)
    library.sync()
    assert found(Library.open(folder, embedder), "castle") == ["town.txt"]
    assert found(Library.open(folder, embedder), "mill") == []


def test_caches_of_generations_past_are_let_go(folder, embedder, home):
    """At once, not when Python's collector runs: a million passages are a lot to hold twice."""
    library = Library.open(folder, embedder)
    library.lexical("tram", 1, Filters(speakers=("Anna Lind",)))
    library.dense(embedder.vector("tram"), 1, Filters(speakers=("Anna Lind",)))
    past = weakref.ref(library.backend._caches)
    gc.disable()
    try:
        (folder / "town.txt").write_text("Ed: The mill is old.\nFay: Yes.\n")
        library.sync()
        assert past() is None
    finally:
        gc.enable()


def test_many_changes_write_the_vectors_anew(folder, embedder, home, monkeypatch):
    """So that what is held in memory stays small."""
    monkeypatch.setattr("index.caches.RECENT_PASSAGES", 1)
    written = (home / "vectors.faiss").stat().st_ino
    (folder / "town.txt").write_text("Ed: The mill is old.\nFay: Yes.\n")
    (folder / "harbour.txt").unlink()
    library = Library.open(folder, embedder)
    library.sync()
    assert (home_of(folder) / "vectors.faiss").stat().st_ino != written
    assert len(library.dense(embedder.vector("tram"), 9)) == 5


def test_the_caches_before_are_kept_for_those_who_load_them_and_no_others(folder, embedder, home):
    """A reader in another process may be in the middle of it."""
    names = [home.name]
    for n in range(4):
        (folder / "town.txt").write_text(f"Ed: The mill is {n} years old.\nFay: Yes.\n")
        Library.open(folder, embedder).sync()
        names.append(home_of(folder).name)
        assert sorted(p.name for p in home.parent.iterdir()) == sorted(names[-2:])


def test_deletions_do_not_change_the_scores_of_what_stays(folder, embedder, home):
    """The words of a deleted passage count no more, as in a library that never had it."""
    (folder / "harbour.txt").unlink()
    library = Library.open(folder, embedder)
    library.sync()
    scores = [hit.score for hit in library.lexical("budget tram", 9)]
    shutil.rmtree(folder / ".turncite")
    fresh = Library.open(folder, embedder)
    fresh.sync()
    assert scores == [hit.score for hit in fresh.lexical("budget tram", 9)]


def test_with_many_passages_words_are_deleted_by_mark(folder, embedder, home, monkeypatch):
    """Then a deletion costs as much as it deletes, until a fifth is deleted."""
    monkeypatch.setattr("index.caches.FRESH_PASSAGES", 2)
    monkeypatch.setattr("index.caches.DELETED_SHARE", 0.6)
    library = Library.open(folder, embedder)
    (folder / "harbour.txt").unlink()
    library.sync()
    about = json.loads((home_of(folder) / "sums.json").read_text())
    assert about["deleted"] == 2
    assert (library.lexical("basin", 9), len(library.lexical("tram", 9))) == ([], 1)
    (folder / "choir.md").unlink()
    library.sync()
    about = json.loads((home_of(folder) / "sums.json").read_text())
    assert about["deleted"] == 0
    assert (library.lexical("music", 9), len(library.lexical("tram", 9))) == ([], 1)


# Numbers and ranges


RANGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8)


@given(RANGES)
def test_expanded_ranges(steps):
    """Runs of numbers, also empty ones, in order."""
    ranges, expected, first = [], [], 0
    for gap, count in steps:
        first += gap
        ranges.append((first, count))
        expected += range(first, first + count)
        first += count
    found = expand(np.array(ranges, np.int64).reshape(-1, 2))
    assert found.tolist() == expected
    everything = np.arange(first + 3)
    covered = _covered(everything, np.array(ranges, np.int64).reshape(-1, 2))
    assert everything[covered].tolist() == expected


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_which_numbers_are_among_others(numbers, wanted):
    """As sets say it."""
    mask = _among(np.array(sorted(numbers), np.int64), np.array(sorted(wanted), np.int64))
    assert mask.tolist() == [number in wanted for number in sorted(numbers)]


def test_a_compressed_index_with_filters_deletions_and_additions(tmp_path, monkeypatch):
    """The ten nearest as exact search finds them, after documents went and came, everywhere and
    within a speaker, a document and dates."""
    monkeypatch.setattr("index.caches.EXACT_UP_TO", 500)
    monkeypatch.setattr("index.caches.RECENT_PASSAGES", 100)
    chance = np.random.default_rng(3)
    rows = chance.normal(size=(1300, 128)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    backend = LocalBackend.open(tmp_path)
    held: dict[tuple[str, int], int] = {}

    def put(document: int) -> None:
        name, speaker = f"{document}.txt", f"Speaker {document % 7}"
        turns = tuple(Turn(n, speaker, f"Words {document} {n}.") for n in range(10))
        passages = [
            Passage(name, (Slice(t.position, 0, len(t.text)),), (speaker,), t.text) for t in turns
        ]
        transcript = Transcript(name, name, turns, f"2024-01-{document % 28 + 1:02}")
        places = slice(document * 10, document * 10 + 10)
        backend.put(transcript, Origin("", "", "m"), passages, rows[places])
        held.update({(name, n): document * 10 + n for n in range(10)})

    with backend.writing(0):
        for document in range(120):
            put(document)
        backend.publish("m")
        for document in range(0, 9, 3):
            backend.delete(f"{document}.txt")
            held = {key: row for key, row in held.items() if key[0] != f"{document}.txt"}
        for document in range(120, 125):
            put(document)
        backend.publish("m")
    for opened in (backend, LocalBackend.open(tmp_path)):
        caches = opened._current()
        assert (len(caches.written), len(caches.recent)) == (1200, 50)
        for filters, passes in [
            (None, lambda document: True),
            (Filters(speakers=("Speaker 3",)), lambda document: document % 7 == 3),
            (Filters(documents=("121.txt", "7.txt", "3.txt")), lambda d: d in (121, 7)),
            (Filters(since="2024-01-10", until="2024-01-12"), lambda d: 8 < d % 28 < 12),
        ]:
            allowed = [row for row in held.values() if passes(row // 10)]
            for question in rows[1290:]:
                nearest = sorted(allowed, key=lambda row: -(rows[row] @ question))[:10]
                hits = opened.dense(question, 10, filters)
                found = [held[hit.passage.transcript, hit.passage.turns[0]] for hit in hits]
                assert found == nearest
                cosines = rows[nearest] @ question
                assert [hit.score for hit in hits] == pytest.approx(cosines.tolist(), abs=1e-6)
