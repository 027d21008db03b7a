"""Whether a PDF would unpack to more than can be read, told before PDFium unpacks it.

PDFium keeps every object that a page draws in memory at once: 30 kB of deflated drawing can ask
for gigabytes. Only deflate is looked at, which nearly all files use.
"""

from __future__ import annotations

import re
import zlib

# A page of a transcript is 10 kB of drawing, of a map a few MB; a fine scan takes 100 MB.
_MAX_DRAWING_BYTES = 16_000_000
_MAX_LARGE_BYTES = 250_000_000
_MAX_TOTAL_BYTES = 400_000_000
_CHUNK = 4_000_000
_DICTIONARY_BYTES = 1000

_STREAM = re.compile(rb"stream\r?\n")
# Pictures and typefaces are large by nature, and are not unpacked to read the words.
_LARGE = re.compile(rb"/Subtype\s*/(?:Image|CIDFontType0C|OpenType|Type1C)\b|/Length1\b")


def is_bomb(data: bytes) -> bool:
    """Whether a stream is one that deflates to far more than a transcript's page."""
    drawn = 0
    for stream in _STREAM.finditer(data):
        dictionary = data[max(0, stream.start() - _DICTIONARY_BYTES) : stream.start()]
        dictionary = dictionary[dictionary.rfind(b" obj") :]
        if b"FlateDecode" not in dictionary:
            continue
        large = _LARGE.search(dictionary) is not None
        limit = _MAX_LARGE_BYTES if large else _MAX_DRAWING_BYTES
        end = data.find(b"endstream", stream.end())
        size = _inflated(memoryview(data)[stream.end() : end if end > 0 else len(data)], limit)
        drawn += 0 if large else size
        if size > limit or drawn > _MAX_TOTAL_BYTES:
            return True
    return False


def _inflated(deflated: memoryview, limit: int) -> int:
    """How many bytes it deflates to; not counted further than `limit`."""
    inflate = zlib.decompressobj()
    size = 0
    rest: bytes | memoryview = deflated
    try:
        while size <= limit and not inflate.eof:
            part = inflate.decompress(rest, _CHUNK)
            if not part:
                break
            size += len(part)
            rest = inflate.unconsumed_tail
    except zlib.error:
        pass  # encrypted or damaged: PDFium sees to that
    return size
