"""PDF files with a text layer -> a Transcript.

Pages become lines as they are printed (pdf_page.py), with a form feed before each
page, spaces for indents and a blank line for a wide gap; page headers, line numbers and word
indexes are the text reader's. What holds only pictures of pages is refused with the way out.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from ...dates import date_in_name, find_date
from ...errors import UnreadableFile
from ...types import Transcript
from ..lines import Line
from ..speech import Head, title_of
from ..text.pages import LINE_NUMBER
from ..text.reader import parse_lines
from .pdf_file import read_sheets
from .pdf_page import Gap, Print, in_reading_order

SIDEWAYS = "print along the edge of a page"

_PICTURES = (
    "is a PDF of pictures without text; run OCR on it, for example"
    " `ocrmypdf in.pdf out.pdf`, and add what that makes"
)

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
_PITCH_SHARE = 0.2
_MIN_PITCH, _MAX_PITCH = 0.7, 3.0
_JUNK_TITLE = re.compile(
    r"(?:microsoft \w+ -.*|(?:word )?document ?\d*|untitled.*|.*\.\w{1,5}|\S*|[\W\d_]*)",
    re.IGNORECASE,
)
_CREATED = re.compile(r"D:((?:19|20)\d\d)(\d\d)(\d\d)")
_SPACE_IN_LINE = re.compile(r"\s(?=[^\W\d_A-ZÀ-Þ])")
_MAX_WIDTH, _MAX_SHIFT = 90, 20
_HYPHENS = "-\u00ad\x02\ufffe"
_LAST_WORD = re.compile(r"[^\W\d_]{1,40}$")
_MAX_WORD_CHARS = 40
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def parse_pdf(path: Path, data: bytes, transcript_id: str) -> Transcript:
    """Read a PDF. Raises UnreadableFile where it is locked, damaged, too long or has no text."""
    head = Head()
    sheets, metadata = read_sheets(path, data, head)
    if not any(sheet.lines for sheet in sheets):
        raise UnreadableFile(path, _PICTURES)
    pages = [in_reading_order(sheet.lines, sheet.width) for sheet in sheets]
    for sheet in sheets:
        for text in sheet.sideways:
            head.report(0, text, SIDEWAYS)
    read = parse_lines(transcript_id, _lines(pages, head), head)
    title = " ".join(metadata.get("Title", "").split())
    if title and read.title == title_of(transcript_id) and not _JUNK_TITLE.fullmatch(title):
        read = dataclasses.replace(read, title=title)
    if read.date is None and date_in_name(transcript_id.rpartition("/")[2]) is None:
        created = _CREATED.match(metadata.get("CreationDate", ""))
        date = find_date("-".join(created.groups())) if created else None
        read = dataclasses.replace(read, date=date)
    return read


# Print -> lines of text


def _lines(pages: Sequence[Sequence[Print]], head: Head) -> list[Line]:
    """The lines of all pages: indented, parted at wide gaps, each page begun by a form feed.

    The text reader takes off line numbers that begin anew on page after page; those of a page or
    two are taken off here.
    """
    everything = [line for page in pages for line in page if line.text]
    vocabulary = {word for line in everything for word in _WORD.findall(line.text.casefold())}
    layout = _Layout(vocabulary, _margin(everything) or 0.0, _pitch(everything))
    numbered = _is_numbered(pages)
    lines: list[Line] = []
    for page in pages:
        texts = layout.texts(page if numbered else _unnumbered(page, head))
        for index, text in enumerate(texts):
            parts = [text] if numbered else _narrow(text)
            number = len(lines) + 1
            lines.append(Line(number, parts[0] if index else f"\f{parts[0]}"))
            lines.extend(Line(number, part) for part in parts[1:])
    return lines


def _narrow(text: str) -> list[str]:
    """The line in parts no wider than those of typescript, which the text reader knows for wrapped.

    They are about alike, and parted only before small letters, where no label can begin.
    """
    count = -(-len(text) // _MAX_WIDTH)
    cuts = [0]
    for part in range(1, count):
        near = part * len(text) // count
        spaces = _SPACE_IN_LINE.finditer(text, max(near - _MAX_SHIFT, cuts[-1]), near + _MAX_SHIFT)
        cut = min((space.end() for space in spaces), key=lambda at: abs(at - near), default=0)
        cuts.extend([cut] if cut else [])
    return [text[first:last].rstrip() for first, last in pairwise([*cuts, len(text)])]


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
            gap = above.foot - line.baseline if above else 0.0
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
    """The distance from one line's baseline to the next within paragraphs: the least common one."""
    distances = Counter(
        round(above.foot - line.baseline)
        for above, line in pairwise(page)
        if line.height * _MIN_PITCH < above.foot - line.baseline <= line.height * _MAX_PITCH
    )
    if distances.total() < _MIN_PITCH_LINES:
        return None
    enough = distances.total() * _PITCH_SHARE
    return min((one for one, count in distances.items() if count >= enough), default=None)


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
