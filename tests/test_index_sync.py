"""Syncing: the index follows the folder, embeds only what is new, and survives a kill."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import CHOIR, COUNCIL, HARBOUR, found, lock, reasons, states, write

from index import Library
from index.errors import NotInLibrary
from index.sync import Shard, _Pace
from index.types import FileResult, Progress, SyncReport


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


def test_half_a_character_stops_nothing(library, folder):
    """JSON can spell one; the sign for an unknown character takes its place."""
    turns = [{"speaker": "Ed \ud800", "text": "The mill \udfff is \U0001f600 old."}]
    (folder / "half.json").write_text(json.dumps({"segments": turns}))
    assert states(library.sync())["half.json"] == "read"
    (turn,) = library.transcript("half.json").turns
    assert (turn.speaker, turn.text) == ("Ed \ufffd", "The mill \ufffd is \U0001f600 old.")
    assert found(library, "mill") == ["half.json"]


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
    lock(monkeypatch, "harbour.txt")
    lock(monkeypatch, "sub")
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
    """Each file is announced, each block embedded is counted, what came of each file is told, and
    the last report says all."""
    seen: list[Progress] = []
    Library.open(folder, embedder).sync(on_progress=seen.append)
    results = [at.result for at in seen if at.result]
    assert [(result.id, result.state) for result in results] == [
        ("choir.md", "read"),
        ("council.txt", "read"),
        ("harbour.txt", "read"),
    ]
    assert [at for at in seen if at.result is None] == [
        Progress("choir.md", 0, 3, 0),
        Progress("council.txt", 0, 3, 0),
        Progress("harbour.txt", 0, 3, 0),
        Progress("harbour.txt", 0, 3, 6),
        Progress("", 3, 3, 6),
    ]
    assert [at.seconds_left for at in seen[:3]] == [None] * 3
    assert (seen[-1].seconds_left, seen[-1].rate > 0) == (0.0, True)


def test_the_time_left_is_told_by_the_bytes_to_be_read():
    """A quarter of the text in ten seconds leaves thirty; unchanged files don't count."""
    seconds = iter([0.0, 0.0, 0.0, 10.0, 20.0, 40.0])
    seen: list[Progress] = []
    pace = _Pace(seen.append, lambda: next(seconds))
    pace.files(9)
    pace.begin(size=400, unchanged=5)
    pace.at("a.txt")
    pace.embedded(50, size=100)
    pace.done(100)
    pace.embedded(70, size=100)
    pace.end()
    assert [(p.done, p.passages, p.rate, p.seconds_left) for p in seen] == [
        (5, 0, 0.0, None),
        (5, 50, 5.0, 30.0),
        (6, 120, 6.0, 20.0),
        (9, 120, 3.0, 0.0),
    ]


def test_texts_of_several_files_are_embedded_together_by_length(folder, embedder):
    """Batches of like length are quicker, and each vector still finds its text."""
    calls: list[list[int]] = []
    embed = embedder.embed_passages
    embedder.embed_passages = lambda texts: calls.append([len(t) for t in texts]) or embed(texts)
    library = Library.open(folder, embedder)
    library.sync()
    (lengths,) = calls
    assert lengths == sorted(lengths)
    assert len(lengths) == 6
    for hit in library.dense(embedder.vector("tram"), 6):
        cosine = embedder.vector(hit.passage.text) @ embedder.vector("tram")
        assert hit.score == pytest.approx(float(cosine))


def test_a_long_sync_can_be_searched_before_it_ends(folder, embedder, monkeypatch):
    """What it has read is published from time to time."""
    monkeypatch.setattr("index.sync._WINDOW", 1)
    monkeypatch.setattr("index.library.PUBLISH_SECONDS", -1.0)
    library, reader = Library.open(folder, embedder), Library.open(folder, embedder)
    seen: list[list[str]] = []
    library.sync(on_progress=lambda _: seen.append([d.id for d in reader.documents()]))
    assert ["choir.md"] in seen
    assert ["choir.md", "council.txt"] in seen


def test_shards_share_a_library_out(folder):
    """Each file has one machine, whatever the number of machines."""
    for count in (1, 2, 3, 8):
        for n in range(50):
            name = f"{n}.txt"
            assert [Shard(i, count).holds(name) for i in range(count)].count(True) == 1


def test_a_shard_leaves_the_files_of_others_alone(folder, embedder):
    """They are not read, not reported and not removed."""
    library = Library.open(folder, embedder)
    parts = [states(library.sync(shard=Shard(i, 2))) for i in range(2)]
    assert sorted([*parts[0], *parts[1]]) == ["choir.md", "council.txt", "harbour.txt"]
    assert len(library.documents()) == 3
    (folder / "choir.md").unlink()
    mine = 0 if "choir.md" in parts[0] else 1
    assert "choir.md" not in states(library.sync(shard=Shard(1 - mine, 2)))
    assert len(library.documents()) == 3
    assert states(library.sync(shard=Shard(mine, 2)))["choir.md"] == "removed"
