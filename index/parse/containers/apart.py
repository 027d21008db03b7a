"""Word files and PDFs are read in a process of their own, with limits of memory and of time.

A few kilobytes of either can ask for gigabytes or hours in ways that no look at the file tells
beforehand, and a fault in PDFium's C++ ends its process. Here that ends in a refusal of one file.
(Windows and macOS have no limit of memory; there the readers' own limits and that of time hold.)
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from ...errors import UnreadableFile
from ...types import Transcript

# Python and the reader's libraries take 0.2 GB, the day's hearing 0.1 GB.
_MAX_MEMORY_BYTES = 1_000_000_000
_MEMORY_PER_BYTE = 4
# Of the processor, not of the clock: a busy machine refuses no more files. A hearing of 100 pages
# is 0.3 MB and takes a second.
_MAX_SECONDS = 10
_SECONDS_PER_MB = 20
_MAX_WAIT = 60  # times as long by the clock

_TOO_MUCH = (
    "takes more memory or time than a transcript may, or is damaged; save its words as text (.txt)"
)
_ROOT = Path(__file__).parents[3]
_CODE = """
import sys
sys.path[:] = {paths!r}
from index.parse.containers.apart import answer
answer({bytes}, {seconds})
"""


def parse_apart(kind: str, path: Path, data: bytes, transcript_id: str) -> Transcript:
    """Read a file of that kind, "pdf" or "docx". Raises UnreadableFile."""
    memory = _MAX_MEMORY_BYTES + _MEMORY_PER_BYTE * len(data)
    seconds = _MAX_SECONDS + _SECONDS_PER_MB * len(data) // 1_000_000
    paths = [str(_ROOT), *(str(Path(each).resolve()) for each in sys.path)]
    code = _CODE.format(paths=paths, bytes=memory, seconds=seconds)
    try:
        ran = subprocess.run(
            [sys.executable, "-I", "-S", "-c", code],
            input=pickle.dumps((kind, str(path), data, transcript_id)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds * _MAX_WAIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFile(path, _TOO_MUCH) from None
    if ran.returncode or not ran.stdout:
        raise UnreadableFile(path, _TOO_MUCH)
    read, why, fault = pickle.loads(ran.stdout)  # noqa: S301  # from our own code
    if why:
        raise UnreadableFile(path, why)
    if not isinstance(read, Transcript):
        raise RuntimeError(fault)
    return read


def answer(memory: int, seconds: int) -> None:
    """In the process apart: read what comes in, and write what was read, why not, or the fault."""
    _limit(memory, seconds)
    kind, path, data, transcript_id = pickle.load(sys.stdin.buffer)  # noqa: S301
    read, why, fault = None, "", ""
    try:
        read = _parse(kind, Path(path), data, transcript_id)
    except UnreadableFile as error:
        why = error.why
    except (MemoryError, RecursionError):
        why = _TOO_MUCH
    except Exception as error:  # told by whoever reads the answer
        fault = f"{type(error).__name__}: {error}"
    sys.stdout.buffer.write(pickle.dumps((read, why, fault)))


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = [(resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)]
    if sys.platform == "linux":
        limits.append((resource.RLIMIT_AS, memory))
    for what, most in limits:
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, hard))


def _parse(kind: str, path: Path, data: bytes, transcript_id: str) -> Transcript:
    if kind == "pdf":
        from .pdf import parse_pdf

        return parse_pdf(path, data, transcript_id)
    from .docx import parse_docx

    return parse_docx(path, data, transcript_id)
