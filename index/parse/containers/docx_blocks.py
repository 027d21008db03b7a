"""The XML of a Word document -> its blocks of text in reading order.

It is read element by element, since python-docx's own `paragraph.text` leaves out insertions
that are tracked, content controls, text boxes and old hyperlinks. Names are matched without
their namespace, so that strict and transitional files read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from ..speech import Head
from .block_tables import read_tables
from .blocks import Block, Cell
from .runs import BESIDE_LABEL, BOLD, BREAK, PLAIN, Run, lines_of

DELETED = "deleted, with changes tracked"
HIDDEN = "hidden in the document"
CONTENTS = "a table of contents"
EMBEDDED = "an embedded document, which is not read"

_OFF = frozenset({"0", "false", "off", "none"})
_HEADING_STYLE = re.compile(r"(?:heading|überschrift|titre|título|заголовок|标题) ?(\d)", re.I)
_CONTENTS_STYLE = re.compile(r"toc ?\d|verzeichnis ?\d|table of figures|index ?\d", re.I)
# Paragraphs and runs within one another: text boxes within text boxes, at most so deep.
_MAX_DEPTH = 200


class Element(Protocol):
    """What is used of lxml's elements, which come without types."""

    @property
    def tag(self) -> object: ...
    @property
    def text(self) -> str | None: ...
    def get(self, key: str, default: None = None) -> str | None: ...
    def __iter__(self) -> Iterator[Element]: ...


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says of its text: bold or not (None: nothing), a heading's level, its name."""

    name: str = ""
    bold: bool | None = None
    level: int | None = None


@dataclass(slots=True)
class Body:
    """The blocks of a document, and what was met on the way that is not in them."""

    blocks: list[Block] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)  # "footnote 2" -> the block that bears it


def name_of(element: Element) -> str:
    """The name without namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """An attribute of the element's own namespace."""
    tag = element.tag
    space = tag.rpartition("}")[0] if isinstance(tag, str) else ""
    value = element.get(f"{space}}}{name}") if space else None
    return value if value is not None else element.get(name)


def child(element: Element, name: str) -> Element | None:
    return next((inner for inner in element if name_of(inner) == name), None)


def read_styles(root: Element) -> dict[str, Style]:
    """The styles by id, each with what those it is based on say."""
    own: dict[str, tuple[Style, str]] = {}
    for element in root:
        if name_of(element) != "style":
            continue
        name = child(element, "name")
        based = child(element, "basedOn")
        runs, paragraph = child(element, "rPr"), child(element, "pPr")
        title = (attribute(name, "val") or "" if name is not None else "").strip()
        style = Style(title, _bold(runs), _level(title, paragraph))
        parent = attribute(based, "val") or "" if based is not None else ""
        own.setdefault(attribute(element, "styleId") or "", (style, parent))
    return {key: _whole(key, own) for key in own}


def _whole(key: str, own: dict[str, tuple[Style, str]]) -> Style:
    style, parent = own[key]
    bold, seen = style.bold, {key}
    while bold is None and parent in own and parent not in seen:
        seen.add(parent)
        bold, parent = own[parent][0].bold, own[parent][1]
    return Style(style.name, bold, style.level)


def _level(name: str, properties: Element | None) -> int | None:
    match = _HEADING_STYLE.fullmatch(name)
    if match:
        return min(max(int(match[1]), 1), 6)
    if name.casefold() == "title":
        return 1
    outline = child(properties, "outlineLvl") if properties is not None else None
    level = attribute(outline, "val") if outline is not None else None
    return int(level) + 1 if level and level in "012345" else None


def _bold(properties: Element | None) -> bool | None:
    return _switch(properties, "b")


def _switch(properties: Element | None, name: str) -> bool | None:
    found = child(properties, name) if properties is not None else None
    if found is None:
        return None
    return (attribute(found, "val") or "on").casefold() not in _OFF


def read_body(root: Element, styles: dict[str, Style], head: Head) -> Body:
    """The blocks of a document, or of its notes, header or footer; the rest goes to the head."""
    reader = _Reader(styles, head)
    reader.read(root, None, 0)
    reader.body.blocks = read_tables(reader.body.blocks, head, layout=reader.layout)
    return reader.body


@dataclass(slots=True)
class _Paragraph:
    """A paragraph being read. `asides` are the text boxes that hang on it."""

    bold: bool
    runs: list[Run] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


class _Reader:
    def __init__(self, styles: dict[str, Style], head: Head) -> None:
        self.body = Body()
        self.layout: set[int] = set()
        self._styles = styles
        self._head = head
        self._tables: list[int] = []
        self._count = 0

    @property
    def _next(self) -> int:
        return len(self.body.blocks) + 1

    def read(self, element: Element, cell: Cell | None, depth: int) -> None:
        """Read what stands within: paragraphs, tables, and the wrappers around them."""
        if depth > _MAX_DEPTH:
            return
        for inner in element:
            name = name_of(inner)
            if name == "p":
                self._paragraph(inner, cell, depth)
            elif name == "tbl":
                self._table(inner, depth)
            elif name == "altChunk":
                self._head.report(self._next, "altChunk", EMBEDDED)
            elif name not in ("del", "moveFrom", "sectPr", "sdtPr", "tblPr", "tcPr", "trPr"):
                self.read(inner, cell, depth + 1)

    def _table(self, element: Element, depth: int) -> None:
        self.layout.update(self._tables)
        self._count += 1
        self._tables.append(self._count)
        for row, cells in enumerate(_within(element, "tr")):
            for column, inner in enumerate(_within(cells, "tc")):
                self.read(inner, Cell(self._tables[-1], row, column), depth + 3)
        self._tables.pop()

    def _paragraph(self, element: Element, cell: Cell | None, depth: int) -> None:
        properties = child(element, "pPr")
        named = child(properties, "pStyle") if properties is not None else None
        style = self._styles.get(attribute(named, "val") or "" if named is not None else "")
        style = style or Style()
        level = style.level if style.level is not None else _level("", properties)
        paragraph = _Paragraph(bool(style.bold))
        self._inline(element, paragraph, depth)
        said = "".join(run.text for run in paragraph.runs if run.kind != BREAK)
        if _CONTENTS_STYLE.fullmatch(style.name):
            self._head.report(self._next, said, CONTENTS)
        elif said.strip():
            tag = f"h{level}" if level else "p"
            lines, numbering = lines_of(paragraph.runs, tag)
            for mark in numbering:
                self._head.report(self._next, mark, BESIDE_LABEL)
            self.body.blocks.append(Block(self._next, tag, lines, cell))
        for box in paragraph.boxes:
            self.read(box, cell, depth + 1)

    def _inline(self, element: Element, paragraph: _Paragraph, depth: int) -> None:
        """Read what stands within a paragraph: runs, and the wrappers around them."""
        if depth > _MAX_DEPTH:
            return
        for inner in element:
            name = name_of(inner)
            if name == "r":
                self._run(inner, paragraph, depth)
            elif name in ("del", "moveFrom"):
                self._head.report(self._next, _plain(inner), DELETED)
            elif name == "t":  # of a formula
                paragraph.runs.append(Run(inner.text or "", PLAIN))
            elif name not in ("pPr", "sdtPr", "rPr", "rt"):
                self._inline(inner, paragraph, depth + 1)

    def _run(self, run: Element, paragraph: _Paragraph, depth: int) -> None:
        properties = child(run, "rPr")
        if _switch(properties, "vanish"):
            self._head.report(self._next, _plain(run), HIDDEN)
            return
        bold = _bold(properties)
        named = child(properties, "rStyle") if properties is not None else None
        if bold is None and named is not None:
            style = self._styles.get(attribute(named, "val") or "")
            bold = style.bold if style else None
        kind = BOLD if (paragraph.bold if bold is None else bold) else PLAIN
        for inner in run:
            name = name_of(inner)
            if name == "t":
                paragraph.runs.append(Run(inner.text or "", kind))
            elif name in ("tab", "ptab"):
                paragraph.runs.append(Run("\t", kind))
            elif name in ("br", "cr"):
                paragraph.runs.append(Run("\n", BREAK))
            elif name == "noBreakHyphen":
                paragraph.runs.append(Run("-", kind))
            elif name == "delText":
                self._head.report(self._next, inner.text or "", DELETED)
            elif name in ("footnoteReference", "endnoteReference", "commentReference"):
                note = f"{name.removesuffix('Reference')} {attribute(inner, 'id')}"
                self.body.notes.setdefault(note, self._next)
            elif name in ("AlternateContent", "drawing", "pict", "object"):
                paragraph.boxes.extend(_boxes(inner, depth))
            elif name == "ruby":
                self._inline(inner, paragraph, depth + 1)


def _within(element: Element, name: str) -> Iterator[Element]:
    """The rows of a table or cells of a row, content controls and insertions around them aside."""
    for inner in element:
        found = name_of(inner)
        if found == name:
            yield inner
        elif found in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
            yield from _within(inner, name)


def _boxes(element: Element, depth: int) -> Iterator[Element]:
    """The text boxes drawn here. What is drawn twice, for older programs too, is read once."""
    if depth > _MAX_DEPTH:
        return
    choices = [inner for inner in element if name_of(inner) in ("Choice", "Fallback")]
    for inner in choices or element:
        if name_of(inner) == "txbxContent":
            yield inner
        else:
            found = list(_boxes(inner, depth + 1))
            yield from found
            if choices and found:
                return


def _plain(element: Element) -> str:
    """The words within, formatting aside."""
    if name_of(element) in ("t", "delText"):
        return element.text or ""
    return "".join(_plain(inner) for inner in element)
