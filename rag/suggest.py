"""What to ask next, made from an answer and the talk around its quotes. Each proposal is kept only
where its answer holds and shows words that have not been shown yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from dataclasses import replace

from index import Library, Transcript
from index.errors import NotInLibrary

from .examples import (
    Proposal,
    counted,
    figures_about,
    is_anonymous,
    said_by,
    said_by_each,
    speakers_in,
)
from .question import content_words
from .topics import Topic, topics_of
from .types import Answer, Citation, Event

# Turns on each side of a quote that count as around it, and topics of them that are gone into.
_AROUND = 12
_TOPICS = 3
_DOCUMENTS = 2
_OF_ONE_KIND = 4


def next_questions(library: Library, answer: Answer) -> Iterator[Proposal]:
    """Proposals, the nearest to the question first."""
    cited = answer.citations or answer.nearest
    counts: Counter[str] = Counter()
    for document in [*dict.fromkeys(citation.transcript for citation in cited)][:_DOCUMENTS]:
        try:
            transcript = library.transcript(document)
        except NotInLibrary:
            continue
        theirs = [citation for citation in cited if citation.transcript == document]
        for proposal in _of_transcript(transcript, theirs, answer.question):
            counts[proposal.kind] += 1
            if counts[proposal.kind] <= _OF_ONE_KIND:
                yield replace(proposal, holds=_with_news(proposal, cited))


def answered_ones(
    proposals: Iterable[Proposal],
    stream: Callable[[str], Iterator[Event]],
    asked: Collection[str],
) -> Generator[str | None, None, None]:
    """The questions whose answer holds, none that was `asked`, a topic once in each way; and None
    after each step of an answer."""
    known = {" ".join(question.split()).casefold() for question in asked}
    about: set[tuple[str, str]] = set()
    for proposal in proposals:
        told = (proposal.kind, proposal.topic)
        if proposal.question.casefold() in known or told in about:
            continue
        known.add(proposal.question.casefold())
        for step in stream(proposal.question):
            if step.answer and proposal.holds(step.answer):
                about.add(told)
                yield proposal.question
            else:
                yield None


def _of_transcript(
    transcript: Transcript, cited: list[Citation], question: str
) -> Iterator[Proposal]:
    near = range(
        max(0, min(citation.turn for citation in cited) - _AROUND),
        max(citation.turn for citation in cited) + _AROUND + 1,
    )
    around = [turn for turn in transcript.turns if turn.position in near]
    topics = topics_of(around, speakers_in(transcript))
    asked = {word.casefold() for word in content_words(question)}
    same = [t for t in topics if asked & {word.casefold() for word in t.phrase.split()}][:_TOPICS]
    at = {citation.turn for citation in cited}
    other = [t for t in topics if t not in same and at & set(t.turns)][:_TOPICS]
    shown = {citation.speaker for citation in cited}
    speakers = {turn.position: turn.speaker for turn in around}
    for topic in same or other[:1]:
        yield figures_about(topic)
    for topic in same:
        for speaker in _who_said(topic, speakers, shown):
            yield said_by(speaker, topic)
        yield from said_by_each(topic, around)
    for topic in other:
        for speaker in [name for name in shown if name and not is_anonymous(name)][:1]:
            yield said_by(speaker, topic)
        for speaker in _who_said(topic, speakers, shown)[:1]:
            yield said_by(speaker, topic)
    for topic in same or other[:1]:
        yield counted(topic)


def _who_said(
    topic: Topic, speakers: dict[int, str | None], but: Collection[str | None]
) -> list[str]:
    """Those who speak of it and are not quoted yet."""
    names = dict.fromkeys(speakers[turn] for turn in topic.turns)
    return [name for name in names if name and name not in but and not is_anonymous(name)]


def _with_news(proposal: Proposal, shown: Collection[Citation]) -> Callable[[Answer], bool]:
    known = {(citation.transcript, citation.turn, citation.start) for citation in shown}

    def holds(answer: Answer) -> bool:
        found = {(c.transcript, c.turn, c.start) for c in answer.citations}
        return proposal.holds(answer) and bool(found - known)

    return holds
