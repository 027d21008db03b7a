"""Which files of a folder are transcripts to be read, and why the others are not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .media import MEDIA_TYPES, RECORDING_OF, stems_of

INDEX_FOLDER = ".turncite"
_DOCUMENTATION = ("readme", "license", "licence", "copying", "notice", "changelog", "sources")
_MEDIA_SUFFIXES = frozenset(".avi .wma .jpg .jpeg .png .gif .webp .svg .heic".split()) | frozenset(
    MEDIA_TYPES
)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of the library. `skip` says why it is passed over; empty means: read it.

    `closed`: it is there and can't be opened, which says nothing of what it holds. `digest` is
    the SHA-256 of its content and `size` its bytes, once that was looked at.
    """

    id: str
    path: Path
    skip: str = ""
    closed: bool = False
    digest: str = ""
    size: int = 0


def scan(folder: Path) -> Iterator[FoundFile]:
    """Every file below `folder` in order of id; hidden ones and the index are not seen.

    A folder that can't be opened, or is a link, is yielded in place of what lies in it.
    """
    closed: list[OSError] = []
    found: list[tuple[Path, str, bool]] = []
    for parent, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in [*names, *folders]:
            path = Path(parent) / name
            if not name.startswith(".") and (path.is_symlink() or not path.is_dir()):
                found.append((path, _why_skipped(folder, path), False))
    found.extend((Path(error.filename), cannot_open(error), True) for error in closed)
    found.sort(key=lambda entry: entry[0].as_posix())
    read = {
        (path.parent, stem): path.name for path, why, _ in found if not why
        for stem in stems_of(path.name)
    }  # fmt: skip
    for path, why, is_closed in found:
        of = read.get((path.parent, path.stem))
        if of and path.suffix.lower() in MEDIA_TYPES:
            why = f"{RECORDING_OF}{of}"
        file_id = path.relative_to(folder).as_posix()
        shown = file_id.encode("utf-8", "replace").decode()
        if shown != file_id:
            why = "its name is not valid Unicode; rename the file"
        yield FoundFile(shown, path, why, is_closed)


def digested(file: FoundFile) -> FoundFile:
    """The file with digest and size, or closed where it can't be opened."""
    if file.skip:
        return file
    try:
        with file.path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
            return replace(file, digest=digest, size=opened.tell())
    except OSError as error:
        return replace(file, skip=cannot_open(error), closed=True)


def cannot_open(error: OSError) -> str:
    return f"cannot be opened ({error.strerror})"


def why_passed_over(path: Path) -> str:
    """Why a file of this name is never read as a transcript, or nothing."""
    stem, suffix = path.stem.lower(), path.suffix.lower()
    if stem in _DOCUMENTATION and suffix in {"", ".md", ".txt", ".rst"}:
        return "describes the folder; rename it if it is a transcript"
    if suffix in _MEDIA_SUFFIXES:
        return "a recording or picture; only transcripts are read"
    return ""


def _why_skipped(folder: Path, path: Path) -> str:
    if why := why_passed_over(path):
        return why
    if path.is_dir():
        return "a link to a folder; only files in the library's own folders are read"
    if path.exists() and not path.is_file():
        return "not a regular file"
    if path.is_symlink():
        try:
            inside = path.resolve().is_relative_to(folder.resolve())
        except RuntimeError:  # before Python 3.13
            return "a link that leads to itself"
        if not inside:
            return "a link that leads out of the library"
    return ""
