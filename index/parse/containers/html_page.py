"""What is known of a web page once its tree is read: blocks, what stands aside, and the head."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import NamedTuple

from .blocks import Block


class Aside(NamedTuple):
    """Words that are not shown with the text, near the block of that number."""

    number: int
    text: str
    why: str


class Moment(NamedTuple):
    """A <time> element: the block it stands in, its machine-readable date, what is around it."""

    number: int
    date: str
    hints: str


@dataclass(slots=True)
class Page:
    """Blocks in order; the tree of elements as each one's parent, tag, and class, id and role.

    `page_starts`: the blocks that begin a page of print. `layout_tables` hold other tables.
    `metas` are the <meta> elements by their names, `data` the page's JSON-LD.
    """

    blocks: list[Block] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    parents: array[int] = field(default_factory=lambda: array("i"))
    tags: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)
    page_starts: set[int] = field(default_factory=set)
    layout_tables: set[int] = field(default_factory=set)
    title: str = ""
    language: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)


@dataclass(slots=True)
class OpenElement:
    """An element that the walk through the page is within, and what it makes of its words."""

    index: int
    tag: str
    block: bool
    bold: bool
    link: bool
    pre: bool
    speaker: str = ""
    time: bool = False
    place: bool = False
    flushes: int = 0
    runs_before: int = 0
    rows: int = -1
    columns: int = -1
