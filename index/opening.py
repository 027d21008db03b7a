"""Opening the database of a library's folder, and mending it on request.

A damaged database is set aside under another name, and what people made by hand goes over into
the new one; all else comes from the transcripts. At each instant of that there is a database.
"""

from __future__ import annotations

import errno
import os
import shutil
from itertools import count
from pathlib import Path

from .caches import drop_caches, remove
from .database import log_index_of, log_of, salvaged
from .errors import DamagedIndex, InputError, LibraryError, damaged_index
from .integrity import fault_of
from .lock import WriterLock
from .renaming import Renaming, from_json
from .store import Store

DATABASE = "library.sqlite3"
CACHES = "caches"
_MEND_SECONDS = 600.0
# Of SQLite's smallest page. It takes a smaller file for an empty one, and drops the log beside it.
_LEAST_BYTES = 512


def open_store(folder: Path, home: Path, set_damaged_aside: bool) -> Store:
    """The database in `home`, inside `folder`; made where there is none.

    Raises LibraryError where that can't be; DamagedIndex where it can't be read, unless
    `set_damaged_aside` and it can be written.
    """
    writable = _is_writable(folder, home)
    if not (set_damaged_aside and writable):
        return _opened(home, read_only=not writable)
    with WriterLock(home).held(_MEND_SECONDS):  # another may be mending it just now
        try:
            store = _opened(home)
            if not fault_of(store):
                return store
            store.close()
        except DamagedIndex:
            pass
        _begin_anew(home)
        return Store(home / DATABASE)


def _is_writable(folder: Path, home: Path) -> bool:
    """Whether the index can be written; its folders are made. Raises LibraryError where it can't
    and there is none."""
    if not folder.exists():
        raise LibraryError(
            f"{folder} does not exist; make the folder and put transcripts in it, "
            "or name another with --library"
        )
    if not folder.is_dir():
        raise LibraryError(f"{folder} is a file; --library takes the folder of your transcripts")
    if home.is_file():
        raise LibraryError(
            f"{home} is a file, and Turncite keeps its index in a folder of that name; "
            "move the file away and run: turncite sync"
        )
    why = ""
    try:
        home.mkdir(exist_ok=True)
        writable = os.access(home, os.W_OK)
        if writable:
            if not (home / CACHES).is_dir():
                remove(home / CACHES)
            (home / CACHES).mkdir(exist_ok=True)
    except OSError as error:
        writable, why = False, f" ({error.strerror})"
    if not writable and not os.path.exists(home / DATABASE):  # nor where it can't be looked at
        raise LibraryError(
            f"{folder}: cannot be written{why}, and Turncite keeps its index in it; "
            "copy your transcripts to a folder where you can write"
        )
    return writable


def _opened(home: Path, *, read_only: bool = False) -> Store:
    """Raises DamagedIndex also for what SQLite would take for a new database, or not for one."""
    path = home / DATABASE
    for part in (path, log_of(path), log_index_of(path)):
        if part.is_dir():
            raise damaged_index(part, "it is a folder")
    empty = path.is_file() and path.stat().st_size < _LEAST_BYTES
    if empty and (log_of(path).exists() or any((home / CACHES).glob("[0-9]*"))):
        raise damaged_index(path, "it is cut off")
    return Store(path, read_only=read_only)


def _begin_anew(home: Path) -> None:
    """Put a new database in the place of a damaged one, which is kept as NAME.damaged."""
    path, fresh = home / DATABASE, home / f"{DATABASE}.new"
    names = (path.with_name(f"{path.name}.damaged{n or ''}") for n in count())
    aside = next(name for name in names if not (name.exists() or log_of(name).exists()))
    renamings = max(map(_renamings_in, [path, *home.glob(f"{DATABASE}.damaged*")]), key=len)
    for left in (fresh, log_of(fresh), log_index_of(fresh)):
        remove(left)
    store = Store(fresh)
    store.keep_renamings(renamings)
    store.close()
    try:
        if log_of(fresh).exists():  # what was renamed is still in it, as the file can't be written
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if path.is_dir():
            os.replace(path, aside)
        elif path.exists():
            _link(path, aside)
        remove(log_index_of(path))
        if log_of(path).exists():
            os.replace(log_of(path), log_of(aside))
        drop_caches(home / CACHES, set())
        os.replace(fresh, path)
    except OSError as error:
        raise LibraryError(
            f"{path}: the damaged index cannot be set aside ({error.strerror}); check the "
            "folder's permissions and the space on the disk"
        ) from error


def _link(path: Path, name: Path) -> None:
    """Another name for the file, or a copy where the disk knows no second names."""
    try:
        os.link(path, name)
    except OSError:
        shutil.copyfile(path, name)


def _renamings_in(path: Path) -> list[Renaming]:
    """What was renamed by hand, as far as a damaged database tells."""
    try:
        return from_json(salvaged(path, "renamings"))
    except (InputError, ValueError, TypeError):
        return []
