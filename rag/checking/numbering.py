"""The numbers of a sentence with what they count: "thirty billion dollars", "two in three"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..wording.values import DIGITS
from .figure import Figure, Key, Today, numbers

_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6,
    "billion": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12, "dozen": 12.0,
}  # fmt: skip
_IN_WORDS = {
    **{word: float(digits) for word, digits in DIGITS.items()},
    "zero": 0.0, "half": 0.5, "twice": 2.0, "thrice": 3.0,
}  # fmt: skip

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
    "hour": r"hours?", "day": r"days?", "week": r"weeks?", "fortnight": r"fortnights?",
    "month": r"months?",
    "quarter": r"quarters?",
    "year": r"years?", "decade": r"decades?", "century": r"centur(?:y|ies)",
}  # fmt: skip
# One unit in terms of another, so that "half an hour" is thirty minutes.
_IN_TERMS_OF = {
    "bp": (0.01, "%"), "km": (1e3, "m"), "cm": (0.01, "m"), "mm": (0.001, "m"), "t": (1e3, "kg"),
    "g": (0.001, "kg"), "MW": (1e3, "kW"), "GW": (1e6, "kW"), "minute": (60, "second"),
    "hour": (3600, "second"), "week": (7, "day"), "fortnight": (14, "day"), "year": (12, "month"),
    "decade": (120, "month"), "century": (1200, "month"),
}  # fmt: skip
MONEY = frozenset("$€£¥₽₸₹") | {"kr"}
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
    r"(?(more)|(?=\s+(?:of|down|up|less|more|fewer|are|were|have|had)\b|\s*[,.;:!?)]|\s*$))"
    r"(?:\s+(?:of\s+)?an?\s+(?=[a-z]))?",
    re.IGNORECASE,
)
# "Two in three", "98 cases out of a hundred"; "one photograph in five", but not "two goals in five
# games".
_RATIO = re.compile(
    rf"\b(?P<a>\d{{1,2}}|{_WORDS})(?:\s+in|(?P<what>\s+[a-z]+)\s+in|(?:\s+[a-z]+)?\s+out\s+of)"
    rf"\s+(?:every\s+|an?\s+)?(?P<b>\d{{1,3}}\b|hundred\b|{_WORDS})(?!\s+(?:{_SCALE}|seconds?|"
    r"minutes?|hours?|days?|weeks?|months?|years?|decades?))"
    r"(?(what)(?=\s*(?:[,.;:!?)]|$)|\s+(?:is|are|was|were|has|had|will|would|and|but)\b))",
    re.IGNORECASE,
)  # fmt: skip
_CENTS = re.compile(r"\s+(?:and\s+)?(\d\d)\b(?!\s*(?:%|per|[a-z]*illion))(?![.,:]?\d)")
_FORTNIGHT = re.compile(r"\b(?:an?|every|each|per)\s+fortnight\b|\bfortnightly\b", re.IGNORECASE)
_OF_HALVES = re.compile(r"\b(?:first|second|other|latter|former|last)\s*$", re.IGNORECASE)
_ONCE = re.compile(r"\b(?:an?|per|each|every)\s*$", re.IGNORECASE)
# "The two countries" counts nothing.
_BOTH = re.compile(
    r"\s+(?:countr|nations?|states?|sides?|leaders?|presidents?|parties|speakers?|neighbou?rs?|"
    r"peoples?|governments?|men|women|colleagues|allies)", re.IGNORECASE,
)  # fmt: skip
_LOOK_BACK = 24


def fortnights(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _FORTNIGHT.finditer(text):
        yield Figure(*match.span(), numbers([14]), "day")


def fractions(text: str, today: Today | None) -> Iterator[Figure]:
    for match in _FRACTION.finditer(text):
        of = match["of"].lower()
        value = (1.0 if of in ("a", "an") else _IN_WORDS[of]) / _PARTS[match["part"].lower()]
        unit, end = _unit(text, match.start(), match.end())
        if unit:
            factor, unit = _IN_TERMS_OF.get(unit, (1.0, unit))
            yield Figure(match.start(), end, numbers([value * factor]), unit)
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
    return numbers([100 * value, round(100 * value)])


def numbered(text: str, today: Today | None) -> Iterator[Figure]:
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
        if unit in MONEY and (cents := _CENTS.match(text, end)):  # "2 euros 40"
            values, end = {value + int(cents[1]) / 100 for value in values}, cents.end()
        factor, unit = _IN_TERMS_OF.get(unit, (1.0, unit))
        if unit and values == {1.0} and _ONCE.search(text[: match.start()]):
            continue
        keys = set(numbers(value * factor for value in values))
        if word == "half" and _OF_HALVES.search(before):
            continue  # of a year
        scale = _scale_of(match)
        if word == "half" and not unit and scale == 1 and not re.match(r"\s+past\b", text[end:]):
            keys, unit = set(numbers([50])), "%"
        bound = 1 if _OVER.search(before) else -1 if _UNDER.search(before) else 0
        is_from = _FROM.search(before) is not None
        is_to = _TO.search(before) is not None
        yield Figure(
            match.start(),
            end,
            frozenset(keys),
            unit,
            bound,
            is_from,
            is_to,
            factor=factor,
            scale=scale,
        )


def _scale_of(match: re.Match[str]) -> float:
    """That of "million" and its kin; 1 for none, and for "62m", which may be metres."""
    scale = 1.0
    for word in (match["scales"] or "").lower().split():
        scale *= _SCALES[word.removesuffix("s")]
    short = (match["short"] or "").lower()
    return scale * _SCALES[short] if short not in ("", "m") else scale


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
    scale = _scale_of(match)
    values = {value * scale for value in values}
    if match["rest"]:
        values = {value + _small(match["rest"]) for value in values}
    if (match["short"] or "").lower() == "m":  # "62m" are metres or millions
        values |= {value * _SCALES["m"] for value in values}
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
