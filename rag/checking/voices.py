"""Whose words a claim says they are, and whether a sentence is theirs; pure.

"Tokayev said", "according to Tokayev", "Tokayev's view" attribute words; "Tokayev will visit" tells
of him, which a sentence in the first person does only where he speaks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from ..wording.names import WORD, known_people
from ..wording.people import Mention, mentions
from ..wording.saying import VERBS, who_says
from .denial import Terms

_BEFORE = "and "  # a name that opens a sentence may be an ordinary word; behind this it is none
_INVERTED = re.compile(rf"\b{VERBS}\s+(?:(?:the|mr|mrs|ms|dr|president|host|chair)\.?\s+)*$", re.I)
_ASIDE = re.compile(
    rf"^,\s[^,.;]{{1,60}},\s+(?:\w+ly\s+)?(?:has\s+|had\s+)?{VERBS}\b", re.IGNORECASE
)
_SOURCE = re.compile(
    r"\b(?:according\s+to|in\s+the\s+words\s+of|quoting|as\s+told\s+by|per|from)\s+(?:\w+\.?\s+)?$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*(?:\([^)]*\))?\s*:")
_PRONOUN = re.compile(r"^\W*(?:and\s+|but\s+|also\s+|then\s+)?(?:he|she|they)\b", re.IGNORECASE)
_AT_HEAD = re.compile(
    r"(?:^|[,;:–—]\s*|\b(?:and|but|that|while|whereas|when|because|since|as|if|whether|yet|then)\s+)"
    r"(?:(?:the|mr|mrs|ms|dr|sir|president|prime|minister|host|chair|professor)\.?\s+)*$",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\b(?:I|we|my|our|me|us)\b|\b(?:I|we)['’]\w+", re.IGNORECASE)
_SECOND = re.compile(r"\byour?s?\b", re.IGNORECASE)
_PART = re.compile(r"[;:]|,\s+(?:but|and|while|who)\b|\b(?:but|while|whereas)\b")
_REACH = 8

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of a library, with what labels say of them."""

    people: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()

    def named(self, text: str) -> list[Mention]:
        """Where a text names people, each by all the names that the library has for that one."""
        shift = len(_BEFORE)
        known = known_people(self.people, self.roles)
        found = []
        for mention in mentions(_BEFORE + text, self.people, self.roles):
            start, end = max(0, mention.start - shift), mention.end - shift
            phrase = tuple(word for word in WORD.findall(text[start:end]) if word != "the")
            if text[start:end].islower() and phrase not in known.by_phrase:
                continue  # "the city" is no City Engineer
            names = (same for same in known.names if set(same) & set(mention.people))
            people = dict.fromkeys((*mention.people, *chain(*names)))
            found.append(Mention(start, end, tuple(people)))
        return found

    def called(self, speaker: str | None) -> str:
        """All that the library calls a speaker, with what labels say of the one."""
        known = known_people(self.people, self.roles)
        names = {speaker, *chain(*(same for same in known.names if speaker in same))}
        roles = [role for name, role in self.roles if name in names]
        return " ".join(filter(None, (*names, *roles)))


def sayers(claim: str, cast: Cast) -> tuple[str, ...]:
    """Whose words a claim says that it gives."""
    text = _BEFORE + claim
    shift = len(_BEFORE)
    found = [Mention(m.start + shift, m.end + shift, m.people) for m in cast.named(claim)]
    flags = who_says(text, [(m.start, m.end) for m in found])
    return tuple(
        dict.fromkeys(
            person
            for mention, says in zip(found, flags, strict=True)
            if says or _says_so(text, mention)
            for person in mention.people
        )
    )


def carried_on(claim: str) -> bool:
    """Whether a claim goes on about whoever was named last."""
    return _PRONOUN.match(claim) is not None


def subjects(claim: str, cast: Cast) -> list[tuple[str, ...]]:
    """Of whom a claim tells what they do, have or are."""
    return [m.people for m in cast.named(claim) if _AT_HEAD.search(claim[: m.start])]


def tells_of(
    claim: str, people: Sequence[str], speaker: str | None, sentence: str, cast: Cast, terms: Terms
) -> bool:
    """Whether a sentence of a speaker can carry what a claim tells of these people: it is theirs,
    or it names or addresses them, and what the claim says is not what it says of its speaker."""
    if speaker in people:
        return True
    named = [m for m in cast.named(sentence) if set(m.people) & set(people)]
    spans = [(m.start, m.end) for m in named] + [m.span() for m in _SECOND.finditer(sentence)]
    if not spans:
        return False
    wanted = terms(claim)
    theirs = {
        t for _, end in spans if not _is_call(sentence, end) for t in _behind(sentence, end, terms)
    }
    own = {t for m in _FIRST.finditer(sentence) for t in _behind(sentence, m.end(), terms)}
    return len(wanted & own) <= len(wanted & theirs)


def first_persons(sentence: str) -> list[Span]:
    """Where a sentence speaks of its speaker."""
    return [match.span() for match in _FIRST.finditer(sentence)]


def said_of_another(
    claim: str, own: Sequence[Span], others: Sequence[Span], sentence: str, terms: Terms
) -> bool:
    """Whether what a claim says stands behind another's name in a sentence that names both."""
    starts = sorted(start for start, _ in (*own, *others))

    def shared(spans: Sequence[Span]) -> int:
        most = 0
        for _, end in spans:
            last = min((start for start in starts if start >= end), default=len(sentence))
            part = re.split(
                r"[;:]|,\s+(?:but|and|while|who)\b|\b(?:but|while|whereas)\b", sentence[end:last]
            )[0]
            most = max(most, len(wanted & terms(part)))
        return most

    wanted = terms(claim)
    return shared(others) > shared(own)


def _says_so(text: str, mention: Mention) -> bool:
    before, after = text[: mention.start], text[mention.end :]
    return bool(
        _SOURCE.search(before)
        or _ASIDE.match(after)
        or (_LABEL.match(after) and _AT_HEAD.search(before))
        or (_INVERTED.search(before) and re.match(r"\s*(?:[.,;:!?“\"]|that\b|$)", after))
    )


def _is_call(sentence: str, end: int) -> bool:
    """Whether a name is only called: "Mr Tokayev, I am delighted"."""
    return re.match(r"\s*[,!.]", sentence[end:]) is not None


def _behind(sentence: str, end: int, terms: Terms) -> frozenset[str]:
    """The terms of the next words, up to another "I" or "you"."""
    rest = " ".join(sentence[end:].split()[:_REACH])
    stop = min((m.start() for p in (_FIRST, _SECOND) for m in p.finditer(rest)), default=len(rest))
    return frozenset(terms(rest[:stop]))
