"""Keep a library in step with its folder: sync, and sync again whenever something changes there.

The only importer of watchfiles, which asks the operating system and so costs nothing while
nothing changes.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from watchfiles import Change, watch

from .errors import LibraryBusy, LibraryError, TurnciteError, unforeseen
from .library import Library
from .sync import OnProgress
from .types import SyncReport

# Changes that come within this time are one change: a file is written in several steps.
_SETTLE_MS = 800
_LOOK_MS = 500
# What failed is tried again after so long, should nothing change until then.
_AGAIN_SECONDS = 30.0


def follow(
    library: Library, stop: threading.Event, on_progress: OnProgress | None = None
) -> Iterator[SyncReport | TurnciteError]:
    """Yield the report of a sync now and after each change in the folder, until `stop` is set.

    A sync that fails, for whatever reason, is yielded as its error, once, and tried again.
    """
    following = _Following(library, on_progress)
    while not stop.is_set():
        try:
            for changes in _changes(library.path.resolve(), stop):
                outcome = following.look(bool(changes))
                if outcome is not None:
                    yield outcome
        except (OSError, RuntimeError) as error:  # as where too many folders are watched
            yield LibraryError(
                f"{library.path}: cannot be watched for changes ({error}); that is tried again"
            )
            stop.wait(_AGAIN_SECONDS)


class _Following:
    def __init__(self, library: Library, on_progress: OnProgress | None) -> None:
        self._library = library
        self._on_progress = on_progress
        self._due = -math.inf  # when to sync although nothing changed
        self._said = ""

    def look(self, changed: bool) -> SyncReport | TurnciteError | None:
        """Sync where that is due; its report, or an error that was not said before."""
        if not changed and time.monotonic() < self._due:
            return None
        try:
            report = self._library.sync(on_progress=self._on_progress)
        except LibraryBusy as error:
            return self._failed(error, 0)
        except TurnciteError as error:
            return self._failed(error, _AGAIN_SECONDS)
        except Exception as error:  # whatever it is: who watches for months must not stop here
            ours = LibraryError(f"{self._library.path}: {unforeseen(error)}")
            ours.__cause__ = error
            return self._failed(ours, _AGAIN_SECONDS)
        self._due, self._said = math.inf, ""
        return report

    def _failed(self, error: TurnciteError, seconds: float) -> TurnciteError | None:
        self._due = time.monotonic() + seconds
        before, self._said = self._said, str(error)
        return error if self._said != before else None


def _changes(folder: Path, stop: threading.Event) -> Iterator[set[tuple[Change, str]]]:
    """What changed, now and then nothing; the first look comes before the first is yielded, so
    that none is missed."""
    return watch(
        folder,
        watch_filter=_OfTranscripts(folder),
        debounce=_SETTLE_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=False,
        ignore_permission_denied=True,
    )


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
