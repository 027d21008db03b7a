"""Words with times -> text; rows of a transcript -> pieces of speech with seconds.

Engines give words one by one, with punctuation attached, apart, or between blanks of its own.
Here they become text as a person would write it, cut at the ends of sentences, at pauses and
where the speaker changes, so that each sentence keeps its time. Where the file has the text too,
the text stands and the words only time it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from ...sentences import ends_sentence
from ...types import TimeMark
from ..speech import Speech

# A pause that parts two sentences even where no full stop does.
_PAUSE_SECONDS = 3.0
# Unpunctuated words are cut after so much, so that no time is far from its words.
_CUT_CHARS = 200
_MAX_MARK_CHARS = 3
# An entry and its first word begin so near to each other, or one of them is counted otherwise.
_SAME_START_SECONDS = 5.0
# A word is looked for in its text this far on; what an engine wrote otherwise is passed over.
_LOOK_AHEAD_CHARS = 60
# A word this near to a range of one speaker, in a gap between two, belongs to it.
_NEAR_SECONDS = 1.0
# Nobody speaks less than a letter in twenty seconds: such whole numbers are milliseconds.
_MIN_CHARS_PER_SECOND = 0.05
_MAX_RECORDING_SECONDS = 1e7
# Times that all lie after 1990, as Unix seconds, milliseconds or microseconds, are moments of the
# calendar, not of a recording.
_FIRST_MOMENT = 631_152_000
_CALENDAR_UNITS = (1e-6, 1e-3, 1.0)
# The share of the words that the text must hold to stand in their place.
_MIN_TEXT_SHARE = 0.7

_INNER_STOP = re.compile(r"[.!?…。！？｡।۔؟։:]\W*\w")
_STOPS = frozenset(".!?…。！？｡।۔؟։:\"'”’»」』）)")
_CLOSING = frozenset(".,!?;:…%)]}»”’、。，！？；：｡।۔؟،؛։）」』】")
_OPENING = frozenset("([{«“¿¡（「『【")


class Word(NamedTuple):
    """One word or mark. `glue`: "<" stands at the word before, ">" at the next, "=" as it is."""

    text: str
    start: float | None
    end: float | None
    label: str | None
    glue: str = ""


class Range(NamedTuple):
    """The time during which one speaker spoke; no end: until the next."""

    start: float
    end: float | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a transcript: its text, its words with their times, or both.

    Times may be plain, as fields.py has them, those of the row and those of its words apart.
    """

    label: str | None
    text: str
    start: float | None = None
    end: float | None = None
    plain: bool = False
    words: tuple[Word, ...] = ()
    words_plain: bool = False
    channel: str | None = None
    day: str | None = None

    @property
    def chars(self) -> int:
        return len(self.text) or sum(len(word.text) + 1 for word in self.words)

    @property
    def is_labelled(self) -> bool:
        return self.label is not None or any(word.label is not None for word in self.words)

    @property
    def is_timed(self) -> bool:
        return self.start is not None or any(word.start is not None for word in self.words)


def speech_of(rows: Iterable[Row]) -> Iterator[Speech]:
    """The pieces of all rows, in seconds, in the order of time where channels interleave."""
    pieces = [(row.channel, piece) for row in _clocked(list(rows)) for piece in _pieces(row)]
    if len({channel for channel, _ in pieces}) > 1 and all(
        piece.start_seconds is not None for _, piece in pieces
    ):
        pieces.sort(key=lambda each: each[1].start_seconds or 0.0)
    return (piece for _, piece in pieces)


def labelled_by_time(rows: list[Row], ranges: list[Range]) -> list[Row]:
    """The rows, their words parted among the speakers of `ranges`."""
    timeline = _Timeline(ranges)
    found = []
    for row in rows:
        if any(word.start is not None for word in row.words):
            words = tuple(
                word._replace(label=timeline.speaker(word.start, word.end))
                if word.start is not None
                else word
                for word in row.words
            )
            found.append(replace(row, text="", words=words))
        elif row.start is not None:
            found.append(replace(row, label=timeline.speaker(row.start, row.end)))
        else:
            found.append(row)
    return found


class _Timeline:
    """Who speaks at a time; of two at once, the one who began last."""

    def __init__(self, ranges: list[Range]) -> None:
        self._ranges = sorted(ranges, key=lambda each: each.start)
        self._starts = [each.start for each in self._ranges]
        # Of the ranges up to each, the one that lasts longest: others may lie within it.
        ends = [each.start if each.end is None else each.end for each in self._ranges]
        self._lasting: list[int] = []
        for index, end in enumerate(ends):
            longest = self._lasting[-1] if index else index
            self._lasting.append(longest if ends[longest] > end else index)

    def speaker(self, start: float, end: float | None) -> str | None:
        middle = (start + end) / 2 if end is not None and end > start else start
        last = bisect_right(self._starts, middle) - 1
        near = [index for index in (last + 1, last) if 0 <= index < len(self._ranges)]
        if last >= 0:
            near.append(self._lasting[last])
        gap, index = min((self._gap(index, middle), -index) for index in near)
        return self._ranges[-index].label if gap <= _NEAR_SECONDS else None

    def _gap(self, index: int, middle: float) -> float:
        start, end, _ = self._ranges[index]
        if middle < start:
            return start - middle
        return 0.0 if end is None else max(0.0, middle - end)


# Units


class _Clock(NamedTuple):
    """How plain times become seconds: first less `origin`, then times `scale`."""

    scale: float = 1.0
    origin: float = 0.0


_SECONDS = _Clock()


def _clocked(rows: list[Row]) -> Iterator[Row]:
    """The rows, all times in seconds of the recording."""
    own = _clock([(row.chars, row.start, row.end) for row in rows if row.plain])
    of_words = _clock(
        [
            (len(word.text), word.start, word.end)
            for row in rows
            if row.words_plain
            for word in row.words
        ]
    )
    for row in rows:
        if row.plain and own != _SECONDS:
            row = replace(row, start=_read(own, row.start), end=_read(own, row.end))
        if row.words_plain and of_words != _SECONDS:
            words = tuple(
                word._replace(start=_read(of_words, word.start), end=_read(of_words, word.end))
                for word in row.words
            )
            row = replace(row, words=words)
        yield row


def _clock(spans: list[tuple[int, float | None, float | None]]) -> _Clock | None:
    """The unit, by how fast people speak. Moments of the calendar are counted from the first if
    they have ends, as recordings do; messages have none, and no seconds."""
    starts = [start for _, start, _ in spans if start is not None]
    if not starts:
        return _SECONDS
    first, last = min(starts), max(starts)
    unit = next((unit for unit in _CALENDAR_UNITS if first * unit >= _FIRST_MOMENT), None)
    if unit is not None:
        have_ends = all(end is not None for _, start, end in spans if start is not None)
        is_recording = have_ends and (last - first) * unit <= _MAX_RECORDING_SECONDS
        return _Clock(unit, first) if is_recording else None
    scale = 1.0
    if all(start.is_integer() for start in starts):
        timed = [
            (chars, end - start)
            for chars, start, end in spans
            if start is not None and end is not None and end > start
        ]
        chars, length = sum(each[0] for each in timed), sum(each[1] for each in timed)
        if not timed:
            chars, length = sum(each[0] for each in spans), last - first
        while length and chars / (length * scale) < _MIN_CHARS_PER_SECOND and scale > 1e-9:
            scale /= 1000
    return _Clock(scale) if max(-first, last) * scale <= _MAX_RECORDING_SECONDS else None


def _read(clock: _Clock | None, value: float | None) -> float | None:
    if clock is None or value is None:
        return None
    return round((value - clock.origin) * clock.scale, 6)


# Text


def _pieces(row: Row) -> Iterator[Speech]:
    words_chars = sum(len(word.text.strip()) + 1 for word in row.words)
    has_labels = row.label is None and any(word.label is not None for word in row.words)
    if row.words and (has_labels or len(row.text) < _MIN_TEXT_SHARE * words_chars):
        yield from _pieces_of_words(row)
        return
    text = row.text.strip()
    if not text:
        return
    timed = next((word.start for word in row.words if word.start is not None), row.start)
    if row.start is not None and timed is not None and abs(timed - row.start) > _SAME_START_SECONDS:
        row = replace(row, words=())  # counted from elsewhere, such as the entry's own start
    is_short = len(text) < _CUT_CHARS and not row.channel and not _INNER_STOP.search(text)
    marks, ends = ([], []) if is_short else _marks(text, row.words)
    start, end = row.start, row.end
    start = timed if start is None else start
    if end is None:
        end = next((word.end for word in reversed(row.words) if word.end is not None), None)
    end = end if end is not None and start is not None and end >= start else None
    if (row.label and not row.channel) or len(marks) < 2:
        yield Speech(row.label, text, start, end, tuple(marks) if len(marks) > 1 else ())
        return
    # Others may speak between the sentences of a channel, and unlabelled ones make paragraphs.
    stops = [*(mark.offset for mark in marks[1:]), len(text)]
    for mark, stop, until in zip(marks, stops, [*ends[1:], end], strict=True):
        yield Speech(row.label, text[mark.offset : stop].strip(), mark.seconds, until)


def _marks(text: str, words: tuple[Word, ...]) -> tuple[list[TimeMark], list[float | None]]:
    """The times of the sentences of `text`, by the words that open them, and when the word
    before each ended."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = text
    marks: list[TimeMark] = []
    ends: list[float | None] = []
    cursor, last_end = 0, None
    for word in words:
        bare = word.text.strip().lower()
        at = lower.find(bare, cursor, cursor + len(bare) + _LOOK_AHEAD_CHARS) if bare else -1
        if at < 0:
            continue
        cursor = at + len(bare)
        if word.start is None:
            continue
        before = text[max(0, at - 8) : at].rstrip()
        if (
            not marks
            or (last_end is not None and word.start - last_end >= _PAUSE_SECONDS)
            or (before and before[-1] in _STOPS and ends_sentence(before))
            or at - marks[-1].offset >= _CUT_CHARS
        ):
            marks.append(TimeMark(at if marks else 0, word.start))
            ends.append(last_end)
        last_end = word.end
    return marks, ends


def _pieces_of_words(row: Row) -> Iterator[Speech]:
    words = [word for word in row.words if word.text]
    exact = _is_spaced(words)
    parts: list[str] = []
    chars, glued = 0, True
    label, start, end = row.label, None, None

    def piece() -> Iterator[Speech]:
        text = "".join(parts).strip()
        if text:
            last = end if end is not None and start is not None and end >= start else None
            yield Speech(label, text, start, last)

    for word in words:
        glue = word.glue or _glue(word.text)
        continues = bool(parts) and (glue == "<" or not word.text.strip())
        speaker = word.label if word.label is not None or word.start is not None else label
        speaker = speaker if row.label is None else row.label
        pause = end is not None and word.start is not None and word.start - end >= _PAUSE_SECONDS
        opens = label is None and start is None and chars <= _MAX_MARK_CHARS  # a quotation
        if not (continues or opens) and (
            speaker != label or pause or chars >= _CUT_CHARS or _has_ended(parts)
        ):
            yield from piece()
            parts, chars, glued, start, end = [], 0, True, None, None
        if not continues:
            label = speaker
        gap = not (glued or exact or glue in ("<", "=")) and _needs_space(parts[-1], word.text)
        parts.append(" " + word.text if gap else word.text)
        chars += len(parts[-1])
        glued = glue in (">", "=") or word.text[-1].isspace()
        start = word.start if start is None else start
        if word.end is not None and word.text.strip():
            end = word.end
    yield from piece()


def _is_spaced(words: list[Word]) -> bool:
    """Whether the words bring their blanks along, as Whisper's " word" does."""
    return 2 * sum(word.text[0].isspace() for word in words if word.text.strip()) >= len(words) > 1


def _glue(text: str) -> str:
    if text[0] in _CLOSING and all(char in _CLOSING for char in text):
        return "<"
    return ">" if text[-1] in _OPENING and all(char in _OPENING for char in text) else ""


def _has_ended(parts: list[str]) -> bool:
    last = next((part for part in reversed(parts[-3:]) if part.strip()), "").rstrip()
    return bool(last) and last[-1] in _STOPS and ends_sentence(last)


def _needs_space(before: str, after: str) -> bool:
    return not (before[-1].isspace() or after[0].isspace()) and not (
        _is_unspaced(before[-1]) and _is_unspaced(after[0])
    )


def _is_unspaced(char: str) -> bool:
    """Whether the script (Thai to Khmer, kana, Chinese) writes its words without spaces."""
    return (
        "\u0e00" <= char <= "\u0eff"
        or "\u1000" <= char <= "\u109f"
        or "\u1780" <= char <= "\u17ff"
        or "\u3000" <= char <= "\u30ff"
        or "\u3400" <= char <= "\u9fff"
        or "\uf900" <= char <= "\ufaff"
        or "\uff00" <= char <= "\uff60"
        or char >= "\U00020000"
    )
