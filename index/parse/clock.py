"""Clocks as transcripts print them: "1:02:03.5", "(05:23)", "[00:00:01:02]", "-00:01:57", "9s"."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Up to four fields (days, hours, minutes, seconds, as mission logs count), with a fraction.
CLOCK = r"-?\d{1,3}(?::\d{2}){1,3}(?:[.,]\d{1,3})?"
_ANY = rf"(?:{CLOCK}|-?\d{{1,6}}(?:\.\d{{1,3}})?s)"
_TO = r"\s*(?:-->|[-–—→,]|to)\s*"
_BRACKETED = re.compile(
    rf"\\?[\[(]\s*(?P<start>{_ANY})(?:{_TO}(?P<end>{_ANY}))?\s*\\?[\])]|"
    rf"\[(?P<from>\d{{1,6}}(?:\.\d{{1,3}})?),\s*(?P<until>\d{{1,6}}(?:\.\d{{1,3}})?)\]"
)
_BARE = re.compile(rf"(?P<start>{CLOCK})(?:\s*(?:-->|[-–—→])\s*(?P<end>{CLOCK}))?(?=[\s:|]|$)")
_AFTER = re.compile(r"\s*(?:[-–—|]\s+|:\s*)?")
_TRAILING = re.compile(rf"(?:\s|(?<=\*))[-–—|@]?\s*\\?[\[(]?(?P<clock>{CLOCK})\\?[\])]?$")
# Each mark and time can be read in one way only, and is never read again (++): where a line could
# be cut into clocks in many ways, an hour would not try them all.
_STAMP = re.compile(
    r"#{0,6}+(?:[\[\](){}\s\\*_|,:–—→>-]|to\b|bis\b"
    r"|\d{1,3}(?::\d{2})++(?:[.,]\d{1,3}(?![\d:]))?+|\d{1,6}(?:\.\d{1,3})?s)++"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time read at the front of a text: seconds, the end if it is a span, where it stops."""

    seconds: float
    end_seconds: float | None
    stop: int
    bracketed: bool


def clock_seconds(clock: str) -> float:
    """Seconds of "1:02:03.5", "05:23", "-00:01:57", "01:00:00:02" (a day and 2 s) or "12.5s"."""
    sign = -1.0 if clock.startswith("-") else 1.0
    fields = [float(part) for part in clock.strip("-s").replace(",", ".").split(":")]
    seconds = 0.0
    for field, radix in zip(fields, (0, 24, 60, 60)[-len(fields) :], strict=True):
        seconds = seconds * radix + field
    return sign * seconds


def leading_clock(text: str, start: int = 0) -> Clock | None:
    """The time before a label or a paragraph; what parts it from the words is passed over."""
    match = _BRACKETED.match(text, start)
    if match is not None:
        first = match["start"] or match["from"]
        last = match["end"] or match["until"]
    else:
        match = _BARE.match(text, start)
        if match is None:
            return None
        first, last = match["start"], match["end"]
    after = _AFTER.match(text, match.end())
    stop = after.end() if after else match.end()
    end = clock_seconds(last) if last else None
    return Clock(clock_seconds(first), end, stop, text[start] in "[(\\")


def trailing_clock(text: str) -> tuple[str, float] | None:
    """("Anna Lind", 15.0) of "Anna Lind  0:15" and "**Anna Lind** [0:15]"; the text may be long."""
    match = _TRAILING.search(text)
    if match is None or not text[: match.start()].strip():
        return None
    return text[: match.start()], clock_seconds(match["clock"])


def only_clock(text: str) -> float | None:
    """The first time of a line that holds nothing but times; None for any other line."""
    if not is_only_clocks(text):
        return None
    first = re.search(_ANY, text)
    return clock_seconds(first.group()) if first else None


def is_only_clocks(text: str) -> bool:
    """Whether the text is times and the marks between them, at least one of them a clock."""
    return ":" in text and _STAMP.fullmatch(text) is not None and re.search(CLOCK, text) is not None
