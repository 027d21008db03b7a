"""Whether what a tool shows answers, by one rule for all. Pure.

Of QMSum the gold is turns. A passage is looked for in its meeting's text by its words alone, so
that what a splitter did to spaces and signs does not matter; it is relevant by the rule of
rag/measuring/measures.py, names of speakers not counted. Where it stands several times, the best of
these counts.

Of the labelled questions the gold is sentences. One is shown where its words stand in what is shown
in this order, with not much between: line numbers, times of captions. A quote that is part of the
sentence is right too, as in `turncite evaluate`; no passage is so short.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from rag.measuring.measures import ENOUGH_WORDS, Gold

Shown = Mapping[str, Any]  # "document", "text", and "words" of a tool that knows where they stand
BUDGET = 200
_PLAIN = re.compile(r"[^\W_]+")
# What may stand between the words of a sentence, in words: as many as it has, and so many more.
_BETWEEN = 40


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as the file that all are given, and where the words of its turns stand there.

    `text` is the file's; `plain` its words, each with a space before it; `at` (n,) where each
    begins, and `said` (n,) which word of the turns it is part of, None in a name. `ends` is where
    each turn ends, in words.
    """

    name: str
    text: str
    plain: str
    at: tuple[int, ...]
    said: tuple[int | None, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, name: str, turns: Iterable[tuple[str, str]]) -> Meeting:
        """Turns without words are left out of the file."""
        words: list[tuple[str, int | None]] = []
        lines, ends = [], [0]
        for speaker, text in turns:
            spoken = text.split()
            if spoken:
                lines.append(f"{speaker}: {text}")
                words += [(word, None) for word in plain(speaker)]
                for number, token in enumerate(spoken, ends[-1]):
                    words += [(word, number) for word in plain(token)]
            ends.append(ends[-1] + len(spoken))
        at = tuple(accumulate((len(word) + 1 for word, _ in words), initial=0))[:-1]
        together = "".join(f" {word}" for word, _ in words)
        said = tuple(number for _, number in words)
        return cls(name, "\n\n".join(lines) + "\n", together, at, said, tuple(ends))

    @property
    def document(self) -> str:
        """The name of its file."""
        return f"{self.name}.txt"

    def gold(self, runs: Iterable[tuple[int, int]]) -> Gold:
        """Of runs of turns, first and last included."""
        last_turn = len(self.ends) - 2
        stretches = (
            frozenset(
                (self.name, 0, word)
                for word in range(self.ends[first], self.ends[min(last, last_turn) + 1])
            )
            for first, last in runs
        )
        return Gold(tuple(stretch for stretch in stretches if stretch))

    def places(self, shown: Shown) -> list[list[int]]:
        """The words of the turns in a passage, in order, for each place where it stands."""
        if known := shown.get("words"):
            first, end, of = known
            assert of == self.ends[-1], f"{self.name} was read with {of} of its words"
            return [list(range(first, end))]
        sought = " ".join(plain(shown["text"]))
        found, start = [], self.plain.find(sought)
        while sought and start >= 0:
            first = bisect_right(self.at, start) - 1
            end = bisect_left(self.at, start + len(sought))
            held = self.said[first:end]
            found.append(list(dict.fromkeys(word for word in held if word is not None)))
            start = self.plain.find(sought, start + 1)
        return found


def measured(meeting: Meeting, gold: Gold, passages: Sequence[Shown]) -> dict[str, float]:
    """`hit`: whether one of the passages is relevant. `hw@200`: whether 20 words of the gold, or
    all there are, are among the first 200 shown. `lost`: passages of the meeting not found in it.
    """
    hit, lost, wanted = False, 0, gold.words
    read: list[Any] = []
    for shown in passages:
        if shown["document"] != meeting.document:
            read += [None] * len(shown["text"].split())
            continue
        places = [[(meeting.name, 0, n) for n in place] for place in meeting.places(shown)]
        lost += not places
        hit = hit or any(map(gold.in_passage, places))
        read += max(places, key=lambda place: len(wanted.intersection(place)), default=[])
    among = len(wanted.intersection(read[:BUDGET]))
    return {"hit": hit, "hw@200": among >= min(ENOUGH_WORDS, len(wanted)), "lost": lost}


def holds(shown: str, sentence: str) -> bool:
    """See the module."""
    there, wanted = plain(shown), plain(sentence)
    if not there or not wanted:
        return False
    if f" {' '.join(there)} " in f" {' '.join(wanted)} ":
        return True
    reach = 2 * len(wanted) + _BETWEEN
    return any(
        _in_order(wanted, there[start : start + reach])
        for start, word in enumerate(there)
        if word == wanted[0]
    )


def _in_order(wanted: Sequence[str], there: Sequence[str]) -> bool:
    left = iter(there)
    return all(word in left for word in wanted)


def plain(text: str) -> list[str]:
    return _PLAIN.findall(unicodedata.normalize("NFKC", text).casefold())
