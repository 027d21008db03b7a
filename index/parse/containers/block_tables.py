"""Tables and definition lists of speakers and speech -> labelled blocks, of pages and Word files.

A table is one of speech if its first row names such columns, or if a column of short names in
which some recur stands before one of longer text. Any other table stays cell by cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from ...sentences import ends_sentence
from ..clock import is_only_clocks
from ..names import looks_like_name
from ..speech import Head
from .blocks import Block

_COLUMN_NAMES = {
    "speaker": "speaker name who participant sprecher orador locuteur intervenant".split(),
    "text": "text speech transcript utterance content message dialogue dialog statement words "
    "what transcription comment".split(),
    "time": "time timestamp timecode start tc clock in".split(),
}
_MAX_NAME_CHARS = 80
_NAME_SHARE = 0.7
_MIN_ROWS = 3
_DEFINITION_CHARS = 60
HEADER = "a table's header"
EXTRA_CELL = "a cell beside the speech"

Row = dict[int, list[Block]]


def read_tables(
    blocks: Sequence[Block], head: Head, *, layout: Collection[int] = ()
) -> list[Block]:
    """The blocks with each row of speech as one, labelled; `layout` tables hold other tables."""
    tables: dict[int, dict[int, Row]] = {}
    for block in blocks:
        if block.cell is not None and block.cell.table not in layout:
            rows = tables.setdefault(block.cell.table, {})
            rows.setdefault(block.cell.row, {}).setdefault(block.cell.column, []).append(block)
    dropped: set[int] = set()
    for rows in tables.values():
        dropped.update(_read_table(list(rows.values()), head))
    return [block for block in blocks if block.number not in dropped]


def _read_table(rows: list[Row], head: Head) -> set[int]:
    """Label the rows; returns the numbers of the blocks that went into others."""
    columns = _named_columns(rows[0])
    if columns:
        header, rows = rows[0], rows[1:]
    else:
        header = {}
        columns = _found_columns(rows)
    if not columns or not rows:
        return set()
    dropped: set[int] = set()
    for block in _blocks(header):
        head.report(block.number, block.text, HEADER)
        dropped.add(block.number)
    for row in rows:
        dropped.update(_read_row(row, columns, head))
    return dropped


def _named_columns(row: Row) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, blocks in row.items():
        title = re.sub(r"[\W_]+", " ", _text(blocks)).strip().casefold()
        for part, names in _COLUMN_NAMES.items():
            if title in names:
                found.setdefault(part, column)
    return found if {"speaker", "text"} <= found.keys() else {}


def _found_columns(rows: list[Row]) -> dict[str, int]:
    """The columns of speaker, text and time, by what stands in them; empty where there are none."""
    if len(rows) < _MIN_ROWS:
        return {}
    cells: dict[int, list[str]] = {}
    for row in rows:
        for column, blocks in row.items():
            cells.setdefault(column, []).append(_text(blocks))
    columns = sorted(cells)
    time = next((c for c in columns[:3] if all(is_only_clocks(text) for text in cells[c])), None)
    for column in columns[:3]:
        after = [c for c in columns if c > column and c != time]
        if column == time or not after or not _are_names(cells[column]):
            continue
        text = max(after, key=lambda c: sum(len(said) for said in cells[c]))
        longer = _mean(cells[text]) > _mean(cells[column])
        if longer and any(ends_sentence(said) for said in cells[text]):
            return {"speaker": column, "text": text} | ({} if time is None else {"time": time})
    return {}


def _are_names(texts: list[str]) -> bool:
    names = [text.rstrip(" :：") for text in texts]
    fit = sum(len(n) <= _MAX_NAME_CHARS and looks_like_name(n) for n in names)
    recurring = max(Counter(name.casefold() for name in names).values()) > 1
    return recurring and fit >= len(names) * _NAME_SHARE


def _mean(texts: list[str]) -> float:
    return sum(len(text) for text in texts) / len(texts)


def _read_row(row: Row, columns: dict[str, int], head: Head) -> set[int]:
    said, named = row.get(columns["text"], []), row.get(columns["speaker"], [])
    time = row.get(columns.get("time", -1), [])
    if not said and not named:
        return set()
    kept = (said or named)[0]
    lines = [line for block in said for line in [*block.lines, ""]][:-1]
    name = _text(named).strip("* ").rstrip(" :：").rstrip("* ")
    clock = _text(time).strip(" []")
    label = (f"[{clock}] " if clock else "") + (f"**{name}:**" if name else "")
    if label:
        lines = [f"{label} {lines[0]}" if lines else label, *lines[1:]]
    for column, blocks in row.items():
        if column not in columns.values():
            for block in blocks:
                head.report(block.number, block.text, EXTRA_CELL)
    kept.lines = lines
    return {block.number for block in _blocks(row)} - {kept.number}


def read_lists(blocks: Sequence[Block], parents: Sequence[int]) -> None:
    """Give the terms of a list of speech the colon of a label: <dt>Anna</dt><dd>Hello.</dd>."""
    lists: dict[int, list[Block]] = {}
    for block in blocks:
        if block.tag in ("dt", "dd"):
            lists.setdefault(parents[block.element], []).append(block)
    for entries in lists.values():
        terms = [block for block in entries if block.tag == "dt"]
        names = [block.text.strip("* ").rstrip(" :：") for block in terms]
        said = [block.text for block in entries if block.tag == "dd"]
        if not terms or not said or not all(looks_like_name(name) for name in names):
            continue
        recurring = max(Counter(names).values()) > 1
        if recurring or (_mean(said) >= _DEFINITION_CHARS and all(map(ends_sentence, said))):
            for block, name in zip(terms, names, strict=True):
                block.lines = [f"**{name}:**"]


def _blocks(row: Row) -> list[Block]:
    return [block for blocks in row.values() for block in blocks]


def _text(blocks: list[Block]) -> str:
    return " ".join(block.text for block in blocks)
