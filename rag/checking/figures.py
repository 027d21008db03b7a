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

from ..wording.values import DIGITS
from .dating import dates, named_times, ordinals, relatives, years
from .figure import Figure, Key, numbers
from .numbering import MONEY, fortnights, fractions, numbered

# In order: what an earlier one takes for its own a later one doesn't see.
_KINDS = (dates, relatives, years, named_times, fortnights, fractions, ordinals, numbered)
# A number that belongs to a label: "Speaker 2", "spk_1".
_LABEL = re.compile(
    r"\b(?:[Ss]peaker|SPEAKER|[Pp]articipant|spk|SPK|Guest|Person|Voice|Caller|Panell?ist|"
    r"Interviewee|Interviewer|Attendee)[\s_#-]*\d{1,3}\b(?![.,]?\d|\s*%)"
)
# A unit of these in a claim is an invention where the quote has none.
_TOLD = MONEY | {"%"}
# Behind a figure with no unit, what leaves room for one: "it is 4.1 now".
_COUNTS_NOTHING = re.compile(
    r"\s*(?:$|[.,;:!?)–—]|(?:of|in|on|an?|per|each|every|to|and|or|but|than|at|from|for|by|this|"
    r"last|next|then|now|today|more|less|if|when|while|is|was|would|will|went|came|with|as|away|"
    r"off|apart|short|ahead|behind|up|down|higher|lower|instead|rather|compared|against|without)\b)",
    re.IGNORECASE,
)
# Between "four million" and a "six" that is as large: not much, and no other case.
_LENDS_SCALE = re.compile(r"(?:(?!\b(?:if|unless|otherwise|without)\b).){0,40}", re.I | re.DOTALL)
_OF = re.compile(r"\s*of\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:to|and|or|through|[-–—])\s*(?:about|around|over|nearly)?\s*")
_FROM_SIZE = 1_000
# Behind a figure, what doesn't say what it counts: "3.2 at the end", "seven of the nineteen days".
_COUNTS_NONE = re.compile(
    r"\s*(?:at|in|on|by|for|from|to|and|or|but|when|while|because|which|who|as|with|than|over|under|"
    r"after|before|since|until|if|so|is|are|was|were)\b"
    rf"|\s*of\s+(?:(?:the|its|their|these|those|all)\s+)?(?:\d|(?:{'|'.join(DIGITS)})\b)",
    re.IGNORECASE,
)
# How another begins who says that a figure was wrong, and how near it ends what was said.
_SET_RIGHT = re.compile(
    r"\W*(?:(?:no|well|actually|er|um|sorry|not\s+quite|now)\W+)*"
    r"(?:(?:it|that|they|we|there)(?:['’](?:s|re)|\s+(?:is|was|are|were))\s+)?(?:\w+\s+)?",
    re.IGNORECASE,
)
_AT_END_CHARS = 12
# Between what was said by mistake and what was meant.
_CORRECTED = re.compile(
    r"[^.?!]{0,40}[.,;–—-]\s*(?:(?:oh|no|well|er|uh|um|wait)[\s,;.–—-]+)*"
    r"(?:(?:i['’]m\s+|i\s+am\s+)?sorry|forgive\s+me|my\s+mistake|pardon(?:\s+me)?|excuse\s+me|"
    r"correction|i\s+mean|i\s+meant|make\s+that|no)[\s,;:.–—-]+"
    r"(?:(?:it|that|they)(?:['’]s|\s+is|\s+was|\s+were)\s+)?",
    re.IGNORECASE,
)


def figures_of(text: str, spoken_on: str | None = None) -> list[Figure]:
    """The figures and dates of a text in order, none inside another. `spoken_on` (YYYY-MM-DD) is
    the day from which "last year" is told."""
    today = (int(spoken_on[:4]), int(spoken_on[5:7])) if spoken_on else None
    found: list[Figure] = []
    taken = bytearray(len(text))
    for label in _LABEL.finditer(text):
        taken[label.start() : label.end()] = b"\x01" * len(label[0])
    for kind in _KINDS:
        for figure in kind(text, today):
            if taken.find(1, figure.start, figure.end) < 0:
                taken[figure.start : figure.end] = b"\x01" * (figure.end - figure.start)
                found.append(figure)
    return _ranged(text, sorted(found, key=lambda figure: figure.start))


def _ranged(text: str, figures: list[Figure]) -> list[Figure]:
    """The same where one of "50 to 60 percent", "£24-27 million" has unit or scale of the other."""
    for at in range(len(figures) - 2, -1, -1):
        one, other = figures[at], figures[at + 1]
        between = text[one.end : other.start].rstrip("$€£¥₽₸₹")
        if not (one.is_number and other.is_number and _BETWEEN.fullmatch(between)):
            continue
        if one.unit and other.unit and one.unit != other.unit:
            continue
        scale = other.scale if one.scale == 1 and max(one.values) < _FROM_SIZE else 1.0
        factor = other.factor if other.unit and not one.unit else 1.0
        keys = numbers(value * scale * factor for value in one.values)
        figures[at] = replace(one, unit=one.unit or other.unit, keys=keys, scale=scale * one.scale)
        if one.unit in MONEY and not other.unit:
            figures[at + 1] = replace(other, unit=one.unit)
    return figures


def without_taken_back(text: str, figures: Sequence[Figure]) -> list[Figure]:
    """The figures of a quote without those that its speaker corrects: "seven, sorry, nine"."""
    return [
        figure
        for figure, then in zip_longest(figures, figures[1:])
        if then is None or not _CORRECTED.fullmatch(text[figure.end : then.start].rstrip("$€£¥₽₸₹"))
    ]


def without_set_right(text: str, figures: Sequence[Figure], reply: str) -> list[Figure]:
    """The figures of a quote without the one at its end that another sets right at once: "You're at
    58,000." "It's 52,000." """
    last = figures[-1] if figures else None
    then = next(iter(figures_of(reply)), None)
    if last is None or then is None or len(text) - last.end > _AT_END_CHARS:
        return [*figures]
    put_right = (
        of_one_kind(last, then)
        and not holds(last, then)
        and _SET_RIGHT.fullmatch(reply[: then.start].rstrip("$€£¥₽₸₹"))
    )
    return [*figures[:-1]] if put_right else [*figures]


def money_in(text: str) -> frozenset[str]:
    """The currencies that a text speaks of."""
    return frozenset(figure.unit for figure in figures_of(text) if figure.unit in MONEY)


def with_lent_units(text: str, figures: Sequence[Figure], money: AbstractSet[str]) -> list[Figure]:
    """The figures of a quote, where one with no unit may have that of a figure before it, a sum the
    one currency that is spoken of, and "six" soon behind "four million" be six million."""
    lent: list[Figure] = []
    before: set[tuple[str, float]] = set()
    currency = set(money) if len(money) == 1 else set()
    scale, scaled_end = 1.0, 0
    for figure in figures:
        behind = text[figure.end :]
        if figure.is_number and not figure.unit and _COUNTS_NOTHING.match(behind):
            large = max(figure.values) >= _FROM_SIZE
            units = before | {(unit, 1.0) for unit in currency if large}
            if large:
                scale, scaled_end = figure.scale, figure.end
            elif scale > 1 and _LENDS_SCALE.fullmatch(text[scaled_end : figure.start]):
                scaled_end = figure.end
                if not _OF.match(behind):
                    named = {"", *currency, *(unit for unit, _ in before)}
                    units |= {(unit, scale) for unit in named}
            figure = replace(figure, lent=figure.lent | units)
        elif figure.is_number:
            scale, scaled_end = figure.scale, figure.end
            before |= {(figure.unit, figure.factor)} if figure.unit else set()
        lent.append(figure)
    return lent


def holds(wanted: Figure, held: Figure) -> bool:
    """Whether a figure of a quote carries one of a claim: the same, or the same and closer told,
    as "November 12" carries "November"."""
    if wanted.bound * held.bound < 0 or (wanted.is_to and held.is_from):
        return False
    factors = [factor for unit, factor in held.lent if unit == wanted.unit]
    keys = numbers(value * factor for value in held.values for factor in factors)
    if wanted.unit == held.unit or not wanted.is_number:
        keys |= held.keys
    elif not factors:
        if (wanted.unit and held.unit) or wanted.unit in _TOLD:
            return False
        keys = held.keys
    return any(_carries(a, b) for a in wanted.keys for b in keys)


def of_one_kind(one: Figure, other: Figure) -> bool:
    """Whether two figures could be taken for each other."""
    alike = one.may_be(other.unit) or other.may_be(one.unit)
    apart = one.unit and other.unit and one.factor != other.factor  # "three hours and ten minutes"
    return one.is_number and other.is_number and alike and not apart


def _carries(wanted: Key, held: Key) -> bool:
    if wanted[0] == held[0] == "date":
        return all(a is None or a == b for a, b in zip(wanted[1:], held[1:], strict=True))
    return wanted == held


def behind(text: str, figure: Figure) -> str:
    """The next words behind a figure, where these are what it counts."""
    rest = re.split(r"[,;:.!?()]", text[figure.end :])[0]
    return "" if _COUNTS_NONE.match(rest) else " ".join(rest.split()[:3])


def neighbours(text: str, figure: Figure, others: Sequence[Figure]) -> str:
    """The words around a figure that tell what it is of: up to four before and three behind,
    within its part of the sentence and not past another figure."""
    first = max([0, *(other.end for other in others if other.end <= figure.start)])
    last = min([len(text), *(other.start for other in others if other.start >= figure.end)])
    before = re.split(r"[,;:.!?()]\s", text[first : figure.start])[-1].split()[-4:]
    behind = re.split(r"[,;:.!?()](?:\s|$)", text[figure.end : last])[0].split()[:3]
    return " ".join([*before, *behind])
