"""A PDF file -> the lines of print on its pages, by PDFium, in bounded time and memory."""

from __future__ import annotations

import ctypes
import math
import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ...errors import UnreadableFile
from ..speech import Head
from .pdf_guard import is_bomb
from .pdf_page import LEADING_NUMBER, WIDE_GAP, Gap, Print

NO_TEXT = "a page without text; run OCR on it to have its words"
DAMAGED_PAGE = "a damaged page"
NOTE = "a note on the page"

# At some 5 ms a page this is half a minute; the transcript of a long trial has fewer.
_MAX_PAGES = 6000
_MAX_CHARS = 60_000_000
_MAX_PAGE_CHARS = 1_000_000
_MAX_OBJECTS = 20_000_000
_MAX_NOTES = 1000  # a page
_MAX_NOTE_BYTES = 100_000
_DAMAGED = "is a damaged PDF; open it in a PDF reader and save it anew"
_LOCKED = "is a PDF locked with a password; save it without one"
_BOMB = "holds drawings too large to be read; print the pages with text to a new PDF"
_TOO_LONG = f"is a PDF of more than {_MAX_PAGES:,} pages; split it into several"

_BLANK = " \t\0\u00a0\u200b\ufeff"
# PDFium drops the line's end after a hyphen, of which it makes U+FFFE (once, U+0002).
_LINE = re.compile(r"[^\r\n\ufffe\x02]*[\ufffe\x02]|[^\r\n\ufffe\x02]+")
# PDFium is one library for all threads, and not made for several at once.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(slots=True)
class Sheet:
    """A page as PDFium gives it: lines in the order drawn, those printed sideways as texts."""

    width: float
    lines: list[Print] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    objects: int = 0


def read_sheets(path: Path, data: bytes, head: Head) -> tuple[list[Sheet], dict[str, str]]:
    """The pages, and what the file says about itself. Raises UnreadableFile."""
    if is_bomb(data):
        raise UnreadableFile(path, _BOMB)
    with _ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            locked = re.search("password|security", str(error), re.IGNORECASE)
            raise UnreadableFile(path, _LOCKED if locked else _DAMAGED) from None
        try:
            return _sheets(path, document, head), document.get_metadata_dict()
        finally:
            document.close()


def _sheets(path: Path, document: pdfium.PdfDocument, head: Head) -> list[Sheet]:
    if len(document) > _MAX_PAGES:
        raise UnreadableFile(path, _TOO_LONG)
    sheets: list[Sheet] = []
    chars = objects = 0
    for index in range(len(document)):
        sheet = _sheet(document, index, head)
        sheets.append(sheet)
        chars += sum(len(line.text) for line in sheet.lines)
        objects += sheet.objects
        if chars > _MAX_CHARS or objects > _MAX_OBJECTS:
            raise UnreadableFile(path, _BOMB)
    return sheets


def _sheet(document: pdfium.PdfDocument, index: int, head: Head) -> Sheet:
    try:
        page = document[index]
    except pdfium.PdfiumError:
        head.report(0, f"page {index + 1}", DAMAGED_PAGE)
        return Sheet(0.0)
    try:
        sheet = _read(page)
        for note in _notes(page):
            head.report(0, note, NOTE)
        pictures = page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=2)
        if not sheet.lines and next(iter(pictures), None) is not None:
            head.report(0, f"page {index + 1}", NO_TEXT)
        return sheet
    finally:
        page.close()


def _read(page: pdfium.PdfPage) -> Sheet:
    text_page = page.get_textpage()
    try:
        pieces = list(_pieces(text_page))
        turns = Counter(turn for _, _, turn in pieces)
        upright = turns.most_common(1)[0][0] if turns else 0
        _, _, right, top = page.get_mediabox()
        frame = _Frame(text_page, upright, right, top)
        return Sheet(
            top if upright % 2 else right,
            [_print(frame, text, start) for text, start, turn in pieces if turn == upright],
            [text for text, _, turn in pieces if turn != upright],
            raw.FPDFPage_CountObjects(page),
        )
    finally:
        text_page.close()


def _notes(page: pdfium.PdfPage) -> Iterator[str]:
    """What readers of the file wrote on the page."""
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MAX_NOTES)):
        note = raw.FPDFPage_GetAnnot(page, index)
        size = raw.FPDFAnnot_GetStringValue(note, b"Contents", None, 0) if note else 0
        if 2 < size <= _MAX_NOTE_BYTES:
            buffer = (ctypes.c_ushort * (size // 2))()
            raw.FPDFAnnot_GetStringValue(note, b"Contents", buffer, size)
            yield bytes(buffer).decode("utf-16-le", errors="replace").rstrip("\0")
        if note:
            raw.FPDFPage_CloseAnnot(note)


def _pieces(text_page: pdfium.PdfTextPage) -> Iterator[tuple[str, int, int]]:
    """The lines as PDFium breaks them: text, its first character, and quarter turns of print."""
    count = min(text_page.count_chars(), _MAX_PAGE_CHARS)
    text = text_page.get_text_range(0, count) if count else ""
    if len(text) != count:  # characters that PDFium leaves out or adds would shift the rest
        codes = (raw.FPDFText_GetUnicode(text_page, index) for index in range(count))
        text = "".join(chr(code) if code < 0x110000 else "\ufffd" for code in codes)
    for line in _LINE.finditer(text):
        words = line.group().strip(_BLANK)
        if words:
            start = line.start() + line.group().index(words)
            angle = raw.FPDFText_GetCharAngle(text_page, start)
            yield words, start, round(-angle / (math.pi / 2)) % 4


@dataclass(frozen=True, slots=True)
class _Frame:
    """A page's characters in the frame in which they stand upright, `turns` quarters to the left.

    Width and height are the page's own, before it is turned.
    """

    text_page: pdfium.PdfTextPage
    turns: int
    width: float
    height: float

    def origin(self, index: int) -> tuple[float, float]:
        """Where the character begins on its baseline: from the left, from below."""
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(self.text_page, index, x, y)
        return self._upright(x.value, y.value)

    def box(self, index: int) -> tuple[float, float, float, float]:
        """The character's left, bottom, right and top."""
        box = raw.FS_RECTF()
        raw.FPDFText_GetLooseCharBox(self.text_page, index, box)
        if not self.turns:
            return box.left, box.bottom, box.right, box.top
        x, y = self._upright(box.left, box.bottom)
        other_x, other_y = self._upright(box.right, box.top)
        return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)

    def _upright(self, x: float, y: float) -> tuple[float, float]:
        if self.turns == 1:
            return y, self.width - x
        if self.turns == 2:
            return self.width - x, self.height - y
        if self.turns == 3:
            return self.height - y, x
        return x, y


def _print(frame: _Frame, text: str, start: int) -> Print:
    left, bottom, _, top = frame.box(start)
    right = frame.box(start + len(text) - 1)[2]
    height = max(top - bottom, 1.0)
    numbered = LEADING_NUMBER.match(text)
    gaps = []
    for space in re.finditer(r"\s+", text):
        before = frame.box(start + space.start() - 1)[2]
        after = frame.box(start + space.end())[0]
        beside_number = numbered is not None and space.end() == numbered.end()
        if after - before > height * WIDE_GAP or beside_number:
            gaps.append(Gap(space.end(), before, after))
    baseline = frame.origin(start)[1]
    foot = frame.origin(start + len(text) - 1)[1]
    return Print(text, left, right, baseline, height, foot, tuple(gaps))
