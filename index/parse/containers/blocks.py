"""Blocks of text as web pages and Word files have them, and the lines they make."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from ...sentences import ends_sentence
from ..lines import Line
from ..text.prose import is_wrapped

_MIN_WRAPPED = 40
_LOWER_SHARE = 0.25


class Cell(NamedTuple):
    """Where in which table: the table's number, and the row and column from 0."""

    table: int
    row: int
    column: int


@dataclass(slots=True)
class Block:
    """A paragraph, heading, list entry or part of a table cell. Numbers count from 1.

    On a web page `element` is the innermost block-level element around it, `chars` its length as
    it is marked up, and `linked_chars` how much of that is in links.
    """

    number: int
    tag: str
    lines: list[str]
    cell: Cell | None = None
    element: int = 0
    chars: int = 0
    linked_chars: int = 0

    @property
    def text(self) -> str:
        return " ".join(line for line in self.lines if line)


def lines_between(blocks: Sequence[Block], page_starts: Collection[int] = ()) -> list[Line]:
    """The lines of the blocks, a blank one between paragraphs and a form feed before pages."""
    tight = _are_lines_of_print([block.text for block in blocks])
    lines: list[Line] = []
    for block, after in zip(blocks, chain(blocks[1:], [None]), strict=False):
        start = len(lines)
        lines.extend(Line(block.number, line) for line in block.lines)
        if block.number in page_starts and len(lines) > start:
            lines[start] = Line(block.number, f"\f{lines[start].text}")
        names_next = block.tag == "dt" and after is not None
        if not tight and not names_next:
            lines.append(Line(block.number, ""))
    return lines


def _are_lines_of_print(texts: Sequence[str]) -> bool:
    """Whether each block is a line of print and no paragraph, as in files made from a PDF."""
    if len(texts) < _MIN_WRAPPED or not is_wrapped(texts):
        return False
    goes_on = sum(
        after[:1].islower() and not ends_sentence(before) for before, after in pairwise(texts)
    )
    return goes_on >= len(texts) * _LOWER_SHARE
