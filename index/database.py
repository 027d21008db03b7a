"""A SQLite file: connections, transactions, and its faults as ours. The only importer of sqlite3.

What the tables hold is store.py's; how they look, schema.py's.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from .errors import DamagedIndex, InputError, LibraryError, damaged_index
from .schema import VERSION, prepare

_BUSY_SECONDS = 30.0
# 64 MB of log before it is worked into the file: most pages are changed again before that.
_LOG_PAGES = 16_000
# In SQLite's words for what it cannot do, those that no permission and no space would mend.
_SIGNS_OF_DAMAGE = ("no such table", "no such column", "Could not decode", "malformed")

Connection = sqlite3.Connection


class _Connection(sqlite3.Connection):
    """A connection that closes when the thread that it belongs to ends."""

    def __del__(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # it never came to be open
            self.close()


class Database:
    """One file, made where there is none. Each thread gets a connection of its own.

    Raises DamagedIndex where the file is broken, LibraryError where it can't be used.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._local = threading.local()
        try:
            with self.guarded():
                self._prepare()
        except LibraryError:
            self.close()
            raise

    def rows(self, query: str, values: Any = ()) -> list[Any]:
        with self.guarded() as db:
            return db.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The right to write: all of it is committed at the end, or none."""
        with self.guarded() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                if db.in_transaction:  # a full disk ends it by itself
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several queries that see the same moment; within another, its moment."""
        with self.guarded() as db:
            if db.in_transaction:
                yield
                return
            db.execute("BEGIN")
            try:
                yield
            finally:
                db.execute("ROLLBACK")  # nothing was written

    def in_place(self) -> bool:
        """Whether the file that is open is still the one at its path."""
        try:
            there = self.path.stat()
        except OSError:
            return False
        return (there.st_dev, there.st_ino) == self._file

    def check(self) -> str:
        """SQLite's own integrity check: "ok" or what is wrong."""
        try:
            return str(self.rows("PRAGMA integrity_check(1)")[0][0])
        except DamagedIndex as error:
            return str(error.__cause__)

    def settle(self) -> None:
        """Work the log into the file: what no file of a transcript could bring back is not left to
        a log, whose loss SQLite takes for an end without one."""
        self.rows("PRAGMA wal_checkpoint(PASSIVE)")

    def copy_to(self, path: Path) -> None:
        """The file as it is now, in one piece, without the space of what was deleted."""
        self.rows("VACUUM INTO ?", (str(path),))

    def close(self) -> None:
        """Close this thread's connection."""
        db = getattr(self._local, "db", None)
        if db is not None:
            db.close()
            self._local.db = None

    @contextmanager
    def sound(self) -> Iterator[None]:
        """Around the making of values from rows: one that nobody wrote there is damage, as after
        bits were flipped or another program wrote to the file."""
        try:
            yield
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
                InputError) as error:  # fmt: skip
            raise self.damaged(f"it holds what Turncite never wrote: {error}") from error

    @contextmanager
    def guarded(self) -> Iterator[Connection]:
        """This thread's connection; SQLite's faults come out as ours, each with the next step."""
        try:
            yield self._connection()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise LibraryError(
                    f"{self.path}: another Turncite is writing to this library; try again later"
                ) from error
            if any(sign in str(error) for sign in _SIGNS_OF_DAMAGE):
                raise self.damaged(error) from error
            raise LibraryError(
                f"{self.path}: the index cannot be used ({error}); check that the folder can be "
                "written and the disk is not full"
            ) from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter of a schema
            raise self.damaged(error) from error
        except UnicodeEncodeError as error:
            raise InputError(
                f"{str(error.object)[:60]!r} is not valid Unicode, as names and texts must be"
            ) from error

    def _prepare(self) -> None:
        db = self._connection()
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise DamagedIndex(
                f"{self.path}: the index was made by a newer Turncite; update Turncite, "
                "or rebuild it with: turncite sync --rebuild"
            )
        if 0 < version < VERSION and self.read_only:
            raise LibraryError(
                f"{self.path}: the index was made by an older Turncite and can't be changed here; "
                "run where the library can be written: turncite sync"
            )
        if version < VERSION and not self.read_only:
            self._log_ahead(db)
            with self.transaction():
                prepare(db, secrets.token_hex(8))
        db.execute("SELECT count(*) FROM documents").fetchone()
        opened = self.path.stat()
        self._file = (opened.st_dev, opened.st_ino)

    def _log_ahead(self, db: Connection) -> None:
        """Switch to WAL. SQLite doesn't wait where another process is about to do the same."""
        until = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def _connection(self) -> Connection:
        db: Connection | None = getattr(self._local, "db", None)
        reading = db is not None and self.read_only and not db.in_transaction
        if reading and self._local.seen != self._looks():  # a writer was here: it is stale
            self.close()
            db = None
        if db is None:
            mode = self._way_to_read() if self.read_only else "mode=rwc"
            db = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?{mode}",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                factory=_Connection,
                check_same_thread=False,  # whichever thread lets go of it last may close it
            )
            if "vfs" in mode:
                db.execute("PRAGMA locking_mode = EXCLUSIVE")  # keeps what -shm holds in memory
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA trusted_schema = OFF")  # it may be a stranger's, imported
            db.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
            self._local.db = db
            self._local.seen = self._looks() if self.read_only else None
        return db

    def _way_to_read(self) -> str:
        """How a file is opened in a folder that has no place for WAL's side files.

        It is read as it stands, unless the log is there, which holds what was committed last; and
        without locks where the log has lost its own index, as after a kill or a copy.
        """
        if not log_of(self.path).exists():
            return "mode=ro&immutable=1"
        if log_index_of(self.path).exists():
            return "mode=ro"
        return f"mode=ro&vfs={'win32' if os.name == 'nt' else 'unix'}-none"

    def _looks(self) -> object:
        """What tells that another process wrote to the file, which SQLite doesn't watch when it
        takes it for unchanging."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        side = log_of(self.path).exists(), log_index_of(self.path).exists()
        return found.st_ino, found.st_size, found.st_mtime_ns, side

    def damaged(self, fault: object) -> DamagedIndex:
        return damaged_index(self.path, fault)


def salvaged(path: Path, key: str) -> str | None:
    """A value of the table `meta` of a database that may be damaged, where that can be told.
    Raises LibraryError where the disk fails."""
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            found = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return str(found[0]) if found else None
    except sqlite3.OperationalError as error:
        # The disk's fault, not the file's: it may be read the next time.
        if not any(sign in str(error) for sign in _SIGNS_OF_DAMAGE):
            raise LibraryError(
                f"{path}: cannot be read ({error}); try again, or move the file away to give up "
                "the speakers that were renamed"
            ) from error
        return None
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def log_of(path: Path) -> Path:
    """Where SQLite has what was committed and is not yet in the file at `path`."""
    return path.with_name(path.name + "-wal")


def log_index_of(path: Path) -> Path:
    """Where those who have the database open know their way about its log."""
    return path.with_name(path.name + "-shm")
