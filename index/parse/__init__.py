"""One module per family of formats; `parse_file(path) -> Transcript` picks the family.

For now plain text and Markdown. A file of another kind is refused by name, never guessed at.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from ..dates import date_in_name
from ..errors import UnreadableFile
from ..types import Transcript
from .decode import decode
from .text import parse_text

# Raised when the same bytes would give another transcript, so that libraries are read anew.
PARSER_VERSION = 2
TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ""})


def parse_file(path: Path, transcript_id: str | None = None) -> Transcript:
    """Read one transcript. Raises UnreadableFile with the fault and the way out."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(path, "there is no such file") from None
    except OSError as error:
        raise UnreadableFile(path, f"cannot be opened ({error.strerror or error})") from None
    return parse_bytes(path, data, transcript_id or path.name)


def parse_bytes(path: Path, data: bytes, transcript_id: str) -> Transcript:
    """Read a transcript from bytes already in memory; `path` gives its kind and its name."""
    suffix = path.suffix.lower()
    text = decode(path, data)
    if suffix not in TEXT_SUFFIXES:
        raise UnreadableFile(
            path, f"{suffix} files are not read yet; save it as plain text (.txt or .md)"
        )
    if not text.strip():
        raise UnreadableFile(path, "is empty; put a transcript in it or remove it")
    transcript = parse_text(transcript_id, text)
    if not any(turn.text.strip() for turn in transcript.turns):
        raise UnreadableFile(path, "holds no speech that Turncite can read")
    return dataclasses.replace(
        transcript, date=transcript.date or date_in_name(transcript_id.rsplit("/", 1)[-1])
    )
