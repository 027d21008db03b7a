"""The dates, times and ranks that a sentence tells: "November 12", "last year", "the third"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..wording.values import MONTHS, MONTHS_OR_SHORT
from .figure import Figure, Key, Today

_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth "
        "twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth "
        "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first".split(),
        1,
    )
}
_MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(MONTHS.split("|"), 1)}
_MONTH_NUMBERS |= {name[:3]: number for name, number in _MONTH_NUMBERS.items()}
_MONTH_NUMBERS["sept"] = 9
_MONTH = rf"(?:{MONTHS_OR_SHORT})\b\.?"
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})"
_DATE = re.compile(
    rf"\b(?P<iso>(?:19|20)\d\d-\d\d-\d\d)\b"
    rf"|\b(?P<month>{_MONTH})\s+(?:the\s+)?(?P<day>{_DAY})\b(?!\s*(?:million|billion|%))"
    rf"(?:,?\s+(?P<year>(?:19|20)\d\d))?"
    rf"|\b(?P<day2>{_DAY})\s+(?:of\s+)?(?P<month2>{_MONTH})(?:,?\s+(?P<year2>(?:19|20)\d\d))?"
    rf"|\b(?P<month3>{_MONTH})(?:,?\s+(?:of\s+)?(?P<year3>(?:19|20)\d\d))?(?=\W|$)",
    re.IGNORECASE,
)
_CAPITAL_MONTH = re.compile(r"[A-Z]")
_YEAR = re.compile(
    r"\b(?:19|20)\d\d\b(?![.,]?\d)(?!\s*(?:%|per\s?cent|km\b|kilo|met|mil|bil|tril))"
)
# "2017-18" is the year that begins in 2017.
_TO_NEXT = re.compile(r"[-–/](\d\d)\b(?![-–/]\d)")
_RELATIVE = re.compile(
    r"\b(?P<which>last|previous|preceding|this|current|next|coming|following)\s+"
    r"(?P<what>year|month|week|quarter|decade|century|summer|autumn|fall|winter|spring)\b"
    r"|\b(?P<before>the\s+year\s+before|a\s+year\s+(?:ago|earlier|before))\b",
    re.IGNORECASE,
)
_WHICH = {"previous": "last", "preceding": "last", "current": "this", "coming": "next",
          "following": "next"}  # fmt: skip
_NAMED_TIME = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|spring|summer|autumn|winter|"
    r"tomorrow|yesterday|noon|midnight)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    rf"\b(?:{'|'.join(sorted(_ORDINALS, key=len, reverse=True))}|\d{{1,2}}(?:st|nd|rd|th))\b"
    r"(?!\s+(?:of all|thing|place)\b)|\bQ(?P<q>[1-4])\b",
    re.IGNORECASE,
)


def dates(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _DATE.finditer(text):
        if match["iso"]:
            at = [int(part) for part in match["iso"].split("-")]
            yield Figure(*match.span(), frozenset({("date", at[0], at[1], at[2])}))
            continue
        name = match["month"] or match["month2"] or match["month3"]
        if not _CAPITAL_MONTH.match(name):
            continue
        word = match["day"] or match["day2"]
        if word is None and name.lower() in ("may", "mar", "march") and not match["year3"]:
            before = text[max(0, match.start() - 9) : match.start()].lower()
            if not re.search(r"\b(?:in|of|by|since|until|last|next|this|early|late|mid|and)[ -]$",
                             before):  # fmt: skip
                continue  # "May I ask", "March on"
        day = _day(word) if word else None
        given = match["year"] or match["year2"] or match["year3"]
        year = int(given) if given else None
        month = _MONTH_NUMBERS[name.lower().rstrip(".")]
        keys = {("date", year, month, day)}
        which = re.search(r"\b(last|next)\s+$", text[: match.start()], re.IGNORECASE)
        if today and year is None and (near := _near_year(today, month, which)):
            keys.add(("date", near, month, day))
        yield Figure(*match.span(), frozenset(keys))


def _near_year(today: Today, month: int, which: re.Match[str] | None) -> int | None:
    """The year of a month told without one: of the next, the "last", else of one still to come in
    the year of speaking."""
    year, now = today
    if which and which[1].lower() == "next":
        return year if month > now else year + 1
    if which:
        return year if month < now else year - 1
    return year if month >= now else None


def _day(word: str) -> int:
    return _ORDINALS.get(word.lower()) or int(re.sub(r"\D", "", word))


def relatives(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _RELATIVE.finditer(text):
        if match["before"]:
            which, what = "last", "year"
        else:
            which, what = match["which"].lower(), match["what"].lower()
        which = _WHICH.get(which, which)
        keys: set[Key] = {("relative", f"{which} {what}", None, None)}
        if today and what == "year":
            shift = {"last": -1, "this": 0, "next": 1}[which]
            keys.add(("date", today[0] + shift, None, None))
        yield Figure(*match.span(), frozenset(keys))


def years(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _YEAR.finditer(text):
        before = text[max(0, match.start() - 2) : match.start()]
        if not re.search(r"[$€£¥₽₸₹\d.,]\s?$", before) or before.endswith(", "):
            year = int(match[0])
            turn = _TO_NEXT.match(text, match.end())
            end = turn.end() if turn and int(turn[1]) == (year + 1) % 100 else match.end()
            yield Figure(match.start(), end, frozenset({("date", year, None, None)}))


def named_times(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _NAMED_TIME.finditer(text):
        yield Figure(*match.span(), frozenset({("time", match[0].lower(), None, None)}))


def ordinals(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _ORDINAL.finditer(text):
        behind = re.search(r"\b(?:the|a)\s+$", text[: match.start()][-6:], re.IGNORECASE)
        if not behind and (match[0].lower() == "first" or re.match(r"\s*,", text[match.end() :])):
            continue  # of a list of reasons
        if match[0].lower() == "second" and re.search(r"\ba\s+$", text[: match.start()][-4:]):
            continue  # of time
        number = int(match["q"]) if match["q"] else _day(match[0])
        yield Figure(*match.span(), frozenset({("ordinal", number, None, None)}))
