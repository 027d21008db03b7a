"""Whether the figures and dates of a claim are said of the same in a quote; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from index.sentences import sentences

from ..question import sentence_outlook
from .denial import Terms
from .english import empty, with_kin
from .evidence import Fault, Source
from .figure import Figure
from .figures import behind, figures_of, holds, neighbours, of_one_kind

# Words around a figure that don't tell what it is of; and one that makes it a difference.
_VAGUE = "come last make take get go give total about around"
_COMPARES = re.compile(
    r"\s*(?:\w+\s+)?(?:more|fewer|less|higher|lower)\b(?!\s+or\b)", re.IGNORECASE
)
# What tells of how much something changes, right before the figure.
_CHANGES_BY = re.compile(
    r"\b(?:sav(?:es?|ed|ing|ings)(?:\s+of)?|by|a\s+\w+\s+of|loses?|lost|gains?|gained)"
    r"\W+(?:about|around|some|over|nearly|almost|up\s+to)?\W*$",
    re.IGNORECASE,
)
_NEAR_CHARS = 30


def wrong_figure(claim: str, source: Source, terms: Terms) -> Fault | None:
    wanted = figures_of(claim, source.heading.date)
    for figure in wanted:
        said = claim[figure.start : figure.end]
        held = [other for other in source.figures if holds(figure, other)]
        if not held and _is_one_of(figure, said, source.told):
            continue
        if not held:
            if _is_day_of_talk(figure, wanted, source):
                continue
            return Fault(f"no quote holds “{said}”", False, absent=True)
        if not any(_in_place(claim, figure, wanted, source, other, terms) for other in held):
            return Fault(f"“{said}” is said of something else", True)
    if _of_another_time(wanted, source):
        return Fault("it is said of another time", True)
    if any(figure.is_number for figure in wanted):
        ours, theirs = sentence_outlook(claim), sentence_outlook(source.told)
        if ours and theirs and ours != theirs:
            return Fault("one speaks of what has been, the other of what is to come", True)
    return None


def _is_one_of(figure: Figure, said: str, text: str) -> bool:
    """Whether a figure is one of something that the quote has with an article: "a year"."""
    counted = re.fullmatch(r"one\s+(\w+)", said, re.IGNORECASE)
    return bool(counted and re.search(rf"\ban?\s+{counted[1]}\b", text, re.IGNORECASE))


def _of_another_time(wanted: Sequence[Figure], source: Source) -> bool:
    """Whether a number stands in a sentence that has dates, but none of the claim's."""
    dates = [figure for figure in wanted if figure.is_date]
    if source.size == 1 or not dates:
        return False
    for figure in wanted:
        if not figure.is_number:
            continue
        apart = []
        for start, end in sentences(source.told):
            inside = [f for f in source.figures if start <= f.start < end]
            if any(holds(figure, f) for f in inside):
                own = [f for f in inside if f.is_date]
                apart.append(bool(own) and not any(holds(d, f) for d in dates for f in own))
        if apart and all(apart):
            return True
    return False


def _is_day_of_talk(figure: Figure, wanted: Sequence[Figure], source: Source) -> bool:
    """Whether a date of a claim is the day of the talk, given beside the dates of the quote."""
    if not source.heading.date:
        return False
    day = figures_of(source.heading.date)[0]
    own = [f for f in source.figures if any(kind in ("date", "relative") for kind, *_ in f.keys)]
    kept = all(any(holds(other, mine) for other in wanted) for mine in own)
    return kept and holds(figure, day)


def counts_another(claim: str, figure: Figure, source: Source, held: Figure, terms: Terms) -> bool:
    """Whether what a figure counts in the claim is counted by another one in the quote: "six
    points", where it is four points behind with six matches left."""
    counted = _words(behind(claim, figure), terms)
    if not figure.is_number or figure.unit or not counted:
        return False
    theirs = _words(behind(source.told, held), terms)
    return (
        bool(theirs)
        and counted.isdisjoint(theirs)
        and any(
            not counted.isdisjoint(_words(behind(source.told, other), terms))
            for other in source.figures
            if other.is_number and other is not held
        )
    )


def is_end_of_change(claim: str, figure: Figure, held: Figure) -> bool:
    """Whether a claim takes what something came from or to for how much it changed: "saves 24,500",
    where it falls from 31,000 to 24,500."""
    before = claim[max(0, figure.start - _NEAR_CHARS) : figure.start]
    return (held.is_from or held.is_to) and _CHANGES_BY.search(before) is not None


def _words(text: str, terms: Terms) -> AbstractSet[str]:
    """Those that tell what a figure is of."""
    return with_kin(terms(text) - (empty(terms) - terms("may")) - terms(_VAGUE), terms)


def _beside(source: Source, figure: Figure) -> str:
    return neighbours(source.told, figure, [each for each in source.figures if each.is_number])


def _in_place(
    claim: str, figure: Figure, wanted: Sequence[Figure], source: Source, held: Figure, terms: Terms
) -> bool:
    """Whether a figure is said of the same as in the claim, where the sentence has others of its
    kind: no other of them stands among more of the claim's words."""
    if not figure.is_number:
        return True
    counted = _words(behind(claim, figure), terms) & _words(source.told, terms)
    beside = _words(f"{_beside(source, held)} {behind(source.told, held)}", terms)
    if not figure.unit and counted and counted.isdisjoint(beside):
        return False
    numbers = [f for f in source.figures if f.is_number]
    rivals = [f for f in numbers if f is not held and of_one_kind(f, held)]
    if (figure.is_from and held.is_from) or (figure.is_to and held.is_to):
        return True
    if figure.is_from and not held.is_from and any(rival.is_from for rival in rivals):
        return False
    started = [f for f in wanted if f.is_from and f is not figure]
    rivals = [f for f in rivals if not (f.is_from and any(holds(other, f) for other in started))]
    differ = _COMPARES.match(claim, figure.end) and not _COMPARES.match(source.told, held.end)
    if differ and any(_COMPARES.match(source.told, rival.end) for rival in rivals):
        return False
    if not (figure.bound or held.bound):  # "at least 2.5 metres wide, and it would be 2.8"
        rivals = [rival for rival in rivals if not rival.bound]
    ours = _words(neighbours(claim, figure, [f for f in wanted if f.is_number]), terms)
    near = len(ours & _words(_beside(source, held), terms))
    return all(len(ours & _words(_beside(source, rival), terms)) <= near for rival in rivals)
