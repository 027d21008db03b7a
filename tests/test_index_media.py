"""Recordings beside transcripts: which files they are, and that no other file is taken for one."""

from __future__ import annotations

import pytest
from conftest import reasons

from index import Library
from index.media import recording_of, stems_of


@pytest.mark.parametrize(
    ("name", "stems"),
    [
        ("talk.vtt", ["talk"]), ("talk.en.vtt", ["talk.en", "talk"]),
        ("talk.pt-BR.srt", ["talk.pt-BR", "talk"]), ("3.10.txt", ["3.10"]),
    ],
)  # fmt: skip
def test_a_recording_has_the_name_of_its_transcript(name, stems):
    assert stems_of(name) == stems


def test_a_recording_is_found_beside_its_transcript_alone(folder):
    (folder / "2025").mkdir()
    (folder / "2025" / "town.txt").write_text("x")
    (folder / "2025" / "town.MP3").write_bytes(b"ID3")
    (folder / "council.ogg").write_bytes(b"OggS")
    (folder / "council.mp4").write_bytes(b"")
    assert recording_of(folder, "2025/town.txt") == folder / "2025" / "town.MP3"
    assert recording_of(folder, "council.txt") == folder / "council.mp4"  # moving pictures first
    assert recording_of(folder, "harbour.txt") is None
    assert recording_of(folder, "town.txt") is None


def test_nothing_outside_the_library_is_a_recording(folder, tmp_path):
    (tmp_path / "secret.mp3").write_bytes(b"ID3")
    (folder / "harbour.mp3").symlink_to(tmp_path / "secret.mp3")
    (folder / "choir.wav").symlink_to(folder / "choir.wav")
    for name in ("../secret.txt", str(tmp_path / "secret.txt"), "harbour.txt", "choir.md",
                 "a\0.txt", "x" * 5000):  # fmt: skip
        assert recording_of(folder, name) is None


def test_a_sync_names_recordings_for_what_they_are(folder, embedder):
    """That of a transcript is none that could not be read."""
    (folder / "council.mp3").write_bytes(b"ID3")
    (folder / "nobody.mp3").write_bytes(b"ID3")
    assert reasons(Library.open(folder, embedder).sync()) == {
        "council.mp3": "the recording of council.txt",
        "nobody.mp3": "a recording or picture; only transcripts are read",
    }
