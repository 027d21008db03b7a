"""Whether two values are one: "$28 billion" and "28 billion dollars", "November 12" and "November
12, 2025". Pure, and English as values.py is.

A value is read as far as it can be; what can't be is compared by its words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..wording.values import DIGITS

_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "mln": 1e6, "billion": 1e9, "bln": 1e9,
    "bn": 1e9, "trillion": 1e12,
}  # fmt: skip
_HUNDRED = _SCALES["hundred"]
_SECONDS = {
    "second": 1, "minute": 60, "hour": 3600, "day": 86400, "night": 86400, "week": 604800,
    "month": 2629800, "quarter": 7889400, "year": 31557600, "decade": 315576000,
    "century": 3155760000, "centurie": 3155760000,
}  # fmt: skip
_CURRENCIES = {
    "$": "dollar", "usd": "dollar", "€": "euro", "eur": "euro", "£": "pound", "gbp": "pound",
    "₽": "rouble", "ruble": "rouble", "rub": "rouble", "¥": "yen", "₸": "tenge", "₹": "rupee",
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_TOKEN = re.compile(rf"{_FIGURE.pattern}|[^\W\d_]+|[$€£¥₽₸₹%]")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SPACED = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}\b)")
_MONTH = re.compile(rf"\b(?P<month>{'|'.join(_MONTHS)})[a-z]*", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DAY = re.compile(r"\b\d{1,2}\b")


# Rounding changes a value by no more than this share: $28 billion may be 28.4, $30 billion is not.
_ROUNDED = 0.02


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a unit; `step` is the last digit that was said, as what it counts."""

    number: float
    step: float
    unit: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date, as far as it was said; None is what was not."""

    year: int | None
    month: int | None
    day: int | None


def same_value(one: str, other: str, kind: str) -> bool | None:
    """Whether two values of a kind (see values.py) are the same, one of them perhaps rounded or
    less exact; None where that can't be told."""
    if kind == "date":
        a, b = day_of(one), day_of(other)
        return None if a is None or b is None else _same_day(a, b)
    first, second = amount_of(one), amount_of(other)
    if first is None or second is None:
        return True if one.casefold() == other.casefold() else None
    if first.unit != second.unit:
        return None
    apart = abs(first.number - second.number)
    rounded = min(max(first.step, second.step) / 2, _ROUNDED * max(first.number, second.number))
    return apart <= rounded


def key_of(value: str, kind: str) -> str:
    """What two values share that are written differently."""
    read = day_of(value) if kind == "date" else amount_of(value)
    if isinstance(read, Amount):
        return f"{read.number:.15g} {read.unit}"  # all the digits that a float holds exactly
    return str(read) if read else " ".join(value.casefold().split())


def amount_of(value: str) -> Amount | None:
    """The number and unit of a value with one figure; of several ("two or three") None."""
    tokens = _TOKEN.findall(_SPACED.sub("", value.casefold()))
    if sum(token[0].isdigit() for token in tokens) > 1:
        return None
    number, step = _number(tokens)
    if math.isnan(number):
        return None
    unit = ""
    for word in tokens:
        word = word.removesuffix("s") if len(word) > 3 else word
        if word in _SCALES or word[0].isdigit():
            continue
        if word in _SECONDS:
            number, step, unit = number * _SECONDS[word], step * _SECONDS[word], "second"
        elif word in ("%", "percent", "cent"):
            unit = "%"
        elif word not in DIGITS and word not in ("a", "per", "us", "and"):
            unit = _CURRENCIES.get(word, word)
    return Amount(number, step, unit)


def day_of(value: str) -> Day | None:
    """A date of the calendar; None for "next year" and for two dates."""
    months, years = _MONTH.findall(value), _YEAR.findall(value)
    days = _DAY.findall(_YEAR.sub("", value))
    if max(map(len, (months, years, days))) > 1 or not (months or years):
        return None
    month = _MONTHS.index(months[0].lower()) + 1 if months else None
    return Day(int(years[0]) if years else None, month, int(days[0]) if days and months else None)


def _read(figure: str) -> tuple[float, float]:
    if _GROUPED.fullmatch(figure):
        figure = figure.replace(",", "")
    plain = figure.replace(",", ".")
    if plain.count(".") > 1:
        return math.nan, 0.0
    whole, _, decimals = plain.partition(".")
    digits = whole.rstrip("0") if not decimals else whole
    step = 10.0 ** (len(whole) - len(digits)) if not decimals else 10.0 ** -len(decimals)
    return float(plain), step


def _number(tokens: Sequence[str]) -> tuple[float, float]:
    """The number that figures and words make, with its step: "twenty-five" is 25, "one hundred and
    fifty thousand" 150,000. What has none is no number, nor is "hundreds" or "several hundred".

    `part` is what the next scale multiplies: all of it since the last thousand or million.
    """
    whole, part, step = 0.0, math.nan, 0.0
    for before, token in zip(["", *tokens], tokens, strict=False):
        scale = _SCALES.get(token.removesuffix("s"))
        if token[0].isdigit():
            part, step = _read(token)
        elif token in DIGITS:
            part, step = (0.0 if math.isnan(part) else part) + int(DIGITS[token]), 1.0
        elif scale is None:
            continue
        elif not math.isnan(part):
            part, step = part * scale, step * scale
        elif before == "a" and token in _SCALES:
            part, step = scale, scale
        elif whole:
            whole, step = whole * scale, step * scale
        else:
            return math.nan, 0.0
        if scale and scale > _HUNDRED and not math.isnan(part):
            whole, part = whole + part, math.nan
    return (whole if math.isnan(part) and whole else whole + part), step


def _same_day(one: Day, other: Day) -> bool | None:
    pairs = [(one.year, other.year), (one.month, other.month), (one.day, other.day)]
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    return all(a == b for a, b in both) if both else None
