"""The library: asking it, adding and removing, and every way in which it can't be used."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from conftest import CHOIR, WordEmbedder, found, lock, states, write

from index import Filters, Library
from index.errors import DamagedIndex, InputError, LibraryError, NotInLibrary
from index.local import LocalBackend
from index.parse import parse_file
from index.store import Store
from index.sync import Shard
from index.types import Document, SyncReport

DATABASE = Path(".turncite") / "library.sqlite3"


# Asking


def test_what_the_library_holds(library):
    """The list, a transcript, its turns and headings, and everyone who speaks."""
    assert library.documents()[1] == Document(
        "council.txt", "Uppsala city council", "2025-05-05", "Uppsala", ("Anna Lind", "Per Holm"),
        3, 3, 0, None, roles=(("Anna Lind", "Mayor"),),
    )  # fmt: skip
    transcript = library.transcript("council.txt")
    assert transcript == parse_file(library.path / "council.txt")
    assert library.turns("council.txt", 1, 1) == [transcript.turns[1]]
    assert library.headings(["council.txt"])["council.txt"].place == "Uppsala"
    assert library.speakers() == ["Anna Lind", "Per Holm", "Cy Berg", "Dina Moe"]
    assert library.terms("The Trams") == ["tram"]


def test_terms_of_a_transcript_in_another_language(library):
    """Its heading names the language; where that has a gloss, English is what is compared."""
    write(library.path / "stadt.txt", "Anna: Die Möglichkeiten sind nicht für den Markt.\n")
    library.sync()
    language = library.headings(["stadt.txt"])["stadt.txt"].language
    assert language == library.transcript("stadt.txt").language == "de"
    assert library.terms("Ist das die Möglichkeit?", language) == ["possibl"]
    assert library.terms("Is that a possibility?", "de-CH") == ["possibl"]
    assert library.terms("De mogelijkheden zijn er", "nl") == ["molijk"]
    for word in ("Möglichkeit", "possibilities"):
        assert found(library, word) == ["stadt.txt"]


def test_dense_search(library, embedder):
    """The passage most alike comes first, with the cosine as its score."""
    best, second = library.dense(embedder.vector("ferry harbour"), 2)
    assert best.passage.text.startswith("Cy Berg: The ferry will sail twice a day.")
    assert best.score == pytest.approx(1.0)
    assert second.score == pytest.approx(0.5)


def test_filters_in_both_searches(library, embedder):
    """By speaker, document and date, also where the k best are elsewhere."""
    budget = embedder.vector("budget")
    for filters, expected in [
        (Filters(speakers=("Anna Lind",)), ["council.txt"]),
        (Filters(documents=("harbour.txt",)), ["harbour.txt"]),
        (Filters(until="2024-12-31"), ["harbour.txt"]),
        (Filters(since="2024-12-31"), ["council.txt"]),
        (Filters(speakers=("Nobody",)), []),
    ]:
        assert [h.passage.transcript for h in library.dense(budget, 1, filters)] == expected
        assert found(library, "budget", filters) == expected


@pytest.mark.parametrize("day", ["abc", "2024-1-1", "2024-02-30", "20240101"])
def test_a_filter_that_is_no_date(library, embedder, day):
    """A clear word rather than nothing found."""
    for filters in (Filters(since=day), Filters(until=day)):
        with pytest.raises(InputError, match=f"{day} is not a date like 2025-10-31"):
            library.lexical("tram", 1, filters)
        with pytest.raises(InputError, match="is not a date"):
            library.dense(embedder.vector("tram"), 1, filters)


def test_names_in_a_filter_may_come_in_any_sequence():
    """A list is natural in Python, and so is one name."""
    assert Filters(["Bo", "Cy"], "a.txt") == Filters(("Bo", "Cy"), ("a.txt",))


def test_an_empty_library_is_asked_in_vain(tmp_path, embedder):
    """Before the first sync, and after one of an empty folder, nothing is found."""
    library = Library.open(tmp_path, embedder)
    assert (library.dense(embedder.vector("tram"), 3), library.lexical("tram", 3)) == ([], [])
    assert library.sync() == SyncReport()
    assert (library.dense(embedder.vector("tram"), 3), library.documents()) == ([], [])


def test_an_open_library_sees_the_sync_of_another(library, folder, embedder):
    """As of another process: the next search uses what was published."""
    reader = Library.open(folder, embedder)
    assert found(reader, "mill") == []
    write(folder / "town.txt", "Ed: The mill is old.\nFay: Yes.\n")
    library.sync()
    assert found(reader, "mill") == ["town.txt"]


def test_searches_during_syncs_never_fail(folder, embedder):
    """Threads search while files come, change and go and all is read anew; what never changed is
    always found."""
    library = Library.open(folder, embedder)
    library.sync()
    done = threading.Event()
    faults: list[object] = []
    searches: list[int] = []

    def search() -> None:
        tram, count = embedder.vector("tram"), 0
        while not done.is_set():
            try:
                count += 1
                dense = [hit.passage.transcript for hit in library.dense(tram, 20)]
                if "council.txt" not in dense or "council.txt" not in found(library, "kronor"):
                    faults.append(dense)
            except Exception as error:
                faults.append(error)
        searches.append(count)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(12):
        write(folder / "changing.txt", f"Ed: The tram is number {turn}.\nFay: Good.\n")
        write(folder / f"new-{turn % 3}.txt", f"Ed: Ferry {turn} is late.\nFay: Oh.\n")
        if turn % 2:
            (folder / "changing.txt").unlink()
        library.sync(rebuild=turn % 3 == 0)
    done.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert min(searches) > 0


# Adding and removing


@pytest.fixture
def drawer(tmp_path) -> Path:
    """A folder outside the library."""
    write(tmp_path / "drawer" / "town.txt", "Ed: The mill is old.\nFay: Yes.\n")
    return tmp_path / "drawer"


def test_add(library, folder, drawer):
    """The file is copied, read and found; the original stays."""
    assert states(library.add([drawer / "town.txt"]))["town.txt"] == "read"
    assert (folder / "town.txt").read_bytes() == (drawer / "town.txt").read_bytes()
    assert found(library, "mill") == ["town.txt"]
    assert (drawer / "town.txt").exists()


def test_adding_a_file_twice_is_no_fault(library, folder, drawer, embedder):
    """Not twice in one go, not one after the other, not from within the library."""
    town = drawer / "town.txt"
    assert states(library.add([town, str(town)]))["town.txt"] == "read"
    embedder.asked_since()
    assert states(library.add([town, folder / "town.txt"]))["town.txt"] == "unchanged"
    assert embedder.asked == []


TAKEN = "the library holds another file of this name; rename yours, or remove the other first"


def refused(report) -> dict[str, str]:
    """What a report says was not read, and why."""
    return {result.id: result.why for result in report.files if result.state == "failed"}


def test_another_file_of_the_same_name_is_refused(library, folder, drawer, tmp_path):
    """Neither the one in the library nor one given beside it is lost; the good ones are added."""
    write(tmp_path / "other" / "town.txt", "Ed: Another town.\nFay: Yes.\n")
    write(drawer / "choir.md", "# Another choir\n\nIt sang.\n")
    report = library.add([drawer / "town.txt", tmp_path / "other" / "town.txt"])
    assert refused(report) == {"town.txt": TAKEN}
    assert refused(library.add([drawer / "choir.md"])) == {"choir.md": TAKEN}
    assert (folder / "town.txt").read_bytes() == (drawer / "town.txt").read_bytes()
    assert (folder / "choir.md").read_text() == CHOIR


def test_a_folder_in_the_way_is_a_conflict_too(library, folder, drawer):
    """A file can't take the name of a folder."""
    (folder / "town.txt").mkdir()
    assert refused(library.add([drawer / "town.txt"])) == {"town.txt": TAKEN}


def test_a_bad_file_is_not_copied_and_stops_no_other(library, folder, drawer):
    """Each bad one is named with its reason; the good one is read."""
    (drawer / "bad.txt").write_bytes(b"%PDF")
    report = library.add([drawer / "bad.txt", drawer / "gone.txt", drawer / "town.txt"])
    assert refused(report) == {
        "bad.txt": "is a damaged PDF; open it in a PDF reader and save it anew",
        "gone.txt": "there is no such file",
    }
    assert states(report)["town.txt"] == "read"
    assert not (folder / "bad.txt").exists()


@pytest.mark.parametrize("name", [".hidden.txt", "a\nb.txt", "x" * 220 + ".txt"])
def test_names_that_cannot_join(library, drawer, name):
    """Hidden, with control characters, or very long."""
    write(drawer / name, "Ed: Hello.\nFay: Hi.\n")
    why = "its name is hidden, very long or holds control characters; rename it"
    assert refused(library.add([drawer / name])) == {name: why}


@pytest.mark.parametrize("name", ["README.md", "talk.mp3"])
def test_names_that_are_never_read_are_not_added(library, folder, drawer, name):
    """They would lie in the folder and never be found."""
    write(drawer / name, "Ed: Hello.\nFay: Hi.\n")
    assert list(refused(library.add([drawer / name]))) == [name]
    assert not (folder / name).exists()


def test_a_library_folder_that_vanished_takes_no_file(library, folder, drawer):
    """The fault is named, and nothing half copied is left."""
    shutil.rmtree(folder / ".turncite")
    with pytest.raises(LibraryError, match="the folder or the index in it is no longer there"):
        library.add([drawer / "town.txt"])
    assert not (folder / "town.txt").exists()


def test_remove(library, folder):
    """The file is deleted, and what it said is found no more."""
    assert states(library.remove("harbour.txt"))["harbour.txt"] == "removed"
    assert not (folder / "harbour.txt").exists()
    assert found(library, "basin") == []


@pytest.mark.parametrize("name", ["gone.txt", "", "../drawer/town.txt", "README.md"])
def test_removing_what_is_no_document(library, folder, drawer, name):
    """Only documents are removed, by their id: no other file of the folder, and none outside."""
    write(folder / "README.md", "About.")
    with pytest.raises(NotInLibrary, match="is not in this library; `turncite list` shows what is"):
        library.remove(name)
    assert (folder / "README.md").exists()
    assert (drawer / "town.txt").exists()


def test_removing_a_document_whose_file_is_gone(library, folder):
    """Then the index follows."""
    (folder / "harbour.txt").unlink()
    assert states(library.remove("harbour.txt"))["harbour.txt"] == "removed"


# Another embedder


def test_a_changed_embedder_says_so_and_never_mixes(library, folder, embedder):
    """Until the sync it can't be asked; after it every vector is of the new model."""
    other = WordEmbedder(words=("mill", "tram", "sail"), name="other")
    changed = Library.open(folder, other)
    with pytest.raises(
        LibraryError, match=r"was embedded by words@7, not by other@3; run: turncite"
    ):
        changed.dense(other.vector("tram"), 1)
    report = changed.sync()
    assert report.notes == (
        "The embedding model changed from words@7 to other@3: all was embedded anew.",
    )
    assert (report.count("read"), len(other.asked)) == (3, 6)
    assert [hit.score for hit in changed.dense(other.vector("tram"), 1)] == [1.0]
    with pytest.raises(LibraryError, match="set TURNCITE_EMBEDDER back"):
        library.lexical("tram", 1)
    store = Store(folder / DATABASE)
    assert store.vectors(store.numbers_within(Filters())).shape == (6, 4)


class Failing(WordEmbedder):
    """Breaks after so many passages, as a machine that runs out of memory."""

    def embed_passages(self, texts):
        if len(self.asked) + len(texts) > 4:
            raise MemoryError
        return super().embed_passages(texts)


def test_until_a_new_model_is_through_the_old_one_is_asked(library, folder, embedder, monkeypatch):
    """A sync with another model that dies on the way has changed nothing for readers, and what
    it embedded is not embedded again."""
    monkeypatch.setattr("index.sync._WINDOW", 3)
    words = ("mill", "tram", "sail")
    with pytest.raises(LibraryError, match="the memory does not suffice"):
        Library.open(folder, Failing(words=words, name="other")).sync()
    assert [hit.score for hit in library.dense(embedder.vector("tram"), 1)] == [1.0]
    assert found(library, "basin") == ["harbour.txt", "harbour.txt"]
    other = WordEmbedder(words=words, name="other")
    assert Library.open(folder, other).sync().count("unchanged") == 2
    assert len(other.asked) == 2
    with pytest.raises(LibraryError, match="set TURNCITE_EMBEDDER back"):
        library.lexical("tram", 1)


def test_what_a_dead_sync_left_of_another_model_is_never_published(library, folder, monkeypatch):
    """Not by the old model's next sync either, which publishes as it goes."""
    monkeypatch.setattr("index.sync._WINDOW", 1)
    with pytest.raises(LibraryError, match="the memory does not suffice"):
        Library.open(folder, Failing(words=("mill", "tram"), name="other")).sync()
    monkeypatch.setattr("index.library.PUBLISH_SECONDS", -1.0)
    store = Store(folder / DATABASE)

    def published_vectors(_: object = None) -> None:
        assert store.vectors(store.numbers_within(Filters())).shape == (6, 8)

    library.sync(on_progress=published_vectors)
    published_vectors()
    assert store.meta("embedder") == library.embedder.fingerprint


def test_a_share_alone_does_not_publish_another_model(library, folder):
    """What is left says so, and readers keep what they had."""
    other = Library.open(folder, WordEmbedder(words=("mill", "tram"), name="other"))
    report = other.sync(shard=Shard(0, 2))
    assert "Still to be embedded by other@2:" in report.notes[-1]
    assert found(library, "basin") == ["harbour.txt", "harbour.txt"]


def test_a_file_that_cannot_be_opened_is_embedded_by_a_new_model_too(library, folder, monkeypatch):
    """Its document stays, as the index holds it, and no vector of the old model is left."""
    lock(monkeypatch, "harbour.txt")
    other = WordEmbedder(words=("mill", "tram", "basin"), name="other")
    changed = Library.open(folder, other)
    assert states(changed.sync())["harbour.txt"] == "failed"
    assert {hit.passage.transcript for hit in changed.dense(other.vector("basin"), 2)} == {
        "harbour.txt"
    }
    assert changed.transcript("harbour.txt").title == "Harbour board"


# Damage


def damage(folder: Path) -> bytes:
    junk = b"not a database" * 100
    (folder / DATABASE).write_bytes(junk)
    for suffix in ("-wal", "-shm"):
        (folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    return junk


def test_a_damaged_database_is_set_aside_on_request(library, folder, embedder):
    """It names the command; that command keeps the old file and indexes anew."""
    library.close()
    junk = damage(folder)
    with pytest.raises(DamagedIndex, match="rebuild it with: turncite sync --rebuild"):
        Library.open(folder, embedder)
    mended = Library.open(folder, embedder, set_damaged_aside=True)
    assert mended.sync(rebuild=True).count("read") == 3
    assert found(mended, "basin") == ["harbour.txt", "harbour.txt"]
    assert (folder / f"{DATABASE}.damaged").read_bytes() == junk
    assert Library.open(folder, embedder).sync().count("unchanged") == 3


def test_an_index_of_a_newer_turncite_is_set_aside_on_request(library, folder, embedder):
    """The command that the message names does what it says."""
    library.close()
    with sqlite3.connect(folder / DATABASE) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(DamagedIndex, match="made by a newer Turncite"):
        Library.open(folder, embedder)
    mended = Library.open(folder, embedder, set_damaged_aside=True)
    assert mended.sync(rebuild=True).count("read") == 3


def test_health(library, folder):
    """What `turncite doctor` shows."""
    assert library.health() == {
        "database": "ok",
        "documents": "3",
        "generation": "3",
        "caches": "whole",
        "embedded by": "words@7",
    }


# Folders that can't be used


def test_a_missing_folder(tmp_path, embedder):
    """It says what to do, and makes nothing."""
    with pytest.raises(LibraryError, match="does not exist; make the folder and put transcripts"):
        Library.open(tmp_path / "gone", embedder)
    assert not (tmp_path / "gone").exists()


def test_a_file_as_folder(folder, embedder):
    """--library takes a folder."""
    with pytest.raises(LibraryError, match=r"choir\.md is a file; --library takes the folder"):
        Library.open(folder / "choir.md", embedder)


def test_a_folder_that_cannot_be_written_is_searched_but_not_changed(library, folder, embedder):
    """With or without caches; syncing, adding and removing say why not, and change nothing.

    The store is opened to read, as nothing is forbidden to the root user of a container.
    """
    library.close()
    shutil.rmtree(folder / ".turncite" / "caches")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    store = Store(folder / DATABASE, read_only=True)
    reader = Library(folder, LocalBackend(folder / ".turncite", store), embedder)
    assert reader.read_only
    assert found(reader, "basin") == ["harbour.txt", "harbour.txt"]
    assert reader.dense(embedder.vector("tram"), 1)[0].score == 1.0
    assert len(reader.documents()) == 3
    for change in (reader.sync, lambda: reader.add([]), lambda: reader.remove("choir.md")):
        with pytest.raises(LibraryError, match="cannot be written, so its index cannot be brought"):
            change()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert embedder.asked == []


def test_documents_read_by_an_earlier_turncite(library, folder, embedder):
    """They are asked as they are, named as such, and the next sync reads but doesn't embed them."""
    library.close()
    with sqlite3.connect(folder / DATABASE) as db:
        db.execute("UPDATE documents SET reader = 'parser 3, chunker 2' WHERE id < 'd'")
    db.close()
    library = Library.open(folder, embedder)
    assert found(library, "basin") == ["harbour.txt", "harbour.txt"]
    assert library.health()["read by an earlier Turncite"] == "2 documents; run: turncite sync"
    assert states(library.sync()) == {
        "choir.md": "read",
        "council.txt": "read",
        "harbour.txt": "unchanged",
    }
    assert embedder.asked == []
    assert "read by an earlier Turncite" not in library.health()
