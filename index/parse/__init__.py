"""One package per family of formats; `parse_file(path) -> Transcript` picks the family.

    text/        plain text and Markdown; lines -> labels -> turns, for containers too
    containers/  web pages, Word, PDF -> lines
    captions/    WebVTT, SRT, .sbv         tables/   CSV, TSV
    engines/     JSON                      chat/     chat and IRC logs

All end in `speech.assemble`, where labels become people and pieces become turns. The name's
ending says what a file is, unless its first bytes say otherwise: captions saved as .txt are
captions. A file of no known family is refused with a way out, never guessed at. Each family's
libraries are imported when a file of it is read, not before.
"""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

from ..dates import date_in_name
from ..errors import UnreadableFile
from ..languages import guess_language
from ..types import Transcript

# Raised when the same bytes would give another transcript, so that libraries are read anew.
PARSER_VERSION = 4
TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".log", ".rst", ""})
SUFFIXES = frozenset(
    ".vtt .srt .sbv .html .htm .xhtml .docx .pdf .csv .tsv .json .jsonl .ndjson .irc".split()
) | (TEXT_SUFFIXES - {""})

_CONTAINERS = {b"%PDF": "pdf", b"PK\x03\x04": "docx"}
_FAMILIES = {
    ".vtt": "captions", ".srt": "captions", ".sbv": "captions",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".csv": "table", ".tsv": "table",
    ".json": "json", ".jsonl": "json", ".ndjson": "json",
}  # fmt: skip
_HALF = re.compile("[\ud800-\udfff]")
_SPELT_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_MAX_LINE_CHARS = 5_000_000
_ENDLESS_LINE = re.compile(rf"(?:\A|[\r\n])[^\r\n]{{{_MAX_LINE_CHARS + 1}}}")
_CAPTIONS = re.compile(r"\ufeff?\s*(?:WEBVTT\b|(?:\d+\s*\n)?[\d:.,]{7,15} --> [\d:.,]{7,15})")
_HTML = re.compile(
    r"\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html)\b", re.I
)


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
    try:
        transcript = _parse(path, data, transcript_id)
    except (RecursionError, MemoryError):
        raise UnreadableFile(
            path, "is nested too deeply or too large to be read; split it, or save it as text"
        ) from None
    except UnreadableFile:
        raise
    except Exception as error:  # a fault of ours: no file may stop the others
        fault = f"{type(error).__name__}: {error}"
        raise UnreadableFile(
            path, f"could not be read for a fault in Turncite ({fault}); please report it"
        ) from error
    if not any(turn.text.strip() for turn in transcript.turns):
        raise UnreadableFile(path, "holds no speech that Turncite can read")
    return dataclasses.replace(
        transcript,
        date=transcript.date or date_in_name(transcript_id.rsplit("/", 1)[-1]),
        language=transcript.language or guess_language(" ".join(t.text for t in transcript.turns)),
    )


def _with_whole_characters(transcript: Transcript) -> Transcript:
    """Halves of characters, as JSON can spell them alone, become the sign for an unknown one.

    They can't be stored or shown; one sign takes the place of one half, so offsets stay.
    """

    def whole(value: Any) -> Any:
        if isinstance(value, str):
            return _HALF.sub("\ufffd", value)
        if isinstance(value, tuple) and not hasattr(value, "_fields"):
            return tuple(map(whole, value))
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {f.name: whole(getattr(value, f.name)) for f in dataclasses.fields(value)}
            return dataclasses.replace(value, **fields)
        return value

    replaced: Transcript = whole(transcript)
    return replaced


def _parse(path: Path, data: bytes, transcript_id: str) -> Transcript:
    container = next((kind for magic, kind in _CONTAINERS.items() if data.startswith(magic)), "")
    if container:
        from .containers.apart import parse_apart

        return parse_apart(container, path, data, transcript_id)
    from .decode import decode

    text = decode(path, data)
    if not text.strip():
        raise UnreadableFile(path, "is empty; put a transcript in it or remove it")
    family = _family(path, text)
    if family == "captions":
        from .captions.reader import parse_captions

        return parse_captions(transcript_id, text)
    if family == "html":
        from .containers.html import parse_html

        return parse_html(transcript_id, text)
    if family == "table":
        from .tables.reader import parse_table

        return parse_table(path, text, transcript_id)
    if family == "json":
        from .engines.reader import parse_json

        transcript = parse_json(path, text, transcript_id)
        return _with_whole_characters(transcript) if _SPELT_HALF.search(text) else transcript
    if endless := _ENDLESS_LINE.search(text):
        line = text.count("\n", 0, endless.start() + 1) + 1
        raise UnreadableFile(
            path,
            f"line {line} is longer than {_MAX_LINE_CHARS:,} characters, as no speech is; "
            "break it into paragraphs",
        )
    from .chat.reader import parse_chat
    from .text.reader import parse_text

    return parse_chat(transcript_id, text) or parse_text(transcript_id, text)


def _family(path: Path, text: str) -> str:
    """The family that the first words show, else the one that the name's ending says."""
    suffix = path.suffix.lower()
    if _CAPTIONS.match(text):
        return "captions"
    if suffix not in _FAMILIES and _HTML.match(text):
        return "html"
    if suffix in TEXT_SUFFIXES and text.lstrip("\ufeff \n")[:1] in ("{", "[") and _is_json(text):
        return "json"
    known = _FAMILIES.get(suffix)
    if known is None and suffix not in TEXT_SUFFIXES | SUFFIXES and not _is_extensionless(suffix):
        raise UnreadableFile(
            path, f"{suffix} files are not read; save it as text (.txt), Word (.docx) or PDF"
        )
    return known or "text"


def _is_extensionless(suffix: str) -> bool:
    """Whether what follows the last dot is part of a name: "Meeting 3. May" or "notes.2024"."""
    return re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) is None or suffix[1:].isdigit()


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
