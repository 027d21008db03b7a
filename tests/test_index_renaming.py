"""A speaker renamed by hand: everywhere or in one transcript, for good, with nothing embedded."""

from __future__ import annotations

import shutil

import pytest
from conftest import COUNCIL, found, states, write

from index import Filters, Library, opening
from index.errors import InputError, LibraryError, NotInLibrary
from index.renaming import Renaming, renamed, renamed_passage
from index.types import Passage, Person, Slice, Transcript, Turn


def test_a_speaker_is_renamed_in_turns_passages_and_searches_without_embedding(library, embedder):
    report = library.rename("Anna Lind", "Anna Berg")
    assert states(report) == {
        "choir.md": "unchanged", "council.txt": "renamed", "harbour.txt": "unchanged",
    }  # fmt: skip
    assert embedder.asked_since() == []
    speakers = [turn.speaker for turn in library.transcript("council.txt").turns]
    assert speakers == ["Anna Berg", "Per Holm", "Anna Berg"]
    assert set(found(library, "Berg tram", Filters(speakers=("Anna Berg",)))) == {"council.txt"}
    assert "Anna Lind" not in library.speakers()
    (hit,) = library.dense(embedder.vector("tram"), 1)
    assert hit.passage.text.startswith("Anna Berg: The new tram opens")


def test_a_renaming_holds_for_what_is_read_later_and_after_a_rebuild(library, embedder, folder):
    library.rename("Anna Lind", "Anna Berg")
    write(folder / "second.txt", COUNCIL.replace("budget", "music budget"))
    library.sync()
    assert library.transcript("second.txt").turns[2].speaker == "Anna Berg"
    library.sync(rebuild=True)
    again = Library.open(folder, embedder)
    assert again.transcript("council.txt").turns[0].speaker == "Anna Berg"
    assert states(again.sync())["council.txt"] == "unchanged"


def test_a_renaming_in_one_transcript_leaves_the_others(library, folder):
    write(folder / "second.txt", COUNCIL.replace("budget", "music budget"))
    library.rename("Per Holm", "Per Ek", "second.txt")
    assert library.transcript("second.txt").turns[1].speaker == "Per Ek"
    assert library.transcript("council.txt").turns[1].speaker == "Per Holm"


def test_two_who_get_one_name_become_one_person(library):
    library.rename("Per Holm", "Anna Lind")
    council = library.transcript("council.txt")
    assert [person.name for person in council.people] == ["Anna Lind"]
    assert "Per Holm" in council.people[0].labels
    assert len(council.turns) == 3


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "x" * 300])
def test_what_is_no_name_is_refused(library, name):
    with pytest.raises(InputError, match="is no name for a speaker"):
        library.rename("Anna Lind", name)


def test_a_renaming_outlives_the_log_of_the_database(library, embedder, folder, tmp_path):
    """It was made by hand: no file tells it again, where what was written last is lost."""
    library.rename("Anna Lind", "Anna Berg")
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    again = Library.open(copy, embedder)
    again.sync()
    assert again.transcript("council.txt").turns[0].speaker == "Anna Berg"
    assert "Anna Lind" not in again.speakers()


def test_a_renaming_outlives_a_disk_that_fails_while_damage_is_set_aside(
    library, embedder, folder, monkeypatch
):
    """The new database's log, in which it still stands, has no part in the move."""
    library.rename("Anna Lind", "Anna Berg")
    library.close()
    database = folder / ".turncite" / "library.sqlite3"
    data = bytearray(database.read_bytes())
    data[-3000:] = bytes(3000)
    database.write_bytes(data)
    with monkeypatch.context() as patched:
        patched.setattr(opening.Store, "close", lambda store: None)  # the log stays
        with pytest.raises(LibraryError, match="the damaged index cannot be set aside"):
            opening._begin_anew(database.parent)
    opening._begin_anew(database.parent)
    again = Library.open(folder, embedder)
    again.sync()
    assert again.transcript("council.txt").turns[0].speaker == "Anna Berg"


def test_who_does_not_speak_is_not_renamed(library):
    with pytest.raises(NotInLibrary, match="Nobody does not speak there"):
        library.rename("Nobody", "Somebody")
    with pytest.raises(NotInLibrary, match=r"gone\.txt"):
        library.rename("Anna Lind", "Somebody", "gone.txt")
    library.rename("Anna Lind", "Anna Lind")  # which changes nothing
    assert "Anna Lind" in library.speakers()


def test_names_follow_one_another_and_passages_keep_their_words():
    turns = (Turn(0, "A", "A: so A said."), Turn(1, None, "Yes."), Turn(2, "B", "No."))
    before = Transcript("t", "T", turns, people=(Person("A", "chair"), Person("B")))
    after = renamed(
        before, [Renaming("A", "C"), Renaming("C", "Dora  Ek"), Renaming("B", "x", "u")]
    )
    assert [turn.speaker for turn in after.turns] == ["Dora Ek", None, "B"]
    assert after.people == (Person("Dora Ek", "chair", ("A",)), Person("B"))
    slices = (Slice(0, 0, 13), Slice(1, 0, 4), Slice(2, 0, 3))
    passage = Passage("t", slices, ("A", "B"), "A: A: so A said.\nYes.\nB: No.")
    assert renamed_passage(passage, before, after) == Passage(
        "t", slices, ("Dora Ek", "B"), "Dora Ek: A: so A said.\nYes.\nB: No."
    )
