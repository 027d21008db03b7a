"""Keep a library in step with its folder: sync, and sync again whenever something changes there.

The only importer of watchfiles, which asks the operating system and so costs nothing while
nothing changes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from watchfiles import Change, watch

from .errors import LibraryBusy, TurnciteError
from .library import Library
from .sync import OnProgress
from .types import SyncReport

# Changes that come within this time are one change: a file is written in several steps.
_SETTLE_MS = 800
_LOOK_MS = 500


def follow(
    library: Library, stop: threading.Event, on_progress: OnProgress | None = None
) -> Iterator[SyncReport | TurnciteError]:
    """Yield the report of a sync now and after each change in the folder, until `stop` is set.

    A sync that fails is yielded as its error, and the next change is waited for.
    """
    folder = library.path.resolve()
    due, waiting = True, False
    for changes in watch(
        folder,
        watch_filter=_OfTranscripts(folder),
        debounce=_SETTLE_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,  # the first look comes before the first sync, so none is missed
        stop_event=stop,
        raise_interrupt=False,
        ignore_permission_denied=True,
    ):
        if not (due or changes):
            continue
        try:
            report = library.sync(on_progress=on_progress)
            due = waiting = False
            yield report
        except LibraryBusy as error:
            due = True
            if not waiting:  # say so once, and try again
                waiting = True
                yield error
        except TurnciteError as error:
            due = False
            yield error


class _OfTranscripts:
    """Which changes count: not those of hidden files, nor those that the index makes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, _: Change, path: str) -> bool:
        try:
            inside = Path(path).relative_to(self._folder)
        except ValueError:
            return True
        return not any(part.startswith(".") for part in inside.parts)
