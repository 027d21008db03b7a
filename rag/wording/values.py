"""The figures, dates, spans of time and names in a sentence, with their offsets.

Rules only, so that what answers "how much" or "when" can be told from what merely sounds alike.
English words and signs; figures, years and capitals work in any language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
# "thirty" as "30", so that a figure in words is found again in digits.
DIGITS = {
    **{word: str(number) for number, word in enumerate(_ONES, 1)},
    **{word: str(number * 10) for number, word in enumerate(_TENS, 2)},
}
_WORD_NUMBER = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[:9])}))?|{'|'.join(_ONES)}"
    r"|(?:a\s+)?(?:hundred|thousand|dozen|couple)|half|twice|zero|none)"
)
# Spaces group thousands: "2019 2020" is two figures. A run of digits is tried once, from its start:
# a page of figures is read in a time that grows with its length.
_FIGURE = (
    r"(?<!\d)(?<!\d[.,])(?:\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})++(?!\d)|\d++(?:[.,]++\d++)*+)"
)
_SCALE = r"(?:hundred|thousand|million|billion|trillion|mln|bln|bn)s?"
_NUMBER = rf"(?:(?:{_FIGURE}|\b{_WORD_NUMBER})(?:\s+{_SCALE}){{0,3}}|\b{_SCALE})"
_CURRENCY = (
    r"(?:US\s+)?(?:dollars?|euros?|pounds?|r(?:o)?ubles?|tenge|yuan|yen|rupees?|pesos?|francs?|"
    r"cents?|USD|EUR|GBP|RUB)"
)
_TIME_UNIT = r"(?:second|minute|hour|day|night|week|month|quarter|year|decade|centur(?:y|ie))s?"
_UNIT = (
    r"(?:kilomet(?:re|er)s?|km|met(?:re|er)s?|miles?|feet|foot|ft|tons?|tonnes?|barrels?|"
    r"cubic\s+met(?:re|er)s?|megawatts?|gigawatts?|MW|GW|hectares?|acres?|kilograms?|kg|psi|"
    r"degrees?|votes?|points?|times)"
)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
MONTHS_OR_SHORT = f"{MONTHS}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_MONTH = (
    rf"(?:{MONTHS}"
    r"|Jan\.|Feb\.|Mar\.|Apr\.|Jun\.|Jul\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_SOON = r"(?:year|month|week|summer|autumn|fall|winter|spring|quarter|decade|night|time)"

_PATTERNS = [
    ("money", re.compile(rf"(?:US|C|A)?[$€£¥₽₸₹]\s?{_NUMBER}|{_NUMBER}\s*{_CURRENCY}\b", re.I)),
    ("share", re.compile(rf"{_NUMBER}\s*(?:%|per\s?cent\b|percentage points?\b)", re.I)),
    (
        "date",
        re.compile(
            rf"\b(?:{_MONTH}\s+\d{{1,2}}(?!\d)(?:st|nd|rd|th)?(?:,?\s+(?:19|20)\d\d)?"
            rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?:19|20)\d\d)?"
            rf"|{_MONTH},?\s+(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d"
            rf"|(?!(?<![a-z,]\s)May\s+(?:I|we|you|he|she|it|they|the|this|that|God|there)\b){_MONTH}(?=\W|$)"
            rf"|{_WEEKDAY}|(?:19|20)\d\d(?![\d,.]\d))"
        ),
    ),
    (
        "date",
        re.compile(
            rf"\b(?:(?:last|next|this|the coming|earlier this|later this)\s+{_SOON}"
            rf"|(?:in|within|over)\s+(?:a|an|the\s+(?:next|coming|last)|a\s+few|{_NUMBER})(?:\s+{_NUMBER})?"
            rf"\s+{_TIME_UNIT}(?:\s+time)?|{_NUMBER}\s+{_TIME_UNIT}\s+(?:ago|from\s+now|later)"
            r"|today|tonight|tomorrow|yesterday|\d{1,2}[:.]\d{2}(?:\s*[ap]\.?m\.?)?|noon|midnight"
            r"|\d{1,2}\s*[ap]\.?m\.?)\b",
            re.I,
        ),
    ),
    ("duration", re.compile(rf"{_NUMBER}[\s-]+{_TIME_UNIT}\b", re.I)),
    ("quantity", re.compile(rf"{_NUMBER}\s*{_UNIT}\b", re.I)),
    ("number", re.compile(_NUMBER, re.I)),
]
# A run of capitalised words, joined by small words only inside: "Festival of Kazakh Culture".
_CAPITAL = r"[A-ZÀ-ÖØ-ÞА-ЯЁΑ-Ω][\w’'.&-]*\w|[A-Z]\b"
_NAME = re.compile(
    rf"\b(?:{_CAPITAL})(?:\s+(?:(?:of|the|de|la|del|von|van|for|and|&)\s+){{0,2}}(?:{_CAPITAL}))*"
)
_WORD = re.compile(r"(?P<word>[\w’'.&-]+)\s*")
# So many quotation marks, dashes and spaces may stand between a sentence's end and the next.
_SIGNS_BEFORE = 20
_BETWEEN = re.compile(r"\s+(?:or|to|until)\s+|\s*[–—-]\s*")
_NOT_NAMES = frozenset(
    "i i'm i’m i've i’ve i'll i’ll i'd i’d mr mrs ms dr sir madam the a an and but so or if it "
    "he she we they you this that these those there here in on at by for from with as of to not no "
    "yes well now then our your my his her their its what when where who why how is are was were "
    "thank thanks please let ok okay may".split()
)


@dataclass(frozen=True, slots=True)
class Value:
    """`text[start:end]` is a value of this kind.

    Kinds: money, share, date, duration, quantity, number, name.
    """

    kind: str
    start: int
    end: int


def find_values(text: str) -> list[Value]:
    """Values that do not overlap, in order; the more telling kind wins a place."""
    found: list[Value] = []
    taken = bytearray(len(text))

    def add(kind: str, start: int, end: int) -> None:
        if start < end and taken.find(1, start, end) < 0:
            taken[start:end] = b"\x01" * (end - start)
            found.append(Value(kind, start, end))

    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if match.group().lower() == "one":
                continue  # a pronoun more often than a figure: "one of the leading investors"
            add(kind, match.start(), match.end())
    for start, end in name_spans(text):
        add("name", start, end)
    return _joined(text, sorted(found, key=lambda value: value.start))


def name_spans(text: str) -> list[tuple[int, int]]:
    """Runs of capitalised words; a sentence's first word counts only within a longer run."""
    spans = []
    for match in _NAME.finditer(text):
        start, end = match.span()
        first = _WORD.match(text, start, end)
        while first and first["word"].casefold().strip(".") in _NOT_NAMES:
            start = first.end()
            first = _WORD.match(text, start, end)
        if start < end and text[end - 2 : end] in ("’s", "'s"):
            end -= 2
        if start >= end:
            continue
        alone = " " not in text[start:end]
        if alone and _opens_sentence(text, start) and not text[start:end].isupper():
            continue
        spans.append((start, end))
    return spans


def _joined(text: str, values: list[Value]) -> list[Value]:
    """Two dates or figures of one kind with "or", "to" or a dash between are one value."""
    joined: list[Value] = []
    for value in values:
        last = joined[-1] if joined else None
        if (
            last
            and last.kind == value.kind != "name"
            and _BETWEEN.fullmatch(text[last.end : value.start])
        ):
            joined[-1] = Value(value.kind, last.start, value.end)
        else:
            joined.append(value)
    return joined


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - _SIGNS_BEFORE) : start].rstrip(" \"'“‘(*_-–—")
    return not before or before[-1] in ".!?:\n…"
