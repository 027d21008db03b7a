"""What is given to a library: files, and the files in zip archives, which are unpacked with care.

An archive is a stranger's: nothing in it may be written outside the folder that it is unpacked to,
grow beyond the limits below, or pass unseen. What is left out is told, each with its reason.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from .errors import UnreadableFile
from .opening import DATABASE
from .types import FileResult

SUFFIX = ".zip"
MAX_FILES = 10_000  # in one archive, folders too
MAX_FILE_BYTES = 256_000_000
MAX_BYTES = 2_000_000_000  # of all that is unpacked of one archive
MAX_NAME_BYTES = 200
_MAX_DEPTH = 20  # of folders
_CHUNK_BYTES = 1 << 20
_UTF8_FLAG, _LOCKED_FLAG = 0x800, 0x1
# Python unpacks the other methods (bzip2, LZMA) without end into memory, whatever is asked of it.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNICODE_PATH = 0x7075  # Info-ZIP's field for a name in UTF-8


class Arrival(NamedTuple):
    """A file that may join the library: where it is now, the id it would have, and what a report
    calls it."""

    source: Path
    id: str
    shown: str


def arrivals(paths: Sequence[Path], scratch: Path) -> Iterator[Arrival | FileResult]:
    """The files that are given, with those of archives unpacked into the folder `scratch`; and what
    is left out, and why."""
    for place, path in enumerate(paths):
        if path.suffix.lower() != SUFFIX:
            yield Arrival(path, path.name, path.name)
            continue
        try:
            yield from unpack(path, scratch / str(place))
        except UnreadableFile as error:
            yield FileResult(path.name, "failed", why=error.why)


def unpack(archive: Path, scratch: Path) -> Iterator[Arrival | FileResult]:
    """The files of a zip archive, each as soon as it is unpacked, and what is left out.

    Raises UnreadableFile for an archive that is refused as a whole.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
            _look_over(archive, entries)
            yield from _unpacked(archive.name, opened, entries, scratch)
    except OSError as error:
        raise UnreadableFile(archive, f"cannot be opened ({error.strerror or error})") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error) as error:
        raise UnreadableFile(
            archive, f"is no zip archive, or is damaged ({error}); pack it again"
        ) from error


def _look_over(archive: Path, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Refuses an archive before anything of it is unpacked."""
    if len(entries) > MAX_FILES:
        raise UnreadableFile(
            archive, f"holds {len(entries):,} files, more than {MAX_FILES:,}; pack it in parts"
        )
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise UnreadableFile(
            archive, f"is more than {MAX_BYTES // 1_000_000_000} GB unpacked; pack it in parts"
        )
    if any(entry.filename == DATABASE for entry in entries):
        raise UnreadableFile(
            archive, "is an exported library; make it anew with: turncite import FILE"
        )


def _unpacked(
    name: str, opened: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], scratch: Path
) -> Iterator[Arrival | FileResult]:
    taken: set[str] = set()
    left = MAX_BYTES
    for place, entry in enumerate(entries):
        inside = name_of(entry).replace("\\", "/")
        if inside.endswith("/"):
            continue
        shown = f"{name}/{_printable(inside)}"
        state, why = _why_left_out(entry, inside, taken)
        if why:
            yield FileResult(shown, state, why=why)
            continue
        taken.add(inside.casefold())
        target = scratch / str(place) / PurePosixPath(inside).name
        target.parent.mkdir(parents=True)
        try:
            left -= _extract(opened, entry, target, min(left, MAX_FILE_BYTES))
        except NotImplementedError:  # a patch, a newer version
            yield FileResult(shown, "failed", why="is packed in a way that cannot be read")
        except (_TooLargeError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            target.unlink(missing_ok=True)
            why = "is larger than it may be" if isinstance(error, _TooLargeError) else "is damaged"
            yield FileResult(shown, "failed", why=why)
        else:
            yield Arrival(target, inside, shown)


def _why_left_out(entry: zipfile.ZipInfo, inside: str, taken: set[str]) -> tuple[str, str]:
    """The state and the reason of a file that is not unpacked, or nothing."""
    parts = inside.split("/")
    if inside.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", inside):
        return "failed", "its name leads out of the archive"
    if any(part.startswith(".") for part in parts) or parts[0] == "__MACOSX":
        return "skipped", "a hidden file"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "failed", "a link; only files are read"
    if entry.flag_bits & _LOCKED_FLAG:
        return "failed", "is locked with a password; unpack it and add the files"
    if entry.compress_type not in METHODS:
        return "failed", "is packed in a way that is not read; unpack it and add the files"
    lengths = [len(part.encode("utf-8", "replace")) for part in parts]
    fits = all(0 < length <= MAX_NAME_BYTES for length in lengths) and len(parts) <= _MAX_DEPTH
    if not fits or not inside.isprintable() or "\ufffd" in inside:
        return "failed", "its name cannot be a file's; rename it"
    if inside.casefold() in taken:
        return "failed", "the archive holds another file of this name"
    if inside.lower().endswith(SUFFIX):
        return "failed", "an archive within an archive; unpack it and add it by itself"
    if entry.file_size > MAX_FILE_BYTES:
        return "failed", f"is larger than {MAX_FILE_BYTES // 1_000_000} MB"
    return "", ""


class _TooLargeError(Exception):
    """More comes out of an archive than it may."""


def _extract(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, most: int) -> int:
    """The bytes of a file; what the archive says of its size is not believed."""
    size = 0
    with opened.open(entry) as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > most:
                raise _TooLargeError
            file.write(chunk)
    return size


def name_of(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: many packers write UTF-8 or a DOS code page and don't say so."""
    if entry.flag_bits & _UTF8_FLAG:
        return entry.orig_filename
    raw = entry.orig_filename.encode("cp437", "replace")
    for kind, field in _fields(entry.extra):
        if kind == _UNICODE_PATH and field[:1] == b"\1" and _crc(field) == zlib.crc32(raw):
            return field[5:].decode("utf-8", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        russian = raw.decode("cp866")
        return russian if _is_russian(russian) else entry.orig_filename


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        yield kind, extra[4 : 4 + size]
        extra = extra[4 + size :]


def _crc(field: bytes) -> int:
    return int.from_bytes(field[1:5], "little")


def _is_russian(name: str) -> bool:
    """Whether every word with a letter beyond ASCII is in Russian letters throughout."""
    words = [word for word in re.findall(r"[^\W\d_]+", name) if not word.isascii()]
    return bool(words) and all(re.fullmatch("[А-яЁё]+", word) for word in words)


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)
