"""When what a question asks for was said: its dates as a range of days.

A date in a question says either when something was said or what it was about. The rule:

- it says when where it stands with a word for a transcript ("the March meeting", "in
  the interview of 2019"), opens the question ("In 2019, what did ..."), or stands at the verb of
  saying ("say in 2019 about", "was said in May");
- so it does where the question is for words and a day, a month of a year or "since" a month closes
  it ("What did X say about gas in October 2025?"); a year or a month alone ("about trade in 2018",
  "remote work since 2012") is often of what was talked about;
- else it is of what was talked about: "What happened in 1812?", "the 2018 target".

A range in which no transcript lies is none: nothing is hidden by a date that is no transcript's.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d%]|[.,]\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = [
    re.compile(rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)\b"),
    re.compile(rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+{_DAY}\b(?:,?\s+{_YEAR})?", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}(?:,?\s+(?:of\s+)?{_YEAR})?", re.IGNORECASE),
    re.compile(rf"\b{_YEAR}", re.IGNORECASE),
    re.compile(r"\b(?P<which>last|the previous|the latest|the most recent)\s+"
               r"(?P<unit>year|month|week|meeting|session|transcript)\b", re.IGNORECASE),
]  # fmt: skip
_NOUN = (
    r"(?:meetings?|interviews?|episodes?|sessions?|hearings?|transcripts?|briefings?|calls?|"
    r"podcasts?|conferences?|gaggles?|debates?|shows?|speech(?:es)?|conversations?|recordings?|"
    r"sittings?|talks?|press conference|news conference)"
)
_SAYING = (
    r"(?:sa(?:y|id|ys)|mention(?:ed)?|discuss(?:ed)?|talk(?:ed)?|speak|spoke|tell|told|announced?|"
    r"ask(?:ed)?|explain(?:ed)?|think|decid(?:e|ed)|promised?|claim(?:ed)?|reply|replied|"
    r"answer(?:ed)?|quoted|recorded|held|meet|met)"
)
_BEFORE_DATE = re.compile(
    r"\b(?P<how>in|on|of|from|during|since|after|before|until|till|up to|by|between|dated|at|and"
    r"|to)(?:\s+the)?(?:\s+(?:early|late|mid))?\s+$", re.IGNORECASE
)  # fmt: skip
_JOINS = re.compile(r"\s*(?:and|to|until|till|-|–)\s*(?:the\s+)?", re.IGNORECASE)
_AFTER_NOUN = re.compile(
    rf"\b{_NOUN}(?:\s+(?:held|recorded|dated|with\s+[\w ]+?))?\s+$", re.IGNORECASE
)
_BEFORE_NOUN = re.compile(rf"^['’]?s?\s+(?:[\w'’-]+\s+){{0,3}}?{_NOUN}\b", re.IGNORECASE)
_AT_VERB = re.compile(rf"\b{_SAYING}\s*$", re.IGNORECASE)
# After a date at the verb: "say in March about ..."; "in the March newsletter" is none.
_GOES_ON = re.compile(r"^\s*(?:$|[?!.,;]|(?:about|of|on|regarding|concerning|and|to|that)\b)", re.I)
_FOR_WORDS = re.compile(rf"\b{_SAYING}\b|\baccording to\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, YYYY-MM-DD and inclusive, None for an open end.

    `start` and `end` are where it stands in the question, its preposition included.
    """

    since: str | None
    until: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Date:
    """`text[start:end]` means the days `first` to `last`.

    `exact` is a day or a month of a year, `relative` needs no preposition, `newest` is the newest
    transcript.
    """

    start: int
    end: int
    first: date
    last: date
    exact: bool
    relative: bool = False
    newest: bool = False


def period_of(text: str, dates: Sequence[str]) -> Period | None:
    """The period of a question over transcripts of these dates, YYYY-MM-DD; None for none."""
    if not dates:
        return None
    found = _dates(text, sorted(dates))
    for place, one in enumerate(found):
        period = _period(text, one, found[place + 1] if place + 1 < len(found) else None)
        if period and any((period.since or "") <= day <= (period.until or "9") for day in dates):
            return period
    return None


def _period(text: str, one: _Date, other: _Date | None) -> Period | None:
    before = _BEFORE_DATE.search(text[: one.start])
    how = before["how"].lower() if before else "in" if one.relative else ""
    start = before.start() if before else one.start
    first, last, end = one.first.isoformat(), one.last.isoformat(), one.end
    day_before = (one.first - timedelta(days=1)).isoformat()
    since: str | None = first
    until: str | None = last
    exact = one.exact
    if other and how in ("between", "from") and _JOINS.fullmatch(text[one.end : other.start]):
        begin = one.first
        if begin > other.last:  # "between May and July 2023": the year is the second's
            begin = begin.replace(year=other.last.year)
        elif not re.search(r"\d{4}", text[one.start : one.end]):
            begin = begin.replace(year=other.first.year if begin.month <= other.first.month
                                  else other.first.year - 1)  # fmt: skip
        since, until, end, exact = begin.isoformat(), other.last.isoformat(), other.end, True
    elif how == "since" or (how == "from" and re.match(r"\s+on(?:wards?)?\b", text[one.end :])):
        until = None
    elif how == "after":
        since, until = (one.last + timedelta(days=1)).isoformat(), None
    elif how == "before":
        since, until = None, day_before
    elif how in ("until", "till", "up to"):
        since = None
    elif how == "by":  # "by 2030" is a term
        return None
    monthly = (one.last - one.first).days < 31
    sure = _is_sure(text, start, end, how, exact, one.newest, monthly)
    return Period(since, until, start, end) if sure else None


def _is_sure(
    text: str, start: int, end: int, how: str, exact: bool, newest: bool, monthly: bool
) -> bool:
    """Whether a date says when it was said, not perhaps what was talked about."""
    before, after = text[:start], text[end:]
    if newest:
        return how in ("in", "at", "during", "from", "of")
    if _BEFORE_NOUN.match(after) or _AFTER_NOUN.search(before):
        return True
    asks_words = _FOR_WORDS.search(text) is not None
    if not asks_words or not how:
        return False
    if not before.strip() or (_AT_VERB.search(before) and _GOES_ON.match(after)):
        return True
    closes = not after.strip(" ?!.")
    return closes and (exact or (how == "since" and monthly))


def _dates(text: str, days: Sequence[str]) -> list[_Date]:
    """The dates in a text, in order, as of the newest transcript."""
    found: list[_Date] = []
    for form in _FORMS:
        for match in form.finditer(text):
            if any(match.start() < one.end and one.start < match.end() for one in found):
                continue
            one = _relative(match, days) if form is _FORMS[-1] else _absolute(match, text, days)
            if one:
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def _absolute(match: re.Match[str], text: str, days: Sequence[str]) -> _Date | None:
    parts = match.groupdict()
    month, year, day = parts.get("month"), parts.get("year"), parts.get("day")
    if month and not year and not _is_month(match, text):
        return None
    number = 0
    if month:
        number = int(month) if month.isdigit() else _month_number(month)
    if not year:
        pattern = f"-{number:02}-{int(day):02}" if day else f"-{number:02}-"
        year = next((each[:4] for each in reversed(days) if pattern in each), days[-1][:4])
    try:
        first = date(int(year), number or 1, int(day or 1))
        if day:
            last = first
        elif number:
            last = date(int(year), number, monthrange(int(year), number)[1])
        else:
            last = date(int(year), 12, 31)
    except ValueError:
        return None
    exact = bool(number and (parts.get("year") or day))
    return _Date(match.start(), match.end(), first, last, exact)


def _is_month(match: re.Match[str], text: str) -> bool:
    """Whether a month without a year is one, and not the verb "may" or a Mr. May."""
    before = _BEFORE_DATE.search(text[: match.start()])
    when = before is not None and before["how"].lower() not in ("to", "by", "at", "and", "on", "of")
    placed = when or _BEFORE_NOUN.match(text[match.end() :]) is not None
    word = match["month"]
    return placed or (word[0].isupper() and word not in ("May", "March", "Mar"))


def _relative(match: re.Match[str], days: Sequence[str]) -> _Date:
    """ "Last year" before the year of the newest transcript; "last meeting" is that itself."""
    newest, unit = date.fromisoformat(days[-1]), match["unit"].lower()
    start, end = match.span()
    if unit == "year":
        year = newest.year - 1
        return _Date(start, end, date(year, 1, 1), date(year, 12, 31), False, relative=True)
    if unit == "month":
        first = (newest.replace(day=1) - timedelta(days=1)).replace(day=1)
        final = first.replace(day=monthrange(first.year, first.month)[1])
        return _Date(start, end, first, final, False, relative=True)
    if unit == "week":
        first = newest - timedelta(days=newest.weekday() + 7)
        return _Date(start, end, first, first + timedelta(days=6), False, relative=True)
    return _Date(start, end, newest, newest, True, newest=True)


def _month_number(name: str) -> int:
    return 1 + next(i for i, month in enumerate(_MONTHS) if month.startswith(name.lower()[:3]))
