"""The figures and dates of a sentence in one form, so that "thirty billion dollars" is "$30bn".

English words and signs; digits work in any language. What a figure may mean is a set of keys, as
"7.591" is written for two numbers and "last year" is a year once the day of speaking is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from ..wording.values import DIGITS, MONTHS, MONTHS_OR_SHORT

Today = tuple[int, int]  # year and month
Key = tuple[str, float | str | None, int | None, int | None]

_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6,
    "billion": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12, "dozen": 12.0,
}  # fmt: skip
_IN_WORDS = {
    **{word: float(digits) for word, digits in DIGITS.items()},
    "zero": 0.0, "half": 0.5, "twice": 2.0, "thrice": 3.0,
}  # fmt: skip
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

# Units that must not be swapped, by how they are written.
_UNITS = {
    "$": r"\$|US\$|dollars?|USD|bucks", "€": r"€|euros?|EUR",
    "£": r"£|pounds? sterling|pounds?|GBP",
    "¥": r"¥|yen|yuan|renminbi|CNY|JPY", "₽": r"₽|r(?:o)?ubles?|RUB", "₸": r"₸|tenge|KZT",
    "₹": r"₹|rupees?|INR", "kr": r"kron(?:or|er|a|e)|crowns?|SEK|NOK|DKK|kr",
    "%": r"%|per\s?cent|percentage points?|percentage", "bp": r"basis points?|bps",
    "m³": r"cubic met(?:re|er)s?|m³", "km²": r"square kilomet(?:re|er)s?|km²",
    "m²": r"square met(?:re|er)s?|m²", "km/h": r"km/h|kph|kilomet(?:re|er)s? (?:an|per) hour",
    "mph": r"mph|miles (?:an|per) hour", "km": r"kilomet(?:re|er)s?|km",
    "cm": r"centimet(?:re|er)s?|cm", "mm": r"millimet(?:re|er)s?|mm",
    "m": r"met(?:re|er)s?", "mi": r"miles?", "ft": r"feet|foot|ft", "t": r"tonnes?|tons?",
    "ha": r"hectares?", "ac": r"acres?", "kg": r"kilograms?|kilos?|kg", "g": r"grams?",
    "lb": r"pounds? of weight|lbs?", "l": r"lit(?:re|er)s?", "bbl": r"barrels?",
    "°": r"°\s?[CF]?|degrees?", "kW": r"kilowatts?|kW",
    "MW": r"megawatts?|MW", "GW": r"gigawatts?|GW", "second": r"seconds?", "minute": r"minutes?",
    "hour": r"hours?", "day": r"days?", "week": r"weeks?", "month": r"months?",
    "quarter": r"quarters?",
    "year": r"years?", "decade": r"decades?", "century": r"centur(?:y|ies)",
}  # fmt: skip
# One unit in terms of another, so that "half an hour" is thirty minutes.
_IN_TERMS_OF = {
    "bp": (0.01, "%"), "km": (1e3, "m"), "cm": (0.01, "m"), "mm": (0.001, "m"), "t": (1e3, "kg"),
    "g": (0.001, "kg"), "MW": (1e3, "kW"), "GW": (1e6, "kW"), "minute": (60, "second"),
    "hour": (3600, "second"), "week": (7, "day"), "year": (12, "month"), "decade": (120, "month"),
    "century": (1200, "month"),
}  # fmt: skip
# A unit of these in a claim is an invention where the quote has none.
_MONEY = frozenset("$€£¥₽₸₹") | {"kr"}
_TOLD = _MONEY | {"%"}
_UNIT = re.compile(
    rf"(?:{'|'.join(f'(?P<u{i}>{words})' for i, words in enumerate(_UNITS.values()))})(?!\w)", re.I
)
_UNIT_NAMES = list(_UNITS)
_SIGN = re.compile(r"(?:US|C|A)?(?P<sign>[$€£¥₽₸₹])\s?$|\b(?P<code>USD|EUR|GBP|RUB|SEK|NOK)\s?$")
_DIGITS = r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)*"  # spaces group thousands
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_WORDS = rf"(?:{_TENS})[- ](?:{_ONES})\b|(?:{'|'.join(sorted(_IN_WORDS, key=len, reverse=True))})\b"
_SCALE = r"(?:hundred|thousand|million|mln|mn|billion|bln|bn|trillion|tn|dozen)s?\b"
_NUMBER = re.compile(
    rf"(?<![\w.,])(?:(?P<digits>{_DIGITS})(?:(?P<short>[kmb]|bn|mn|tn)\b)?|\b(?P<words>{_WORDS})"
    rf"|\b(?:a|one)\s+(?=(?:hundred|thousand|million|billion|trillion|dozen|couple|pair)\b))"
    rf"(?P<half>\s+and\s+a\s+half)?(?:\s*(?:of\s+)?(?:a\s+)?-?\s*(?P<scales>{_SCALE}"
    rf"(?:\s+{_SCALE})?)(?:(?<=hundred)\s+and\s+(?P<rest>{_WORDS}))?)?(?P<couple>(?:couple|pair)\b)?",
    re.IGNORECASE,
)
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
    r"(?!\s*,)(?!\s+(?:of all|thing|place)\b)|\bQ(?P<q>[1-4])\b",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"\b(?:over|more than|above|exceed\w*|at least|upwards of|no less than|greater than)\s+"
    r"(?:[$€£¥₽₸₹]|a\s|the\s)?\s*$", re.IGNORECASE,
)  # fmt: skip
_UNDER = re.compile(
    r"\b(?:under|less than|below|almost|nearly|at most|up to|fewer than|no more than|not quite|"
    r"close to)\s+(?:[$€£¥₽₸₹]|a\s|the\s)?\s*$", re.IGNORECASE,
)  # fmt: skip
_TO = re.compile(
    r"(?<!compared )(?<!relative )\bto\s+(?:[$€£¥₽₸₹]|a\s|the\s|about\s|over\s)?\s*$", re.IGNORECASE
)
_FROM = re.compile(r"\bfrom\s+(?:[$€£¥₽₸₹]|a\s|the\s|about\s|over\s)?\s*$", re.IGNORECASE)
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6,
    "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "twentieth": 20, "hundredth": 100,
}  # fmt: skip
# "Two thirds", "a fifth of", "a quarter of a percentage point"; "a third time" is none.
_FRACTION = re.compile(
    rf"\b(?P<of>an?|one|{_ONES})[\s-](?P<part>{'|'.join(_PARTS)})(?P<more>s)?\b"
    r"(?(more)|(?=\s+of\b|\s*[,.;:!?)]|\s*$))(?:\s+(?:of\s+)?an?\s+(?=[a-z]))?",
    re.IGNORECASE,
)
# "Two in three", "98 cases out of a hundred".
_RATIO = re.compile(
    rf"\b(?P<a>\d{{1,2}}|{_WORDS})(?:\s+in|(?:\s+[a-z]+)?\s+out\s+of)\s+(?:every\s+|an?\s+)?"
    rf"(?P<b>\d{{1,3}}\b|hundred\b|{_WORDS})(?!\s+(?:{_SCALE}|seconds?|minutes?|hours?|days?|"
    r"weeks?|months?|years?|decades?))", re.IGNORECASE,
)  # fmt: skip
# Behind a figure with no unit, what leaves room for one: "it is 4.1 now".
_COUNTS_NOTHING = re.compile(
    r"\s*(?:$|[.,;:!?)–—]|(?:of|in|on|an?|per|each|every|to|and|or|but|than|at|from|for|by|this|"
    r"last|next|then|now|today|more|less|if|when|while|is|was|would|will|went|came|with|as)\b)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:to|and|or|through|[-–—])\s*(?:about|around|over|nearly)?\s*")
_CENTS = re.compile(r"\s+(?:and\s+)?(\d\d)\b(?!\s*(?:%|per|[a-z]*illion))(?![.,:]?\d)")
_OF_HALVES = re.compile(r"\b(?:first|second|other|latter|former|last)\s*$", re.IGNORECASE)
_ONCE = re.compile(r"\b(?:an?|per|each|every)\s*$", re.IGNORECASE)
_FROM_SIZE = 1_000
# "The two countries" counts nothing.
_BOTH = re.compile(
    r"\s+(?:countr|nations?|states?|sides?|leaders?|presidents?|parties|speakers?|neighbou?rs?|"
    r"peoples?|governments?|men|women|colleagues|allies)", re.IGNORECASE,
)  # fmt: skip
_LOOK_BACK = 24


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure or date at `text[start:end]`. `keys` are what it may mean; `unit` what it counts,
    where that is one that is known; `lent` are the units that it may have from what is said around
    it, `factor` by how much its unit was turned into a smaller one. `bound` is 1 for "over", -1 for
    "almost"; `is_from` and `is_to` where "from" or "to" stands before it."""

    start: int
    end: int
    keys: frozenset[Key]
    unit: str = ""
    bound: int = 0
    is_from: bool = False
    is_to: bool = False
    lent: frozenset[str] = frozenset()
    factor: float = 1.0

    @property
    def is_date(self) -> bool:
        return any(kind in ("date", "relative") for kind, *_ in self.keys)

    @property
    def is_number(self) -> bool:
        return any(kind == "number" for kind, *_ in self.keys)


def figures_of(text: str, spoken_on: str | None = None) -> list[Figure]:
    """The figures and dates of a text in order, none inside another. `spoken_on` (YYYY-MM-DD) is
    the day from which "last year" is told."""
    today = (int(spoken_on[:4]), int(spoken_on[5:7])) if spoken_on else None
    found: list[Figure] = []
    taken = bytearray(len(text))
    for kind in (
        _dates, _relatives, _years, _named_times, _fractions, _ordinals, _numbers,
    ):  # fmt: skip
        for figure in kind(text, today):
            if taken.find(1, figure.start, figure.end) < 0:
                taken[figure.start : figure.end] = b"\x01" * (figure.end - figure.start)
                found.append(figure)
    return _ranged(text, sorted(found, key=lambda figure: figure.start))


def _ranged(text: str, figures: list[Figure]) -> list[Figure]:
    """The same where the first figure of "50 to 60 percent" has the unit of the second."""
    for at in range(len(figures) - 2, -1, -1):
        one, other = figures[at], figures[at + 1]
        bare = one.is_number and not one.unit and other.is_number and other.unit
        if bare and _BETWEEN.fullmatch(text[one.end : other.start].rstrip("$€£¥₽₸₹")):
            values = [value for _, value, *_ in one.keys if isinstance(value, float)]
            keys = _keys(value * other.factor for value in values)
            figures[at] = replace(one, unit=other.unit, keys=keys)
    return figures


def money_in(text: str) -> frozenset[str]:
    """The currencies that a text speaks of."""
    return frozenset(figure.unit for figure in figures_of(text) if figure.unit in _MONEY)


def with_lent_units(text: str, figures: Sequence[Figure], money: AbstractSet[str]) -> list[Figure]:
    """The figures of a quote, where one with no unit may have that of a figure before it, and a
    sum the one currency that is spoken of."""
    lent: list[Figure] = []
    before: set[str] = set()
    for figure in figures:
        large = any(isinstance(v, float) and v >= _FROM_SIZE for _, v, *_ in figure.keys)
        if figure.is_number and not figure.unit and _COUNTS_NOTHING.match(text[figure.end :]):
            units = before | (money if len(money) == 1 and large else set())
            figure = replace(figure, lent=figure.lent | units)
        elif figure.is_number:
            before |= {figure.unit} - {""}
        lent.append(figure)
    return lent


def holds(wanted: Figure, held: Figure) -> bool:
    """Whether a figure of a quote carries one of a claim: the same, or the same and closer told,
    as "November 12" carries "November"."""
    if wanted.bound * held.bound < 0 or (wanted.is_to and held.is_from):
        return False
    if wanted.unit != held.unit and wanted.is_number and wanted.unit not in held.lent:
        if wanted.unit and held.unit:
            return False
        if wanted.unit in _TOLD:
            return False
    return any(_carries(a, b) for a in wanted.keys for b in held.keys)


def of_one_kind(one: Figure, other: Figure) -> bool:
    """Whether two figures could be taken for each other."""
    alike = one.unit == other.unit or one.unit in other.lent or other.unit in one.lent
    apart = one.unit and other.unit and one.factor != other.factor  # "three hours and ten minutes"
    return one.is_number and other.is_number and alike and not apart


def _carries(wanted: Key, held: Key) -> bool:
    if wanted[0] == held[0] == "date":
        return all(a is None or a == b for a, b in zip(wanted[1:], held[1:], strict=True))
    return wanted == held


def _dates(text: str, today: Today | None) -> Iterator[Figure]:
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


def _relatives(text: str, today: Today | None) -> Iterator[Figure]:
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


def _years(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _YEAR.finditer(text):
        before = text[max(0, match.start() - 2) : match.start()]
        if not re.search(r"[$€£¥₽₸₹\d.,]\s?$", before) or before.endswith(", "):
            yield Figure(*match.span(), frozenset({("date", int(match[0]), None, None)}))


def _named_times(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _NAMED_TIME.finditer(text):
        yield Figure(*match.span(), frozenset({("time", match[0].lower(), None, None)}))


def _fractions(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _FRACTION.finditer(text):
        of = match["of"].lower()
        value = (1.0 if of in ("a", "an") else _IN_WORDS[of]) / _PARTS[match["part"].lower()]
        unit, end = _unit(text, match.start(), match.end())
        if unit:
            factor, unit = _IN_TERMS_OF.get(unit, (1.0, unit))
            yield Figure(match.start(), end, _keys([value * factor]), unit)
        elif not re.match(r"(?:hundred|thousand|million|billion)", text[match.end() :]):
            yield Figure(*match.span(), _shares(value), "%")
    for match in _RATIO.finditer(text):
        a, b = (_number_of(match[part]) for part in "ab")
        if a < b <= 100:
            yield Figure(*match.span(), _shares(a / b), "%")


def _number_of(word: str) -> float:
    if word.isdigit():
        return float(word)
    return 100.0 if word.lower() == "hundred" else _small(word)


def _shares(value: float) -> frozenset[Key]:
    """A share in percent, as it is and as it is rounded."""
    return _keys([100 * value, round(100 * value)])


def _keys(values: Iterable[float]) -> frozenset[Key]:
    return frozenset(("number", round(float(value), 6), None, None) for value in values)


def _ordinals(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _ORDINAL.finditer(text):
        if match[0].lower() == "first" and not re.search(
            r"\bthe\s+$", text[: match.start()][-6:], re.IGNORECASE
        ):
            continue
        if match[0].lower() == "second" and re.search(r"\ba\s+$", text[: match.start()][-4:]):
            continue  # of time
        number = int(match["q"]) if match["q"] else _day(match[0])
        yield Figure(*match.span(), frozenset({("ordinal", number, None, None)}))


def _numbers(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _NUMBER.finditer(text):
        values = _values(match)
        unit, end = _unit(text, match.start(), match.end())
        word = (match["words"] or "").lower()
        if word == "one" and not (match["scales"] or match["half"] or unit):
            continue  # "one of them", "one bronze statue"
        if word == "two" and _BOTH.match(text, match.end()):
            continue
        if unit in ("minute", "hour", "day", "week", "month", "year") and (
            apart := re.match(r"\s+(?:ago|earlier|later|before)\b", text[end:])
        ):
            end += apart.end()
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        if unit in _MONEY and (cents := _CENTS.match(text, end)):  # "2 euros 40"
            values, end = {value + int(cents[1]) / 100 for value in values}, cents.end()
        factor, unit = _IN_TERMS_OF.get(unit, (1.0, unit))
        if unit and values == {1.0} and _ONCE.search(text[: match.start()]):
            continue
        keys = set(_keys(value * factor for value in values))
        if word == "half" and _OF_HALVES.search(before):
            continue  # of a year
        if word == "half" and not unit and re.match(r"\s+(?:of|the|its|their)\b", text[end:]):
            keys, unit = set(_keys([50])), "%"
        bound = 1 if _OVER.search(before) else -1 if _UNDER.search(before) else 0
        is_from = _FROM.search(before) is not None
        is_to = _TO.search(before) is not None
        yield Figure(
            match.start(), end, frozenset(keys), unit, bound, is_from, is_to, factor=factor
        )


def _values(match: re.Match[str]) -> set[float]:
    """What a number may be worth."""
    if match["digits"]:
        values = _worth(match["digits"])
    elif match["words"]:
        values = {_small(match["words"])}
    else:
        values = {1.0}
    if match["couple"]:
        values = {2.0}
    if match["half"]:
        values = {value + 0.5 for value in values}
    for scale in (match["scales"] or "").lower().split():
        values = {value * _SCALES[scale.removesuffix("s")] for value in values}
    if match["rest"]:
        values = {value + _small(match["rest"]) for value in values}
    short = (match["short"] or "").lower()
    if short:  # "62m" are metres or millions
        scaled = {value * _SCALES[short] for value in values}
        values = values | scaled if short == "m" else scaled
    return {round(value, 6) for value in values}


def _small(words: str) -> float:
    """What "twenty-five" is worth."""
    tens, _, ones = re.sub(r"\s", "-", words.lower()).partition("-")
    return _IN_WORDS[tens] + (_IN_WORDS[ones] if ones else 0.0)


def _worth(digits: str) -> set[float]:
    """ "7,591" is one number, "7.591" may be two."""
    plain = re.sub(r"[\s\u00a0\u2009\u202f]", "", digits)
    parts = re.split(r"[.,]", plain)
    if len(parts) == 1:
        return {float(plain)}
    whole, last = "".join(parts[:-1]), parts[-1]
    grouped = all(len(part) == 3 for part in parts[1:])
    signs = set(re.findall(r"[.,]", plain))
    if len(signs) == 2 or not grouped:
        return {float(f"{whole}.{last}")}
    together = float("".join(parts))
    if len(parts) == 2 and plain[len(parts[0])] == ".":
        return {float(f"{parts[0]}.{last}"), together}
    return {together}


def _unit(text: str, start: int, end: int) -> tuple[str, int]:
    """The unit before or behind a number, and where the two end."""
    sign = _SIGN.search(text[max(0, start - 6) : start])
    if sign:
        match = _UNIT.match(sign["sign"] or sign["code"])
        return _named_unit(match), end
    half = "|an?" if text[start:end].lower().endswith("half") else ""
    behind = re.match(
        rf"[\s-]*(?:(?:US|of|in{half}|extra|more|additional|further|full|whole)\s+)?", text[end:]
    )
    at = end + (behind.end() if behind else 0)
    match = _UNIT.match(text, at)
    if match:
        return _named_unit(match), match.end()
    return "", end


def _named_unit(match: re.Match[str] | None) -> str:
    return _UNIT_NAMES[int((match.lastgroup or "u0")[1:])] if match else ""


def behind(text: str, figure: Figure) -> str:
    """The next words behind a figure, which are what it counts."""
    return " ".join(re.split(r"[,;:.!?()]", text[figure.end :])[0].split()[:3])


def neighbours(text: str, figure: Figure, others: Sequence[Figure]) -> str:
    """The words around a figure that tell what it is of: up to four before and three behind,
    within its part of the sentence and not past another figure."""
    first = max([0, *(other.end for other in others if other.end <= figure.start)])
    last = min([len(text), *(other.start for other in others if other.start >= figure.end)])
    before = re.split(r"[,;:.!?()]\s", text[first : figure.start])[-1].split()[-4:]
    behind = re.split(r"[,;:.!?()](?:\s|$)", text[figure.end : last])[0].split()[:3]
    return " ".join([*before, *behind])
