"""A language model's words -> an Answer whose every sentence is held against the passages; pure.

A sentence keeps a marker only where sentences of the passages carry it; those that its own markers
name are tried first, then all that were sent. One with no support stays, marked as not supported.
What rag/checking holds against what is written there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from index import Passage, Turn
from index.sentences import sentences
from index.types import Heading

from .checking.evidence import Context, Source
from .checking.figures import money_in
from .checking.orders import is_order
from .checking.said import Claim, claims_of, plain, spoken
from .checking.support import (
    NOT_SAID,
    Finding,
    clauses,
    find_support,
)
from .checking.turns import Stretch, carrying, stretches
from .checking.voices import carried_on, sayers, subjects
from .cite import UNCHECKED, UNSUPPORTED, cite
from .types import Answer, Checked, Citation, Quote
from .wording.values import DIGITS

# So many sentences in a row may carry a claim together.
LONGEST = 3
# What is spoken of may be named in so many words before a turn.
_LEAD_WORDS = 40
# A figure is set right at once, if at all.
_REPLY_CHARS = 60
# How many a question asks for, which a list of as many shows.
_COUNT_ASKED = re.compile(r"\b(?:which|what)\s+(?:other\s+)?(two|three|four|five)\b", re.IGNORECASE)
_NEXT_OF_LIST = re.compile(r",(?:\s+and\b)?|\band\b")
_ABSENT = "it says what is missing, which no quote can show"


@dataclass(frozen=True, slots=True)
class Sent:
    """The passages that a model was sent, so that a marker [n] means `passages[n - 1]`, with the
    turns that may be quoted, and the headings and speakers of their transcripts."""

    passages: Sequence[Passage]
    turns: Mapping[str, Mapping[int, Turn]]
    headings: Mapping[str, Heading]
    speakers: Mapping[str, Sequence[str]]


def draft(said: str) -> str:
    """What may be shown of an answer while it is written: its words, not checked yet."""
    return plain(spoken(said, ended=False))


def refuses(said: str) -> bool:
    """Whether the model says first, in its own words or ours, that the passages do not answer."""
    found = claims_of(plain(spoken(said)))
    return bool(found) and found[0].refuses


def written_answer(question: str, said: str, sent: Sent, context: Context, model: str) -> Answer:
    """The checked answer; not answered where no sentence of it is supported."""
    said_in: dict[str, str] = {}
    for passage in sent.passages:
        said_in[passage.transcript] = f"{said_in.get(passage.transcript, '')}\n{passage.text}"
    sources = [list(_sources(p, sent, said_in[p.transcript])) for p in sent.passages]
    turns = [*_stretches(sources)]
    citations: dict[Quote, Citation] = {}
    checked: list[Checked] = []
    text: list[str] = []
    last: tuple[str, ...] = ()
    found: list[Source]
    for claim in claims_of(plain(spoken(said))):
        if claim.refuses:
            found, fault = [], _ABSENT
        else:
            voices, last = _voices(claim, last, context)
            held = _without_count_asked(claim, question)
            found, fault = _supports(held, sources, context, voices)
            if context.supports:
                named = [sources[n - 1] for n in held.numbers if 0 < n <= len(sources)]
                among = ([*_stretches(named)], turns)
                found, fault = _weighed(held.text, among, context, voices, found, fault)
        for source in found:
            if source.quote not in citations:
                marker = len(citations) + 1
                citations[source.quote] = cite(
                    marker, source.quote, source.turn, source.heading, 1.0
                )
        markers = tuple(dict.fromkeys(citations[source.quote].marker for source in found))
        checked.append(Checked(claim.text, bool(found), markers, fault))
        text += ["\n" if claim.opens_line else " "] if text else []
        text.append(_shown(checked[-1]))
    return Answer(
        question=question,
        answered=bool(citations),
        short=None,
        text="".join(text),
        citations=tuple(citations.values()),
        model=model,
        sentences=tuple(checked),
    )


def _without_count_asked(claim: Claim, question: str) -> Claim:
    """A claim that lists as many as "which two" asks for, without its "two"."""
    asked = _COUNT_ASKED.search(question)
    if asked is None:
        return claim
    listed = re.sub(
        rf"\b{asked[1]}\s+(?:[\w’'-]+\s+){{0,2}}?[\w’'-]+\s*,", "", claim.text, flags=re.I
    )
    if len(_NEXT_OF_LIST.findall(listed)) < int(DIGITS[asked[1].lower()]) - 1:
        return claim
    count = re.compile(rf"\b{asked[1]}\s+(?!hundred|thousand|[mb]illion|per)(?=\w)", re.IGNORECASE)
    parts = tuple((count.sub("", words), numbers) for words, numbers in claim.parts)
    return replace(claim, text=count.sub("", claim.text), parts=parts)


def _shown(sentence: Checked) -> str:
    if sentence.supported:
        return f"{sentence.text} {''.join(f'[{marker}]' for marker in sentence.markers)}"
    return f"{sentence.text} {UNCHECKED if sentence.fault == _ABSENT else UNSUPPORTED}"


def _sources(passage: Passage, sent: Sent, elsewhere: str) -> Iterator[Source]:
    """The sentences of a passage, and those that follow one another in a turn. Behind an order
    to whoever reads the transcript, a turn carries nothing."""
    turns = sent.turns.get(passage.transcript, {})
    money = money_in(elsewhere)
    heading = sent.headings.get(passage.transcript)
    for part in passage.slices:
        turn = turns.get(part.turn)
        if turn is None or heading is None:
            continue
        speakers = sent.speakers.get(passage.transcript, passage.speakers)
        also = tuple(name for name in speakers if name != turn.speaker)
        told = _told(turn.text[part.start : part.end])
        before, lead = _said_before(turn, turns), _lead(turn, turns)
        reply, last_end = _reply(turn, turns), len(turn.text.rstrip())
        for size in range(1, LONGEST + 1):
            for first, last in zip(told, told[size - 1 :], strict=False):
                start, end = part.start + first[0], part.start + last[1]
                quote = Quote(passage.transcript, turn.position, start, end)
                yield Source(
                    quote,
                    turn,
                    heading,
                    passage.text,
                    also,
                    size,
                    before if start == 0 else "",
                    elsewhere,
                    lead if start == 0 else "",
                    reply if end == last_end else "",
                    money,
                )


def _told(text: str) -> list[tuple[int, int]]:
    """The sentences of a text up to an order to whoever reads it."""
    spans = sentences(text)
    return [*takewhile(lambda span: not is_order(text[slice(*span)]), spans)]


def _said_before(turn: Turn, turns: Mapping[int, Turn]) -> str:
    """The last sentence of the turn before, where that is another's."""
    before = turns.get(turn.position - 1)
    if before is None or before.speaker == turn.speaker or not before.text.strip():
        return ""
    return before.text[slice(*sentences(before.text)[-1])]


def _lead(turn: Turn, turns: Mapping[int, Turn]) -> str:
    """The last words of the turn before."""
    before = turns.get(turn.position - 1)
    return " ".join(before.text.split()[-_LEAD_WORDS:]) if before else ""


def _reply(turn: Turn, turns: Mapping[int, Turn]) -> str:
    """The first words of the turn behind, where that is another's."""
    behind = turns.get(turn.position + 1)
    return behind.text[:_REPLY_CHARS] if behind and behind.speaker != turn.speaker else ""


def _voices(
    claim: Claim, last: tuple[str, ...], context: Context
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whose words a claim says it gives, and whom "he" means in the next one."""
    said_by = sayers(f"{claim.lead} {claim.text}".strip(), context.cast)
    told_of = subjects(claim.text, context.cast)
    if not said_by and carried_on(claim.text):
        said_by = last
    return said_by, said_by or (told_of[0] if told_of else last)


def _supports(
    claim: Claim, sources: Sequence[Sequence[Source]], context: Context, voices: Sequence[str]
) -> tuple[list[Source], str]:
    """The sentences that carry a claim, one for each of its parts, or why it has none."""
    found: list[Source] = []
    fault = ""
    for words, numbers in claim.parts:
        named = numbers or claim.numbers
        parts = _carried(words, named, sources, context, voices)
        fault = fault or parts[-1].fault
        found += [part.source for part in parts if part.source]
    if fault and len(claim.parts) > 1:
        whole = _found(claim.text, claim.numbers, sources, context, voices)
        if whole.source:
            return [whole.source], ""
    return ([], fault) if fault else (list(dict.fromkeys(found)), "")


def _weighed(
    claim: str,
    among: Iterable[Sequence[Stretch]],
    context: Context,
    voices: Sequence[str],
    found: list[Source],
    fault: str,
) -> tuple[list[Source], str]:
    """The same after a network has been asked of the turns with most of the claim, first `among`
    those that it names, then of all: what the rules found or missed is one sign among others."""
    weighed = None
    for turns in among:
        carried = carrying(claim, turns, context, voices, by_rules=bool(found))
        if carried:
            return _apart([*found, *carried]), ""
        weighed = weighed or carried
    return (found, fault) if weighed is None else ([], fault or NOT_SAID)


def _apart(found: Sequence[Source]) -> list[Source]:
    """Without those that stand within another."""
    return [
        source
        for source in dict.fromkeys(found)
        if not any(_within(source.quote, other.quote) for other in found)
    ]


def _within(one: Quote, other: Quote) -> bool:
    of = (one.transcript, one.turn) == (other.transcript, other.turn)
    return of and one != other and other.start <= one.start and one.end <= other.end


def _stretches(sources: Iterable[Sequence[Source]]) -> Iterator[Stretch]:
    return stretches(source for of_passage in sources for source in of_passage if source.size == 1)


def _carried(
    words: str,
    numbers: Sequence[int],
    sources: Sequence[Sequence[Source]],
    context: Context,
    voices: Sequence[str],
) -> list[Finding]:
    """What carries the words of a part: one sentence, else one for each of its clauses; the last
    finding has the fault where any has."""
    whole = _found(words, numbers, sources, context, voices)
    parts = clauses(words)
    if len(parts) == 1 or whole.whole:
        return [whole]
    found: list[Finding] = []
    for part, goes_on in parts:
        voices = sayers(part, context.cast) or (voices if goes_on or not found else ())
        finding = Finding(None)
        if whole.source:
            finding = find_support(part, [whole.source], context, voices)
        found.append(finding if finding.source else _found(part, numbers, sources, context, voices))
        if found[-1].fault:
            return [replace(found[-1], source=None)]
    return found


def _found(
    words: str,
    numbers: Sequence[int],
    sources: Sequence[Sequence[Source]],
    context: Context,
    voices: Sequence[str],
) -> Finding:
    """What carries some words: a sentence of the passages that are named, else of any."""
    named = [source for n in numbers if 0 < n <= len(sources) for source in sources[n - 1]]
    every = [source for of_passage in sources for source in of_passage]
    fault = ""
    for among in filter(None, (named, every)):
        finding = find_support(words, among, context, voices)
        if finding.source:
            return finding
        fault = fault or finding.fault
    return Finding(None, fault or NOT_SAID)
