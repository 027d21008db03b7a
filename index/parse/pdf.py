"""PDF files with a text layer -> a Transcript, by PDFium.

Pages become lines as they are printed (index/parse/pdf_page.py), with a form feed before each
page, spaces for indents and a blank line for a wide gap; page headers, line numbers and word
indexes are the text reader's. What holds only pictures of pages is refused with the way out.
"""

from __future__ import annotations

import dataclasses
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ..dates import date_in_name, find_date
from ..errors import UnreadableFile
from ..types import Transcript
from .lines import Line
from .pages import LINE_NUMBER
from .pdf_guard import is_bomb
from .pdf_page import Gap, Print, page_lines
from .speech import Head, title_of
from .text import parse_lines

NO_TEXT = "a page without text; run OCR on it to have its words"
NOTE = "a note on the page"

# At some 10 ms a page this is a minute; a transcript of a whole trial has fewer.
_MAX_PAGES = 6000
_MAX_CHARS = 60_000_000
_MAX_OBJECTS = 20_000_000
_DAMAGED = "is a damaged PDF; open it in a PDF reader and save it anew"
_LOCKED = "is a PDF locked with a password; save it without one"
_PICTURES = (
    "is a PDF of pictures without text; run OCR on it, for example"
    " `ocrmypdf in.pdf out.pdf`, and add what that makes"
)
_BOMB = "holds drawings too large to be read; print the pages with text to a new PDF"
_TOO_LONG = f"is a PDF of more than {_MAX_PAGES:,} pages; split it into several"

# Points: a space of 10 or 12 point type, by which indents are counted.
_SPACE = 6.0
_MAX_INDENT = 60
_MARGIN_STEP = 3.0
_MARGIN_SHARE = 0.1
_MIN_MARGIN_LINES = 3
# A gap so much wider than the lines' usual distance parts paragraphs.
_PARAGRAPH_PITCH = 1.4
_MIN_PITCH_LINES = 4
_MIN_NUMBERED_LINES = 40
_NOT_PITCH = 3.0
_JUNK_TITLE = re.compile(
    r"(?:microsoft \w+ -.*|(?:word )?document ?\d*|untitled.*|.*\.\w{1,5}|\S*|[\W\d_]*)",
    re.IGNORECASE,
)
_CREATED = re.compile(r"D:((?:19|20)\d\d)(\d\d)(\d\d)")
_HYPHENS = "-\u00ad\x02\ufffe"
_LAST_WORD = re.compile(r"[^\W\d_]{1,40}$")
_MAX_WORD_CHARS = 40
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# PDFium is one library for all threads, and not made for several at once.
_ONE_AT_A_TIME = threading.Lock()


def parse_pdf(path: Path, data: bytes, transcript_id: str) -> Transcript:
    """Read a PDF. Raises UnreadableFile where it is locked, damaged, too long or has no text."""
    head = Head()
    with _ONE_AT_A_TIME:
        pages, metadata = _read(path, data, head)
    if not any(line.text or line.number for page in pages for line in page):
        raise UnreadableFile(path, _PICTURES)
    read = parse_lines(transcript_id, _lines(pages, head), head)
    title = " ".join(metadata.get("Title", "").split())
    if title and read.title == title_of(transcript_id) and not _JUNK_TITLE.fullmatch(title):
        read = dataclasses.replace(read, title=title)
    if read.date is None and date_in_name(transcript_id.rpartition("/")[2]) is None:
        created = _CREATED.match(metadata.get("CreationDate", ""))
        date = find_date("-".join(created.groups())) if created else None
        read = dataclasses.replace(read, date=date)
    return read


def _read(path: Path, data: bytes, head: Head) -> tuple[list[list[Print]], dict[str, str]]:
    """The lines of each page, and what the file says about itself."""
    if is_bomb(data):
        raise UnreadableFile(path, _BOMB)
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = "password" in str(error).lower() or "security" in str(error).lower()
        raise UnreadableFile(path, _LOCKED if locked else _DAMAGED) from None
    try:
        if len(document) > _MAX_PAGES:
            raise UnreadableFile(path, _TOO_LONG)
        pages: list[list[Print]] = []
        chars = objects = 0
        for index in range(len(document)):
            lines, drawn = _read_page(document, index, head)
            pages.append(lines)
            chars += sum(len(line.text) for line in lines)
            objects += drawn
            if chars > _MAX_CHARS or objects > _MAX_OBJECTS:
                raise UnreadableFile(path, _BOMB)
        return pages, document.get_metadata_dict()
    finally:
        document.close()


def _read_page(document: pdfium.PdfDocument, index: int, head: Head) -> tuple[list[Print], int]:
    """The lines of a page, and how many objects it draws."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        head.report(0, f"page {index + 1}", "a damaged page")
        return [], 0
    try:
        lines = page_lines(page)
        pictures = page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=2)
        if not lines and next(iter(pictures), None) is not None:
            head.report(0, f"page {index + 1}", NO_TEXT)
        return lines, raw.FPDFPage_CountObjects(page)
    finally:
        page.close()


# Print -> lines of text


def _lines(pages: Sequence[Sequence[Print]], head: Head) -> list[Line]:
    """The lines of all pages: indented, parted at wide gaps, each page begun by a form feed.

    The text reader takes off line numbers that begin anew on page after page; those of a page or
    two are taken off here.
    """
    everything = [line for page in pages for line in page if line.text]
    vocabulary = {word for line in everything for word in _WORD.findall(line.text.casefold())}
    layout = _Layout(vocabulary, _margin(everything) or 0.0, _pitch(everything))
    lines: list[Line] = []
    for page in pages if _is_numbered(pages) else [_unnumbered(page, head) for page in pages]:
        for index, text in enumerate(layout.texts(page)):
            lines.append(Line(len(lines) + 1, text if index else f"\f{text}"))
    return lines


def _is_numbered(pages: Sequence[Sequence[Print]]) -> bool:
    numbered = [sum(bool(line.number) for line in page) for page in pages]
    return sum(numbered) >= _MIN_NUMBERED_LINES and sum(map(bool, numbered)) > 1


def _unnumbered(page: Sequence[Print], head: Head) -> list[Print]:
    numbers = " ".join(line.number for line in page if line.number)
    head.report(0, numbers, LINE_NUMBER)
    return [dataclasses.replace(line, number="") for line in page if line.text]


@dataclasses.dataclass(frozen=True, slots=True)
class _Layout:
    """What a document's pages have in common, for those that hold too little to tell."""

    vocabulary: set[str]
    margin: float
    pitch: float | None

    def texts(self, page: Sequence[Print]) -> Iterator[str]:
        margin, pitch = _margin(page), _pitch(page) or self.pitch
        margin = self.margin if margin is None else margin
        for above, line, below in zip([None, *page], page, [*page[1:], None], strict=False):
            gap = above.baseline - line.baseline if above else 0.0
            if pitch is not None and not line.number and gap > pitch * _PARAGRAPH_PITCH:
                yield ""
            indent = " " * min(max(round((line.left - margin) / _SPACE), 0), _MAX_INDENT)
            number = f"{line.number:>2}   " if line.number else ""
            text = _end_of_line(line.text, below.text if below else "", self.vocabulary)
            yield (number + indent + _with_gaps(text, line.gaps)).rstrip()


def _margin(page: Sequence[Print]) -> float | None:
    """Where the text's lines begin: the leftmost place that a tenth of them share."""
    steps = Counter(round(line.left / _MARGIN_STEP) for line in page if line.text)
    enough = max(_MIN_MARGIN_LINES, sum(steps.values()) * _MARGIN_SHARE)
    return min((step * _MARGIN_STEP for step, n in steps.items() if n >= enough), default=None)


def _pitch(page: Sequence[Print]) -> float | None:
    """The commonest distance from one line's baseline to the next, the least of equals."""
    distances = Counter(
        round(above.baseline - line.baseline)
        for above, line in pairwise(page)
        if 0 < above.baseline - line.baseline <= line.height * _NOT_PITCH
    )
    if distances.total() < _MIN_PITCH_LINES:
        return None
    return max(distances, key=lambda distance: (distances[distance], -distance))


def _with_gaps(text: str, gaps: Sequence[Gap]) -> str:
    """The text with spaces as wide as its gaps."""
    for gap in reversed(gaps):
        spaces = min(max(round((gap.end - gap.start) / _SPACE), 2), _MAX_INDENT)
        text = text[: gap.at].rstrip() + " " * spaces + text[gap.at :]
    return text


def _end_of_line(text: str, below: str, vocabulary: set[str]) -> str:
    """The text, its last hyphen as what it is: a dash, part of a word, or a sign of its division.

    PDFium makes soft hyphens of all three. The last is left soft, for the text reader to join the
    word; so is one after a hyphen that is part of the word, which goes on without a space.
    """
    if not text or text[-1] not in _HYPHENS:
        return text
    start = text[:-1]
    begun = _LAST_WORD.search(start[-_MAX_WORD_CHARS:])
    going_on = _FIRST_WORD.match(below)
    if begun is None or going_on is None:
        return f"{start}-"
    first, last = begun.group().casefold(), going_on.group()
    is_word = first + last.casefold() in vocabulary
    is_compound = f"{first}-{last.casefold()}" in vocabulary
    if is_compound or (not is_word and (text[-1] == "-" or last[0].isupper())):
        return f"{start}-\u00ad"
    return f"{start}\u00ad"
