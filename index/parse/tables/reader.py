"""CSV, TSV and their like -> a Transcript: a row is a turn, or a cue where rows carry times.

How the rows are written is in rows.py, which column says what in columns.py. Rows
with a start and an end, one after the other, are joined as cues are; otherwise whoever made the
table has decided what a turn is. A table without a column of speakers may print them before
the words, and is read as captions are. Several meetings in one table are one transcript, in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

from ...errors import UnreadableFile
from ...types import Transcript
from ..captions.cues import Cue
from ..captions.reader import assemble_cues
from ..captions.style import read_style
from ..captions.voices import clean, strip_tags
from ..lines import with_plain_ends
from ..speech import Head, Speech, assemble
from .columns import Columns, choose_columns, find_head, is_empty, one_date
from .rows import Row, find_dialect, read_rows

_SAMPLE_ROWS = 500
_MAX_DAYS = 1000
_MAX_NAMED_COLUMNS = 40
# So many blanks mean the speaker above, if no speaker is printed twice running.
_BLANK_SHARE = 0.2
# Rows of a script that nobody says, by what stands where the speaker does.
_STAGE = re.compile(
    r"(?:scenes?|settings?|(?:scene|stage)[ _-](?:descriptions?|directions?)|sfx|sound effects?)",
    re.IGNORECASE,
)


class _Said(NamedTuple):
    """A row: the label, and what is said as the cell has it."""

    line: int
    label: str | None
    text: str
    start_seconds: float | None
    end_seconds: float | None


@dataclass(slots=True)
class _Facts:
    """What the columns of titles and dates hold, over all rows; a few values are enough."""

    titles: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)


def parse_table(path: Path, text: str, transcript_id: str) -> Transcript:
    """Read a table. Raises UnreadableFile if no column holds speech."""
    text = with_plain_ends(text)
    dialect = find_dialect(text, path.suffix.lower())
    sample = list(islice(read_rows(text, dialect), _SAMPLE_ROWS))
    head_at = find_head([row.cells for row in sample])
    first = 0 if head_at is None else head_at + 1
    names = [] if head_at is None else [clean(cell) for cell in sample[head_at].cells]
    below = [row.cells for row in sample[first:]]
    columns = choose_columns(names, below)
    if columns is None:
        raise UnreadableFile(path, _why_no_speech(names, below))
    head = Head()
    for row in sample[: first - 1 if first else 0]:
        above = clean(" ".join(row.cells))
        if not head.read_date(above):
            head.report(row.line, above, "above the table")
    rows = islice(read_rows(text, dialect), first, None)
    said: Iterable[_Said] = _read(
        rows, columns, names, dialect.delimiter, head, _fills_blanks(below, columns)
    )
    if columns.speaker:
        pieces = filter(_has_text, map(_speech, said))
        return assemble(transcript_id, head, pieces, merge=_are_cues(below, columns))
    said = list(said)
    if any("\n" in each.text for each in said):  # paragraphs, not captions
        pieces = filter(_has_text, map(_speech, said))
        return assemble(transcript_id, head, pieces, merge=False)
    # The words of a cue stand below its line.
    cues = [Cue(each.line - 1, "", *each[3:], each.text) for each in said]
    return assemble_cues(transcript_id, head, cues, read_style(cues, text))


def _read(
    rows: Iterable[Row],
    columns: Columns,
    names: Sequence[str],
    delimiter: str,
    head: Head,
    fills_blanks: bool,
) -> Iterator[_Said]:
    """Row by row; `head` takes what isn't said, and at the end what all rows agree on."""
    facts = _Facts()
    width = len(names)
    widest = width
    last: str | None = None
    for row in rows:
        cells = row.cells
        widest = width or max(widest, len(cells))
        if width and len(cells) > width:
            surplus = cells[width - 1 :] if columns.speech == width - 1 else cells[width:]
            if columns.speech == width - 1:  # the speech has the delimiter in it, unquoted
                cells = [*cells[: width - 1], delimiter.join(surplus)]
            else:
                head.report(row.line, " ".join(surplus), "more cells than the table has columns")
        _gather(cells, columns, facts)
        text = _cell(cells, columns.speech)
        label = _label(cells, columns)
        last = label or (last if fills_blanks else None)
        if not text:
            other = next(filter(None, (_cell(cells, place) for place in columns.other_speech)), "")
            whole = " ".join(cells) if len(cells) <= columns.speech else ""
            head.report(row.line, other or whole, "a row without speech")
        elif label and _STAGE.fullmatch(label):
            head.report(row.line, text, "an aside, not speech")
        else:
            yield _Said(row.line, last, text, *_times(cells, columns))
    _read_facts(columns, names or [""] * widest, facts, head)


def _speech(said: _Said) -> Speech:
    lines = [clean(line) for line in strip_tags(said.text).split("\n")]
    text = "\n".join(line for line in lines if line)
    if said.label:
        text = text.removeprefix(f"{said.label}:").lstrip()
    return Speech(said.label, text, said.start_seconds, said.end_seconds)


def _has_text(piece: Speech) -> bool:
    return bool(piece.text)


def _cell(cells: Sequence[str], place: int | None) -> str:
    if place is None or place >= len(cells) or is_empty(cells[place]):
        return ""
    return cells[place].strip()


def _label(cells: Sequence[str], columns: Columns) -> str | None:
    label = clean(" ".join(_cell(cells, place) for place in columns.speaker)).rstrip(":：").rstrip()
    number = label.removesuffix(".0")
    return f"Speaker {number}" if number.isdecimal() else label or None


def _times(cells: Sequence[str], columns: Columns) -> tuple[float | None, float | None]:
    start, end, duration = (
        columns.seconds(cell) if (cell := _cell(cells, place)) else None
        for place in (columns.start, columns.end, columns.duration)
    )
    if end is None and start is not None and duration is not None:
        end = start + duration
    return start, end


def _gather(cells: Sequence[str], columns: Columns, facts: _Facts) -> None:
    title, day = _cell(cells, columns.title), _cell(cells, columns.date)
    if title and len(facts.titles) < 2:
        facts.titles.add(title)
    if day and len(facts.days) < _MAX_DAYS:
        facts.days.add(day)


def _read_facts(columns: Columns, names: Sequence[str], facts: _Facts, head: Head) -> None:
    """Title and date, where all rows agree on them; and which columns went unread."""
    read = {columns.speech, columns.start, columns.end, columns.duration, *columns.speaker}
    day = one_date(facts.days)
    if len(facts.titles) == 1:
        head.title = head.title or clean(facts.titles.pop())
        read.add(columns.title)
    if day is not None:
        head.date = head.date or day
        read.add(columns.date)
    unread = [name or str(place + 1) for place, name in enumerate(names) if place not in read]
    if unread:
        shown = ", ".join(unread[:_MAX_NAMED_COLUMNS])
        more = (
            f" and {len(unread) - _MAX_NAMED_COLUMNS} more" if unread[_MAX_NAMED_COLUMNS:] else ""
        )
        head.report(1, f"columns not read: {shown}{more}", "neither speaker, speech nor time")


def _are_cues(rows: Sequence[Sequence[str]], columns: Columns) -> bool:
    """Whether the rows have a start and an end, one after the other."""
    times = [_times(cells, columns) for cells in rows]
    starts = [start for start, end in times if start is not None and end is not None]
    falls = sum(after < before for before, after in pairwise(starts))
    return len(starts) * 2 > len(times) and falls * 10 <= len(starts)


def _fills_blanks(rows: Sequence[Sequence[str]], columns: Columns) -> bool:
    """Whether the speaker is printed at each change only, as in sheets typed by hand."""
    labels = [_label(cells, columns) for cells in rows]
    repeats = any(before and before == after for before, after in pairwise(labels))
    return not repeats and labels.count(None) >= _BLANK_SHARE * max(1, len(labels))


def _why_no_speech(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "has no rows under its head; export it with the speech"
    shown = ", ".join(name or "(no name)" for name in names[:_MAX_NAMED_COLUMNS])
    what = f"the columns {shown}" if names else f"{max(map(len, rows))} columns without names"
    return f"has {what}, but none of speech; name one 'text', and one 'speaker' if there is one"
