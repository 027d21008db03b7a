"""Every error Turncite raises on purpose.

TurnciteError
├── InputError            what was given cannot be used: a file, a question, an option
│   ├── UnreadableFile    a transcript that cannot be read (carries the path)
│   └── NotInLibrary      a document, speaker or turn that the library does not hold
└── LibraryError          the library or its index cannot be used
    ├── EmptyLibrary      there is nothing to ask
    ├── LibraryBusy       another process is writing to it (says which)
    ├── DamagedIndex      the stored index is broken; a rebuild mends it
    └── ModelError        the embedding model is missing or not what it should be

A message names the thing, the fault and the next step, in one line. The command line
prints it with exit code 1, the page shows it; neither shows a stack trace.
"""

from __future__ import annotations

from pathlib import Path


class TurnciteError(Exception):
    """The root: an error with a message meant for the user."""


class InputError(TurnciteError):
    """What was given cannot be used."""


class UnreadableFile(InputError):
    """A file that cannot be read as a transcript.

    `why` is the fault without the file's name, for tables that have a column for that.
    """

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path.name}: {why}")
        self.path = path
        self.why = why


class NotInLibrary(InputError):
    """A document, speaker or turn that the library does not hold."""


class LibraryError(TurnciteError):
    """The library or its index cannot be used."""


class EmptyLibrary(LibraryError):
    """There is no transcript to ask."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library; it can be asked meanwhile."""


class DamagedIndex(LibraryError):
    """The stored index is broken; the transcripts are untouched and a rebuild mends it."""


class ModelError(LibraryError):
    """The embedding model is missing or is not the one it claims to be."""
