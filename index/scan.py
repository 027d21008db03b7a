"""Which files of a folder are transcripts to be read, and why the others are not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INDEX_FOLDER = ".turncite"
_DOCUMENTATION = ("readme", "license", "licence", "copying", "notice", "changelog", "sources")
_MEDIA_SUFFIXES = frozenset(
    ".mp3 .m4a .wav .ogg .opus .flac .aac .mp4 .m4v .mov .mkv .webm .avi "
    ".jpg .jpeg .png .gif .webp .svg .heic".split()
)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of the library. `skip` says why it is passed over; empty means: read it."""

    id: str
    path: Path
    skip: str = ""


def scan(folder: Path) -> Iterator[FoundFile]:
    """Every file below `folder` in order of id; hidden ones and the index are not seen."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            if not name.startswith("."):
                path = Path(parent) / name
                found.append((path.relative_to(folder).as_posix(), path))
    for file_id, path in sorted(found):
        yield FoundFile(file_id, path, _why_skipped(folder, path))


def file_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _why_skipped(folder: Path, path: Path) -> str:
    stem, suffix = path.stem.lower(), path.suffix.lower()
    if stem in _DOCUMENTATION and suffix in {"", ".md", ".txt", ".rst"}:
        return "describes the folder; rename it if it is a transcript"
    if suffix in _MEDIA_SUFFIXES:
        return "a recording or picture; only transcripts are read"
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        return "a link that leads out of the library"
    return ""
