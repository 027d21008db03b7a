"""Example questions made from the library at hand, so that a newcomer can click one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from index import Library, Transcript
from index.sentences import sentences

from .collect.listing import is_reporter
from .question import content_words, sentence_outlook
from .wording.values import find_values

# Examples are made from so many documents, and from the start of each.
_DOCUMENTS = 3
_TURNS = 40
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


def example_questions(library: Library) -> Iterator[str]:
    """Questions that the library may answer; the caller keeps those that it does."""
    transcripts = [library.transcript(document.id) for document in library.documents()[:_DOCUMENTS]]
    for transcript in transcripts:
        target = _target(transcript)
        if target:
            yield f"What {target} target was mentioned?"
            break
    for transcript in transcripts:
        for speaker in _by_share(transcript)[:2]:
            topic = _topic(transcript, speaker)
            if topic:
                yield f"What did {speaker} say about {topic}?"
    for transcript in transcripts:
        if transcript.date and _by_share(transcript):
            yield f"When did {_by_share(transcript)[0]} speak?"


def _target(transcript: Transcript) -> str | None:
    """What a sum or share ahead is of: "mutual trade" of "$30 billion in mutual trade"."""
    for turn in transcript.turns[:_TURNS]:
        for start, end in sentences(turn.text):
            text = turn.text[start:end]
            if sentence_outlook(text) != "ahead":
                continue
            for value in find_values(text):
                of = _OF.match(text[value.end :])
                if value.kind in ("money", "share") and of:
                    return of["what"]
    return None


def is_anonymous(name: str) -> bool:
    """Whether a label says what somebody does there, not who it is: "Question", "Speaker 2"."""
    return is_reporter(name) or bool(_NOBODY.search(name)) or len(name) < 2


def _by_share(transcript: Transcript) -> list[str]:
    """The speakers with a name of their own, the one who says most first."""
    said: Counter[str] = Counter()
    for turn in transcript.turns:
        if turn.speaker and not is_anonymous(turn.speaker):
            said[turn.speaker] += len(turn.text)
    return [speaker for speaker, _ in said.most_common()]


def _topic(transcript: Transcript, speaker: str) -> str | None:
    """The pair of words that a speaker comes back to most; None where nothing comes back."""
    people = {word.casefold() for person in transcript.people for word in person.name.split()}
    pairs: Counter[str] = Counter()
    for turn in transcript.turns[:_TURNS]:
        if turn.speaker == speaker:
            for start, end in sentences(turn.text):
                text = turn.text[start:end]
                if "<" in text:  # markup in a transcript is nobody's topic
                    continue
                pairs.update(
                    f"{first} {second}"
                    for first, second in pairwise(content_words(text))
                    if f"{first} {second}" in text
                    and not {first.casefold(), second.casefold()} & people
                )
    best = pairs.most_common(1)
    return best[0][0] if best and best[0][1] > 1 else None
