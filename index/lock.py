"""One writer a library: a lock between processes that tells who holds it.

The operating system frees the lock when its holder dies, however it dies.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import LibraryBusy, LibraryError


class WriterLock:
    """The right to write to the library whose index is in `home`."""

    def __init__(self, home: Path) -> None:
        self._library = home.parent
        self._holder = home / "writer.txt"
        self._between_threads = threading.Lock()
        self._between_processes = FileLock(home / "writer.lock", thread_local=False)

    @contextmanager
    def held(self, wait_seconds: float) -> Iterator[None]:
        """Raises LibraryBusy when another has it for longer than `wait_seconds`."""
        if not self._between_threads.acquire(timeout=wait_seconds):
            raise self._busy()
        try:
            self._acquire(wait_seconds)
            try:
                with suppress(OSError):  # a full disk: who holds it is then not told
                    now = f"{datetime.now():%H:%M}"
                    me = f"process {os.getpid()} on {socket.gethostname()}, {now}"
                    self._holder.write_text(me, encoding="utf-8")
                yield
            finally:
                with suppress(OSError):
                    self._holder.unlink(missing_ok=True)
                self._between_processes.release()
        finally:
            self._between_threads.release()

    def _acquire(self, wait_seconds: float) -> None:
        if not self._holder.parent.is_dir():  # which filelock would make
            raise LibraryError(
                f"{self._library}: the folder or the index in it is no longer there; "
                "name the folder where it is now with --library"
            )
        try:
            self._between_processes.acquire(timeout=wait_seconds)
        except Timeout:
            raise self._busy() from None
        except OSError as error:
            raise LibraryError(
                f"{self._between_processes.lock_file}: cannot be locked for writing "
                f"({error.strerror}); check its permissions and the space on the disk"
            ) from error

    def _busy(self) -> LibraryBusy:
        return LibraryBusy(
            f"{self._library}: {self._who()} is bringing this library up to date; "
            "it can be asked meanwhile, and changed when that is done"
        )

    def _who(self) -> str:
        try:
            holder = self._holder.read_text(encoding="utf-8", errors="replace")
            return f"another Turncite ({holder})"
        except OSError:
            return "another Turncite"
