"""What whole transcripts are about, in their own most telling sentences: for "Summarize the
interview", which names no subject.

The sentences whose words are the most frequent there, those of one already taken counting less
(SumBasic: Nenkova and Vanderwende 2005).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from index import Filters, Library, Turn
from index.sentences import sentences
from index.types import Document, Heading
from index.words import count_words

from ..question import Question
from ..scope import within
from ..types import Answer, Quote
from ..wording.values import find_values
from .matching import TermsOf
from .overview import (
    MAX_QUOTES,
    OF_ONE,
    Said,
    composed,
    is_filler,
    may_be_quoted,
    terms_of,
    when,
)

# Of sentences that tell what a transcript is about: their words, and what a figure or name adds.
_GIST_WORDS = (10, 60)
_VALUE_TELLS = 0.25
_VALUES_COUNTED = 3


def gist(
    question: Question, library: Library, scope: Filters, documents: Sequence[Document]
) -> Answer | None:
    """The answer in quotes of the transcripts in the scope, of many of the most recent; None where
    they hold no sentence that tells anything."""
    places = sorted(within(documents, scope), key=lambda d: (d.date or "", d.id), reverse=True)
    read = places[:MAX_QUOTES]
    chosen: list[Said] = []
    for document in read:
        terms = partial(terms_of, library, document.language)
        heading = Heading(document.title, document.date, document.place, document.language)
        turns = [
            turn
            for turn in library.turns(document.id, 0, document.turns)
            if scope.allow([turn.speaker or ""]) and may_be_quoted(question, turn.speaker)
        ]
        chosen += telling(document.id, turns, heading, terms, MAX_QUOTES // len(read))
    if not chosen:
        return None
    speakers = {name for document in places for name in document.speakers}
    heard = {name for name in speakers if may_be_quoted(question, name)}
    answer = composed(question, sorted(chosen, key=when), heard)
    lead = _lead(chosen, len(read), len(places))
    return replace(answer, text=f"{lead}\n\n{answer.text}") if lead else answer


def _lead(chosen: Sequence[Said], read: int, places: int) -> str | None:
    """What was left out; None where a quote of each transcript is there."""
    none = read - len({said.quote.transcript for said in chosen})
    of = (
        f"the {read} most recent of {places:,} transcripts"
        if read < places
        else f"{read} transcripts"
    )
    if none:
        quotes = f"{len(chosen)} quote{'s' if len(chosen) != 1 else ''}"
        return f"{quotes} of {of}; {none} gave none:"
    return f"One quote of each of {of}:" if read < places else None


def telling(
    transcript: str, turns: Sequence[Turn], heading: Heading, terms: TermsOf, most: int
) -> list[Said]:
    """The sentences of these turns that have most of what comes up most, few of one speaker."""
    few, many = _GIST_WORDS
    found: list[tuple[Said, frozenset[str]]] = []
    values: dict[Quote, int] = {}
    for turn in turns:
        for start, end in sentences(turn.text):
            text = turn.text[start:end]
            if few <= count_words(text) <= many and not is_filler(text):
                quote = Quote(transcript, turn.position, start, end)
                said = Said(quote, turn, heading, 0.0)
                values[quote] = min(len(find_values(text)), _VALUES_COUNTED)
                found.append((said, frozenset(terms(text))))
    counts = Counter(term for _, held in found for term in held)
    share: Mapping[str, float] = {t: count / len(found) for t, count in counts.items()}
    of_one = OF_ONE if len({said.turn.speaker for said, _ in found}) > 1 else most
    taken: list[Said] = []
    of: Counter[str | None] = Counter()
    while found and len(taken) < most:
        best, held = max(found, key=lambda each: _told(share, each[1], values[each[0].quote]))
        taken.append(replace(best, worth=min(1.0, _told(share, held, values[best.quote]))))
        of[best.turn.speaker] += 1
        found = [e for e in found if e[0] != best and of[e[0].turn.speaker] < of_one]
        share = {term: p * p if term in held else p for term, p in share.items()}
    return taken


def _told(share: Mapping[str, float], held: frozenset[str], values: int) -> float:
    """How much a sentence tells: of what comes up most, and by its figures and names. A long one
    may tell more, but not as much more as it is longer."""
    frequent = sum(share[term] for term in held) / math.sqrt(len(held)) if held else 0.0
    return frequent * (1 + _VALUE_TELLS * values)
