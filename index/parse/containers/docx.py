"""Word files (.docx, .docm, .dotx) -> a Transcript.

The package is looked over before anything is unpacked, and only the parts that hold words are:
a zip of a few kilobytes may ask for gigabytes. Those parts are parsed by python-docx, whose
parser fetches and expands no entities; its document is passed over, since it loads every picture
and fails at one dangling link. Transcripts of Teams that time each line are read as captions.
"""

from __future__ import annotations

import dataclasses
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from docx.oxml.parser import parse_xml

from ...dates import date_in_name, find_date
from ...errors import UnreadableFile
from ...types import Transcript
from ..lines import Line
from ..names import looks_like_name
from ..speech import Head, Speech, assemble, title_of
from ..text.pages import PAGE_FURNITURE
from ..text.reader import parse_lines
from .blocks import lines_between
from .docx_blocks import Element, attribute, name_of, read_body, read_styles

FOOTNOTE = "a footnote"
COMMENT = "a comment"

# The transcript of a day's hearing is 1 MB of XML; the parser's tree takes ten times its part.
_MAX_PART_BYTES = 64_000_000
_MAX_TOTAL_BYTES = 2_000_000_000
_MAX_ENTRIES = 20_000
# Word's XML shrinks to a tenth, at most to a fiftieth: more, in a large part, is a bomb.
_MAX_RATIO = 200
_MIN_BOMB_BYTES = 5_000_000

_OTHERS = (
    ("xl/workbook", "this is an Excel workbook; save the sheet with the transcript as CSV"),
    ("ppt/presentation", "this is a PowerPoint file; save its words as text (.txt)"),
    ("Index/Document.iwa", "this is a Pages document; export it as Word (.docx)"),
    ("index.xml", "this is a Pages document; export it as Word (.docx)"),
    ("META-INF/MANIFEST.MF", "this is a program, not a transcript"),
)
_MIMETYPES = (
    (b"application/vnd.oasis.opendocument.text", "this is an OpenDocument text; save it as .docx"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "this is a spreadsheet; save it as CSV"),
    (b"application/vnd.oasis.opendocument", "this is an OpenDocument file, not a transcript"),
    (b"application/epub+zip", "this is an EPUB book; save the transcript in it as text (.txt)"),
)
_ZIP = "this is a zip archive; add the transcripts in it with: turncite add FILE.zip"
_DAMAGED = "is a damaged Word file; open it in Word or LibreOffice and save it anew"
_LOCKED = "is locked with a password; save it without one"
_BOMB = "unpacks to more than can be read; save the transcript alone in a new document"
_EMBEDDED = "holds its text as an embedded file; open it in Word and save it anew"

_JUNK_TITLE = re.compile(
    r"(?:microsoft word\b.*|(?:word )?document ?\d*|dokument ?\d*|untitled.*|title"
    r"|normal(?:\.dotm?)?"
    r"|powerpoint presentation|.*\.(?:docx?|dotx?|dotm|rtf|txt|pdf))?",
    re.IGNORECASE,
)
# What python-docx and others stamp on each document they make.
_JUNK_DATES = frozenset({"2013-12-23", "1970-01-01", "1601-01-01", "1980-01-01"})
_CUE = re.compile(r"(?P<start>\d+:\d+:\d+(?:[.,]\d+)?)\s*-->\s*(?P<end>\d+:\d+:\d+(?:[.,]\d+)?)")
_MIN_CUES = 2


def parse_docx(path: Path, data: bytes, transcript_id: str) -> Transcript:
    """Read a Word file. Raises UnreadableFile for another kind of zip and for bombs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _look_over(path, package)
            return _Docx(path, package).read(transcript_id)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise UnreadableFile(path, _DAMAGED) from None
    except (SyntaxError, ValueError, LookupError):  # the XML parser's own errors are the first
        raise UnreadableFile(path, _DAMAGED) from None


def _look_over(path: Path, package: zipfile.ZipFile) -> None:
    """Refuse what is no Word file, is locked, or would unpack to too much."""
    entries = package.infolist()
    if len(entries) > _MAX_ENTRIES or sum(one.file_size for one in entries) > _MAX_TOTAL_BYTES:
        raise UnreadableFile(path, _BOMB)
    names = {one.filename for one in entries}
    if not any(name.startswith("word/") for name in names):
        raise UnreadableFile(path, _other_kind(package, names))
    if any(one.flag_bits & 1 for one in entries):
        raise UnreadableFile(path, _LOCKED)


def _other_kind(package: zipfile.ZipFile, names: set[str]) -> str:
    for start, why in _OTHERS:
        if any(name.startswith(start) for name in names):
            return why
    if "mimetype" in names and not package.getinfo("mimetype").flag_bits & 1:
        with package.open("mimetype") as file:
            kind = file.read(100).strip()
        return next((why for start, why in _MIMETYPES if kind.startswith(start)), _ZIP)
    return _ZIP


class _Docx:
    """One Word file, its parts by the kind of link that leads to them."""

    def __init__(self, path: Path, package: zipfile.ZipFile) -> None:
        self._path = path
        self._package = package
        self._main = next(self._linked("", "officeDocument"), "word/document.xml")

    def read(self, transcript_id: str) -> Transcript:
        main = self._parse(self._main)
        if main is None:
            raise UnreadableFile(self._path, _DAMAGED)
        head = Head()
        sheet = self._part("styles")
        body = read_body(main, read_styles(sheet) if sheet is not None else {}, head)
        if not body.blocks and any(line.text == "altChunk" for line in head.unread):
            raise UnreadableFile(self._path, _EMBEDDED)
        self._report_notes(body.notes, head)
        self._report_page_edges(head)
        lines = lines_between(body.blocks)
        title, date = self._properties()
        read = _read_cues(transcript_id, lines, head) or parse_lines(transcript_id, lines, head)
        if title and head.title is None and read.title == title_of(transcript_id):
            read = dataclasses.replace(read, title=title)
        if date and read.date is None and date_in_name(transcript_id.rpartition("/")[2]) is None:
            read = dataclasses.replace(read, date=date)
        return read

    def _linked(self, part: str, kind: str) -> Iterator[str]:
        """The parts that `part` links to as `kind`; "" is the package."""
        folder, _, name = part.rpartition("/")
        links = self._parse(posixpath.join(folder, "_rels", f"{name}.rels"))
        for link in links if links is not None else ():
            if (link.get("Type") or "").endswith(f"/{kind}") and link.get("TargetMode") is None:
                target = link.get("Target") or ""
                yield posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")

    def _part(self, kind: str) -> Element | None:
        roots = (self._parse(name) for name in self._linked(self._main, kind))
        return next((root for root in roots if root is not None), None)

    def _parse(self, name: str) -> Element | None:
        """The root of a part's XML; None where there is no such part."""
        try:
            entry = self._package.getinfo(name)
        except KeyError:
            return None
        swollen = entry.file_size > max(_MIN_BOMB_BYTES, entry.compress_size * _MAX_RATIO)
        if entry.file_size > _MAX_PART_BYTES or swollen:
            raise UnreadableFile(self._path, _BOMB)
        xml = self._package.read(entry)
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:  # neither is allowed in Word's files
            raise UnreadableFile(self._path, _DAMAGED)
        root: Element = parse_xml(xml)
        return root

    def _report_notes(self, notes: dict[str, int], head: Head) -> None:
        for kind, name, why in (
            ("footnotes", "footnote", FOOTNOTE),
            ("endnotes", "endnote", FOOTNOTE),
            ("comments", "comment", COMMENT),
        ):
            root = self._part(kind)
            for note in root if root is not None else ():
                number = notes.get(f"{name} {attribute(note, 'id')}", 0)
                blocks = read_body(note, {}, Head()).blocks
                head.report(number, " ".join(block.text for block in blocks), why)

    def _report_page_edges(self, head: Head) -> None:
        seen: set[str] = set()
        for kind in ("header", "footer"):
            for name in dict.fromkeys(self._linked(self._main, kind)):
                root = self._parse(name)
                for block in read_body(root, {}, Head()).blocks if root is not None else ():
                    if block.text not in seen:
                        seen.add(block.text)
                        head.report(0, block.text.strip("*"), PAGE_FURNITURE)

    def _properties(self) -> tuple[str | None, str | None]:
        """Title and day of making, where they tell something."""
        name = next(self._linked("", "core-properties"), "docProps/core.xml")
        root = self._parse(name)
        values = (
            {name_of(one): (one.text or "").strip() for one in root} if root is not None else {}
        )
        title = " ".join(values.get("title", "").split())
        date = find_date(values.get("created", "").strip()[:10])
        return (
            None if _JUNK_TITLE.fullmatch(title) else title,
            None if date in _JUNK_DATES else date,
        )


# Teams


def _read_cues(transcript_id: str, lines: list[Line], head: Head) -> Transcript | None:
    """A transcript of "0:0:1.5 --> 0:0:4.2", a name and words, each on a line; else None."""
    filled = [line for line in lines if line.text.strip()]
    starts = [i for i, line in enumerate(filled) if _CUE.fullmatch(line.text.strip())]
    if len(starts) < _MIN_CUES:
        return None
    for line in filled[: starts[0]]:
        text = line.text.strip("*# ")
        if head.title is None and not head.read_date(text):
            head.title = text
        else:
            head.report(line.number, text, "before the first speaker")
    pieces: list[Speech] = []
    for first, last in zip(starts, [*starts[1:], len(filled)], strict=True):
        cue = _CUE.fullmatch(filled[first].text.strip())
        said = [line.text.strip("* ") for line in filled[first + 1 : last]]
        named = len(said) > 1 and looks_like_name(said[0], strict=False)
        text = " ".join(said[1:] if named else said)
        if cue and text:
            start, end = _seconds(cue["start"]), _seconds(cue["end"])
            pieces.append(Speech(said[0] if named else None, text, start, end))
    return assemble(transcript_id, head, pieces, merge=True)


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.replace(",", ".").split(":")
    return int(hours[:6]) * 3600 + int(minutes[:6]) * 60 + float(seconds[:12])
