"""--watch: the index follows the folder as files come, change and go."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest
from conftest import found, states, write

from index.errors import LibraryBusy, LibraryError
from index.types import SyncReport
from index.watch import follow

LONGEST_SECONDS = 30


@pytest.fixture
def outcomes(library) -> Iterator[Iterator[object]]:
    """What follow() yields over the library; it is stopped at the end or when that takes long."""
    stop = threading.Event()
    timer = threading.Timer(LONGEST_SECONDS, stop.set)
    timer.start()
    yield follow(library, stop)
    stop.set()
    timer.cancel()


def test_changes_are_indexed_as_they_come(library, folder, outcomes):
    """New, changed, moved and deleted files, each found or no more found at once."""
    assert next(outcomes).count("unchanged") == 3
    write(folder / "sub" / "town.txt", "Ed: The mill is old.\nFay: Yes.\n")
    assert states(next(outcomes))["sub/town.txt"] == "read"
    assert found(library, "mill") == ["sub/town.txt"]
    write(folder / "sub" / "town.txt", "Ed: The windmill is new.\nFay: Yes.\n")
    assert states(next(outcomes))["sub/town.txt"] == "read"
    assert (found(library, "mill"), found(library, "windmill")) == ([], ["sub/town.txt"])
    os.replace(folder / "sub" / "town.txt", folder / "city.txt")
    assert states(next(outcomes))["city.txt"] == "read"
    (folder / "city.txt").unlink()
    assert states(next(outcomes))["city.txt"] == "removed"
    assert found(library, "windmill") == []


def test_a_change_during_a_sync_is_not_missed(library, folder, outcomes):
    """Also during the first one."""
    write(folder / "a.txt", "Ed: Hello.\nFay: Hi.\n")
    first = library.sync

    def sync_and_change(**named: object) -> SyncReport:
        report = first(**named)
        if not (folder / "late.txt").exists():
            write(folder / "late.txt", "Ed: The mill is old.\nFay: Yes.\n")
        return report

    library.sync = sync_and_change
    assert "late.txt" not in states(next(outcomes))
    assert states(next(outcomes))["late.txt"] == "read"


def test_a_busy_library_is_said_once_and_tried_again(library, folder, outcomes):
    """No change is lost because another process was writing."""
    sync, tries = library.sync, iter(range(3))

    def busy_at_first(**named: object) -> SyncReport:
        if next(tries, None) is not None:
            raise LibraryBusy("busy")
        return sync(**named)

    library.sync = busy_at_first
    assert isinstance(next(outcomes), LibraryBusy)
    assert next(outcomes).count("unchanged") == 3


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (LibraryError("the disk is full"), "the disk is full"),
        (KeyError("tram"), r"a fault in Turncite \(KeyError: 'tram'.*; please report it"),
        (MemoryError(), "the memory does not suffice; close other programs"),
        (OSError(28, "No space left on device", "x.txt"), r"x\.txt: No space left on device; chec"),
    ],
)
def test_whatever_fails_is_said_once_and_tried_again(library, outcomes, monkeypatch, fault, said):
    """Also what nobody foresaw: who watches for months does not stop for it."""
    monkeypatch.setattr("index.watch._AGAIN_SECONDS", 0.0)
    sync, tries = library.sync, iter(range(3))

    def failing_at_first(**named: object) -> SyncReport:
        if next(tries, None) is not None:
            raise fault
        return sync(**named)

    library.sync = failing_at_first
    with pytest.raises(LibraryError, match=said):
        raise next(outcomes)
    assert next(outcomes).count("unchanged") == 3


def test_a_folder_that_cannot_be_watched_is_tried_again(library, monkeypatch):
    """As where the system watches too many already."""
    monkeypatch.setattr("index.watch._AGAIN_SECONDS", 0.0)
    tries = iter(range(1))

    def full_at_first(folder: object, stop: object) -> Iterator[set[object]]:
        if next(tries, None) is not None:
            raise OSError("OS file watch limit reached")
        yield set()

    monkeypatch.setattr("index.watch._changes", full_at_first)
    outcomes = follow(library, threading.Event())
    with pytest.raises(LibraryError, match=r"cannot be watched for changes \(OS file watch limit"):
        raise next(outcomes)
    assert next(outcomes).count("unchanged") == 3
    outcomes.close()
