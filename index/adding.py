"""Files that come into a library's folder: each is read before it is copied."""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from .errors import LibraryError, UnreadableFile
from .media import MEDIA_TYPES, stems_of
from .parse import parse_file
from .scan import why_passed_over
from .types import FileResult, Progress
from .unpack import MAX_NAME_BYTES, Arrival, arrivals

OnProgress = Callable[[Progress], None]
_INCOMING = ".incoming"


def take_in(
    folder: Path,
    held: Sequence[str],
    paths: Sequence[Path],
    on_progress: OnProgress,
    incoming: Path | None,
) -> list[FileResult]:
    """Copy what is given into the library in `folder`, which holds the documents `held`; what was
    not taken, and why. Files come to be whole at once, by way of the folder `incoming`, or of
    hidden names beside them.

    Raises LibraryError where the folder can't be written.
    """
    return _Adding(folder, held, incoming).run(paths, on_progress)


class _Adding:
    def __init__(self, folder: Path, held: Sequence[str], incoming: Path | None) -> None:
        self._folder = folder
        self._incoming = incoming
        self._accepted: dict[Path, Path] = {}  # where it goes, and where it is
        self._refused: list[FileResult] = []
        self._stems = set[tuple[Path, str]]()  # that a recording of a transcript may have
        for document in held:
            self._know(folder / document)

    def run(self, paths: Sequence[Path], on_progress: OnProgress) -> list[FileResult]:
        if self._incoming is not None:
            for old in self._incoming.glob(f".*{_INCOMING}"):  # of a killed process
                old.unlink(missing_ok=True)
        recordings: list[Arrival] = []
        with tempfile.TemporaryDirectory(prefix="turncite-") as scratch:
            for done, came in enumerate(arrivals(paths, Path(scratch))):
                if isinstance(came, FileResult):
                    self._refused.append(came)
                    continue
                on_progress(Progress(came.shown, done, max(len(paths), done + 1)))
                if came.source.suffix.lower() in MEDIA_TYPES:
                    recordings.append(came)  # once it is known which transcripts there are
                else:
                    self._consider(came)
            for came in recordings:
                self._consider(came)
            for target, source in self._accepted.items():
                if not target.exists():
                    self._copy_in(source, target)
        return self._refused

    def _consider(self, came: Arrival) -> None:
        if why := self._why_refused(came):
            self._refused.append(FileResult(came.shown, "failed", why=why))
        else:
            self._accepted[self._folder / came.id] = came.source
            self._know(self._folder / came.id)

    def _know(self, transcript: Path) -> None:
        self._stems.update((transcript.parent, stem) for stem in stems_of(transcript.name))

    def _why_refused(self, came: Arrival) -> str:
        """Why a file cannot join the library, or nothing where it can."""
        source, name, target = came.source, came.source.name, self._folder / came.id
        if not name.isprintable() or name.startswith(".") or len(name.encode()) > MAX_NAME_BYTES:
            return "its name is hidden, very long or holds control characters; rename it"
        if why := self._why_unread(source, target):
            return why
        folders = [each for each in target.parents if each.is_relative_to(self._folder)][:-1]
        if any(each.is_symlink() or each.is_file() for each in folders):
            return "the library holds a file or a link where this one needs a folder"
        if all(_same_file(source, other) for other in (self._accepted.get(target, source), target)):
            return ""
        return (
            "the library holds another file of this name; rename yours, or remove the other first"
        )

    def _why_unread(self, source: Path, target: Path) -> str:
        """Why it is no transcript, and no recording of one."""
        known = (target.parent, target.stem) in self._stems
        if known and source.suffix.lower() in MEDIA_TYPES:
            return "" if source.is_file() else "there is no such file"
        if why := why_passed_over(source):
            return why
        try:
            parse_file(source)
        except UnreadableFile as error:
            return error.why
        return ""

    def _copy_in(self, source: Path, target: Path) -> None:
        incoming = (self._incoming or target.parent) / f".{target.name}{_INCOMING}"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, incoming)
            os.replace(incoming, target)
        except OSError as error:
            incoming.unlink(missing_ok=True)
            raise LibraryError(
                f"{target.name}: cannot be copied into {self._folder} ({error.strerror}); "
                "check its permissions and the space on the disk"
            ) from error


def _same_file(source: Path, other: Path) -> bool:
    """Whether `other` holds what `source` does, or is free to be written."""
    if not other.exists():
        return True
    return other.is_file() and filecmp.cmp(source, other, shallow=False)
