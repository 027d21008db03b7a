"""Measures of retrieval against labelled stretches, and how sure their means are. Pure.

A word is a run of characters without white space (each character, in scripts that put none
between words), known by where it begins. The gold of a question is one stretch of words or
several: a sentence of evidence each, or a run of turns.

A passage is relevant when it shares with one stretch at least 20 words, or half of the stretch's,
or half of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean

import numpy as np

from index import Hit, Passage, Transcript

# A transcript, a turn, and where in the turn's text the word begins.
Word = tuple[str, int, int]
Stretch = frozenset[Word]
TranscriptOf = Callable[[str], Transcript]

MEASURES = (
    "hit@1", "hit@5", "hit@10", "MRR@10", "nDCG@10", "recall@500w", "recall@1000w", "hw@200",
)  # fmt: skip
ENOUGH_WORDS = 20
RESAMPLES = 2_000
_SEED = 7

# Thai, Lao, Burmese, Khmer; Han, kana and their full-width signs.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    "\u2e80-\u312f\u31f0-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|(?<![^\s{_UNSPACED}])[^\s{_UNSPACED}]+")
_NO_LETTERS = re.compile(r"[\W_]+")
_END_OF_TURN = "\n"


@dataclass(frozen=True, slots=True)
class Gold:
    """Where the answer to a question stands: stretches, none of them empty."""

    stretches: tuple[Stretch, ...]

    @classmethod
    def of_turns(cls, transcript: Transcript, runs: Iterable[tuple[int, int]]) -> Gold:
        """Whole turns of one transcript, as runs from a first to a last position, inclusive."""
        stretches = (
            frozenset(
                word
                for turn in transcript.turns[first : last + 1]
                for word in _words(transcript, turn.position)
            )
            for first, last in runs
        )
        return cls(tuple(stretch for stretch in stretches if stretch))

    @property
    def words(self) -> Stretch:
        return frozenset().union(*self.stretches)

    @property
    def transcripts(self) -> tuple[str, ...]:
        """Those it stands in, in order of id."""
        return tuple(sorted({transcript for transcript, _, _ in self.words}))

    def in_passage(self, words: Collection[Word]) -> bool:
        """Whether a passage of these words is relevant; see the module."""
        return any(
            0
            < len(stretch.intersection(words))
            >= min(ENOUGH_WORDS, len(stretch) / 2, len(words) / 2)
            for stretch in self.stretches
        )


def find_sentences(
    sentences: Collection[str], transcript: Transcript
) -> dict[str, tuple[Stretch, ...]]:
    """Where each of these sentences that is in the transcript stands: within one turn, word for
    word, whatever the case, punctuation and white space."""
    spoken: list[tuple[str, Word]] = []
    for turn in transcript.turns:
        spoken += [
            (plain, word)
            for word, text in _words(transcript, turn.position).items()
            if (plain := _plain(text))
        ]
        spoken.append((_END_OF_TURN, (transcript.id, turn.position, len(turn.text))))
    text = f" {' '.join(plain for plain, _ in spoken)} "
    found = {}
    for sentence in sentences:
        wanted = [plain for match in _WORD.finditer(sentence) if (plain := _plain(match.group()))]
        sought = f" {' '.join(wanted)} "
        stretches, at = [], text.find(sought) if wanted else -1
        while at >= 0:
            first = text.count(" ", 0, at)
            stretches.append(frozenset(word for _, word in spoken[first : first + len(wanted)]))
            at = text.find(sought, at + 1)
        if stretches:
            found[sentence] = tuple(stretches)
    return found


def measure(
    hits: Sequence[Hit], gold: Gold, transcript_of: TranscriptOf, passages: Iterable[Passage]
) -> dict[str, float]:
    """The MEASURES of one ranked list, each from 0 to 1.

    `hit@k`: a relevant passage is among the first k. `MRR@10`: 1 / the rank of the first one, 0
    beyond the tenth. `nDCG@10`: gain 1 for a relevant passage, discount log2(1 + rank), over that
    of the best order possible; for which `passages` are all those of the gold's transcripts.
    `recall@Bw`: the share of the gold words among the first B words of the list, in which a word
    that comes again counts again. `hw@200`: at least 20 gold words, or all there are, are among
    the first 200.

    `hit@k`, `MRR` and `nDCG` flatter large passages: where the cut of passages differs, compare
    by words.
    """
    relevant: list[bool] = []
    read: list[Word] = []
    for hit in hits:
        if len(relevant) >= 10 and len(read) >= 1000:
            break  # the rest counts for nothing, and its transcripts need not be read
        words = words_of(hit.passage, transcript_of)
        if len(relevant) < 10:
            relevant.append(gold.in_passage(words))
        read += words
    first = relevant.index(True) + 1 if any(relevant) else None
    possible = sum(gold.in_passage(words_of(passage, transcript_of)) for passage in passages)
    wanted = gold.words

    def among(budget: int) -> int:
        return len(wanted.intersection(islice(read, budget)))

    return {
        **{f"hit@{k}": float(any(relevant[:k])) for k in (1, 5, 10)},
        "MRR@10": 1 / first if first else 0.0,
        "nDCG@10": _dcg(relevant) / _dcg([True] * min(possible, 10)),
        **{f"recall@{budget}w": among(budget) / len(wanted) for budget in (500, 1000)},
        "hw@200": float(among(200) >= min(ENOUGH_WORDS, len(wanted))),
    }


def words_of(passage: Passage, transcript_of: TranscriptOf) -> list[Word]:
    """The words that begin in a passage, in order; names put before them are none."""
    transcript = transcript_of(passage.transcript)
    return [
        word
        for part in passage.slices
        for word in _words(transcript, part.turn, part.start, part.end)
    ]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `of` questions; 95% of resamplings of them have theirs from `low` to `high`."""

    of: int
    mean: float
    low: float
    high: float


def estimate(values: Sequence[float]) -> Estimate:
    """The mean with its percentile bootstrap interval (Efron 1979), from a fixed seed.

    Raises ValueError where there are no values.
    """
    if not values:
        raise ValueError("the mean of nothing")
    drawn, given = np.random.default_rng(_SEED), np.asarray(values, np.float64)
    # One resampling at a time: memory stays that of the values.
    means = [given[drawn.integers(0, given.size, given.size)].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Estimate(given.size, fmean(values), float(low), float(high))


def paired_difference(these: Sequence[float], others: Sequence[float]) -> Estimate:
    """By how much the mean of `these` is above that of `others`, of the same questions in order.

    The resampling draws questions, so that both settings always have the same ones.
    """
    return estimate([this - other for this, other in zip(these, others, strict=True)])


def _words(
    transcript: Transcript, turn: int, start: int = 0, end: int | None = None
) -> dict[Word, str]:
    """The words of a turn that begin from `start` on and before `end`, with their text."""
    text = transcript.turns[turn].text
    return {
        (transcript.id, turn, match.start()): match.group()
        for match in _WORD.finditer(text, start, len(text) if end is None else end)
    }


def _plain(word: str) -> str:
    """A word without case and punctuation; nothing is left of a dash."""
    return _NO_LETTERS.sub("", word).casefold()


def _dcg(gains: Sequence[bool]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
