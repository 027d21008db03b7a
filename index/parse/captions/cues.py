"""Timed cues of WebVTT, SRT and YouTube's .sbv, and what stands between them.

A file is read from one time line ("00:00:01.000 --> 00:00:04.000") to the next, not from blank
line to blank line: so cues with blank lines inside, or none between them, stay whole. The line
above a time line is that cue's name where a blank line parts it from the cue before, or where it
counts on from the name before. Cues are cut out one at a time, so that a file of 200 MB needs no
list of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_CLOCK = r"-?(?:\d{1,6}:){1,3}\d{1,3}(?:[.,] ?\d{1,9})?"
_TIMES = re.compile(rf"\s*(?P<start>{_CLOCK})\s*-->\s*(?P<end>{_CLOCK})?(?P<rest>[^\n]*)")
# Nearly all time lines, read without a detour: it pays in files of millions of cues.
_USUAL_CLOCK = r"(\d\d):(\d\d):(\d\d)[.,](\d\d\d)"
_USUAL_TIMES = re.compile(rf"{_USUAL_CLOCK} --> {_USUAL_CLOCK}(?=\n)", re.A)
_USUAL_CHARS = len("00:00:00.000 ")
_SBV_CLOCK = r"\d{1,6}:\d\d:\d\d\.\d{1,3}"
_SBV_TIMES = re.compile(rf"^(?P<start>{_SBV_CLOCK}),(?P<end>{_SBV_CLOCK})[ \t]*$", re.M)
_SBV_LOOK_CHARS = 2000
_SETTINGS = re.compile(r"(?:\s+[A-Za-z]\w*:[^\s:]+)*\s*")
# A time line with a slip in it; an arrow in speech has no clock beside it.
_FAILED_TIMES = re.compile(r"[^\n]{0,20}\d[:.,]\d[^\n]{0,20}-->|[^\n]{0,30}-->[^\n]{0,10}\d:\d")
_COMMENT = re.compile(r"NOTE(?=\s|$)|(?:STYLE|REGION)[ \t]*(?=\n|$)")
_MAX_NUMBER_DIGITS = 9


class Cue(NamedTuple):
    """`name` is the line above the times; `line` counts from 1 and is that of the times."""

    line: int
    name: str
    start_seconds: float | None
    end_seconds: float | None
    text: str


class Between(NamedTuple):
    """Text of no cue: `kind` is header, comment, times (that failed), before or after (all)."""

    line: int
    kind: str
    text: str


class _Times(NamedTuple):
    """A time line at text[start:stop]; `rest` is speech that was printed on it."""

    start: int
    stop: int
    start_seconds: float | None
    end_seconds: float | None
    rest: str


def read_cues(text: str) -> Iterator[Cue | Between]:
    """The cues of `text`, in its order, and what is between them. Line ends are "\\n" alone."""
    reader = _Reader(text)
    times: _Times | None = None
    name, number = "", ""
    for following in _time_lines(text):
        body_start = times.stop if times else 0
        body_stop, next_name = _part_name(text, body_start, following.start, number, bool(times))
        if times is None:
            yield from reader.before(body_stop, has_cues=True)
        else:
            yield from reader.cue(name, number, times, body_stop, is_last=False)
        times, name = following, next_name
        number = name if is_number(name) else _next(number)
    if times is None:
        yield from reader.before(len(text), has_cues=False)
    else:
        yield from reader.cue(name, number, times, len(text), is_last=True)


def is_number(name: str) -> bool:
    return name.isdecimal() and len(name) <= _MAX_NUMBER_DIGITS


def clock_seconds(clock: str) -> float:
    """Seconds of "1:02:03.5", "02:03,500" or "01:02:03:12", whose fourth field counts frames."""
    sign = -1 if clock.startswith("-") else 1
    total = 0.0
    for field in clock.lstrip("-").replace(",", ".").replace(" ", "").split(":")[:3]:
        total = total * 60 + float(field)
    return sign * round(total, 3)


def _next(number: str) -> str:
    return str(int(number) + 1) if number else ""


def _time_lines(text: str) -> Iterator[_Times]:
    arrow = text.find("-->")
    if arrow == -1 and _SBV_TIMES.search(text, 0, min(len(text), _SBV_LOOK_CHARS)):
        for match in _SBV_TIMES.finditer(text):
            start, end = clock_seconds(match["start"]), clock_seconds(match["end"])
            yield _Times(match.start(), match.end(), start, end, "")
    stop = 0
    while arrow != -1:
        start = text.rfind("\n", stop, arrow) + 1 or stop
        stop = text.find("\n", arrow)
        stop = len(text) if stop == -1 else stop
        usual = _USUAL_TIMES.match(text, start) if arrow - start == _USUAL_CHARS else None
        times = _TIMES.match(text, start, stop) if usual is None else None
        if usual is not None:
            h, m, s, ms, end_h, end_m, end_s, end_ms = map(int, usual.groups())
            yield _Times(
                start,
                stop,
                (h * 3600 + m * 60 + s) + ms / 1000,
                (end_h * 3600 + end_m * 60 + end_s) + end_ms / 1000,
                "",
            )
        elif times is not None:
            first, last = clock_seconds(times["start"]), times["end"]
            rest = "" if _SETTINGS.fullmatch(times["rest"]) else times["rest"].strip()
            yield _Times(start, stop, first, clock_seconds(last) if last else None, rest)
        elif _FAILED_TIMES.match(text, start, stop):
            yield _Times(start, stop, None, None, "")
        arrow = text.find("-->", stop)


def _part_name(text: str, start: int, stop: int, number: str, follows: bool) -> tuple[int, str]:
    """(where the text before the name stops, the name) of the cue whose times begin at `stop`."""
    above = text.rfind("\n", start, max(start, stop - 1)) + 1
    if above - 2 >= start and text[above - 2] == "\n" and not text[above].isspace():
        return above, text[above:stop].strip()  # as nearly all files have it
    body = text[start:stop]
    kept = body.rstrip()
    above = kept.rfind("\n") + 1
    last = kept[above:].strip()
    if not last or last.startswith("WEBVTT"):
        return stop, ""
    before = kept[: above - 1].rstrip(" \t") if above else ""
    # The first line below the times of another cue is what that cue says.
    is_apart = before.endswith("\n") or (not before and not follows)
    touches = body.count("\n", len(kept)) <= 1
    counts_on = bool(number) and is_number(last) and int(last) == int(number) + 1
    return (start + above, last) if counts_on or (is_apart and touches) else (stop, "")


class _Reader:
    """Cuts cues and comments out of one text, and counts its lines on the way."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_vtt = text.startswith("WEBVTT")
        self._line, self._counted = 1, 0

    def before(self, stop: int, *, has_cues: bool) -> Iterator[Cue | Between]:
        """What stands above the first cue, up to `stop`."""
        for start, block in self._blocks(0, stop):
            line = self._line_at(start)
            if self._is_vtt and start == 0:
                yield Between(line, "header", block)
            elif self._is_vtt and _COMMENT.match(block):
                yield Between(line, "comment", block)
            elif has_cues:
                yield Between(line, "before", block)
            else:  # a file without a single time line is speech all the same
                yield Cue(line, "", None, None, block)

    def cue(
        self, name: str, number: str, times: _Times, stop: int, *, is_last: bool
    ) -> Iterator[Cue | Between]:
        """The cue of these times, whose text ends at `stop`, and the comments below it."""
        line = self._line_at(times.start)
        if times.start_seconds is None:
            yield Between(line, "times", self._text[times.start : times.stop])
        body = self._text[times.stop : stop].strip()
        if "\n\n" not in body and not (self._is_vtt and _COMMENT.match(body)):
            spoken = f"{times.rest}\n{body}" if times.rest else body
            yield Cue(line, name, times.start_seconds, times.end_seconds, spoken)
            return
        said, other = [times.rest] if times.rest else [], []
        for start, block in self._blocks(times.stop, stop):
            first, _, rest = block.partition("\n")
            is_apart = start > times.stop + 1
            if self._is_vtt and is_apart and _COMMENT.match(block):
                other.append(Between(self._line_at(start), "comment", block))
            elif is_apart and number and first.strip() == _next(number):
                said.append(rest)  # a cue whose time line is missing
                number = first.strip()
            elif is_apart and is_last and said:
                other.append(Between(self._line_at(start), "after", block))
            else:
                said.append(block)
        yield Cue(line, name, times.start_seconds, times.end_seconds, "\n".join(said))
        yield from other

    def _blocks(self, start: int, stop: int) -> Iterator[tuple[int, str]]:
        """(offset, lines) of what empty lines part; a line of spaces parts nothing."""
        while start < stop:
            blank = self._text.find("\n\n", start, stop)
            end = stop if blank == -1 else blank
            block = self._text[start:end]
            if block.strip():
                lead = len(block) - len(block.lstrip())
                yield start + lead, block.strip()
            start = end + 1

    def _line_at(self, offset: int) -> int:
        self._line += self._text.count("\n", self._counted, offset)
        self._counted = offset
        return self._line
