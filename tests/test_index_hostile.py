"""Files made to harm: each is refused with its reason, or read in bounded time."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from index.errors import UnreadableFile
from index.parse import parse_file
from index.parse.text.reader import parse_text
from index.scan import scan


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"Anna: Hel\0lo.\nBo: Hi.\n", "not a text file"),
        ("a.json", b"[" * 200_000, "nested too deeply"),
        ("a.json", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested too deeply"),
        ("a.txt", b"word " * 1_100_000, "line 1 is longer than 5,000,000 characters"),
        ("a.txt", b"Hi.\nHo.\n" + b"word " * 1_100_000, "line 3 is longer"),
    ],
)
def test_refused_with_a_reason(tmp_path, name, data, why):
    """The fault and the way out, and no trace of Python."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableFile, match=why):
        parse_file(path)


@pytest.mark.parametrize("unit", ["00:00:", "_", " ", "*", ".", "1", "[", "(", "a: ", "a", "1. "])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "{}"),
        ("a.txt", "Anna: Hi a{}b.\nBo: Yes.\nAnna: No.\n"),
        ("a.txt", "Title a{}b\n\nAnna: Hi.\nBo{}b: Yes.\nAnna: No.\n"),
        ("a.log", "[10:00] <anna> hi\n[10:01] <bo> a{}b\n[10:02] <anna> no\n"),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000 {}\n<v Anna>Hi a{}b\n"),
    ],
)
def test_no_line_takes_longer_than_its_length(tmp_path, name, text, unit):
    """A pattern that could be tried in many ways would take hours for these."""
    path = tmp_path / name
    path.write_text(text.replace("{}", unit * (40_000 // len(unit))), encoding="utf-8")
    begun = time.process_time()
    with suppress(UnreadableFile):
        parse_file(path)
    assert time.process_time() - begun < 5


def test_front_matter_that_multiplies_itself_is_taken_as_words():
    """YAML's anchors could fill the memory; they are not followed."""
    bomb = "\n".join(f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 9)}]" for n in range(1, 12))
    transcript = parse_text("x.md", f"---\ntitle: Budget\n{bomb}\n---\nAnna: Hi.\nBo: Yes.\n")
    assert (transcript.title, [turn.text for turn in transcript.turns]) == (
        "Budget",
        ["Hi.", "Yes."],
    )
    assert len(transcript.unread) == 11


@pytest.mark.parametrize(
    "yaml", ["[" * 5000, "- " * 5000, "a: " * 3000, "{" * 3000, "!!python/x y"]
)
def test_odd_front_matter_loses_nothing(yaml):
    """What is no front matter after all stays in sight."""
    transcript = parse_text("x.md", f"---\n{yaml}\n---\nAnna: Hi.\nBo: Yes.\n")
    held = [*(line.text for line in transcript.unread), *(turn.text for turn in transcript.turns)]
    assert yaml.strip() in [text.strip() for text in [*held, transcript.title]]
    assert [text.endswith(("Hi.", "Yes.")) for text in held[-2:]] == [True, True]


def test_many_names_take_no_longer_each():
    """Ten thousand distinct labels are read, not compared each with each."""
    text = "\n".join(f"Anna Lind{number}: Yes." for number in range(10_000))
    assert len(parse_text("x.txt", text).turns) == 10_000


def test_links_out_and_to_themselves(tmp_path):
    """A link is followed only inside the library."""
    (tmp_path / "self.txt").symlink_to("self.txt")
    (tmp_path / "out.txt").symlink_to("/etc/hostname")
    assert {file.id: file.skip for file in scan(tmp_path)} == {
        "out.txt": "a link that leads out of the library",
        "self.txt": "a link that leads to itself",
    }


def test_a_fault_of_ours_stops_no_other_file(tmp_path, monkeypatch):
    """An error nobody foresaw is the file's reason, with the error named."""

    def broken(transcript_id: str, text: str) -> None:
        raise KeyError("tram")

    monkeypatch.setattr("index.parse.text.reader.parse_text", broken)
    (tmp_path / "a.txt").write_text("Anna: Hi.\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"a fault in Turncite \(KeyError: 'tram'\)"):
        parse_file(tmp_path / "a.txt")
