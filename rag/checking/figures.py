"""The figures and dates of a sentence in one form, so that "thirty billion dollars" is "$30bn".

English words and signs; digits work in any language. What a figure may mean is a set of keys, as
"7.591" is written for two numbers and "last year" is a year once the day of speaking is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import zip_longest

from .dating import dates, named_times, ordinals, relatives, years
from .figure import Figure, Key, numbers
from .numbering import MONEY, fractions, numbered

# In order: what an earlier one takes for its own a later one doesn't see.
_KINDS = (dates, relatives, years, named_times, fractions, ordinals, numbered)
# A unit of these in a claim is an invention where the quote has none.
_TOLD = MONEY | {"%"}
# Behind a figure with no unit, what leaves room for one: "it is 4.1 now".
_COUNTS_NOTHING = re.compile(
    r"\s*(?:$|[.,;:!?)–—]|(?:of|in|on|an?|per|each|every|to|and|or|but|than|at|from|for|by|this|"
    r"last|next|then|now|today|more|less|if|when|while|is|was|would|will|went|came|with|as)\b)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:to|and|or|through|[-–—])\s*(?:about|around|over|nearly)?\s*")
_FROM_SIZE = 1_000
# Between what was said by mistake and what was meant.
_CORRECTED = re.compile(
    r"[^.?!]{0,40}[.,;–—-]\s*(?:(?:oh|no|well|er|uh|um|wait)[\s,;.–—-]+)*"
    r"(?:sorry|pardon(?:\s+me)?|excuse\s+me|correction|i\s+mean|i\s+meant|make\s+that|no)[\s,;:.–—-]+"
    r"(?:(?:it|that|they)(?:['’]s|\s+is|\s+was|\s+were)\s+)?",
    re.IGNORECASE,
)


def figures_of(text: str, spoken_on: str | None = None) -> list[Figure]:
    """The figures and dates of a text in order, none inside another. `spoken_on` (YYYY-MM-DD) is
    the day from which "last year" is told."""
    today = (int(spoken_on[:4]), int(spoken_on[5:7])) if spoken_on else None
    found: list[Figure] = []
    taken = bytearray(len(text))
    for kind in _KINDS:
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
            keys = numbers(value * other.factor for value in values)
            figures[at] = replace(one, unit=other.unit, keys=keys)
    return figures


def without_taken_back(text: str, figures: Sequence[Figure]) -> list[Figure]:
    """The figures of a quote without those that its speaker corrects: "seven, sorry, nine"."""
    return [
        figure
        for figure, then in zip_longest(figures, figures[1:])
        if then is None or not _CORRECTED.fullmatch(text[figure.end : then.start].rstrip("$€£¥₽₸₹"))
    ]


def money_in(text: str) -> frozenset[str]:
    """The currencies that a text speaks of."""
    return frozenset(figure.unit for figure in figures_of(text) if figure.unit in MONEY)


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
