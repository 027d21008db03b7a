"""The best quotes on a subject, grouped by who says them, for a question that asks for all that
was said on it. Where it names no subject, see gist.py."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache, partial

from index import Filters, Hit, Library, Turn
from index.sentences import sentences
from index.types import Passage
from index.words import count_words

from ..cite import cite
from ..compose import grouped_quotes
from ..question import Question
from ..read import REFUSE_BELOW
from ..retrieve import retrieve
from ..types import Answer, Quotable, Quote, Reading
from ..wording.names import taken_apart
from .listing import is_reporter
from .matching import about, asks

# Quotes in all, and of one speaker; passages that are read for them.
MAX_QUOTES = 8
OF_ONE = 3
PASSAGES = 8
_OF_EACH_SIDE = 4
# In more voices than this no sides are told apart.
_MAX_SIDES = 6
# What a sentence on the subject counts beside the reader's score: with its words, or after them.
_HAS_WORDS = 0.4
_AFTER_WORDS = 0.15
# A sentence with less than this share of the subject's words is on it only where the reader is
# very sure; a name counts as much as so many words.
_MOST = 0.5
_VERY_SURE = 0.8
_NEARLY_AS_SURE = 0.9
_NAME_COUNTS = 3.0
_HELD_BY_NONE = 0.5
# A quote is worth showing beside the best from this share of its worth on.
_WORTH = 0.4
_MIN_WORDS = 6
_COURTESY = re.compile(
    r"^(?:\W*(?:thank|thanks|good (?:morning|afternoon|evening)|hello|welcome|please|mr|mrs|ladies|"
    r"dear|yes|okay|well|i (?:want|would like) to thank|(?:for this,? )?(?:we|i) (?:are|am) "
    r"(?:very )?(?:grateful|delighted|honou?red|glad|pleased)))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said(Quotable):
    """A sentence that may be quoted, and how much it is worth.

    `covered` is the share of the subject's words that it has, a rare one and a name counting more;
    `has_word` is whether it has one that is no name. `score` is the reader's.
    """

    worth: float
    covered: float = 0.0
    has_word: bool = False
    score: float = 0.0


def hits_for_overview(library: Library, question: Question, scope: Filters) -> list[Hit]:
    """The passages to read: the best, those with the words of the subject, and where each side is
    asked for, the best of each."""
    hits = retrieve(library, question, PASSAGES, scope)
    topic = " ".join(question.topic)
    if topic:
        hits += library.lexical(topic, PASSAGES, scope)
    if question.of_each:
        for person in _sides(question, hits):
            theirs = replace(question, said_by=(person,))
            hits += retrieve(library, theirs, _OF_EACH_SIDE, replace(scope, speakers=(person,)))
    first: dict[Passage, Hit] = {}
    for hit in hits:
        first.setdefault(hit.passage, hit)
    return list(first.values())


def _sides(question: Question, hits: Sequence[Hit]) -> tuple[str, ...]:
    speakers = dict.fromkeys(name for hit in hits for name in hit.passage.speakers)
    sides = question.said_by or tuple(name for name in speakers if not is_reporter(name))
    return sides if len(sides) <= _MAX_SIDES else ()


def overview(
    question: Question, library: Library, hits: Sequence[Hit], readings: Sequence[Reading]
) -> Answer | None:
    """What is said on the subject in these passages; None where nothing is.

    A sentence is on it that holds its words or stands behind one that does, and any that the
    reader is sure of.
    """
    found = [
        said
        for said in _sentences(question, library, hits)
        if not is_filler(said.text) and may_be_quoted(question, said.turn.speaker)
    ]
    scores: dict[tuple[str, int], list[Reading]] = defaultdict(list)
    for reading in readings:
        scores[reading.quote.transcript, reading.quote.turn].append(reading)
    valued = [_valued(said, scores[said.quote.transcript, said.quote.turn]) for said in found]
    on_it, share = [said for said in valued if said.worth > 0], _WORTH
    if not on_it:  # other words for it, as the reader has them
        near = [replace(said, worth=said.score) for said in valued if said.has_word]
        on_it, share = [said for said in near if said.score >= REFUSE_BELOW], _NEARLY_AS_SURE
    if not on_it:
        return None
    chosen = choose(_worth_showing(question, on_it, share))
    return composed(question, chosen, {said.turn.speaker for said in on_it})


def may_be_quoted(question: Question, speaker: str | None) -> bool:
    """Whether it is no reporter who speaks, unless a reporter's words are asked for."""
    return speaker in question.said_by or not is_reporter(speaker or "")


def _worth_showing(question: Question, on_it: Sequence[Said], share: float) -> list[Said]:
    """What has this share of the worth of the best, and the best of each who is asked for."""
    floor = share * max(said.worth for said in on_it)
    best = dict[str | None, Said]()
    for said in sorted(on_it, key=lambda said: -said.worth):
        best.setdefault(said.turn.speaker, said)
    asked_for = [best[name] for name in question.said_by if name in best]
    return [said for said in on_it if said.worth >= floor or said in asked_for]


def _valued(said: Said, readings: Sequence[Reading]) -> Said:
    """With the score of the reader beside its words; nothing where neither puts it on the
    subject."""
    score = max(
        (reading.score for reading in readings if reading.quote.shared(said.quote)), default=0.0
    )
    near = said.worth > 0 or said.covered > _MOST
    sure = score >= (REFUSE_BELOW if near else _VERY_SURE)
    worth = said.worth + score if said.worth >= _HAS_WORDS or sure else 0.0
    return replace(said, worth=worth, score=score)


def _sentences(question: Question, library: Library, hits: Sequence[Hit]) -> list[Said]:
    """The sentences of the passages that those say whose words are asked for, each once; worth
    what their words are."""
    headings = library.headings([hit.passage.transcript for hit in hits])
    terms = cache(partial(terms_of, library))
    found: list[Said] = []
    held: list[frozenset[str]] = []
    subject = set[str]()
    for (transcript, _), (turn, places) in _turns(library, hits).items():
        if transcript not in headings or (
            question.said_by and turn.speaker not in question.said_by
        ):
            continue
        theirs = partial(terms, headings[transcript].language)
        wanted, title = theirs(" ".join(question.topic)), theirs(headings[transcript].title)
        subject.update(wanted)
        before, whole = frozenset[str](), frozenset(theirs(turn.text))
        for start, end in sentences(turn.text):
            here = frozenset(theirs(turn.text[start:end]))
            if any(first <= start < last for first, last in places):
                quote = Quote(transcript, turn.position, start, end)
                worth = _worth(wanted, here, before | frozenset(title), before, whole)
                found.append(Said(quote, turn, headings[transcript], worth))
                held.append(frozenset(term for term in wanted if about([term], here)))
            before = here
    names = frozenset(terms(None, " ".join(question.names)))
    shares = covered_shares(subject, held, names)
    return [
        replace(said, covered=share, has_word=bool(has - names) or subject <= has)
        for said, share, has in zip(found, shares, held, strict=True)
    ]


def covered_shares(
    subject: AbstractSet[str], held: Sequence[AbstractSet[str]], names: AbstractSet[str]
) -> list[float]:
    """How much of the subject each sentence has, by the terms of it that it holds: a term weighs
    the more the fewer of the sentences hold it, and most where none does."""
    counts = Counter(term for terms in held for term in terms)
    weights = {
        term: math.log(1 + len(held) / (counts[term] or _HELD_BY_NONE))
        * (_NAME_COUNTS if term in names else 1.0)
        for term in subject
    }
    whole = sum(weights.values())
    return [sum(map(weights.__getitem__, terms)) / whole if whole else 0.0 for terms in held]


def _worth(
    wanted: Sequence[str],
    here: AbstractSet[str],
    beside: AbstractSet[str],
    before: AbstractSet[str],
    turn: AbstractSet[str],
) -> float:
    """What the words of a sentence are worth, of a subject with these terms: those that it has
    not itself may stand in what is `beside` it (the sentence before, the title), but not all."""
    if not wanted:
        return 0.0
    own = any(about([term], here) for term in wanted)
    if about(wanted, here) or (own and about(wanted, here | beside)):
        return _HAS_WORDS
    follows = about(wanted, here | before) or (own and about(wanted, turn))
    return _AFTER_WORDS if follows else 0.0


def _turns(
    library: Library, hits: Sequence[Hit]
) -> dict[tuple[str, int], tuple[Turn, list[tuple[int, int]]]]:
    """The turns of the passages, with the parts of them that these hold."""
    found: dict[tuple[str, int], tuple[Turn, list[tuple[int, int]]]] = {}
    for hit in hits:
        transcript = hit.passage.transcript
        turns = {t.position: t for t in library.turns(transcript, *hit.passage.turns)}
        for part in hit.passage.slices:
            if part.turn in turns:
                at = transcript, part.turn
                found.setdefault(at, (turns[part.turn], []))[1].append((part.start, part.end))
    return found


def is_filler(text: str) -> bool:
    words = count_words(text)
    return (
        asks(text) or words < _MIN_WORDS or (words < 2 * _MIN_WORDS and bool(_COURTESY.match(text)))
    )


def choose(found: Sequence[Said]) -> list[Said]:
    """The best, few of one speaker, and first one of each who speaks; what stands side by side in
    a turn becomes one quote of two sentences. What another file says word for word is left out."""
    ranked = sorted(found, key=lambda said: -said.worth)
    first: dict[str | None, Said] = {}
    for said in ranked:
        first.setdefault(said.turn.speaker, said)
    taken: list[Said] = []
    of: Counter[str | None] = Counter()
    texts: set[str] = set()
    for said in [*first.values(), *ranked]:
        if said in taken or " ".join(said.text.split()) in texts:
            continue
        texts.add(" ".join(said.text.split()))
        neighbour = next((other for other in taken if _stands_beside(said, other)), None)
        if neighbour is not None:
            taken[taken.index(neighbour)] = _joined(said, neighbour)
        elif len(taken) < MAX_QUOTES and of[said.turn.speaker] < OF_ONE:
            taken.append(said)
            of[said.turn.speaker] += 1
    return sorted(taken, key=when)


def _stands_beside(said: Said, other: Said) -> bool:
    """Whether two single sentences of a turn have nothing between them."""
    a, b = sorted((said.quote, other.quote), key=lambda quote: quote.start)
    together = (a.transcript, a.turn) == (b.transcript, b.turn)
    if not together or said.turn.text[a.end : b.start].strip():
        return False
    return len(sentences(other.text)) == 1 and a != b


def _joined(said: Said, other: Said) -> Said:
    start = min(said.quote.start, other.quote.start)
    end = max(said.quote.end, other.quote.end)
    return replace(other, quote=replace(other.quote, start=start, end=end))


def when(said: Said) -> tuple[bool, str, str, int, int]:
    date = said.heading.date
    return date is None, date or "", said.quote.transcript, said.quote.turn, said.quote.start


def composed(question: Question, chosen: Sequence[Said], heard: AbstractSet[str | None]) -> Answer:
    """Grouped by speaker within a transcript, who speaks first first. `heard` are all who speak on
    it, also those who are not quoted."""
    groups: dict[tuple[str, str | None], list[Said]] = defaultdict(list)
    for said in chosen:
        groups[said.quote.transcript, said.turn.speaker].append(said)
    ordered = [said for group in groups.values() for said in group]
    citations = [
        cite(marker, said.quote, said.turn, said.heading, min(1.0, said.worth))
        for marker, said in enumerate(ordered, 1)
    ]
    return Answer(
        question=question.text,
        answered=True,
        short=None,
        text="\n\n".join([*grouped_quotes(citations), *_silent(question, heard)]),
        citations=tuple(citations),
    )


def _silent(question: Question, heard: AbstractSet[str | None]) -> Iterator[str]:
    """That one of those asked for says nothing on it, where another does."""
    voices = {_bare(name) for name in heard if name}
    silent = [name for name in question.said_by if _bare(name) not in voices]
    if silent:
        yield f"Nothing by {' or '.join(silent)} was found on it."
    elif question.of_each and not question.said_by and len(heard) == 1:
        yield "Nobody else was found to speak on it."


def _bare(name: str) -> tuple[str, ...]:
    """A name without its titles, which one transcript gives and another does not."""
    titles, words = taken_apart(name)
    return tuple(words or titles)


def terms_of(library: Library, language: str | None, text: str) -> tuple[str, ...]:
    return tuple(library.terms(text, language))
