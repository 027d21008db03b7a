"""Archives that are added: their transcripts with folders, and nothing that could do harm."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest
from conftest import COUNCIL, HARBOUR, reasons, states
from typer.testing import CliRunner

from index import Library, unpack
from index.errors import UnreadableFile
from index.types import FileResult, Progress


def archive(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return path


def left_out(path: Path, scratch: Path) -> dict[str, str]:
    found = list(unpack.arrivals([path], scratch))
    return {each.id: each.why for each in found if isinstance(each, FileResult)}


def renamed_entry(path: Path, name: str, raw: bytes) -> Path:
    """The archive with `raw` in place of an entry's name, of the same length, and no flag that
    says what it is written in."""
    data = path.read_bytes()
    assert len(name.encode()) == len(raw)
    path.write_bytes(data.replace(name.encode(), raw))
    return path


def test_an_archive_is_added_with_its_folders(library, tmp_path):
    given = archive(
        tmp_path / "all.zip",
        {"2025/May/town.txt": COUNCIL.replace("tram", "bus"), "2024/town.txt": HARBOUR + "\n"},
    )
    seen: list[Progress] = []
    report = library.add([given], on_progress=seen.append)
    assert states(report)["2025/May/town.txt"] == "read"
    assert states(report)["2024/town.txt"] == "read"
    assert (library.path / "2024" / "town.txt").read_text(encoding="utf-8") == HARBOUR + "\n"
    assert [at.file for at in seen[:2]] == ["all.zip/2025/May/town.txt", "all.zip/2024/town.txt"]


def test_what_an_archive_may_not_do_is_told_and_not_done(library, tmp_path):
    """Nothing is written outside, and the good file beside the bad ones joins."""
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = archive(
        tmp_path / "x.zip",
        {
            "../out.txt": "Ed: Hello.\nFay: Hi.\n",
            "/root.txt": "Ed: Hello.\nFay: Hi.\n",
            "a/../../b.txt": "Ed: Hello.\nFay: Hi.\n",
            "C:\\Users\\c.txt": "Ed: Hello.\nFay: Hi.\n",
            "..\\d.txt": "Ed: Hello.\nFay: Hi.\n",
            ".turncite/library.sqlite3": "x",
            "__MACOSX/._good.txt": "x",
            "README.md": "About these.",
            "bad.pdf": "%PDF-1.4 nothing",
            "inner.zip": archive(tmp_path / "i.zip", {"e.txt": "Ed: Hi."}).read_bytes(),
            "good.txt": "Ed: The quay is long.\nFay: It is.\n",
            "GOOD.txt": "Ed: Another.\n",
        },
    )
    with zipfile.ZipFile(path, "a") as made:
        made.writestr(link, "/etc/passwd")
    report = library.add([path])
    assert states(report)["good.txt"] == "read"
    why = reasons(report)
    outside = "its name leads out of the archive"
    assert {
        name: why[f"x.zip/{name}"] for name in ("../out.txt", "/root.txt", "a/../../b.txt")
    } == (dict.fromkeys(("../out.txt", "/root.txt", "a/../../b.txt"), outside))
    assert why["x.zip/C:/Users/c.txt"] == why["x.zip/../d.txt"] == outside
    assert why["x.zip/.turncite/library.sqlite3"] == "a hidden file"
    assert why["x.zip/__MACOSX/._good.txt"] == "a hidden file"
    assert why["x.zip/link.txt"] == "a link; only files are read"
    assert why["x.zip/GOOD.txt"] == "the archive holds another file of this name"
    assert why["x.zip/inner.zip"].startswith("an archive within an archive")
    assert why["x.zip/README.md"].startswith("describes the folder")
    assert "x.zip/bad.pdf" in why
    assert sorted(path.name for path in tmp_path.iterdir()) == ["i.zip", "library", "x.zip"]
    assert not (library.path / "link.txt").exists()


def test_bombs_are_refused_before_they_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(unpack, "MAX_BYTES", 3000)
    path = archive(tmp_path / "x.zip", {"big.txt": "a" * 2000, "small.txt": "b" * 900})
    assert left_out(path, tmp_path / "s") == {"x.zip/big.txt": "is larger than 0 MB"}
    whole = archive(tmp_path / "y.zip", {f"{n}.txt": "c" * 900 for n in range(4)})
    assert left_out(whole, tmp_path / "t")["y.zip"].startswith("is more than 0 GB unpacked")
    monkeypatch.setattr(unpack, "MAX_FILES", 3)
    assert left_out(whole, tmp_path / "u") == {
        "y.zip": "holds 4 files, more than 3; pack it in parts"
    }


def test_the_size_that_an_archive_tells_is_not_believed(tmp_path, monkeypatch):
    """A central directory that lies: what comes out is counted."""
    path = archive(tmp_path / "x.zip", {"a.txt": "a" * 5000})
    monkeypatch.setattr(unpack, "MAX_FILE_BYTES", 1000)
    with zipfile.ZipFile(path) as opened:
        entry = opened.infolist()[0]
        with pytest.raises(unpack._TooLargeError):
            unpack._extract(opened, entry, tmp_path / "out", 1000)
    assert (tmp_path / "out").stat().st_size <= unpack._CHUNK_BYTES


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("протокол.txt".encode(), "протокол.txt"),  # UTF-8 that doesn't say so
        ("совет май.txt".encode("cp866"), "совет май.txt"),
        ("résumé.txt".encode("cp437"), "résumé.txt"),
    ],
)
def test_names_are_read_as_they_were_meant(tmp_path, raw, name):
    stand_in = "x" * (len(raw) - 4) + ".txt"
    path = renamed_entry(archive(tmp_path / "x.zip", {stand_in: "Ed: Hi."}), stand_in, raw)
    found = list(unpack.arrivals([path], tmp_path / "s"))
    assert [each.id for each in found] == [name]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is no zip archive"),
        (b"PK\x03\x04 cut off", "is no zip archive"),
    ],
)
def test_what_is_no_archive_says_so(tmp_path, data, why):
    (tmp_path / "x.zip").write_bytes(data)
    assert why in left_out(tmp_path / "x.zip", tmp_path / "s")["x.zip"]
    assert "cannot be opened" in left_out(tmp_path / "none.zip", tmp_path / "s")["none.zip"]


def test_an_archive_with_a_flipped_byte_gives_what_is_whole(tmp_path):
    path = archive(tmp_path / "x.zip", {"a.txt": bytes(range(256)) * 8, "b.txt": "Ed: Hi."})
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)
    assert left_out(path, tmp_path / "s") == {"x.zip/a.txt": "is damaged"}


def test_an_exported_library_is_imported_and_not_added(library, tmp_path):
    library.export(tmp_path / "all.zip")
    with pytest.raises(UnreadableFile, match="turncite import"):
        list(unpack.unpack(tmp_path / "all.zip", tmp_path / "s"))


def test_a_folder_that_is_a_link_is_not_written_through(library, tmp_path):
    (tmp_path / "outside").mkdir()
    (library.path / "linked").symlink_to(tmp_path / "outside")
    given = archive(tmp_path / "x.zip", {"linked/a.txt": "Ed: Hi.\nFay: Hello.\n"})
    assert (
        "a link where this one needs a folder"
        in reasons(library.add([given]))["x.zip/linked/a.txt"]
    )
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_recording_joins_its_transcript_and_no_other(library, tmp_path):
    """Beside one that is held, or comes in the same archive."""
    for name in ("council.mp3", "nobody.mp3"):
        (tmp_path / name).write_bytes(b"ID3")
    given = archive(
        tmp_path / "x.zip", {"talk/a.webm": b"\x1a", "talk/a.en.vtt": VTT, "talk/b.ogg": b"OggS"}
    )
    report = library.add([tmp_path / "council.mp3", tmp_path / "nobody.mp3", given])
    why = reasons(report)
    assert why["council.mp3"] == "the recording of council.txt"
    assert why["talk/a.webm"] == "the recording of a.en.vtt"
    assert (
        why["nobody.mp3"]
        == why["x.zip/talk/b.ogg"]
        == ("a recording or picture; only transcripts are read")
    )
    assert (library.path / "council.mp3").read_bytes() == b"ID3"


VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ed>The quay is long.\n"


def test_the_command_adds_an_archive_and_ends_in_1_where_a_file_failed(
    folder, embedder, tmp_path, monkeypatch
):
    from rag.cli import app as commands
    from rag.cli import keeping

    monkeypatch.setattr(
        keeping, "opened_library", lambda path, **_: _closing(Library.open(folder, embedder))
    )
    good = archive(tmp_path / "good.zip", {"a/b.txt": "Ed: The quay is long.\nFay: It is.\n"})
    result = CliRunner().invoke(commands, ["add", str(good), "--library", str(folder)])
    assert result.exit_code == 0, result.output
    assert "a/b.txt" in result.output
    bad = archive(tmp_path / "bad.zip", {"c.txt": ""})
    result = CliRunner().invoke(commands, ["add", str(bad), "--library", str(folder)])
    assert result.exit_code == 1
    assert "bad.zip/c.txt" in result.output


def _closing(library):
    from contextlib import closing

    return closing(library)
