"""Bytes of a file -> text, or a clear reason why there is none."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from pathlib import Path

from charset_normalizer import from_bytes

from ..errors import UnreadableFile

# The first bytes of files that people drop in by mistake, and the way out.
_PICTURE = "this is a picture, not a transcript"
_RECORDING = "this is a recording, not a transcript"
_PACKED = "this is a packed file; unpack it and add the transcripts in it"
_MAGIC = (
    (b"{\\rtf", "this is rich text (RTF); save it as .docx in Word or LibreOffice"),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"ID3\x02", _RECORDING),
    (b"ID3\x03", _RECORDING),
    (b"ID3\x04", _RECORDING),
    (b"\xff\xfb", _RECORDING),
    (b"RIFF", _RECORDING),
    (b"OggS\0", _RECORDING),
    (b"fLaC\0", _RECORDING),
    (b"\x1aE\xdf\xa3", _RECORDING),
    (b"\x1f\x8b", _PACKED),
    (b"7z\xbc\xaf", _PACKED),
    (b"Rar!\x1a", _PACKED),
    (b"SQLite format 3\0", "this is a database; export the transcripts in it as CSV"),
)
_MP4 = b"ftyp"  # after four bytes of length
# Old Office files are one container, told apart by the names of the streams in it.
_OLE = b"\xd0\xcf\x11\xe0"
_OLE_STREAMS = (
    ("EncryptedPackage", "this Office file is locked with a password; save it without one"),
    ("WordDocument", "this is an old Word file (.doc); save it as .docx in Word or LibreOffice"),
    ("Workbook", "this is an old Excel file (.xls); save the sheet as CSV"),
    ("PowerPoint Document", "this is an old PowerPoint file; save its words as text (.txt)"),
    ("__properties_version1.0", "this is an Outlook message; save it as text (.txt)"),
)
_OLE_OTHER = "this is an old Office file; save it as .docx in Word or LibreOffice"
_NOT_TEXT = "this is not a text file; Turncite reads transcripts as text"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# UTF-8 with some spoilt bytes, such as a file cut off within a character or one with a line
# pasted in from another program, is still UTF-8: other pages hardly ever look like it.
_MAX_SPOILT_SHARE = 0.3
# UTF-16 without its mark: every other byte of Latin text is NUL, and of other scripts' text those
# beside spaces and stops.
_MIN_NUL_SHARE = 0.3
_MIN_NULS = 3
_MIN_SCRIPT_SHARE = 0.8
# Texts in Cyrillic, Greek or Chinese code pages hold more bytes above ASCII than this.
_MIN_FOREIGN_SHARE = 0.2
# Latin code pages cannot be told apart by statistics on a little text; Windows Western is by
# far the commonest. Cyrillic, Greek or Chinese pages differ enough to be trusted.
_LATIN_PAGES = re.compile(r"cp(?:1250|1252|1254|1257|437|85\d|77\d)|latin.*|iso8859.*|mac_.*|hp_.*")
_GUESS_BYTES = 64 * 1024
# Text holds tabs, line ends and form feeds; more of other control characters is a binary file.
_MAX_CONTROL_SHARE = 0.002
_TEXT_CONTROLS = frozenset("\t\n\r\f\v\x1b\x85")


def decode(path: Path, data: bytes) -> str:
    """UTF-8, UTF-16 or -32 by their marks, else the likeliest legacy encoding; composed (NFC).

    Raises UnreadableFile for binary content.
    """
    why = _other_kind(data)
    if why:
        raise UnreadableFile(path, why)
    text = unicodedata.normalize("NFC", _decode(data))
    controls = sum(text.count(chr(code)) for code in range(32) if chr(code) not in _TEXT_CONTROLS)
    if "\0" in text or controls > len(text) * _MAX_CONTROL_SHARE:
        raise UnreadableFile(path, _NOT_TEXT)
    return text


def _other_kind(data: bytes) -> str | None:
    """What a file that is no text is, and the way out."""
    if data.startswith(_OLE):
        named = (why for name, why in _OLE_STREAMS if name.encode("utf-16-le") in data)
        return next(named, _OLE_OTHER)
    if data.startswith(b"\0\0") and data[4:8] == _MP4:
        return _RECORDING
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _PICTURE
    return next((why for magic, why in _MAGIC if data.startswith(magic)), None)


def _decode(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data and (unmarked := _unmarked_utf16(data)):
        return data.decode(unmarked, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", errors="replace")
    if text.count("\ufffd") <= _MAX_SPOILT_SHARE * sum(not char.isascii() for char in text):
        return data.decode("utf-8", errors=_MEND)
    for encoding in (_likely_page(data[:_GUESS_BYTES]), "cp1252"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")  # maps every byte, so that nothing is dropped


def _mend(error: UnicodeError) -> tuple[str, int]:
    """A byte of Windows Western beside an ASCII letter, such as a pasted quote, as what it was."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data, start, end = error.object, error.start, error.end
    around = data[max(0, start - 1) : start] + data[end : end + 1]
    lone = end - start == 1 and end < len(data) and around.isascii()
    if lone and re.search(rb"[A-Za-z]", around):
        return data[start:end].decode("cp1252", errors="replace"), end
    return "\ufffd", end


_MEND = "turncite-mend"
codecs.register_error(_MEND, _mend)


def _unmarked_utf16(data: bytes) -> str | None:
    """The UTF-16 that the places of the NUL bytes tell of; None where they tell of no text."""
    sample = data[: _GUESS_BYTES - _GUESS_BYTES % 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if min(even, odd) or max(even, odd) < _MIN_NULS:
        return None
    encoding = "utf-16-le" if odd else "utf-16-be"
    if max(even, odd) >= len(sample) // 2 * _MIN_NUL_SHARE:
        return encoding
    high = Counter(sample[1::2] if odd else sample[::2])
    enough = len(sample) // 2 * _MIN_SCRIPT_SHARE
    if sum(high[block] for block in range(0x20)) >= enough:
        return encoding  # Cyrillic, Greek, Arabic, Thai: in UTF-8 these would be control characters
    east_asian = sum(high[block] for block in (0, 0x30, 0xFF, *range(0x4E, 0xD8)))
    return encoding if east_asian >= enough and not _is_utf8(data) else None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _likely_page(sample: bytes) -> str:
    if sum(byte > 127 for byte in sample) < _MIN_FOREIGN_SHARE * len(sample):
        return "cp1252"
    guess = from_bytes(sample).best()
    return guess.encoding if guess and not _LATIN_PAGES.fullmatch(guess.encoding) else "cp1252"
