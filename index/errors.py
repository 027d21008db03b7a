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

import re
import traceback
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_PACKAGES = ("index", "rag", "page", "serving", "tabs")
# In the words of torch, of a GPU, of a CPU and of the operating system.
_NO_MEMORY = re.compile(
    "out of memory|can(?:'|no)t allocate memory|not enough memory|bad_alloc|STATUS_ALLOC_FAILED",
    re.I,
)


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


def damaged_index(place: object, fault: object) -> DamagedIndex:
    """The error for an index, in the file or folder `place`, that a rebuild mends."""
    return DamagedIndex(
        f"{place}: the index is damaged ({fault}); your transcripts are untouched, "
        "rebuild it with: turncite sync --rebuild"
    )


class ModelError(LibraryError):
    """The embedding model is missing or is not the one it claims to be."""


def lacks_memory(error: Exception) -> bool:
    """Whether it says that the memory, of the computer or of its GPU, did not suffice."""
    return isinstance(error, MemoryError) or bool(_NO_MEMORY.search(str(error)))


def too_large(model: str, setting: str) -> ModelError:
    """The error for a model that the memory has no room for, which `setting` names."""
    return ModelError(
        f"the memory does not suffice to load {model}; close other programs, "
        f"or set {setting} to a smaller model"
    )


def unforeseen(error: Exception) -> str:
    """What is said of an error that nobody foresaw: what it is, and where it came up."""
    if lacks_memory(error):
        return "the memory does not suffice; close other programs, and try again"
    if isinstance(error, OSError) and error.strerror:
        what = error.filename or "what was to be read or written"
        return f"{what}: {error.strerror}; check the permissions and the space on the disk"
    fault = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return f"a fault in Turncite ({fault}{_place_of(error)}); please report it"


def _place_of(error: Exception) -> str:
    """The innermost line of ours that it passed."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if any(file.is_relative_to(_ROOT / package) for package in _PACKAGES):
            return f" at {file.relative_to(_ROOT).as_posix()}, line {frame.lineno}"
    return ""
