"""Recordings beside transcripts: an audio or video file of a transcript's name, or of that name
without its code of a language (talk.mp4 beside talk.vtt, and beside talk.en.vtt)."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

# What browsers may play, by ending. Of several beside one transcript the first counts.
MEDIA_TYPES = {
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".mov": "video/quicktime",
    ".ogv": "video/ogg", ".mkv": "video/x-matroska", ".mp3": "audio/mpeg", ".m4a": "audio/mp4",
    ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".wav": "audio/wav",
    ".flac": "audio/flac", ".aac": "audio/aac",
}  # fmt: skip
RECORDING_OF = "the recording of "  # begins what a sync says of one
_LANGUAGE = re.compile(r"\.[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?$")


def stems_of(name: str) -> list[str]:
    """The names, without an ending, that a recording of the transcript `name` may have."""
    stem = PurePosixPath(name).stem
    return list(dict.fromkeys([stem, _LANGUAGE.sub("", stem)]))


def recording_of(folder: Path, document_id: str) -> Path | None:
    """The recording beside a transcript of the library in `folder`, where one lies there.

    The id is one that the library holds; where it, or a link, leads out of the library there is
    none.
    """
    inside = PurePosixPath(document_id)
    if inside.is_absolute() or ".." in inside.parts or "\0" in document_id:
        return None
    beside = folder.joinpath(*inside.parts).parent
    for stem in stems_of(inside.name):
        for ending in MEDIA_TYPES:
            for written in (ending, ending.upper()):
                path = beside / f"{stem}{written}"
                try:
                    if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                        return path
                except (OSError, RuntimeError):  # a name that is too long, a link to itself
                    continue
    return None
