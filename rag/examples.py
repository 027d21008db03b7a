"""Questions proposed of the library at hand: examples for a newcomer. Each is made from words that
answer it, and is kept where the answer turns out to rest on such words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, zip_longest

from index import Library, Transcript, Turn
from index.sentences import sentences
from index.types import Document

from . import examples_abroad
from .collect.listing import is_reporter
from .compose import UNSURE
from .question import sentence_outlook
from .topics import Topic, topics_of
from .types import Answer
from .wording.values import find_values

# Examples are made from so many transcripts, the latest, and from the start of each.
_DOCUMENTS = 8
_TURNS = 400
# The kinds in the order in which one of each is looked for. So many of a kind are tried at a time,
# and a topic counts for an example that as many sentences hold.
_KINDS = ("asked", "target", "said", "each", "abroad", "figures", "said", "count")
_TRIES = 4
_LEAST_SENTENCES = 3
_MENTIONS = range(3, 26)
_FIGURES = range(2, 13)
_QUOTE_CHARS = range(40, 421)  # of the first quote
_SCRAP_CHARS = 25
_NOBODY = re.compile(
    r"^(?:(?:un(?:known|identified|named)|the|first|second|male|female|another|a)\s+)*"
    r"(?:speaker|spk|voice|participant|person|guest|host|moderator|interviewer|interviewee|"
    r"respondent|audience(?: member)?|member|man|woman|male|female|narrator|operator|announcer|"
    r"unknown|unidentified|answer|question|questioner|agent|caller|customer|client|user|assistant|"
    r"student|teacher|all|several|crowd|translat\w+|interpret\w+|court reporter|clerk)"
    r"s?[\W_]*(?:[a-z]|\d+)?[\W_]*$",
    re.IGNORECASE,
)
_OF = re.compile(r"\s+(?:in|of|for)\s+(?P<what>[a-z]+(?:\s+[a-z]+)?)(?=[.,;]|$)")
# A question out of a talk is one for everybody where nothing in it points at who talks, or back.
_STANDS_ALONE = re.compile(r"^(?:what|when|where|who|why|how|which)\b[^,;:()“”\"]{15,110}\?$", re.I)
_POINTS = re.compile(
    r"\b(?:you|your|yours|i|me|my|we|us|our|he|him|his|she|her|they|them|their|it|its|this|that|"
    r"these|those|there|here|now|then|so|such|other|another|else|also|again|things?|guys?|mean|"
    r"sir|madam|mr|today|tonight|one)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question, the kind it is of, what it is about, whether an answer is what it was made for,
    and the transcript that it was made from."""

    kind: str
    question: str
    topic: str
    holds: Callable[[Answer], bool]
    document: str = ""


def example_questions(library: Library) -> Iterator[Proposal]:
    """Proposals of every kind; of each transcript's in turn, the latest first."""
    made = [_of_transcript(library.transcript(each.id)) for each in _chosen(library.documents())]
    for in_turn in zip_longest(*made):
        yield from filter(None, in_turn)


def _of_transcript(transcript: Transcript) -> Iterator[Proposal]:
    language = transcript.language or "en"
    abroad = language in examples_abroad.SAID
    for proposal in _abroad(transcript, language) if abroad else _in_english(transcript):
        yield replace(proposal, document=transcript.id)


def _in_english(transcript: Transcript) -> Iterator[Proposal]:
    turns = transcript.turns[:_TURNS]
    if not _is_latin(turns):  # the few English words there are no subjects
        return
    topics = _much_said(turns, transcript)
    yield from _targets(turns)
    yield from _asked(transcript, topics)
    for speaker in voices_of(turns)[:2]:
        theirs = [turn for turn in turns if turn.speaker == speaker]
        for topic in _much_said(theirs, transcript)[:_TRIES]:
            yield said_by(speaker, topic)
    for topic in topics[:_TRIES]:
        yield from said_by_each(topic, turns)
        yield counted(topic)
        yield figures_about(topic)


def _is_latin(turns: Iterable[Turn]) -> bool:
    letters = [letter for turn in islice(turns, 50) for letter in turn.text if letter.isalpha()]
    return sum(map(str.isascii, letters)) * 2 > len(letters)


def _abroad(transcript: Transcript, language: str) -> Iterator[Proposal]:
    """In the transcript's own language."""
    turns = transcript.turns[:_TURNS]
    for speaker in voices_of(turns)[:2]:
        theirs = [turn for turn in turns if turn.speaker == speaker]
        for topic in examples_abroad.names_of(theirs, language, speakers_in(transcript))[:_TRIES]:
            if topic.sentences >= _LEAST_SENTENCES:
                form = examples_abroad.SAID[language]
                question = form.format(who=readable(speaker), what=topic.spoken)
                yield replace(said_by(speaker, topic), kind="abroad", question=question)


def _much_said(turns: Iterable[Turn], transcript: Transcript) -> list[Topic]:
    topics = topics_of(turns, speakers_in(transcript))
    often = [topic for topic in topics if topic.sentences >= _LEAST_SENTENCES]
    return often if len(often) >= _TRIES else topics


def chosen(proposals: Iterable[Proposal], ask: Callable[[str], Answer], most: int) -> Iterator[str]:
    """The questions of those whose answer holds, each as it is found: one of each kind, then more;
    no topic twice, and of a transcript that none is of yet, where there is one."""
    of_kind: dict[str, list[Proposal]] = {kind: [] for kind in _KINDS}
    for each in proposals:
        of_kind[each.kind].append(each)
    found: list[Proposal] = []
    while any(of_kind.values()) and len(found) < most:
        for kind in _KINDS:
            for _ in range(_TRIES):
                proposal = _next_of(of_kind[kind], found)
                if proposal is None or len(found) == most:
                    break
                if proposal.holds(ask(proposal.question)):
                    found.append(proposal)
                    yield proposal.question
                    break


def _next_of(left: list[Proposal], found: Sequence[Proposal]) -> Proposal | None:
    """Takes the next one out of what is `left`."""
    topics = {other.topic for other in found}
    left[:] = [proposal for proposal in left if proposal.topic not in topics]
    documents = {other.document for other in found}
    fresh = (at for at, proposal in enumerate(left) if proposal.document not in documents)
    return left.pop(next(fresh, 0)) if left else None


def said_by(speaker: str, topic: Topic) -> Proposal:
    def holds(answer: Answer) -> bool:
        of_them = all(citation.speaker == speaker for citation in answer.citations)
        return of_them and on_topic(answer, topic)

    question = f"What did {readable(speaker)} say about {topic.spoken}?"
    return Proposal("said", question, topic.phrase.casefold(), holds)


def said_by_each(topic: Topic, turns: Iterable[Turn]) -> Iterator[Proposal]:
    """What everybody says of it, where two or more do."""
    at = set(topic.turns)
    voices = {
        turn.speaker
        for turn in turns
        if turn.position in at and turn.speaker and not is_anonymous(turn.speaker)
    }
    if len(voices) < 2:
        return

    def holds(answer: Answer) -> bool:
        cited = {citation.speaker for citation in answer.citations}
        return len(cited) > 1 and on_topic(answer, topic)

    question = f"What did each speaker say about {topic.spoken}?"
    yield Proposal("each", question, topic.phrase.casefold(), holds)


def counted(topic: Topic) -> Proposal:
    def holds(answer: Answer) -> bool:
        return answer.answered and len(answer.citations) in _MENTIONS

    question = f"How often did {topic.spoken} come up?"
    return Proposal("count", question, topic.phrase.casefold(), holds)


def figures_about(topic: Topic) -> Proposal:
    def holds(answer: Answer) -> bool:
        few = len(answer.citations) in _FIGURES
        values = (answer.short or "").split("; ")
        return answer.answered and few and all(re.search(r"\d", value) for value in values)

    question = f"Which figures were mentioned about {topic.spoken}?"
    return Proposal("figures", question, topic.phrase.casefold(), holds)


def on_topic(answer: Answer, topic: Topic) -> bool:
    """Whether the answer is sure, no quote of it a mere scrap, and at least half of them, the first
    among them, to the point."""
    if not answer.citations or answer.text.startswith(UNSURE):
        return False
    words = topic.phrase.casefold()
    quotes = [" ".join(citation.quote.split()) for citation in answer.citations]
    to_the_point = [words in quote.casefold() for quote in quotes]
    fair = len(quotes[0]) in _QUOTE_CHARS and min(map(len, quotes)) >= _SCRAP_CHARS
    return to_the_point[0] and sum(to_the_point) >= len(quotes) / 2 and fair


def is_anonymous(name: str) -> bool:
    """Whether a label says what somebody does there, not who it is: "Question", "Speaker 2"."""
    return is_reporter(name) or bool(_NOBODY.search(name)) or len(name) < 2


def readable(name: str) -> str:
    """ "PRESIDENT BIDEN" as "President Biden"."""
    if not name.isupper() or len(name) < 4:
        return name
    return " ".join(word.title() if len(word) > 2 else word for word in name.split())


def voices_of(turns: Iterable[Turn]) -> list[str]:
    """The speakers with a name of their own, the one who says most first."""
    said: Counter[str] = Counter()
    for turn in turns:
        if turn.speaker and not is_anonymous(turn.speaker):
            said[turn.speaker] += len(turn.text)
    return [speaker for speaker, _ in said.most_common()]


def speakers_in(transcript: Transcript) -> Collection[str]:
    return {person.name for person in transcript.people} | {
        turn.speaker for turn in transcript.turns if turn.speaker
    }


def _chosen(documents: Iterable[Document]) -> list[Document]:
    """The latest in a language that the rules know; each title once."""
    titles = {
        document.title: document
        for document in sorted(documents, key=lambda document: document.date or "")
        if document.language in (None, "en", *examples_abroad.SAID) and document.turns > 1
    }
    return [*titles.values()][: -_DOCUMENTS - 1 : -1]


def _targets(turns: Iterable[Turn]) -> Iterator[Proposal]:
    """What a sum or share ahead is of: "mutual trade" of "$30 billion in mutual trade"."""
    for turn in turns:
        for start, end in sentences(turn.text):
            text = turn.text[start:end]
            if sentence_outlook(text) != "ahead":
                continue
            for value in find_values(text):
                of = _OF.match(text[value.end :])
                if value.kind in ("money", "share") and of:
                    figure = text[value.start : value.end]
                    question = f"What {of['what']} target was mentioned?"
                    yield Proposal("target", question, of["what"], partial(_gives, figure=figure))


def _gives(answer: Answer, *, figure: str) -> bool:
    return any(figure in citation.quote for citation in answer.citations[:1])


def _asked(transcript: Transcript, topics: Iterable[Topic]) -> Iterator[Proposal]:
    """Questions that somebody put in so many words, and that were answered in the next turn."""
    known = [topic for topic in topics if topic.is_name or " " in topic.phrase]
    for turn, after in zip(transcript.turns, transcript.turns[1:_TURNS], strict=False):
        if turn.speaker == after.speaker:
            continue
        for start, end in sentences(turn.text):
            question = " ".join(turn.text[start:end].split())
            if not _STANDS_ALONE.search(question) or _POINTS.search(question):
                continue
            about = [t for t in known if t.phrase.casefold() in question.casefold()]
            if about:
                question = question[0].upper() + question[1:]
                topic = about[0].phrase.casefold()
                at = (transcript.id, after.position)
                yield Proposal("asked", question, topic, partial(_answered_at, place=at))


def _answered_at(answer: Answer, *, place: tuple[str, int]) -> bool:
    if not answer.citations or answer.text.startswith(UNSURE):
        return False
    return (answer.citations[0].transcript, answer.citations[0].turn) == place
