"""Example questions made from the library at hand, so that a newcomer can click one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from index import Library, Transcript
from index.sentences import sentences

from .question import content_words, sentence_outlook
from .values import find_values, name_spans

# Examples are made from so many documents, and from the start of each.
_DOCUMENTS = 3
_TURNS = 40


def example_questions(library: Library) -> Iterator[str]:
    """Questions that the library may answer; the caller keeps those that it does."""
    transcripts = [library.transcript(document.id) for document in library.documents()[:_DOCUMENTS]]
    if any(_names_a_target(transcript) for transcript in transcripts):
        yield "What target was mentioned?"
    for transcript in transcripts:
        for speaker in _by_share(transcript)[:2]:
            topic = _topic(transcript, speaker)
            if topic:
                yield f"What did {speaker} say about {topic}?"
    for transcript in transcripts:
        if transcript.date:
            yield f"When did {_by_share(transcript)[0]} speak?" if _by_share(transcript) else ""


def _names_a_target(transcript: Transcript) -> bool:
    """Whether a sentence looks ahead and states a sum or a share."""
    for turn in transcript.turns[:_TURNS]:
        for start, end in sentences(turn.text):
            text = turn.text[start:end]
            kinds = {value.kind for value in find_values(text)}
            if sentence_outlook(text) == "ahead" and kinds & {"money", "share"}:
                return True
    return False


def _by_share(transcript: Transcript) -> list[str]:
    """The named speakers, the one who says most first."""
    said: Counter[str] = Counter()
    for turn in transcript.turns:
        if turn.speaker:
            said[turn.speaker] += len(turn.text)
    return [speaker for speaker, _ in said.most_common()]


def _topic(transcript: Transcript, speaker: str) -> str | None:
    """What a speaker comes back to most: a pair of words, else a name."""
    pairs: Counter[str] = Counter()
    people = {word.casefold() for person in transcript.people for word in person.name.split()}
    for turn in transcript.turns[:_TURNS]:
        if turn.speaker != speaker:
            continue
        for start, end in sentences(turn.text):
            text = turn.text[start:end]
            for first, second in zip(words := content_words(text), words[1:], strict=False):
                if (
                    f"{first} {second}" in text
                    and not {first.casefold(), second.casefold()} & people
                ):
                    pairs[f"{first} {second}"] += 1
            for a, b in name_spans(text):
                if text[a:b].casefold() not in people:
                    pairs[text[a:b]] += 0
    best = pairs.most_common(1)
    return best[0][0] if best and best[0][1] > 1 else None
