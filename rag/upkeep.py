"""Bringing a library in step with its folder before it is asked."""

from __future__ import annotations

from index import Library
from index.errors import DamagedIndex, LibraryBusy, LibraryError, ModelError
from index.sync import OnProgress
from index.types import SyncReport

# How long the first sync of another process is waited for.
FIRST_SYNC_SECONDS = 600.0


def brought_up(library: Library, on_progress: OnProgress | None) -> SyncReport | None:
    """The report of a sync, where there is one to be made; why there is none, as its note."""
    if library.read_only or library.shared:
        return None
    try:
        return library.sync(on_progress=on_progress, wait_seconds=0)
    except (DamagedIndex, ModelError):
        raise
    except LibraryBusy as error:
        if not library.documents():  # the other's first sync: what it reads is worth waiting for
            return library.sync(on_progress=on_progress, wait_seconds=FIRST_SYNC_SECONDS)
        return SyncReport(notes=(str(error),))
    except LibraryError as error:  # such as a full disk: what is indexed can still be asked
        if not library.documents():
            raise
        return SyncReport(notes=(str(error),))
