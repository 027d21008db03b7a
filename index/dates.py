"""Dates as transcripts print them: in a line of their own, in a name, in five languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = {
    1: "january jan januar enero janvier января",
    2: "february feb februar febrero février fevrier февраля",
    3: "march mar märz maerz marzo mars марта",
    4: "april apr abril avril апреля",
    5: "may mai mayo мая",
    6: "june jun juni junio juin июня",
    7: "july jul juli julio juillet июля",
    8: "august aug agosto août aout августа",
    9: "september sep sept septiembre septembre сентября",
    10: "october oct oktober okt octubre octobre октября",
    11: "november nov noviembre novembre ноября",
    12: "december dec dezember dez diciembre décembre decembre декабря",
}
_MONTH_OF = {name: number for number, names in _MONTHS.items() for name in names.split()}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTH_OF, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"

_DATES = [
    re.compile(rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b", re.I),
    re.compile(rf"\b{_DAY}\s+(?:of\s+|de\s+)?{_MONTH},?\s+(?:de\s+|del\s+)?{_YEAR}\b", re.I),
    re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(r"(?P<year>(?:19|20)\d\d)年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
]
_HAS_YEAR = re.compile(r"(?:19|20)\d\d")
_NAME_DATE = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_.]?(?P<month>\d\d)[-_.]?(?P<day>\d\d)(?!\d)"
)

# What may stand beside a date in a date line and is neither place nor speech.
_BESIDE = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:date|published|recorded|held)\b\s*:?"
    r"|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|den)\b|\bгода?\b"
    r"|\b\d{1,2}[:.]\d{2}(?:\s*[ap]\.?m\.?)?(?:\s+[A-Z]{2,4})?\b",
    re.I,
)
_PLACE = re.compile(r"[^\W\d_][\w.'’ -]*(?:,\s*[^\W\d_][\w.'’ -]*)*", re.UNICODE)
_PLACE_PARTICLES = frozenset(
    "of the at in on upon de del la las los le du des da do di von van der den am an im bei "
    "sur".split()
)
_MAX_DATE_LINE_CHARS = 100
_MAX_PLACE_WORDS = 6


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that says when, and perhaps where: `date` is YYYY-MM-DD."""

    date: str
    place: str | None


def read_date_line(line: str) -> DateLine | None:
    """Read "October 10, 2025, Dushanbe" and its like; None where the line says more than that."""
    if len(line) > _MAX_DATE_LINE_CHARS or not _HAS_YEAR.search(line):
        return None
    for pattern in _DATES:
        match = pattern.search(line)
        iso = _iso(match) if match else None
        if match is None or iso is None:
            continue
        rest = _BESIDE.sub(" ", line[: match.start()] + " " + line[match.end() :])
        rest = re.sub(r"\s+", " ", rest).strip(" ,.;|/()[]*_#–—-")
        if not rest:
            return DateLine(iso, None)
        return DateLine(iso, rest) if _is_place(rest) else None
    return None


def find_date(text: str) -> str | None:
    """The first date that the text mentions, as YYYY-MM-DD."""
    found = (_iso(match) for pattern in _DATES if (match := pattern.search(text)))
    return next((date for date in found if date), None)


def _is_place(text: str) -> bool:
    """Whether all its words are names: "Frankfurt am Main", but not "We meet again on"."""
    words = text.split()
    lower = [word for word in words if word[0].islower() and word not in _PLACE_PARTICLES]
    names_around = words[0][0].isupper() and words[-1].casefold() not in _PLACE_PARTICLES
    named = names_around and not lower and len(words) <= _MAX_PLACE_WORDS
    return named and _PLACE.fullmatch(text) is not None


def date_in_name(name: str) -> str | None:
    """The date in a file's name such as `dushanbe-2025-10-10.txt`, as YYYY-MM-DD."""
    match = _NAME_DATE.search(name)
    return _iso(match) if match else None


def _iso(match: re.Match[str]) -> str | None:
    month = match["month"].lower()
    try:
        number = int(month) if month.isdigit() else _MONTH_OF[month]
        return date(int(match["year"]), number, int(match["day"])).isoformat()
    except ValueError:
        return None  # "2025-13-45" is no date


def is_day(text: str) -> bool:
    """Whether `text` is a day written YYYY-MM-DD, as transcripts and filters have it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
