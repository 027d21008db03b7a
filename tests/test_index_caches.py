"""The caches: whatever happens to them, they are built again and nothing is embedded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index import Library
from index.caches import build_in_memory, load_caches, write_caches
from index.store import Store

TRAM = "Anna Lind: The new tram opens on the third of March. The tram costs 240 million kronor."


@pytest.fixture
def home(folder, embedder) -> Path:
    """The caches of a synced library."""
    Library.open(folder, embedder).sync()
    embedder.asked_since()
    (home,) = (folder / ".turncite" / "caches").iterdir()
    return home


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
    """A copy of old caches put back under the new name would lie; under its own it isn't used."""
    old = folder / "old"
    shutil.copytree(home, old)
    (folder / "choir.md").unlink()
    Library.open(folder, embedder).sync()
    caches = folder / ".turncite" / "caches"
    for entry in caches.iterdir():
        shutil.rmtree(entry)
    shutil.move(old, caches / home.name)
    library = Library.open(folder, embedder)
    assert library.lexical("music", 5) == []
    assert library.health()["caches"] == "whole"


def test_checksums_cover_every_file(home):
    """Each file but the lists of sums and tantivy's locks."""
    sums = json.loads((home / "sums.json").read_text())
    files = {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()}
    assert set(sums) - {"version"} == {
        name for name in files if name != "sums.json" and not name.endswith(".lock")
    }
    assert {"vectors.faiss", "lexical/meta.json"} <= set(sums)


def test_caches_in_memory_find_the_same(folder, embedder, home):
    """For a library that can't be written."""
    store = Store(folder / ".turncite" / "library.sqlite3")
    on_disk = load_caches(home.parent, store.generation)
    in_memory = build_in_memory(store)
    tram = embedder.vector("tram")
    assert in_memory.generation == on_disk.generation == int(home.name)
    assert in_memory.vectors.search(tram, 9) == on_disk.vectors.search(tram, 9)
    assert in_memory.lexical.search("budget", 9) == on_disk.lexical.search("budget", 9)


def test_caches_written_over_older_files_of_the_same_name(folder, home):
    """What is there is replaced whole, leftovers of a killed writer too."""
    store = Store(folder / ".turncite" / "library.sqlite3")
    (home / "extra").write_bytes(b"x")
    assert write_caches(store, home.parent).generation == int(home.name)
    assert not (home / "extra").exists()
