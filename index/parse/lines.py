"""A line of a text-like file, with the number by which its reader can find it again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class Line(NamedTuple):
    """`number` counts from 1 in the file (in a PDF or web page: from block to block)."""

    number: int
    text: str


def lines_of(text: str) -> list[str]:
    """The lines of a text with line ends of any kind, or of several.

    A form feed begins a page, and splitlines would part lines at characters that speech holds.
    """
    return re.split(r"\r\n|\r|\n", text)


def with_plain_ends(text: str) -> str:
    """The text with line ends of one kind, and without the mark that some files begin with."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.lstrip("\ufeff")


def numbered(texts: Iterable[str]) -> list[Line]:
    return [Line(number, text) for number, text in enumerate(texts, 1)]
