"""A library in one file, to take it to another machine: its files, and its index with all
vectors.

The file is a zip: `about.json`, `library.sqlite3` and the library's files under `files/`. What
is searched is made from these, so that the same questions have the same answers there. The first
sync there reads every file again, since a stranger's index may hold what no file says; passages
that the files do have keep their vectors.
"""

from __future__ import annotations

import filecmp
import glob
import json
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath

from .caches import remove
from .errors import DamagedIndex, InputError, LibraryError
from .local import LocalBackend
from .opening import DATABASE
from .scan import INDEX_FOLDER, scan
from .store import Store
from .types import Progress
from .unpack import METHODS

FORMAT = 1
_ABOUT = "about.json"
_FILES = "files/"
# Names of what is half written; the number of the process that writes it is in them.
_INCOMING = ".turncite-incoming-"
_WRITING = ".turncite-"
_CHUNK_BYTES = 1 << 20
_MOST_ABOUT_BYTES = 1 << 16
OnProgress = Callable[[Progress], None]


def export_library(
    folder: Path, backend: LocalBackend, target: Path, on_progress: OnProgress
) -> list[str]:
    """Write the library in `folder` to the file `target`; the ids of files that were left out,
    as they are no transcripts or can't be read. What is there is replaced when the new file is
    whole.

    Raises LibraryError where it can't be written.
    """
    if target.resolve().is_relative_to(folder.resolve()):
        raise LibraryError(
            f"{target} lies in the library itself, and would be a part of the next export; "
            "name a file outside it"
        )
    files = [file for file in scan(folder) if not file.path.is_dir()]
    left_out: list[str] = []
    part = target.with_name(f"{target.name}{_WRITING}{os.getpid()}.part")
    database = target.with_name(f"{target.name}{_WRITING}{os.getpid()}.index.part")
    try:
        for old in target.parent.glob(f"{glob.escape(target.name)}{_WRITING}*"):
            if _is_left_over(old):
                old.unlink()
        backend.copy_database(database)
        # Before 1980 there is no time for a zip; such a file gets the first that there is.
        with zipfile.ZipFile(part, "w", strict_timestamps=False) as bundle:
            bundle.write(database, DATABASE)  # mostly vectors, which don't deflate
            for done, file in enumerate(files):
                on_progress(Progress(file.id, done, len(files)))
                if file.skip or not _readable(file.path):
                    left_out.append(file.id)
                else:
                    bundle.write(file.path, _FILES + file.id, zipfile.ZIP_DEFLATED)
            about = {"format": FORMAT, "files": len(bundle.namelist()) - 1}
            bundle.writestr(_ABOUT, json.dumps(about))
        os.replace(part, target)
    except OSError as error:
        raise LibraryError(
            f"{target}: the library cannot be written there ({error.strerror}); check the "
            "permissions and the space on the disk"
        ) from error
    finally:
        for each in (part, database):
            with suppress(OSError):  # the next export takes away what stays
                each.unlink(missing_ok=True)
    on_progress(Progress("", len(files), len(files)))
    return left_out


def import_library(bundle: Path, folder: Path, on_progress: OnProgress) -> None:
    """Make the library in the file `bundle` anew in `folder`, which must be empty or not there.

    All of it is there in the end, or nothing. Raises InputError for a file that is no exported
    library or is damaged, LibraryError where `folder` holds something or can't be written.
    """
    there = folder.exists()
    killed, held = _parts_of(folder) if there else ([], [])
    if held and not killed:
        raise _not_empty(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Beside a folder that is to come, which is then there at once; within one that is there.
        fresh = (folder if there else folder.parent) / f"{_INCOMING}{os.getpid()}"
        for old in killed or fresh.parent.glob(f"{_INCOMING}*"):
            if there or _is_left_over(old):
                shutil.rmtree(old)
        fresh.mkdir()
        try:
            _unpack(bundle, fresh, on_progress)
            if there:
                _move_in(fresh, folder, held)
            else:
                os.replace(fresh, folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise LibraryError(
            f"{folder}: the library cannot be made there ({error.strerror or error}); check the "
            "permissions and the space on the disk"
        ) from error


def _not_empty(folder: Path) -> LibraryError:
    return LibraryError(
        f"{folder} is not empty; name a new folder for the imported library with --library"
    )


def _parts_of(folder: Path) -> tuple[list[Path], list[Path]]:
    """What a killed import left half written in a folder, and what else is there."""
    if not folder.is_dir():
        raise _not_empty(folder)
    parts = list(folder.iterdir())
    killed = [part for part in parts if part.name.startswith(_INCOMING) and part.is_dir()]
    return killed, [part for part in parts if part not in killed]


def _move_in(fresh: Path, folder: Path, held: Sequence[Path]) -> None:
    """Move the parts of a library into a folder that is there; what it held of them must be what
    an import that was killed has moved before."""
    if not all(_same(part, fresh / part.name) for part in held):
        raise _not_empty(folder)
    moved: list[Path] = []
    try:
        # The index comes last: it makes the folder a library.
        for part in sorted(fresh.iterdir(), key=lambda part: part.name == INDEX_FOLDER):
            if folder / part.name not in held:
                os.replace(part, folder / part.name)
                moved.append(folder / part.name)
    except OSError:
        for part in moved:
            remove(part)
        raise


def _same(path: Path, other: Path) -> bool:
    """Whether two files, or all of two folders, are alike."""
    if path.is_dir() and other.is_dir():
        names = {part.name for part in path.iterdir()}
        alike = names == {part.name for part in other.iterdir()}
        return alike and all(_same(path / name, other / name) for name in names)
    return path.is_file() and other.is_file() and filecmp.cmp(path, other, shallow=False)


def _is_left_over(path: Path) -> bool:
    """Whether the process whose number a half-written file has in its name is no more.

    (Windows has no harmless way to ask; there it stays.)
    """
    number = re.search(r"\.turncite-(?:incoming-)?(\d+)", path.name)
    if os.name == "nt" or not number:
        return False
    try:
        os.kill(int(number[1]), 0)
    except ProcessLookupError:
        return True
    except OSError:  # it is another user's
        return False
    return False


def _unpack(bundle: Path, folder: Path, on_progress: OnProgress) -> None:
    if not bundle.is_file():
        raise InputError(f"{bundle}: there is no such file")
    try:
        with zipfile.ZipFile(bundle) as archive:
            _look_over(archive, folder)
            about = json.loads(archive.read(_ABOUT))
            if about["format"] > FORMAT:
                raise InputError(
                    f"{bundle.name} was exported by a newer Turncite; update Turncite to import it"
                )
            names = archive.namelist()
            for done, name in enumerate(names):
                on_progress(Progress(name.removeprefix(_FILES), done, len(names)))
                if name != _ABOUT:
                    _extract(archive, name, _place(folder, name))
            if not (folder / INDEX_FOLDER / DATABASE).is_file() or about["files"] != len(names) - 2:
                raise ValueError("a part of it is missing")
            with closing(Store(folder / INDEX_FOLDER / DATABASE)) as store:
                store.distrust()
    except (
        zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, RuntimeError,
        DamagedIndex,
    ) as error:  # fmt: skip
        raise InputError(
            f"{bundle.name} is no exported library, or is damaged ({error}); export it again with: "
            "turncite export FILE"
        ) from error


def _look_over(archive: zipfile.ZipFile, folder: Path) -> None:
    """Refuses what would fill the memory or the disk. No part gives more than it announces."""
    if archive.getinfo(_ABOUT).file_size > _MOST_ABOUT_BYTES:
        raise ValueError(f"its {_ABOUT} is none")
    if any(entry.compress_type not in METHODS for entry in archive.infolist()):
        raise ValueError("a part of it is packed as no export is")
    size = sum(entry.file_size for entry in archive.infolist())
    free = shutil.disk_usage(folder).free
    if size > free:
        raise InputError(
            f"it holds {size / 1e9:,.1f} GB, and the disk has {free / 1e9:,.1f} GB free; make "
            "room, or import it to another disk with --library"
        )


def _extract(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, target.open("xb") as file:
        shutil.copyfileobj(source, file, _CHUNK_BYTES)


def _place(folder: Path, name: str) -> Path:
    """Where a part belongs; a name that leads anywhere else is refused."""
    if name == DATABASE:
        return folder / INDEX_FOLDER / DATABASE
    inside = PurePosixPath(name.removeprefix(_FILES))
    safe = (
        name.startswith(_FILES)
        and not inside.is_absolute()
        and inside.parts
        and not any(part.startswith(".") for part in inside.parts)
        and not (os.name == "nt" and set("\\:") & set(str(inside)))
    )
    if not safe:
        raise ValueError(f"it holds a file that belongs nowhere: {name!r}")
    return folder.joinpath(*inside.parts)


def _readable(path: Path) -> bool:
    try:
        with path.open("rb"):
            return True
    except OSError:
        return False
