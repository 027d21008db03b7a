"""How answers are scored: SQuAD's exact match and F1, refusals by a threshold, and how far
probabilities can be believed. Pure.

A question that has no answer has no accepted answers, and an empty one is right for it.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
# Of the normal distribution: 95% lie so many standard deviations around the mean.
_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Predicted:
    """What was said to one question: the best words there were, how surely (any scale; more is
    surer), and the accepted answers."""

    text: str
    score: float
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    def __str__(self) -> str:
        if not self.of:
            return "-"
        low, high = wilson(self.count, self.of)
        return (
            f"{self.count}/{self.of} {100 * self.count / self.of:.1f} "
            f"({100 * low:.0f}-{100 * high:.0f})"
        )


def normalised(text: str) -> str:
    """As SQuAD's official script does: no case, punctuation, articles and spare white space."""
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def exact(text: str, answers: Sequence[str]) -> float:
    """1 where the text is one of the answers, normalised; else 0."""
    return float(any(normalised(text) == accepted for accepted in _accepted(answers)))


def f1(text: str, answers: Sequence[str]) -> float:
    """The best F1 of the words of the text with those of an answer; 0 or 1 where one is empty."""
    return max(_f1(normalised(text).split(), accepted.split()) for accepted in _accepted(answers))


def _accepted(answers: Sequence[str]) -> list[str]:
    return [plain for answer in answers if (plain := normalised(answer))] or [""]


def _f1(words: Sequence[str], accepted: Sequence[str]) -> float:
    if not words or not accepted:
        return float(not words and not accepted)
    common = sum((Counter(words) & Counter(accepted)).values())
    return 2 * common / (len(words) + len(accepted))


def scored(predicted: Sequence[Predicted], threshold: float) -> NDArray[np.float64]:
    """(questions, 2): exact match and F1, where what scores below the threshold is refused."""
    texts = [each.text if each.score >= threshold else "" for each in predicted]
    pairs = zip(texts, predicted, strict=True)
    return np.array([(exact(t, p.answers), f1(t, p.answers)) for t, p in pairs]).reshape(-1, 2)


def best_threshold(predicted: Sequence[Predicted]) -> float:
    """The threshold at which the mean F1 of these very questions is highest. What is measured
    with it flatters: a threshold is to be fixed before."""
    order = sorted(predicted, key=lambda each: -each.score)
    gains = [f1(each.text, each.answers) - f1("", each.answers) for each in order]
    best, total, threshold = 0.0, 0.0, math.inf
    for i, (each, gain) in enumerate(zip(order, gains, strict=True)):
        total += gain
        last_of_equals = i + 1 == len(order) or order[i + 1].score < each.score
        if last_of_equals and total > best:
            best, threshold = total, each.score
    return threshold


def threshold_at(answerable: Sequence[float], refused: float) -> float:
    """The highest threshold below which at most this share of the answerable scores lie."""
    allowed = math.floor(refused * len(answerable) + 1e-9)
    return sorted(answerable)[allowed] if allowed < len(answerable) else math.inf


def refused_at(answerable: Sequence[float], unanswerable: Sequence[float], refused: float) -> Share:
    """The unanswerable that are refused where at most this share of the answerable is, too."""
    threshold = threshold_at(answerable, refused)
    return Share(sum(score < threshold for score in unanswerable), len(unanswerable))


def auc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float:
    """How often an answerable question scores above an unanswerable one; a tie is half. NaN where
    there are none of either."""
    if not answerable or not unanswerable:
        return math.nan
    others = np.sort(unanswerable)
    below = np.searchsorted(others, answerable, "left")
    not_above = np.searchsorted(others, answerable, "right")
    return float((below + not_above).mean() / 2 / len(others))


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson 1927)."""
    share, z2 = count / of, _Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of**2))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Bin:
    """The predictions whose probability is from `low` to below `high` (the last one holds 1)."""

    low: float
    high: float
    count: int
    predicted: float  # the mean of their probabilities; NaN where there are none
    right: float  # the share of them that is right


def reliability(
    probabilities: Sequence[float], right: Sequence[float], bins: int = 10
) -> list[Bin]:
    """Bins of equal width: where probabilities can be believed, `predicted` is `right`."""
    given, were = np.asarray(probabilities, np.float64), np.asarray(right, np.float64)
    place = np.minimum((given * bins).astype(int), bins - 1)
    found = []
    for i in range(bins):
        here = place == i
        some = bool(here.any())
        found.append(
            Bin(
                i / bins,
                (i + 1) / bins,
                int(here.sum()),
                float(given[here].mean()) if some else math.nan,
                float(were[here].mean()) if some else math.nan,
            )
        )
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected one: the mean distance between predicted and right, weighted by counts."""
    filled = [each for each in bins if each.count]
    total = sum(each.count for each in filled)
    return sum(each.count * abs(each.predicted - each.right) for each in filled) / max(1, total)
