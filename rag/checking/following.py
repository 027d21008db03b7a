"""Whether a figure that nobody says follows from those that are said: a sum, a difference, a share,
a multiple, or one rounded; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations, permutations

from .figure import Figure
from .figures import behind, of_one_kind

# How far a rounded figure may be from what it rounds.
_ROUND = 0.06
# A figure of so many is compared with every other; a turn seldom holds more.
_AT_MOST = 14
_ROUNDED = re.compile(
    r"\b(?:about|around|some|roughly|approximately|nearly|almost|just\s+(?:under|over|above|below)|"
    r"over|more\s+than|less\s+than|under|close\s+to|an?\s+estimated|or\s+so)\s+(?:[$€£¥₽₸₹]|an?\s)?$",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\s*(?:times|fold|-fold)\b", re.IGNORECASE)
_HALF = re.compile(r"half", re.IGNORECASE)
_OLD = re.compile(r"[\s-]+old\b", re.IGNORECASE)
# What draws different things together, and what may be counted.
_COMBINED = re.compile(
    r"\b(?:total\w*|sums?|altogether|together|combined|overall|in\s+all|both|all\s+told|people|staff)\b",
    re.IGNORECASE,
)
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)\b(?!\s*%)")
_MONTH_DAYS = 30.4


def follows(claim: str, figure: Figure, said: str, held: Sequence[Figure]) -> bool:
    """Whether a number of the claim can be worked out from the figures `held` of what is `said`."""
    if not figure.is_number:
        return False
    wanted = set(figure.values)
    numbers = [other for other in held if other.is_number][:_AT_MOST]
    if _OLD.match(claim, figure.end):  # "a man of 43"
        return any(value / 12 in other.values for other in numbers for value in wanted)
    if _ROUNDED.search(claim[max(0, figure.start - 24) : figure.start]) and any(
        _is_round(figure, value, of)
        for other in numbers
        if other.may_be(figure.unit) or not other.unit
        for value in wanted
        for of in other.values
    ):
        return True
    pairs = [(a, b) for a, b in permutations(numbers, 2) if of_one_kind(a, b)]
    if _TIMES.match(claim, figure.end):
        return any(
            _is_near(value, r) or value <= r <= 1.1 * value
            for r in _ratios(pairs)
            for value in wanted
        )
    if _HALF.fullmatch(claim[figure.start : figure.end]):
        return any(0.35 <= ratio <= 0.65 for ratio in _ratios(pairs))
    if figure.unit == "%" and any(
        _is_near(value, 100 * r, 100 * (1 - r)) for r in _ratios(pairs) for value in wanted
    ):
        return True
    kin = [
        (a, b)
        for a, b in pairs
        if (of_one_kind(figure, a) or not a.unit)
        and (_COMBINED.search(claim) or _count_alike(said, a, b))
    ]
    of_two = [(x, y) for a, b in kin for x in a.values for y in b.values]
    made = {round(each, 6) for x, y in of_two for each in (abs(x - y), x + y)}
    if figure.unit == "second":
        times = [60 * (60 * int(m[1]) + int(m[2])) for m in _CLOCK.finditer(said)]
        made |= {float(abs(x - y)) for x, y in permutations(times, 2)}
    if figure.unit in ("day", "month"):
        made |= set(_between(figure.unit, held))
    return bool(wanted & (made - {0.0}))


def _count_alike(said: str, one: Figure, other: Figure) -> bool:
    """Whether two figures may count the same: "nine points" and "fifteen matches" don't."""
    counted = [
        {word.lower().rstrip("s") for word in _LONG_WORD.findall(behind(said, figure))}
        for figure in (one, other)
    ]
    return not all(counted) or not counted[0].isdisjoint(counted[1])


def _is_round(figure: Figure, value: float, of: float) -> bool:
    """Whether one number rounds the other, on the side that "almost" or "over" says."""
    if not value or abs(of - value) > _ROUND * value:
        return False
    return figure.bound == 0 or (of - value) * figure.bound >= 0


def _is_near(value: float, *others: float) -> bool:
    return any(abs(value - other) < 0.51 for other in others)


def _ratios(pairs: Iterable[tuple[Figure, Figure]]) -> list[float]:
    return [x / y for a, b in pairs for x in a.values for y in b.values if y]


def _between(unit: str, held: Sequence[Figure]) -> Iterable[float]:
    """How long it is between two dates of one year, in days or whole months."""
    days = sorted(
        (month - 1) * _MONTH_DAYS + (day or 1)
        for figure in held
        for kind, _, month, day in figure.keys
        if kind == "date" and month
    )
    for first, last in combinations(days, 2):
        if last > first:
            yield float(round(last - first) if unit == "day" else int((last - first) / _MONTH_DAYS))
