"""Questions about a transcript as a whole: when and where it was, who speaks, what it was.

Such a question ("When did they meet?") is made only of words for such an event and of words
that stand in the heading, so the heading answers it; the sentence that best carries the fact
is quoted beside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index import Library, Transcript
from index.sentences import sentences
from index.types import Heading
from index.words import count_words

from .cite import cite
from .compose import long_date, quoted
from .question import Question
from .types import Answer, Citation, Quote

# Words for a transcript or the event it records.
_EVENT = (
    "meeting meet met talks talk conversation interview hearing transcript conference briefing "
    "podcast episode session call discussion debate summit event bilateral encounter held hold "
    "take took place happen happened recorded occur occurred date dated day time location venue "
    "city participants participant speakers speaker attended attend present part who people sides "
    "leaders presidents speaking speak spoke president"
)
# The heading tells what was, not what was not or is to come.
_NOT_SO = re.compile(r"\b(?:not|never|next|will|shall)\b|n['’]t\b", re.IGNORECASE)
_WHO_IS = re.compile(r"^who\s+(?:is|was)\b", re.IGNORECASE)
# A fact that fits more transcripts than this is no answer.
_MAX_TRANSCRIPTS = 3
# How far into a transcript the sentence to quote is looked for.
_OPENING_TURNS = 20
_MIN_WORDS = 5


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact of the heading: its words, the sentence that says it, and what to quote for it.

    The quote is the first sentence that holds one of `needles`, spoken by `speaker` if given.
    """

    short: str
    sentence: str
    needles: tuple[str, ...] = ()
    speaker: str | None = None


def answer_from_heading(
    question: Question, transcripts: Sequence[str], library: Library
) -> Answer | None:
    """The answer that the headings of these transcripts give; None where they give none."""
    if question.wants not in ("date", "place", "person", "name"):
        return None
    if question.outlook == "ahead" or _NOT_SO.search(question.text):
        return None
    who_is = _WHO_IS.match(question.text) is not None and len(question.about) == 1
    wanted, event = frozenset(library.terms(question.content)), frozenset(library.terms(_EVENT))
    if not (wanted & event or who_is):
        return None
    citations: list[Citation] = []
    facts: list[_Fact] = []
    for name in transcripts:
        transcript = library.transcript(name)
        fact = _role(question.about[0], transcript) if who_is else _fact(question, transcript)
        if fact is None or not wanted <= event | _heading_terms(transcript, library):
            continue
        quote = _quote(transcript, fact)
        heading = Heading(transcript.title, transcript.date, transcript.place)
        citations.append(
            cite(len(citations) + 1, quote, transcript.turns[quote.turn], heading, 1.0)
        )
        facts.append(fact)
    if not 0 < len(citations) <= _MAX_TRANSCRIPTS:
        return None
    return Answer(
        question=question.text,
        answered=True,
        short="; ".join(dict.fromkeys(fact.short for fact in facts)),
        text="\n\n".join(
            f"{fact.sentence} {quoted(citation)} [{citation.marker}]"
            for fact, citation in zip(facts, citations, strict=True)
        ),
        citations=tuple(citations),
    )


def _heading_terms(transcript: Transcript, library: Library) -> frozenset[str]:
    people = " ".join(f"{person.name} {person.role or ''}" for person in transcript.people)
    return frozenset(library.terms(f"{transcript.title} {transcript.place or ''} {people}"))


def _role(name: str, transcript: Transcript) -> _Fact | None:
    """Who somebody is, as a label of the transcript says."""
    role = next((person.role for person in transcript.people if person.name == name), None)
    return _Fact(role, f"The transcript names {name} as {role}.", speaker=name) if role else None


def _fact(question: Question, transcript: Transcript) -> _Fact | None:
    place = transcript.place or ""
    if question.wants == "date" and transcript.date:
        when = long_date(transcript.date)
        where = f", {place}" if place else ""
        return _Fact(when, f"The transcript is dated {when}{where}.", (when, place))
    if question.wants == "place" and place:
        return _Fact(place, f"The transcript is dated from {place}.", (place,))
    if question.wants == "person":
        asked = {*question.about, *question.said_by}
        others = [person.name for person in transcript.people if person.name not in asked]
        if others:
            names = " and ".join(others)
            sentence = f"“{transcript.title}” records {names}."
            return _Fact(names, sentence, speaker=others[0])
    if question.wants == "name":
        return _Fact(transcript.title, f"The transcript is titled “{transcript.title}”.")
    return None


def _quote(transcript: Transcript, fact: _Fact) -> Quote:
    """The sentence to quote for a fact; failing that, one that opens the transcript."""
    opening: list[Quote] = []
    for turn in transcript.turns[:_OPENING_TURNS]:
        if fact.speaker not in (None, turn.speaker):
            continue
        for start, end in sentences(turn.text):
            text = turn.text[start:end]
            quote = Quote(transcript.id, turn.position, start, end)
            if any(needle and needle in text for needle in fact.needles):
                return quote
            if count_words(text) >= _MIN_WORDS or not opening:
                opening.append(quote)
    if not opening:  # the speaker comes later: quote whoever opens
        return _quote(transcript, replace(fact, speaker=None))
    return opening[min(1, len(opening) - 1)] if _is_brief(transcript, opening[0]) else opening[0]


def _is_brief(transcript: Transcript, quote: Quote) -> bool:
    text = transcript.turns[quote.turn].text[quote.start : quote.end]
    return count_words(text) < _MIN_WORDS
