"""The lines of print of a page -> the same in reading order, each whole.

PDFium gives the words of a page in the order in which they were drawn, and breaks lines where
the pen moves. Where letters stand tells the rest: a column of line numbers that was drawn as a
block goes back beside its lines, and columns that were drawn row by row are parted.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple

# Gaps wider than this, in heights of a letter, are more than a space between words.
WIDE_GAP = 0.65
_MAX_LINES = 3000  # more than print has room for: a drawing with letters
_GUTTER_SHARE = 0.5
_MIN_COLUMN_LINES = 8
_MIN_COLUMN_WIDTH = 0.22  # of the page: less is a column of labels or numbers
_GUTTER_STEP = 9.0
_MAX_COLUMN_DEPTH = 2
LEADING_NUMBER = re.compile(r"(?P<number>\d{1,2})(?:\s+|$)")
_MIN_NUMBERED_LINES = 5
_MAX_STEP = 3
_MAX_LINES_A_NUMBER = 2.5  # the number and the text beside it may be a line each
_NUMBER_COLUMN = 9.0
_SAME_LINE = 0.5
_BASELINE = 0.25
_NO_SPACE = 0.1
_STRAY_GAP = 2.0
_MAX_STRAY_CHARS = 20
_MAX_STRAYS = 50
_STRAY_SHARE = 0.2
_MAX_STRAY_LINES = 5


class Gap(NamedTuple):
    """A wide gap before the text's character `at`: from `start` to `end`, in points."""

    at: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Print:
    """A line of print: where it begins and ends, its baseline and its letters' height, in points.

    `foot` is the baseline of its last word, as PDFium may take two lines for one. `number` is
    the line number that stands beside it.
    """

    text: str
    left: float
    right: float
    baseline: float
    height: float
    foot: float
    gaps: tuple[Gap, ...] = ()
    number: str = ""


def in_reading_order(lines: Sequence[Print], width: float) -> list[Print]:
    """The lines of a page of that width, as PDFium breaks them, whole and in reading order."""
    if len(lines) > _MAX_LINES:
        return list(lines)
    read: list[Print] = []
    for column in _columns(_whole(lines), width, _MAX_COLUMN_DEPTH):
        read += _top_down(_beside_numbers(column))
    return read


# Lines that were drawn in pieces


def _whole(lines: Sequence[Print]) -> list[Print]:
    """The lines with the pieces joined that PDFium took for lines of their own.

    Those are drawn one after the other on one baseline, or are a word or two set apart from it.
    """
    joined: list[Print] = []
    for line in lines:
        if joined and _on_one_line(joined[-1], line) and joined[-1].left < line.left:
            joined[-1] = _with_piece(joined[-1], line)
        else:
            joined.append(line)
    lefts = Counter(round(line.left / _GUTTER_STEP) for line in joined)
    strays = [
        index
        for index, line in enumerate(joined)
        if len(line.text) <= _MAX_STRAY_CHARS
        and lefts[round(line.left / _GUTTER_STEP)] < _MIN_NUMBERED_LINES
        and not line.text.isdecimal()
    ]
    for stray in strays[:_MAX_STRAYS]:
        piece = joined[stray]
        for index, line in enumerate(joined):
            near = 0 <= piece.left - line.right <= line.height * _STRAY_GAP
            if near and index != stray and line.text and _on_one_line(line, piece):
                joined[index] = _with_piece(line, piece)
                joined[stray] = replace(piece, text="")
                break
    return [line for line in joined if line.text]


def _on_one_line(first: Print, second: Print) -> bool:
    return abs(first.baseline - second.baseline) <= min(first.height, second.height) * _BASELINE


def _with_piece(line: Print, piece: Print) -> Print:
    touching = piece.left - line.right < line.height * _NO_SPACE
    text = line.text + ("" if touching else " ")
    at = len(text)
    gaps = [Gap(gap.at + at, gap.start, gap.end) for gap in piece.gaps]
    if piece.left - line.right > line.height * WIDE_GAP:
        gaps.insert(0, Gap(at, line.right, piece.left))
    return replace(line, text=text + piece.text, right=piece.right, gaps=(*line.gaps, *gaps))


# Columns that were drawn row by row


def _columns(lines: Sequence[Print], width: float, depth: int) -> list[list[Print]]:
    """The lines, parted at the gutters. What runs across one parts what is above from below."""
    gutter = _gutter(lines, width) if depth else None
    if gutter is None:
        return [list(lines)]
    parts: list[list[Print]] = []
    left: list[Print] = []
    right: list[Print] = []

    def end_columns() -> None:
        for column in (left, right):
            parts.extend(_columns(column, width, depth - 1) if column else [])
            column.clear()

    for line in lines:
        gap = next((gap for gap in line.gaps if abs(gap.end - gutter) <= _GUTTER_STEP), None)
        if gap is not None:
            before, after = _cut(line, gap)
            left.append(before)
            right.append(after)
        elif line.left >= gutter - _GUTTER_STEP:
            right.append(line)
        elif line.right <= gutter:
            left.append(line)
        else:
            end_columns()
            parts.append([line])
    end_columns()
    return parts


def _gutter(lines: Sequence[Print], width: float) -> float | None:
    """Where the right column begins: half of the lines break there into two wide parts."""
    ends = [(round(gap.end / _GUTTER_STEP), gap, line) for line in lines for gap in line.gaps]
    counts = Counter(step for step, _, _ in ends)
    for step, _ in counts.most_common(3):
        at = [(gap, line) for near, gap, line in ends if abs(near - step) <= 1]
        if len(at) < max(_MIN_COLUMN_LINES, len(lines) * _GUTTER_SHARE):
            continue
        left = median(gap.start - line.left for gap, line in at)
        right = median(line.right - gap.end for gap, line in at)
        if min(left, right) >= width * _MIN_COLUMN_WIDTH:
            return median(gap.end for gap, _ in at)
    return None


def _cut(line: Print, gap: Gap) -> tuple[Print, Print]:
    after = tuple(
        Gap(later.at - gap.at, later.start, later.end) for later in line.gaps if later.at > gap.at
    )
    before = tuple(earlier for earlier in line.gaps if earlier.at < gap.at)
    return (
        replace(line, text=line.text[: gap.at].rstrip(), right=gap.start, gaps=before),
        replace(line, text=line.text[gap.at :], left=gap.end, gaps=after),
    )


# Line numbers


def _beside_numbers(lines: list[Print]) -> list[Print]:
    """The lines with the numbers that count them taken beside them, where a page has such."""
    numbers = _counting(lines)
    texts: list[Print] = []
    lone: list[Print] = []
    for index, line in enumerate(lines):
        if index not in numbers:
            texts.append(line)
        elif line.text == numbers[index]:
            lone.append(line)
        else:
            texts.append(replace(_cut(line, line.gaps[0])[1], number=numbers[index]))
    order = sorted(range(len(texts)), key=lambda index: texts[index].baseline)
    heights = [texts[index].baseline for index in order]
    for number in lone:
        reach = number.height * _SAME_LINE
        first = bisect_left(heights, number.baseline - reach)
        last = bisect_right(heights, number.baseline + reach)
        beside = [index for index in order[first:last] if not texts[index].number]
        if beside:
            index = min(beside, key=lambda one: texts[one].left)
            texts[index] = replace(texts[index], number=number.text)
        else:  # an empty line; where it stands in the text is told by its height alone
            texts.append(replace(number, text="", number=number.text))
    return texts


def _counting(lines: Sequence[Print]) -> dict[int, str]:
    """Index of line -> the number on it, for those that stand above one another and count up."""
    found: dict[int, str] = {}
    run: list[tuple[int, str, float]] = []
    since = counted = 0  # lines from the run's first number on, and to its last

    def end_run(counted: int) -> None:
        if len(run) >= _MIN_NUMBERED_LINES and counted <= len(run) * _MAX_LINES_A_NUMBER:
            found.update((index, number) for index, number, _ in run)
        run.clear()

    for index in sorted(range(len(lines)), key=lambda index: -lines[index].baseline):
        line = lines[index]
        since += 1
        match = LEADING_NUMBER.match(line.text)
        if match is None or (match.end() < len(line.text) and not line.gaps):
            continue
        number = match["number"]
        right = line.gaps[0].start if match.end() < len(line.text) else line.right
        step = int(number) - int(run[-1][1]) if run else 0
        if run and 0 < step <= _MAX_STEP and abs(right - run[-1][2]) <= _NUMBER_COLUMN:
            run.append((index, number, right))
            counted = since
        elif int(number) == 1:
            end_run(counted)
            run.append((index, number, right))
            since = counted = 1
    end_run(counted)
    return found


def _top_down(lines: list[Print]) -> list[Print]:
    """The lines by height, if all but a few were drawn so; else in the order drawn.

    Headers, footers and empty numbered lines may be drawn first or last; columns of text that
    were drawn one after the other are not mixed.
    """
    runs: list[list[Print]] = []
    for line in lines:
        if runs and line.baseline <= runs[-1][-1].baseline + line.height * _SAME_LINE:
            runs[-1].append(line)
        else:
            runs.append([line])
    stray = sorted(len(run) for run in runs)[:-1]
    few = max(_MAX_STRAY_LINES, len(lines) * _STRAY_SHARE)
    numbered = any(line.number for line in lines)
    if sum(stray) > few and not numbered:
        return lines
    return sorted(lines, key=lambda line: -round(line.baseline))
