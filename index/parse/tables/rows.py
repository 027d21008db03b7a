"""Rows of CSV, TSV and their like: what parts the cells, and whether quotes enclose them.

Both are chosen by trying: the pair under which most rows of a sample have one number of cells wins.
Rows with more cells than the head names count nearly as much: they have the character in their
last, unquoted cell. csv.Sniffer guesses from character counts and takes commas in speech for it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from .column_names import SPEAKER, SPEECH, START, name_of

DELIMITERS = (",", "\t", ";", "|")
# One that no text has: a table of one column.
NO_DELIMITER = "\x1f"
_SAMPLE_CHARS = 300_000
_SAMPLE_ROWS = 1000
_LONG_ROW_WEIGHT = 0.8
_MAX_HEAD_CHARS = 40
_MIN_SHARE = 0.5
_OPEN_QUOTE_LEEWAY = 0.02
_EXCEL_HINT = re.compile(r"\ufeff?\"?sep=([,;|:\t])\"?\s*\n", re.I)
_ESCAPED_QUOTE = re.compile(r"\\\"(?![,;|\t\n]|$)")
_DOUBLED_QUOTE = re.compile(r"(?<![,;|\t\n\"])\"\"(?![,;|\t\n\"])")


class Row(NamedTuple):
    """`line` is the row's first line in the file, from 1."""

    line: int
    cells: list[str]


class Dialect(NamedTuple):
    """How the cells are written. `first_line` is where the rows begin, from 0.

    `is_escaped`: a quote in a cell is \\" and not doubled. `is_spaced`: a space follows the
    delimiter and is no part of the cell.
    """

    delimiter: str
    is_quoted: bool
    is_escaped: bool = False
    is_spaced: bool = False
    first_line: int = 0


def find_dialect(text: str, suffix: str) -> Dialect:
    hint = _EXCEL_HINT.match(text)
    if hint is not None:
        return Dialect(hint[1], True, first_line=1)
    sample = text[:_SAMPLE_CHARS]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1] or sample
    has_quotes = '"' in sample
    is_escaped = bool(_ESCAPED_QUOTE.search(sample)) and not _DOUBLED_QUOTE.search(sample)
    best, best_share = Dialect(NO_DELIMITER, has_quotes, is_escaped), _MIN_SHARE
    first_line = text.partition("\n")[0]
    if not any(map(first_line.__contains__, DELIMITERS)) and SPEECH.rank(name_of(first_line)):
        return best  # the name of its one column
    for delimiter in ("\t", *DELIMITERS) if suffix == ".tsv" else DELIMITERS:
        if delimiter not in sample:
            continue
        is_spaced = f'{delimiter} "' in sample
        dialect = Dialect(delimiter, has_quotes, is_escaped, is_spaced)
        dialect, share = _better_quoting(sample, dialect, _SAMPLE_ROWS)
        share += any(_is_head(row.cells) for row in islice(read_rows(sample, dialect), 1))
        if share > best_share:
            best, best_share = dialect, share
    if best.is_quoted and text.count('"') % 2:  # one is left open: it may swallow what follows
        best, _ = _better_quoting(text, best, None)
    return best


def _is_head(cells: list[str]) -> bool:
    """Whether these name a column of speech and one more, so that the rows below needn't tell."""
    names = [name_of(cell) for cell in cells]
    speech, others = map(SPEECH.rank, names), (SPEAKER.rank(n) or START.rank(n) for n in names)
    return any(speech) and any(others)


def _better_quoting(text: str, dialect: Dialect, rows: int | None) -> tuple[Dialect, float]:
    """With quotes or without, whichever is more regular; and the share of regular rows.

    Where cells run over lines only because a quote was left open, the lines alone are as regular.
    So they may be by chance where commas part the cells; there, an open quote has to show.
    """
    quoted, quoted_rows = _share_of_regular(read_rows(text, dialect), rows)
    if not dialect.is_quoted:
        return dialect, quoted
    bare = dialect._replace(is_quoted=False, is_escaped=False, is_spaced=False)
    share, bare_rows = _share_of_regular(read_rows(text, bare), rows)
    is_open = dialect.delimiter != "," or _has_open_quote(text, dialect.delimiter)
    is_as_good = is_open and bare_rows > quoted_rows and share >= quoted - _OPEN_QUOTE_LEEWAY
    return (bare, share) if share > quoted or is_as_good else (dialect, quoted)


def _has_open_quote(text: str, delimiter: str) -> bool:
    """Whether more or fewer quotes begin a cell than end one."""
    begins = text.startswith('"') + text.count('\n"') + text.count(f'{delimiter}"')
    ends = text.endswith('"') + text.count('"\n') + text.count(f'"{delimiter}')
    return begins != ends


def read_rows(text: str, dialect: Dialect) -> Iterator[Row]:
    """The rows that are not blank. Line ends are "\\n" alone."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    lines = _lines(text)
    for _ in islice(lines, dialect.first_line):
        pass
    reader = csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_MINIMAL if dialect.is_quoted else csv.QUOTE_NONE,
        escapechar="\\" if dialect.is_escaped else None,
        skipinitialspace=dialect.is_spaced,
    )
    line = dialect.first_line + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Row(line, cells)
        line = dialect.first_line + reader.line_num + 1


def _lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _share_of_regular(rows: Iterator[Row], count: int | None) -> tuple[float, int]:
    """The share of rows with as many cells as most have, or as the head has; and all rows.

    A row of one cell is none of a table.
    """
    widths: Counter[int] = Counter()
    head: list[str] = []
    for row in islice(rows, count):
        head = head or row.cells
        widths[len(row.cells)] += 1
    total = sum(widths.values())
    shares = [number / total for width, number in widths.items() if width > 1]
    if len(head) > 1 and all(len(cell) <= _MAX_HEAD_CHARS for cell in head):
        longer = sum(number for width, number in widths.items() if width > len(head))
        shares.append((widths[len(head)] + _LONG_ROW_WEIGHT * longer) / total)
    return max(shares, default=0.0), total
