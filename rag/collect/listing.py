"""Every match of what a question lists, by a scan of all that the filters leave, with the count
and what was covered.

Where the list is about something, the search by words proposes each passage that holds one of its
words; else the turns are read in order. What a scan could not cover it says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from index import Filters, Library, Turn
from index.types import Document, Heading

from ..cite import cite
from ..compose import refusal, title_of
from ..question import Question
from ..scope import which_of, within
from ..types import Answer, Citation, Quote
from ..wording.listed import Listed
from .matching import Match, matches_in, mentioned

# Matches that are shown; of values, so many make a short answer.
SHOWN = 25
SHORT = 8
# What is read at most: passages that hold words of a subject, and characters without one. The
# second is about seventy hours of speech.
MAX_PASSAGES = 5_000
MAX_CHARS = 4_000_000
_NOUNS = {
    "figures": ("figure", "figures"),
    "sums": ("sum of money", "sums of money"),
    "amounts": ("amount", "amounts"),
    "shares": ("percentage", "percentages"),
    "dates": ("date", "dates"),
    "durations": ("duration", "durations"),
    "quantities": ("quantity", "quantities"),
    "targets": ("target", "targets"),
    "countries": ("country", "countries"),
    "names": ("name", "names"),
    "questions": ("question", "questions"),
}
# "Press Secretary" and "Question Time Chair" are none: these words are the whole label, or with a
# number or what stands in brackets.
_REPORTER = re.compile(
    r"^(?:Q|Question|Press|Media|Pregunta|Interlocutora?|Frage|Вопрос)\W*(?:\d+\W*|[(\[].*)?$"
    r"|^(?:Reporters|Journalists|Correspondents)\b"
    r"|\b(?:reporter|journalist|correspondent|columnist|"
    r"(?:press|media) (?:corps|pool)|periodista|reportera?|journalistin|журналист(?:ка)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Scan:
    """The matches found, by transcript and turn, and how much of what there is was read.

    `of` transcripts `read` were read; `whole` is whether no passage of them was left out.
    """

    matches: list[Match]
    read: int
    of: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """A match with how often its like is said again in the same transcript."""

    match: Match
    again: int


def list_matches(
    question: Question, library: Library, scope: Filters, documents: Sequence[Document]
) -> Answer | None:
    """The answer to a question for every match; a refusal where nothing matches, but None where
    that may be for want of the same words: talk about a subject may use others."""
    listed = question.listed
    assert listed is not None, "asked of questions for a list only"
    places = within(documents, replace(scope, speakers=()))
    reporters = _reporters(within(documents, scope)) if listed.by_reporters else ()
    if reporters and not question.said_by:
        scope = replace(scope, speakers=reporters)
    scan = scan_library(listed, library, scope, documents)
    if not scan.matches and listed.of and listed.what not in ("mentions", "questions"):
        return None
    which = which_of(places, scope)
    covered = _covered(question, scan, which)
    if not scan.matches:
        return refusal(question, _nothing(listed, covered), ())
    headings = {d.id: Heading(d.title, d.date, d.place, d.language) for d in documents}
    items = one_of_each(scan.matches)
    citations = [_citation(n, item, headings) for n, item in enumerate(items[:SHOWN], 1)]
    lead = f"{_count(listed, items)}{f': {covered}' if which else f' ({covered})'}."
    if listed.by_reporters and not reporters:
        lead += " Nobody is named as a reporter there: these are everybody's questions."
    elif listed.by_reporters and not question.said_by and len(places) > 1:
        name_them = sum(bool(_reporters([document])) for document in places)
        lead += f" Reporters are named in {name_them:,} of these {len(places):,} transcripts."
    return Answer(
        question=question.text,
        answered=True,
        short=_short(listed, items),
        text="\n\n".join([lead, *_lines(items, citations), *_left(len(items))]),
        citations=tuple(citations),
    )


def scan_library(
    listed: Listed, library: Library, scope: Filters, documents: Sequence[Document]
) -> Scan:
    """All matches within the scope, in order of transcript date and turn."""
    terms = cache(lambda language, text: tuple(library.terms(text, language)))
    left = sorted(within(documents, scope), key=lambda d: (d.date is None, d.date or "", d.id))
    of = len(within(documents, replace(scope, speakers=())))
    whole = True
    if listed.of and all(library.terms(words) for words in mentioned(listed)):
        found, whole = _proposed(listed.of, library, scope, left)
    else:
        found = ((document, library.turns(document.id, 0, document.turns)) for document in left)
    matches: list[Match] = []
    chars, read = 0, of - len(left)  # where none of the speakers asked for speaks, nothing is left
    for document, turns in found:
        if chars > MAX_CHARS:
            break
        read += 1
        theirs = partial(terms, document.language)
        wanted = tuple(dict.fromkeys(theirs(listed.of)))
        for turn in turns:
            chars += len(turn.text)
            if scope.allow([turn.speaker or ""]):
                matches.extend(matches_in(document.id, turn, listed, wanted, theirs))
    return Scan(matches, read, of, whole)


def _proposed(
    words: str, library: Library, scope: Filters, documents: Sequence[Document]
) -> tuple[Iterator[tuple[Document, list[Turn]]], bool]:
    """The turns whose passages hold any of the words, of each transcript, and whether these are
    all there are."""
    hits = library.lexical(words, MAX_PASSAGES, scope)
    touched: dict[str, set[int]] = defaultdict(set)
    for hit in hits:
        touched[hit.passage.transcript].update(part.turn for part in hit.passage.slices)

    def turns() -> Iterator[tuple[Document, list[Turn]]]:
        for document in documents:
            positions = touched.get(document.id, set())
            between = (
                library.turns(document.id, min(positions), max(positions)) if positions else ()
            )
            yield document, [turn for turn in between if turn.position in positions]

    return turns(), len(hits) < MAX_PASSAGES


def one_of_each(matches: Sequence[Match]) -> list[Item]:
    """Matches of one transcript that say the same as one, the first of them."""
    alike: dict[tuple[str, str], list[Match]] = defaultdict(list)
    for match in matches:
        alike[match.transcript, match.key].append(match)
    return [Item(first, len(others)) for first, *others in alike.values()]


def is_reporter(name: str) -> bool:
    """Whether a speaker's name, or what a label says of the speaker, is a reporter's."""
    return _REPORTER.search(name) is not None


def _reporters(documents: Sequence[Document]) -> tuple[str, ...]:
    names = [name for document in documents for name in document.speakers if is_reporter(name)]
    roles = [name for document in documents for name, role in document.roles if is_reporter(role)]
    return tuple(dict.fromkeys([*names, *roles]))


def _citation(marker: int, item: Item, headings: dict[str, Heading]) -> Citation:
    match = item.match
    quote = Quote(match.transcript, match.turn.position, match.start, match.end)
    return cite(marker, quote, match.turn, headings[match.transcript], 1.0)


def _count(listed: Listed, items: Sequence[Item]) -> str:
    """ "12 dates in 3 transcripts"."""
    transcripts = len({item.match.transcript for item in items})
    where = f"in {transcripts} transcript{'s' if transcripts != 1 else ''}"
    if listed.what == "mentions":
        times = sum(item.match.times for item in items)
        return f"{_words(listed)} is mentioned {_times(times)}, {where}"
    one, several = _NOUNS[listed.what]
    on = f" about “{listed.of}”" if listed.of else ""
    number = _number(listed, items)
    return f"{number:,} {one if number == 1 else several}{on} {where}"


def _words(listed: Listed) -> str:
    """ "“oil” or “gas”"."""
    *others, last = (f"“{words}”" for words in mentioned(listed))
    return f"{', '.join(others)} or {last}" if others else last


def _number(listed: Listed, items: Sequence[Item]) -> int:
    """How many are listed: each value once, each question."""
    if listed.what == "questions":
        return sum(item.match.times for item in items)
    return len({item.match.key for item in items})


def _covered(question: Question, scan: Scan, which: str) -> str:
    """What was scanned, `which` transcripts of which dates."""
    transcripts = f"{scan.of:,} transcript{'s' if scan.of != 1 else ''}{which}"
    comma = "," if ", dated" in which else ""
    if not scan.whole:
        of = f" of {transcripts}{comma}" if which else ""
        what = f"only the {MAX_PASSAGES:,} passages that match best{of} were"
    elif scan.read < scan.of:
        what = f"the first {scan.read:,} of {transcripts}{comma} were"
    else:
        one = scan.of == 1
        what = f"{'the' if one else 'all'} {transcripts}{comma} {'was' if one else 'were'}"
    said = f" for what {' and '.join(question.said_by)} said" if question.said_by else ""
    return f"{what} scanned{said}"


def _nothing(listed: Listed, covered: str) -> str:
    if listed.what == "mentions":
        return f"{_words(listed)} is not mentioned: {covered}."
    on = f" about “{listed.of}”" if listed.of else ""
    return f"No {_NOUNS[listed.what][1]}{on} were found: {covered}."


def _short(listed: Listed, items: Sequence[Item]) -> str | None:
    """The values where they are few; how often, where that is asked."""
    if listed.counts:
        if listed.what == "mentions":
            return _times(sum(item.match.times for item in items))
        return f"{_number(listed, items):,}"
    values = list({item.match.key: item.match.value for item in items}.values())
    return "; ".join(values) if len(values) <= SHORT and all(values) else None


def _lines(items: Sequence[Item], citations: Sequence[Citation]) -> Iterator[str]:
    """The matches, one a line, under the transcript they stand in where there are several."""
    blocks: dict[str, list[str]] = {}
    for item, citation in zip(items, citations, strict=False):
        blocks.setdefault(citation.transcript, [title_of(citation)]).append(_line(item, citation))
    several = len(blocks) > 1
    yield from ("\n".join(lines if several else lines[1:]) for lines in blocks.values())


def _line(item: Item, citation: Citation) -> str:
    value = f"{item.match.value} · " if item.match.value else ""
    speaker = f"{citation.speaker}: " if citation.speaker else ""
    words = " ".join(citation.quote.split())
    again = f" (said {_times(item.again)} more)" if item.again else ""
    return f"{value}{speaker}“{words}” [{citation.marker}]{again}"


def _left(found: int) -> Iterator[str]:
    more = found - SHOWN
    if more > 0:
        yield (
            f"{more:,} more {'entry is' if more == 1 else 'entries are'} not shown; ask within one "
            "transcript, of one speaker or about a subject to see fewer at once."
        )


def _times(number: int) -> str:
    return "once" if number == 1 else "twice" if number == 2 else f"{number:,} times"
