"""A line of a text-like file, with the number by which its reader can find it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Line(NamedTuple):
    """`number` counts from 1 in the file (in a PDF or web page: from block to block)."""

    number: int
    text: str


def numbered(texts: Iterable[str]) -> list[Line]:
    return [Line(number, text) for number, text in enumerate(texts, 1)]
