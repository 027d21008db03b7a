"""Bytes of a file -> text, or a clear reason why there is none."""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import Path

from charset_normalizer import from_bytes

from ..errors import UnreadableFile

# The first bytes of files that people drop in by mistake, and the way out.
_MAGIC = (
    (b"%PDF", "this is a PDF; save it as text first"),
    (b"PK\x03\x04", "this is a zip or Office file; save it as plain text first"),
    (b"\xd0\xcf\x11\xe0", "this is an old Office file; save it as plain text first"),
    (b"{\\rtf", "this is rich text (RTF); save it as plain text first"),
    (b"\x89PNG", "this is a picture, not a transcript"),
    (b"\xff\xd8\xff", "this is a picture, not a transcript"),
    (b"ID3", "this is a recording, not a transcript"),
    (b"RIFF", "this is a recording, not a transcript"),
    (b"OggS", "this is a recording, not a transcript"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# UTF-8 with a few spoilt bytes, such as a file cut off within a character, is still UTF-8.
_MAX_SPOILT_SHARE = 0.1
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
    for magic, why in _MAGIC:
        if data.startswith(magic):
            raise UnreadableFile(path, why)
    text = unicodedata.normalize("NFC", _decode(data))
    controls = sum(text.count(chr(code)) for code in range(32) if chr(code) not in _TEXT_CONTROLS)
    if controls > len(text) * _MAX_CONTROL_SHARE:
        raise UnreadableFile(path, "this is not a text file; Turncite reads transcripts as text")
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", errors="replace")
    if text.count("\ufffd") <= _MAX_SPOILT_SHARE * sum(not char.isascii() for char in text):
        return text
    for encoding in (_likely_page(data[:_GUESS_BYTES]), "cp1252"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")  # maps every byte, so that nothing is dropped


def _likely_page(sample: bytes) -> str:
    if sum(byte > 127 for byte in sample) < _MIN_FOREIGN_SHARE * len(sample):
        return "cp1252"
    guess = from_bytes(sample).best()
    return guess.encoding if guess and not _LATIN_PAGES.fullmatch(guess.encoding) else "cp1252"
