"""Which column of a table says what: by its name in several languages, else by what it holds.

A name alone is not believed: "line" may hold numbers or speech, "timestamp" clocks or dates. So
a column is taken for its name only where most of its cells fit. Of several that fit, the first in
the lists of column_names.py is taken. A table without a head is read by its cells: speech is the
column of most words, the speaker a column of few short names that recur.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from ...dates import find_date
from ..captions.cues import clock_seconds
from ..clock import clock_seconds as mission_seconds
from ..names import looks_like_name
from .column_names import (
    DATE,
    DURATION,
    END,
    FAMILY_NAME,
    GIVEN_NAME,
    SPEAKER,
    SPEECH,
    START,
    TITLE,
    Kind,
    name_of,
)

# Columns so named hold speech even if it is but a word to a cell.
_TERSE_SPEECH = frozenset("text utterance speech transcript dialogue".split())
_NUMBERED_SPEAKERS = frozenset("speaker spk speakerid channel role".split())
_MILLISECONDS = re.compile(r"\b(?:ms|msec|msecs|millis|milliseconds?)\b")
_CLOCK = re.compile(r"-?\d{1,6}(?::\d{1,2}){1,3}(?:[.,]\d{1,9})?", re.A)
_NUMBER = re.compile(r"(-?\d{1,12}(?:[.,]\d{1,12})?)s?", re.A)
_NUMERIC_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)(?!\d)", re.A)
_EMPTY = frozenset(["", "NA", "N/A", "NaN", "nan", "NULL", "\\N", "<NA>"])
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

_FIT_SHARE = 0.8
_LETTERS_SHARE = 0.5
_MIN_SPEECH_WORDS = 1.2
_MIN_FOUND_WORDS = 2.5
_CHARS_OF_UNSPACED_WORD = 2
_MAX_NAME_CHARS = 60
_MAX_HEAD_CHARS = 60
_HEAD_WITHIN_ROWS = 20
# Speech has 3 to 40 characters a second; with less than this to a unit of time, it is milliseconds.
_MIN_CHARS_A_SECOND = 0.3
_MAX_FRAMES = 30
# More than this is no time of a recording but a moment of the calendar.
_MAX_NUMBER = 1e9
_MAX_DATE_CHARS = 60


# Whether the cells of a column, under its name, are of a kind.
Fits: TypeAlias = "Callable[[Sequence[str], str], bool]"


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the columns, from 0; `speaker` has two where given and family name stand apart.

    `seconds` reads a cell of `start`, `end` and `duration`.
    """

    speech: int
    speaker: tuple[int, ...]
    start: int | None
    end: int | None
    duration: int | None
    date: int | None
    title: int | None
    other_speech: tuple[int, ...]
    seconds: Callable[[str], float | None]


def is_empty(cell: str) -> bool:
    return cell.strip() in _EMPTY


def find_head(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns; None where none does."""
    for index, row in enumerate(rows[:_HEAD_WITHIN_ROWS]):
        known = [place for place, cell in enumerate(row) if _is_known(name_of(cell))]
        # Below others, a lone word may be a label or a remark: "Witness", "Text".
        if len(known) > min(index, 1) and all(map(_may_be_head, row)):
            below = rows[index + 1 :]
            if not any(
                cells[place : place + 1] == [row[place]] for place in known for cells in below
            ):
                return index
    return 0 if rows and _is_unlike_the_rest(rows) else None


def choose_columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Columns | None:
    """The columns of a table of which `rows` are a sample; `head` is empty where it has none.

    None if no column holds speech.
    """
    chooser = _Chooser(head, rows)
    speech = chooser.pick(SPEECH, _is_speech)
    if speech is None:
        speech = chooser.wordiest()
    if speech is None:
        speech = chooser.pick(SPEECH, _has_letters)
    if speech is None:
        return None
    others = tuple(chooser.all_of(SPEECH, _is_speech))
    date = chooser.pick(DATE, _is_date)
    speaker = chooser.speaker()
    start, end = chooser.pick(START, _is_time), chooser.pick(END, _is_time)
    if not head:
        speaker = chooser.nearest_names(speech)
        start, end = chooser.times()
    return Columns(
        speech=speech,
        speaker=speaker,
        start=start,
        end=end,
        duration=chooser.pick(DURATION, _is_time),
        date=date,
        title=chooser.pick(TITLE, _is_constant),
        other_speech=others,
        seconds=chooser.seconds_reader(speech, start, end),
    )


class _Chooser:
    """A sample of a table, column by column; a column is taken once."""

    def __init__(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self._names = [name_of(cell) for cell in head]
        # A row longer than the head has the delimiter in its speech.
        width = len(head) or max(map(len, rows), default=0)
        self._cells = [
            [row[place].strip() for row in rows if place < len(row) and not is_empty(row[place])]
            for place in range(width)
        ]
        self._taken: set[int] = set()

    def all_of(self, kind: Kind, fits: Fits) -> list[int]:
        """The free columns of a kind whose cells fit, the most telling name first."""
        ranked = sorted(
            (rank, place)
            for place, name in enumerate(self._names)
            if place not in self._taken and (rank := kind.rank(name))
        )
        return [place for _, place in ranked if fits(self._cells[place], self._names[place])]

    def pick(self, kind: Kind, fits: Fits) -> int | None:
        place = next(iter(self.all_of(kind, fits)), None)
        if place is not None:
            self._taken.add(place)
        return place

    def speaker(self) -> tuple[int, ...]:
        given, family = self.pick(GIVEN_NAME, _is_label), self.pick(FAMILY_NAME, _is_label)
        if given is not None and family is not None:
            return given, family
        place = self.pick(SPEAKER, _is_label)
        found = [each for each in (place, given, family) if each is not None]
        return tuple(found[:1])

    def wordiest(self) -> int | None:
        """The column of most words to a cell, if it has as many as speech."""
        words = {
            place: _mean_words(cells)
            for place, cells in enumerate(self._cells)
            if _is_speech(cells, "") and not _is_date(cells, "")
        }
        best = max(words, key=lambda place: words[place], default=None)
        if best is None or (words[best] < _MIN_FOUND_WORDS and len(self._cells) > 1):
            return None
        self._taken.add(best)
        return best

    def nearest_names(self, speech: int) -> tuple[int, ...]:
        """The column of few names that recur, nearest to the speech; initials and codes last."""
        found = [
            place
            for place, cells in enumerate(self._cells)
            if place not in self._taken
            and _is_label(cells, "")
            and _share(cells, looks_like_name) >= _FIT_SHARE
            and (len(set(cells)) < len(cells) or not any(map(str.isdecimal, "".join(cells))))
        ]
        found.sort(key=lambda place: (_mean_chars(self._cells[place]) < 2, abs(speech - place)))
        self._taken.update(found[:1])
        return tuple(found[:1])

    def times(self) -> tuple[int | None, int | None]:
        """Start and end in a table without names: clocks or numbers that never go back."""
        found = [
            place
            for place, cells in enumerate(self._cells)
            if place not in self._taken
            and _is_time(cells, "")
            and _rises([_seconds(cell) or 0.0 for cell in cells])
            and any(":" in cell or "." in cell for cell in cells)  # else it numbers the rows
        ]
        self._taken.update(found[:2])
        return (found[0] if found else None), (found[1] if len(found) > 1 else None)

    def seconds_reader(
        self, speech: int, start: int | None, end: int | None
    ) -> Callable[[str], float | None]:
        """How this table writes times: units, and what a clock's fourth field is."""
        if start is None:
            return _seconds
        cells, name = self._cells[start], self._names[start] if self._names else ""
        frames = [cell.rsplit(":", 1)[1] for cell in cells if cell.count(":") == 3]
        if any(float(field.replace(",", ".")) >= _MAX_FRAMES for field in frames):
            return _seconds_of_days
        if _MILLISECONDS.search(name) or self._counts_milliseconds(speech, cells, end):
            return _seconds_of_milliseconds
        return _seconds

    def _counts_milliseconds(self, speech: int, starts: list[str], end: int | None) -> bool:
        times = [_seconds(cell) for cell in starts if cell.isdecimal()]
        ends = [_seconds(cell) for cell in self._cells[end]] if end is not None else times[1:]
        if len(times) < len(starts):
            return False
        spans = [
            last - first
            for first, last in zip(times, ends, strict=False)
            if first is not None and last is not None
        ]
        chars = sum(len(cell) for cell in self._cells[speech][: len(spans)])
        return sum(spans) > 0 and chars / sum(spans) < _MIN_CHARS_A_SECOND


def _is_known(name: str) -> bool:
    return SPEECH.rank(name) > 0 or SPEAKER.rank(name) > 0


def _may_be_head(cell: str) -> bool:
    is_said = cell.rstrip().endswith((".", "!", "?", "…")) and not _is_known(name_of(cell))
    return len(cell) <= _MAX_HEAD_CHARS and not is_said and _seconds(cell) is None


def _is_unlike_the_rest(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row has words where the others have numbers or times."""
    first, rest = rows[0], rows[1:]
    return any(
        cell.strip() and _seconds(cell) is None and len(below) > 1 and _is_time(below, "")
        for place, cell in enumerate(first)
        if (below := [row[place] for row in rest if place < len(row) and not is_empty(row[place])])
    )


def _is_speech(cells: Sequence[str], name: str) -> bool:
    letters = _share(cells, lambda cell: any(map(str.isalpha, cell)))
    urls = _share(cells, lambda cell: "://" in cell and " " not in cell)
    is_wordy = _mean_words(cells) >= _MIN_SPEECH_WORDS or name in _TERSE_SPEECH
    return letters >= _LETTERS_SHARE and urls < 1 - _FIT_SHARE and is_wordy


def _has_letters(cells: Sequence[str], name: str) -> bool:
    return any(map(str.isalpha, "".join(cells)))


def _is_label(cells: Sequence[str], name: str) -> bool:
    numbers = _share(cells, lambda cell: _seconds(cell) is not None)
    if numbers > 1 - _FIT_SHARE and not frozenset(name.split()) & _NUMBERED_SPEAKERS:
        return False
    return bool(cells) and _share(cells, _may_be_label) >= _FIT_SHARE


def _may_be_label(cell: str) -> bool:
    return len(cell) <= _MAX_NAME_CHARS and ":" not in cell.rstrip(":") and "\n" not in cell


def _is_time(cells: Sequence[str], name: str) -> bool:
    return bool(cells) and _share(cells, lambda cell: _seconds(cell) is not None) >= _FIT_SHARE


def _is_date(cells: Sequence[str], name: str) -> bool:
    return bool(cells) and _share(cells, _may_be_date) >= _FIT_SHARE


def _may_be_date(cell: str) -> bool:
    return len(cell) <= _MAX_DATE_CHARS and (
        find_date(cell) is not None or _NUMERIC_DATE.match(cell) is not None
    )


def _is_constant(cells: Sequence[str], name: str) -> bool:
    return len(set(cells)) == 1 and any(char.isalpha() for char in cells[0])


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _mean_chars(cells: Sequence[str]) -> float:
    return sum(map(len, cells)) / len(cells) if cells else 0.0


def _mean_words(cells: Sequence[str]) -> float:
    """Words to a cell; in scripts without spaces, a word is taken to be two characters."""
    words = sum(
        len(cell.split()) + len(_UNSPACED.findall(cell)) / _CHARS_OF_UNSPACED_WORD for cell in cells
    )
    return words / len(cells) if cells else 0.0


def _rises(numbers: Sequence[float]) -> bool:
    falls = sum(after < before for before, after in pairwise(numbers))
    return falls <= (1 - _FIT_SHARE) * len(numbers)


def _seconds(cell: str) -> float | None:
    """Seconds of "01:02:03.5", "01:02:03:12" (the last are frames), "12.5" or "12.5s"."""
    cell = cell.strip("[]() ")
    if _CLOCK.fullmatch(cell):
        return clock_seconds(cell)
    number = _NUMBER.fullmatch(cell)
    seconds = float(number[1].replace(",", ".")) if number else None
    return seconds if seconds is not None and abs(seconds) < _MAX_NUMBER else None


def _seconds_of_milliseconds(cell: str) -> float | None:
    seconds = _seconds(cell)
    return seconds if seconds is None or ":" in cell else round(seconds / 1000, 3)


def _seconds_of_days(cell: str) -> float | None:
    seconds = _seconds(cell)
    return mission_seconds(cell.strip("[]() ")) if seconds is not None and ":" in cell else seconds


def one_date(cells: Collection[str]) -> str | None:
    """The day that all the cells name, YYYY-MM-DD; None if they name several or it isn't clear.

    "3/4/2020" is clear only beside a day above 12 in the same place.
    """
    numeric = [match for cell in cells if (match := _NUMERIC_DATE.match(cell))]
    is_day_first = any(int(match[1]) > 12 or match[2] == "." for match in numeric)
    is_month_first = any(int(match[3]) > 12 for match in numeric)
    days: set[str | None] = set()
    for cell in cells:
        match = _NUMERIC_DATE.match(cell)
        if match is None:
            days.add(find_date(cell))
        elif is_day_first != is_month_first:
            day, month = (match[1], match[3]) if is_day_first else (match[3], match[1])
            days.add(find_date(f"{int(match[4]) % 2000 + 2000}-{month:0>2}-{day:0>2}"))
        else:
            days.add(None)
    return days.pop() if len(days) == 1 else None
